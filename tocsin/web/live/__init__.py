"""The live doors: server-sent events by position in the event log for pages that are looked at, and documents typed together."""

from tocsin.web.live.documents import Documents
from tocsin.web.live.door import Live
from tocsin.web.live.refreshes import Refreshes

__all__ = ("Documents", "Live", "Refreshes")
