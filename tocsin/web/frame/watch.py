"""The watch line: am I on call, what is open, does the pager live."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from tocsin.core.actor import Actor
from tocsin.incidents import queries as incidents
from tocsin.oncall.queries import NowRow


@dataclass(frozen=True, slots=True)
class Duty:
    """One roster that the reader covers now."""

    schedule: str
    until: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Line:
    """`duties` are the reader's own; `on_call` names who is on call in `roster` when the reader is not;
    then open incidents by severity.

    `known` says whether there is any roster at all. `proof` is `hold`, `problem` or `proved`.
    """

    duties: tuple[Duty, ...]
    on_call: tuple[str, ...]
    roster: str
    known: bool
    sev1: int
    sev2: int
    proof: str

    @property
    def words1(self) -> str:
        return f"{self.sev1} Sev 1"

    @property
    def words2(self) -> str:
        return f"{self.sev2} Sev 2"


def line(actor: Actor, rows: Sequence[NowRow], proof: str) -> Line:
    """What the watch line says to this reader, given who is on call now. One query."""
    counts = incidents.open_counts(actor)
    duties = tuple(Duty(row.schedule.name, row.until) for row in rows if actor.id in {one.id for one in row.people})
    return Line(duties, *_on_call(actor, rows), bool(rows), counts[1], counts[2], proof)


def _on_call(actor: Actor, rows: Sequence[NowRow]) -> tuple[tuple[str, ...], str]:
    """At most three names and for which roster: the first of the reader's own teams with somebody, else the last resort."""
    own = [row for row in rows if row.team is not None and row.team.id in actor.member_of]
    chosen = own or [row for row in rows if row.schedule.is_last_resort] or list(rows)
    first = next((row for row in chosen if row.people), None)
    return (tuple(person.name for person in first.people)[:3], first.schedule.name) if first else ((), "")
