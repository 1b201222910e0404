"""What is planned, goes on and is over, with a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from tocsin.core.errors import Invalid, NotFound
from tocsin.core.store.prepared import Prepared
from tocsin.incidents.rules import duration_words, joined
from tocsin.statuspages import words
from tocsin.statuspages.maintenance import repeating, rules, saying
from tocsin.statuspages.maintenance.models import Maintenance, MaintenanceSeries, MaintenanceUpdate
from tocsin.statuspages.models import Component, StatusPage
from tocsin.statuspages.rules import HISTORY

LAST = 50
"""Work that is over, in a list of everything."""


@dataclass(frozen=True, slots=True)
class Work:
    """Planned work as its readers see it: updates newest first, the parts it concerns, whether somebody owes a word."""

    maintenance: Maintenance
    updates: tuple[MaintenanceUpdate, ...]
    parts: tuple[Component, ...]
    overdue: str
    """`begin` for what should have begun, `end` for what should be over; else empty."""

    @property
    def state_words(self) -> str:
        return rules.STATES[self.maintenance.state]

    @property
    def is_active(self) -> bool:
        return self.maintenance.state in rules.ACTIVE

    @property
    def is_open(self) -> bool:
        return self.maintenance.state in rules.OPEN

    @property
    def is_called_off(self) -> bool:
        return self.maintenance.state == rules.CANCELLED

    @property
    def lasts(self) -> str:
        """For how long it is planned, in words."""
        return duration_words(self.maintenance.ends_at - self.maintenance.starts_at)

    @property
    def repeat(self) -> repeating.Repeat | None:
        """How it comes again, for a time of a series that has not ended."""
        series = self.maintenance.series
        return repeating.read(series.rule) if series is not None and series.ended_at is None else None

    @property
    def updated_at(self) -> dt.datetime:
        return max([self.maintenance.updated_at, *(update.at for update in self.updates[:1])])


def shown(now: dt.datetime, page: StatusPage | None = None) -> list[Work]:
    """What a page, or all of them, shows: open work by its start, then what ended within 90 days, newest first. Three queries."""
    rows = _lately(now - HISTORY) if page is None else _lately_of(page.pk, now - HISTORY)
    found = _works(rows, now)
    over = sorted((one for one in found if not one.is_open), key=lambda one: one.maintenance.starts_at, reverse=True)
    return [*(one for one in found if one.is_open), *over[:LAST]]


def next_of_each(works: Iterable[Work]) -> Iterator[Work]:
    """These, in their order, but of each series only the first."""
    known: set[str] = set()
    for work in works:
        series = work.maintenance.series_id
        if series is None or series not in known:
            yield work
        known |= {series} if series else set()


def work_of(maintenance: Maintenance, now: dt.datetime) -> Work:
    """One of them. No query for one that was read here."""
    return _work(maintenance, maintenance.updates.all(), maintenance.parts.all(), now)


def _work(one: Maintenance, updates: Iterable[MaintenanceUpdate], parts: Iterable[Component], now: dt.datetime) -> Work:
    return Work(one, tuple(updates), tuple(parts), rules.overdue(one.state, one.starts_at, one.ends_at, now))


def _recent(since: dt.datetime) -> QuerySet[Maintenance]:
    rows = Maintenance.objects.filter(Q(state__in=Maintenance.OPEN) | Q(over_at__gte=since))
    return rows.select_related("page", "series", "owner")


_WorkPart: Any = Maintenance.parts.through  # a table of Django's own making, whose columns no type knows
_lately, _lately_of = Prepared(_recent), Prepared(lambda page, since: _recent(since).filter(page=page))
_said = Prepared(
    lambda works: MaintenanceUpdate.objects.filter(maintenance__in=works).select_related("author").order_by("-at", "-id")
)
_concerned = Prepared(
    lambda works: (
        _WorkPart.objects.filter(maintenance__in=works)
        .select_related("component")
        .order_by("component__position", "component__name")
    )
)


def _works(rows: Sequence[Maintenance], now: dt.datetime) -> list[Work]:
    keys = [one.pk for one in rows]
    updates: dict[str, list[MaintenanceUpdate]] = defaultdict(list)
    parts: dict[str, list[Component]] = defaultdict(list)
    for update in _said(keys):
        updates[update.maintenance_id].append(update)
    for one in _concerned(keys):
        parts[one.maintenance_id].append(one.component)
    return [_work(one, updates[one.pk], parts[one.pk], now) for one in rows]


def _whole(rows: QuerySet[Maintenance]) -> QuerySet[Maintenance]:
    updates = Prefetch("updates", MaintenanceUpdate.objects.select_related("author").order_by("-at", "-id"))
    return rows.select_related("page", "series", "owner").prefetch_related(updates, "parts")


def maintenances(*, state: str = "") -> QuerySet[Maintenance]:
    """All in a state, or `open`; empty: all. Raises Invalid for another word."""
    if state and state not in (*rules.STATES, "open"):
        raise Invalid(f"Choose open or one of {', '.join(rules.STATES)}.", field="state")
    wanted = Maintenance.OPEN if state == "open" else (state,)
    return _whole(Maintenance.objects.filter(state__in=wanted) if state else Maintenance.objects.all())


def maintenance(wanted: str) -> Maintenance:
    """By its id. Raises NotFound."""
    found = _whole(Maintenance.objects.filter(pk=wanted)).first()
    if found is None:
        raise NotFound("There is no such planned work.")
    return found


def all_series(*, running: bool = False) -> QuerySet[MaintenanceSeries]:
    """Work that comes again, newest first; `running`: that has not ended."""
    rows = MaintenanceSeries.objects.select_related("page", "owner").prefetch_related("parts")
    return rows.filter(ended_at=None) if running else rows


def series(wanted: str) -> MaintenanceSeries:
    """By its id. Raises NotFound."""
    found = all_series().filter(pk=wanted).first()
    if found is None:
        raise NotFound("There is no such series of planned work.")
    return found


def rule_words(one: MaintenanceSeries) -> str:
    """`every week on Sunday at 02:00, Europe/Vienna`."""
    return f"{saying.in_words(repeating.read(one.rule))} at {one.at_time:%H:%M}, {one.zone}"


def coming(many: Iterable[MaintenanceSeries], now: dt.datetime) -> dict[str, dt.datetime]:
    """When each of these series comes next, by its id. One query."""
    rows = Maintenance.objects.filter(series__in=list(many), state=Maintenance.SCHEDULED, starts_at__gt=now)
    return {str(key): at for key, at in rows.order_by("-starts_at").values_list("series_id", "starts_at")}


def warnings(page: StatusPage, parts: Collection[str], starts_at: dt.datetime, ends_at: dt.datetime, *, but: str = "") -> list[str]:
    """Other open work on the same parts at the same time, in words; nothing forbids it. Two queries."""
    rows = page.maintenances.filter(state__in=Maintenance.OPEN, starts_at__lt=ends_at, ends_at__gt=starts_at).exclude(pk=but)
    found = []
    for one in rows.prefetch_related("parts"):
        shared = [part.name for part in one.parts.all() if part.pk in parts]
        if shared:
            found.append(_overlap(one, shared))
    return found


_owed = Prepared(
    lambda owner, now: Maintenance.objects.filter(
        Q(state=Maintenance.SCHEDULED, starts_at__lte=now) | Q(state__in=Maintenance.ACTIVE, ends_at__lte=now), owner=owner
    ).order_by("starts_at", "id")
)


def owed(person_id: str, now: dt.datetime) -> list[Maintenance]:
    """What this person planned that should have begun, or be over, and of which nobody says so. One query."""
    return _owed(person_id, now)


def _overlap(one: Maintenance, shared: Iterable[str]) -> str:
    """The warning that other work concerns the same parts at the same time."""
    span = words.of("en").span(one.starts_at, one.ends_at, "UTC")
    return f"“{one.title}”, {span}, concerns {joined(list(shared))} at the same time."
