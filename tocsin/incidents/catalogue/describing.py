"""What the timeline says of any event."""

from __future__ import annotations

from collections.abc import Mapping

from tocsin.incidents.catalogue import paging, running, telling
from tocsin.incidents.catalogue.entries import Data, Entry, Words

_TIMELINE: Mapping[str, Words] = {**running.TIMELINE, **telling.TIMELINE, **paging.TIMELINE}
NAMES = tuple(_TIMELINE)
"""Every event that has words."""


def describe(name: str, data: Data) -> Entry | None:
    """What the timeline says of this event, None when it says nothing."""
    entry = _TIMELINE.get(name)
    return entry(data) if entry else None
