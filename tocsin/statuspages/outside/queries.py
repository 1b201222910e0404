"""Everything that a page says to the world outside, read at one instant with a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Prefetch, Q, QuerySet

from tocsin.core.models import Event
from tocsin.statuspages import events, rules
from tocsin.statuspages.maintenance import queries as maintenance
from tocsin.statuspages.maintenance.models import MaintenanceUpdate
from tocsin.statuspages.maintenance.queries import Work
from tocsin.statuspages.models import Component, ComponentGroup, Entry, StatusPage, Update
from tocsin.statuspages.outside import days
from tocsin.statuspages.readable import TOLD_OUTSIDE

LAST = 50
"""Entries that lists hold, and all that are open besides."""

PAST = dt.timedelta(days=days.DAYS + 1)
"""So far back changes of parts are read, or as far as the oldest entry in the lists."""

CHANGES = (
    events.UPDATE_PUBLISHED,
    events.COMPONENT_CREATED,
    events.COMPONENT_CHANGED,
    events.COMPONENT_REMOVED,
    events.COMPONENT_EDITED,
    events.GROUP_CREATED,
    events.GROUP_CHANGED,
    events.GROUP_REMOVED,
    events.PAGE_CREATED,
    events.PAGE_CHANGED,
    events.PAGE_RENAMED,
    *events.WORK_SAID,
    events.ENTRY_BACKFILLED,
    events.ENTRY_BACKFILL_REMOVED,
    events.PAGE_READDRESSED,
    events.PAGE_ARCHIVED,
    events.PAGE_RESTORED,
)
"""After these a page reads differently."""


@dataclass(frozen=True, slots=True)
class Change:
    """A part went from one state to another; `context` is the incident whose update said so, or empty."""

    component: str
    old: str
    new: str
    at: dt.datetime
    context: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the page with its past, oldest change first, as far back as the page tells."""

    component: Component
    created_at: dt.datetime
    changes: tuple[Change, ...]
    afterwards: tuple[days.Spell, ...] = ()
    """How it was as past incidents say that were written down afterwards."""

    @property
    def updated_at(self) -> dt.datetime:
        return self.changes[-1].at if self.changes else self.created_at


@dataclass(frozen=True, slots=True)
class Bundle:
    """A group with the ids of its parts in their order."""

    group: ComponentGroup
    state: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """One update and the changes of parts that it brought."""

    update: Update
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """One entry, its updates newest first, the parts it names."""

    entry: Entry
    updates: tuple[Said, ...]
    parts: tuple[Component, ...]

    @property
    def open(self) -> bool:
        return self.entry.resolved_at is None

    @property
    def updated_at(self) -> dt.datetime:
        if self.entry.backfilled_at is not None:
            return self.entry.backfilled_at
        return self.updates[0].update.at if self.updates else self.entry.updated_at

    def first_at(self, status: str) -> dt.datetime | None:
        """When an update first had this status."""
        return next((said.update.at for said in reversed(self.updates) if said.update.status == status), None)


@dataclass(frozen=True, slots=True)
class SaidOfWork:
    """One update of planned work and the changes of parts that it brought."""

    update: MaintenanceUpdate
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Planned:
    """Planned work with all that was said of it, newest first."""

    work: Work
    updates: tuple[SaidOfWork, ...]


@dataclass(frozen=True, slots=True)
class Outside:
    """A whole page: entries newest first, parts in order, planned work as `maintenance.queries.shown` orders it."""

    page: StatusPage
    as_of: dt.datetime
    parts: tuple[Part, ...]
    entries: tuple[Told, ...]
    bundles: tuple[Bundle, ...] = ()
    """Groups that have parts."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Names of parts by id."""
    planned: tuple[Planned, ...] = ()

    @property
    def open(self) -> tuple[Told, ...]:
        return tuple(told for told in self.entries if told.open)

    @property
    def updated_at(self) -> dt.datetime:
        """When it last read differently."""
        instants = [self.page.updated_at, *(part.updated_at for part in self.parts), *(told.updated_at for told in self.entries)]
        instants += [one.work.updated_at for one in self.planned]
        return max(instants)


