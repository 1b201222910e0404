"""The file of an incident that was run elsewhere, read into plain values. What is wrong is named by its place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tocsin.core import clock
from tocsin.core.errors import Invalid
from tocsin.core.text import texts
from tocsin.incidents import rules

MOST_LINES = 2_000
_INSTANTS = ("reported_at", "detected_at", "impact_started_at", "impact_ended_at", "fixing_at", "resolved_at")
_TEXTS = {"reference", "url", "summary", "description", "service", "manager", "source"}
_KNOWN = {*_INSTANTS, *_TEXTS, "severity", "products", "private", "drill", "support_cases", "timeline"}


@dataclass(frozen=True, slots=True)
class Line:
    """Something that happened there: `kind` is a kind of note, `who` a name as it was written there."""

    at: dt.datetime
    kind: str
    text: str
    who: str


@dataclass(frozen=True, slots=True)
class Story:
    """An incident as the file tells it. `service` and `products` are slugs, `manager` a mail address."""

    reference: str
    url: str
    summary: str
    description: str
    severity: int
    source: str
    service: str
    manager: str
    private: bool
    drill: bool
    support_cases: int
    reported_at: dt.datetime
    times: Mapping[str, dt.datetime | None]
    products: tuple[str, ...] = ()
    timeline: tuple[Line, ...] = field(default=())

    @property
    def state(self) -> str:
        """Resolved when it ended there; fixing when somebody led it and it goes on here; else pending."""
        if self.times["resolved_at"]:
            return rules.RESOLVED
        return rules.FIXING if self.manager and self.times["fixing_at"] else rules.PENDING


def read(document: Any, now: dt.datetime) -> Story:
    """The story of a parsed JSON document. Raises Invalid with the place of the first thing that is wrong."""
    if not isinstance(document, dict):
        raise Invalid("The file holds one JSON object.", field="file")
    for name in document:
        if name not in _KNOWN:
            raise Invalid(f"Nothing here is called {name[:40]}; there are {', '.join(sorted(_KNOWN))}.", field=name[:40])
    times = {name: _instant(document.get(name), name, now) for name in _INSTANTS}
    reported_at = times["reported_at"]
    if reported_at is None:
        raise Invalid("Say when it was reported.", field="reported_at")
    rules.check_times(times, now)
    _check_order(times)
    return Story(
        reference=texts.line(document.get("reference", ""), field="reference", limit=120),
        url=_address(document.get("url", "")),
        summary=texts.line(document.get("summary", ""), field="summary", limit=200),
        description=texts.prose(document.get("description", ""), field="description", limit=20_000),
        severity=rules.severity(document.get("severity")),
        source=rules.word_of(document.get("source") or "own_observation", rules.SOURCES, "source"),
        service=texts.line(document.get("service") or "", field="service", limit=60, required=False),
        manager=texts.line(document.get("manager") or "", field="manager", limit=254, required=False),
        private=_flag(document.get("private", False), "private"),
        drill=_flag(document.get("drill", False), "drill"),
        support_cases=_count(document.get("support_cases", 0)),
        reported_at=reported_at,
        times=times,
        products=tuple(texts.line(name, field="products", limit=60) for name in _list(document.get("products"), "products")),
        timeline=tuple(_line(row, place, now) for place, row in enumerate(_list(document.get("timeline"), "timeline"))),
    )


def _check_order(times: Mapping[str, dt.datetime | None]) -> None:
    reported, fixing, resolved = times["reported_at"], times["fixing_at"], times["resolved_at"]
    if reported and fixing and fixing < reported:
        raise Invalid("Fixing cannot begin before the report.", field="fixing_at")
    if resolved and resolved < (fixing or reported or resolved):
        raise Invalid("The end cannot come before the beginning.", field="resolved_at")


def _instant(value: Any, name: str, now: dt.datetime) -> dt.datetime | None:
    if value in (None, ""):
        return None
    try:
        instant = clock.parse(str(value))
    except (ValueError, OverflowError):
        raise Invalid("An instant looks like 2026-11-19T01:41:00Z, with its zone.", field=name) from None
    if instant > now + dt.timedelta(minutes=1) or instant.year < 1970:
        raise Invalid("This instant lies in the future, or before 1970.", field=name)
    return instant


def _address(value: Any) -> str:
    text = texts.line(value or "", field="url", limit=500, required=False)
    if text and not text.startswith(("https://", "http://")):
        raise Invalid("An address starts with https:// or http://.", field="url")
    return text


def _flag(value: Any, name: str) -> bool:
    if not isinstance(value, bool):
        raise Invalid("This is true or false.", field=name)
    return value


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 10_000_000:
        raise Invalid("Support cases is a number from 0.", field="support_cases")
    return value


def _list(value: Any, name: str) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > MOST_LINES:
        raise Invalid(f"This is a list of at most {MOST_LINES:,}.", field=name)
    return value


def _line(row: Any, place: int, now: dt.datetime) -> Line:
    where = f"timeline.{place}"
    if not isinstance(row, dict) or set(row) - {"at", "kind", "text", "who"}:
        raise Invalid("A line has at, kind, text and who.", field=where)
    at = _instant(row.get("at"), f"{where}.at", now)
    if at is None:
        raise Invalid("Say when it happened.", field=f"{where}.at")
    if str(row.get("kind") or "observation") not in rules.NOTES:
        raise Invalid(f"A kind is one of {', '.join(rules.NOTES)}.", field=f"{where}.kind")
    return Line(
        at,
        str(row.get("kind") or "observation"),
        texts.prose(row.get("text", ""), field=f"{where}.text", limit=4_000, required=True),
        texts.line(row.get("who") or "", field=f"{where}.who", limit=120, required=False),
    )
