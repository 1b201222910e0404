"""Events in words: one table for the timeline and one for the history.

`describe` gives what a line of the timeline says, `changes` what the history lists as old and new. Both take the name and the
data of an event and nothing else, so that they never ask the database; an event without an entry is not shown.
"""

from tocsin.incidents.catalogue.changing import Change, changes
from tocsin.incidents.catalogue.describing import NAMES, describe
from tocsin.incidents.catalogue.entries import Entry
from tocsin.incidents.catalogue.paging import ALERT_EVENTS

__all__ = ["ALERT_EVENTS", "NAMES", "Change", "Entry", "changes", "describe"]
