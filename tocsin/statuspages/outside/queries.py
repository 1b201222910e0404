"""Everything that a page says to the world outside, read at one instant with a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Prefetch, Q, QuerySet

from tocsin.core.models import Event
from tocsin.statuspages import events, rules
from tocsin.statuspages.models import Component, ComponentGroup, Entry, StatusPage, Update
from tocsin.statuspages.outside import days

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
        return self.updates[0].update.at if self.updates else self.entry.updated_at

    def first_at(self, status: str) -> dt.datetime | None:
        """When an update first had this status."""
        return next((said.update.at for said in reversed(self.updates) if said.update.status == status), None)


@dataclass(frozen=True, slots=True)
class Outside:
    """A whole page: entries newest first, parts in order."""

    page: StatusPage
    as_of: dt.datetime
    parts: tuple[Part, ...]
    entries: tuple[Told, ...]
    bundles: tuple[Bundle, ...] = ()
    """Groups that have parts."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Names of parts by id."""

    @property
    def open(self) -> tuple[Told, ...]:
        return tuple(told for told in self.entries if told.open)

    @property
    def updated_at(self) -> dt.datetime:
        """When it last read differently."""
        instants = [self.page.updated_at, *(part.updated_at for part in self.parts), *(told.updated_at for told in self.entries)]
        return max(instants)


def standing() -> tuple[int, int]:
    """How many changes of pages are committed, and how many entries nobody outside may read; a page is made anew when it moves.

    The first only grows, in whatever order transactions end.
    """
    hidden = Entry.objects.filter(Q(incident__is_private=True) | Q(incident__is_drill=True), page__audience=rules.EXTERNAL)
    return Event.objects.filter(name__in=CHANGES).count(), hidden.count()


def outside(page: StatusPage, now: dt.datetime) -> Outside:
    """One page for customers. Entries of private incidents and of drills are left out, whatever their past."""
    components = list(page.components.select_related("page"))
    rows = _entries(page)
    since = min([now - PAST, *(min(entry.started_at, entry.created_at) for entry in rows)])
    changes = _changes([component.pk for component in components], since)
    created = _created([component.pk for component in components])
    parts = tuple(Part(one, created.get(one.pk, page.created_at), tuple(changes[one.pk])) for one in components)
    by_moment: dict[tuple[str, dt.datetime], list[Change]] = defaultdict(list)
    for part in parts:
        for change in part.changes:
            by_moment[change.context, change.at].append(change)
    entries = tuple(_told(entry, by_moment) for entry in rows)
    return Outside(page, now, parts, entries, _bundles(page, components), {one.pk: one.name for one in components})


def _bundles(page: StatusPage, components: Sequence[Component]) -> tuple[Bundle, ...]:
    found = []
    for group in page.groups.all():
        own = [one for one in components if one.group_id == group.pk]
        if own:
            found.append(Bundle(group, rules.group_state(group.state, [one.state for one in own]), tuple(one.pk for one in own)))
    return tuple(found)


def months(page: Outside, zone: dt.tzinfo) -> list[tuple[dt.date, tuple[Told, ...]]]:
    """The entries by the month of `zone` in which they began, newest first; the first of the month stands for it."""
    found: dict[dt.date, list[Told]] = defaultdict(list)
    for told in page.entries:
        began = told.entry.started_at.astimezone(zone)
        found[dt.date(began.year, began.month, 1)].append(told)
    return [(month, tuple(found[month])) for month in sorted(found, reverse=True)]


def _entries(page: StatusPage) -> list[Entry]:
    rows = _with_words(page.entries.filter(incident__is_private=False, incident__is_drill=False)).order_by("-started_at", "-id")
    lately = list(rows[:LAST])
    known = {entry.pk for entry in lately}
    return lately + [entry for entry in rows.filter(resolved_at=None) if entry.pk not in known]


def _with_words(rows: QuerySet[Entry]) -> QuerySet[Entry]:
    return rows.prefetch_related(Prefetch("updates", Update.objects.order_by("-at", "-id")), "components")


def _told(entry: Entry, by_moment: Mapping[tuple[str, dt.datetime], list[Change]]) -> Told:
    said = tuple(Said(update, tuple(by_moment.get((entry.incident_id, update.at), ()))) for update in entry.updates.all())
    return Told(entry, said, tuple(entry.components.all()))


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
