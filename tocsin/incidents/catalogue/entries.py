"""A line of the timeline, and how a table makes one out of the data of an event."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tocsin.incidents.iterating.telling import Told

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """What the timeline says of an event. `group` is key, talk or alerts."""

    kind: str
    icon: str
    text: str
    group: str = "key"
    quiet: bool = False
    path: str = ""


Words = Callable[[Data], Entry | None]
"""What the timeline says of one kind of event; None where another line says it."""


def said(text: Callable[[Data], str], kind: str, icon: str, **more: Any) -> Callable[[Data], Entry]:
    """Words of one kind whose text alone depends on the event."""
    return lambda data: Entry(kind, icon, text(data), **more)


def told(one: Told) -> Callable[[Data], Entry]:
    """Words that the pace of an incident has written down."""
    return lambda data: Entry(one.kind if isinstance(one.kind, str) else one.kind(data), one.icon, one.text(data), quiet=one.quiet)
