"""What a provider folder gives this room: a function that reads its payload."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

FIRING, RESOLVED = "firing", "resolved"


class Unreadable(ValueError):
    """The document is JSON but not what this kind of sender sends; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class ParsedEvent:
    """One thing a source says about one problem.

    `dedup_key` is the source's own name of the problem. `severity` is its word, as written. `started_at` is when the problem
    began and `ended_at` when it ended, both by the source's clock, None where it does not say. Texts may be of any length and
    content; `alerts.rules` cuts and cleans them.
    """

    dedup_key: str
    title: str
    status: str = FIRING
    severity: str = ""
    description: str = ""
    url: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    started_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None


Parse = Callable[[Any], list[ParsedEvent]]
"""JSON document → events, in the order of the document. Raises Unreadable; an empty list means there is nothing to do."""

_parsers: dict[str, Parse] = {}


def wire(parsers: Mapping[str, Parse]) -> None:
    """Replace all parsers; called once by `wiring.py`."""
    _parsers.clear()
    _parsers.update(parsers)


def kinds() -> list[str]:
    """The kinds of integration keys there are, such as `alertmanager`, in alphabetical order."""
    return sorted(_parsers)


def parser(kind: str) -> Parse:
    """The parser of a kind; KeyError for one that is not wired."""
    return _parsers[kind]