def standing() -> tuple[int, int]:
    """How many changes of pages are committed, and how many entries nobody outside may read; a page is made anew when it moves.

    The first only grows, in whatever order transactions end.
    """
    hidden = Entry.objects.filter(Q(incident__is_private=True) | Q(incident__is_drill=True), page__audience=rules.EXTERNAL)
    return Event.objects.filter(name__in=CHANGES).count(), hidden.count()


def outside(page: StatusPage, now: dt.datetime) -> Outside:
    """One page for customers. Entries of private incidents and of drills are left out, whatever their past; those without an
    incident were written down afterwards.
    """
    components = list(page.components.select_related("page"))
    rows = _entries(page)
    since = min([now - PAST, *(min(entry.started_at, entry.created_at) for entry in rows)])
    changes = _changes([component.pk for component in components], since)
    created = _created([component.pk for component in components])
    afterwards = _afterwards(page, now)
    parts = tuple(
        Part(one, created.get(one.pk, page.created_at), tuple(changes[one.pk]), tuple(afterwards[one.pk])) for one in components
    )
    by_moment: dict[tuple[str, dt.datetime], list[Change]] = defaultdict(list)
    for part in parts:
        for change in part.changes:
            by_moment[change.context, change.at].append(change)
    entries = tuple(_told(entry, by_moment) for entry in rows)
    planned = tuple(_planned(work, by_moment) for work in maintenance.shown(now, page))
    names = {one.pk: one.name for one in components}
    return Outside(page, now, parts, entries, _bundles(page, components), names, planned)


def _bundles(page: StatusPage, components: Sequence[Component]) -> tuple[Bundle, ...]:
    found = []
    for group in page.groups.all():
        own = [one for one in components if one.group_id == group.pk]
        if own:
            found.append(Bundle(group, rules.group_state(group.state, [one.state for one in own]), tuple(one.pk for one in own)))
    return tuple(found)


def _entries(page: StatusPage) -> list[Entry]:
    rows = _with_words(page.entries.filter(TOLD_OUTSIDE)).order_by("-started_at", "-id")
    lately = list(rows[:LAST])
    known = {entry.pk for entry in lately}
    return lately + [entry for entry in rows.filter(resolved_at=None) if entry.pk not in known]


def _with_words(rows: QuerySet[Entry]) -> QuerySet[Entry]:
    return rows.prefetch_related(Prefetch("updates", Update.objects.order_by("-at", "-id")), "components")


def _told(entry: Entry, by_moment: Mapping[tuple[str, dt.datetime], list[Change]]) -> Told:
    context = entry.incident_id or entry.pk
    said = tuple(Said(update, tuple(by_moment.get((context, update.at), ()))) for update in entry.updates.all())
    return Told(entry, said, tuple(entry.components.all()))


def _planned(work: Work, by_moment: Mapping[tuple[str, dt.datetime], list[Change]]) -> Planned:
    key = work.maintenance.pk
    return Planned(work, tuple(SaidOfWork(update, tuple(by_moment.get((key, update.at), ()))) for update in work.updates))


def _afterwards(page: StatusPage, now: dt.datetime) -> dict[str, list[days.Spell]]:
    """Of each part, by its id, how it was as was written down afterwards. One query."""
    found: dict[str, list[days.Spell]] = defaultdict(list)
    rows = page.entries.filter(incident=None, resolved_at__gt=now - PAST)
    for start, end, states in rows.values_list("started_at", "resolved_at", "backfilled_states"):
        for part, state in states.items():
            found[part].append(days.Spell(state, start, end))
    return found


def _changes(components: list[str], since: dt.datetime) -> dict[str, list[Change]]:
    found: dict[str, list[Change]] = defaultdict(list)
    rows = Event.objects.filter(name=events.COMPONENT_CHANGED, subject__in=components, at__gte=since).order_by("at", "id")
    for event in rows:
        if event.data.get("field") == "state":
            change = Change(event.subject, event.data["old"], event.data["new"], event.at, event.context)
            found[event.subject].append(change)
    return found


def _created(components: list[str]) -> dict[str, dt.datetime]:
    rows = Event.objects.filter(name=events.COMPONENT_CREATED, subject__in=components)
    return dict(rows.values_list("subject", "at"))
