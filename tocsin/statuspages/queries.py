"""What the pages show, with a fixed number of queries, and what the incident's page asks about them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from tocsin.core.actor import Actor
from tocsin.core.errors import NotFound
from tocsin.core.store.prepared import Prepared
from tocsin.incidents import permissions as incidents
from tocsin.incidents.models import Incident
from tocsin.incidents.template.queries import first_words as prepared_words
from tocsin.statuspages import rules, words
from tocsin.statuspages.clocks import rules as clock_rules
from tocsin.statuspages.clocks.queries import clocks_after, limits
from tocsin.statuspages.commands.closing import closable
from tocsin.statuspages.commands.publishing import facts_of
from tocsin.statuspages.maintenance import queries as maintenance
from tocsin.statuspages.maintenance.queries import Work
from tocsin.statuspages.models import Component, ComponentGroup, DraftFeedback, DrillDraft, Entry, StatusPage, Update
from tocsin.statuspages.pages import queries as several
from tocsin.statuspages.readable import TOLD_OUTSIDE
from tocsin.statuspages.words import Words


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry as its readers see it: updates newest first, its parts, when the next is promised, how long it lasted."""

    entry: Entry
    updates: tuple[Update, ...]
    parts: tuple[Component, ...]
    next_update_at: dt.datetime | None
    status_words: str
    lasted: dt.timedelta | None

    @property
    def incident(self) -> Incident | None:
        """Only the internal page may show anything of it. None for what was written down afterwards."""
        return self.entry.incident


@dataclass(frozen=True, slots=True)
class ComponentView:
    """A part and its state in words."""

    component: Component
    state_words: str
    fine: bool


@dataclass(frozen=True, slots=True)
class PageView:
    """A whole page at an instant."""

    page: StatusPage
    as_of: dt.datetime
    verdict: str
    components: tuple[ComponentView, ...]
    open: tuple[EntryView, ...]
    past: tuple[EntryView, ...]
    unspoken: tuple[Incident, ...] = ()
    """Open incidents of which the page has said nothing yet, most severe first; for staff alone."""
    planned: tuple[Work, ...] = ()
    """Planned work: open, then what ended lately. Staff see that of every page."""

    @property
    def at_work(self) -> tuple[Work, ...]:
        return tuple(one for one in self.planned if one.is_active)

    @property
    def to_come(self) -> tuple[Work, ...]:
        """Of what comes again the next time stands for all."""
        return tuple(maintenance.next_of_each(one for one in self.planned if one.is_open and not one.is_active))

    @property
    def worked(self) -> tuple[Work, ...]:
        """What was completed or called off."""
        return tuple(one for one in self.planned if not one.is_open)


def external_page(now: dt.datetime, page: StatusPage | None = None) -> PageView:
    """What customers read on a page, the first one without. Entries of incidents that became private are left out."""
    page = page or several.first(rules.EXTERNAL)
    return _page(page, _outside(page.pk, now - rules.HISTORY), now)


def internal_page(actor: Actor, now: dt.datetime) -> PageView:
    """What staff read: the same, with the incidents that this actor may know of."""
    return _page(several.first(rules.INTERNAL), _inside(actor, now - rules.HISTORY), now, tuple(_unspoken(actor)))


def _lately(rows: QuerySet[Entry], since: dt.datetime) -> QuerySet[Entry]:
    """What runs, and what ended since."""
    rows = rows.filter(Q(resolved_at=None) | Q(resolved_at__gte=since))
    return rows.select_related("page", "incident__manager").order_by("-started_at", "-id")


def _untold() -> QuerySet[Incident]:
    told = Entry.objects.filter(page__audience=rules.INTERNAL, resolved_at=None).values("incident")
    running = Incident.objects.filter(state__in=Incident.OPEN, is_drill=False).exclude(pk__in=told)
    return running.select_related("manager").order_by("severity", "created_at")


_EntryPart: Any = Entry.components.through  # a table of Django's own making, whose columns no type knows
_outside = Prepared(lambda page, since: _lately(Entry.objects.filter(TOLD_OUTSIDE, page=page), since))
_inside = incidents.Visible(lambda since: _lately(Entry.objects.filter(page__audience=rules.INTERNAL), since))
_unspoken = incidents.Visible(_untold, to="")
_said = Prepared(lambda entries: Update.objects.filter(entry__in=entries).select_related("author").order_by("-at", "-id"))
_hit = Prepared(
    lambda entries: (
        _EntryPart.objects.filter(entry__in=entries).select_related("component").order_by("component__position", "component__name")
    )
)
_parts = Prepared(lambda page: Component.objects.filter(page=page).select_related("product"))
_groups = Prepared(lambda page: ComponentGroup.objects.filter(page=page).exclude(state="").values_list("state", flat=True))


def _page(page: StatusPage, entries: Sequence[Entry], now: dt.datetime, unspoken: tuple[Incident, ...] = ()) -> PageView:
    said = words.of(page.language)
    shown = list(_shown(entries, said))
    parts = tuple(ComponentView(part, said.states[part.state], part.state == rules.OPERATIONAL) for part in _parts(page.pk))
    unresolved = tuple(view for view in shown if view.entry.resolved_at is None)
    past = tuple(view for view in shown if view.entry.resolved_at is not None)
    states = [*(part.component.state for part in parts), *_groups(page.pk)]
    planned = tuple(maintenance.shown(now, page if page.audience == rules.EXTERNAL else None))
    here = sum(1 for one in planned if one.is_active and one.maintenance.page_id == page.pk)
    verdict = rules.verdict(states, len(unresolved) + len(unspoken), here, said.verdicts)
    return PageView(page, now, verdict, parts, unresolved, past, unspoken, planned)


def _shown(entries: Sequence[Entry], said: Words) -> Iterator[EntryView]:
    """These with what was said in them and the parts they concern. Two queries."""
    updates: dict[str, list[Update]] = defaultdict(list)
    parts: dict[str, list[Component]] = defaultdict(list)
    keys = [entry.pk for entry in entries]
    for update in _said(keys):
        updates[update.entry_id].append(update)
    for hit in _hit(keys):
        parts[hit.entry_id].append(hit.component)
    return (_entry(entry, tuple(updates[entry.pk]), tuple(parts[entry.pk]), said) for entry in entries)


def _entry(entry: Entry, updates: tuple[Update, ...], parts: tuple[Component, ...], said: Words) -> EntryView:
    running = updates and entry.resolved_at is None
    promise = clock_rules.next_due(updates[0].at, updates[0].next_update_at, limits()) if running else None
    lasted = entry.resolved_at - entry.started_at if entry.resolved_at else None
    return EntryView(entry, updates, parts, promise, said.statuses[entry.status], lasted)


def page(audience: str) -> StatusPage:
    """The first page for an audience, `external` or `internal`."""
    return several.first(audience)


def pages() -> QuerySet[StatusPage]:
    """Every page that is read, those for customers first."""
    return StatusPage.objects.filter(archived_at=None).order_by("audience", "position", "created_at", "id")


def components(audience: str) -> QuerySet[Component]:
    """The parts of the pages of an audience that are read, page by page in order."""
    rows = Component.objects.filter(page__audience=audience, page__archived_at=None).select_related("page", "product")
    return rows.order_by("page__position", "page__created_at", "page_id", "position", "name")


def hit_parts(pages: Iterable[StatusPage]) -> list[Component]:
    """The parts of these pages, and of those that stand for one product the first alone: the others follow it."""
    found: dict[str, Component] = {}
    for part in components(rules.EXTERNAL).filter(page__in=list(pages)):
        found.setdefault(str(part.product_id or part.pk), part)
    return list(found.values())


def open_entries(incident: Incident | None = None) -> QuerySet[Entry]:
    """Entries that are not closed, of one incident or of all."""
    rows = Entry.objects.filter(resolved_at=None).select_related("page", "incident").order_by("started_at")
    return rows.filter(incident=incident) if incident else rows


def left_open(incident: Incident) -> list[Entry]:
    """What status pages still say of an incident that last words can be said in, internal first."""
    return list(closable(incident))


def _updates_of(incident: str) -> QuerySet[Update]:
    return Update.objects.filter(entry__incident=incident).select_related("entry__page", "author").order_by("-at", "-id")


_published = Prepared(_updates_of)


def published(incident: Incident) -> list[Update]:
    """The same, read at once: every page of an incident asks."""
    return _published(incident.id)


def updates_of(incident: Incident) -> QuerySet[Update]:
    """Everything published about an incident, newest first."""
    return _updates_of(incident.id)


def last_update(incident: Incident, audience: str | None = None) -> Update | None:
    """The last words about an incident, on one page or on any."""
    rows = updates_of(incident)
    return (rows.filter(entry__page__audience=audience) if audience else rows).first()


def next_due(incident: Incident) -> dt.datetime | None:
    """When the next words are due on any page, as its clock says. None when none are."""
    return next_dues([incident]).get(incident.pk)


_of_many = Prepared(lambda incidents: Update.objects.filter(entry__incident__in=incidents).select_related("entry__page"))


def next_dues(rows: Iterable[Incident]) -> dict[str, dt.datetime]:
    """When the next words are due, by incident id, for a list of incidents: one query."""
    found = [incident for incident in rows if incident.state != Incident.RESOLVED]
    said: dict[str, list[Update]] = {}
    for update in _of_many([incident.pk for incident in found]):
        said.setdefault(update.entry.incident_id, []).append(update)
    dues = ((incident.pk, due_after(incident, said.get(incident.pk, ()))) for incident in found)
    return {key: due for key, due in dues if due}


def due_after(incident: Incident, updates: Iterable[Update]) -> dt.datetime | None:
    """As `next_due`, for an incident of which these are all the updates, with their pages, in any order. No query."""
    return min((clock.due_at for clock in clocks_after(incident, updates)), default=None)


def latest_words(rows: Iterable[Incident]) -> dict[str, Update]:
    """What customers were told last, by incident id; nothing for those of whom they were told nothing. One query."""
    updates = Update.objects.filter(entry__incident__in=[incident.pk for incident in rows], entry__page__audience=rules.EXTERNAL)
    return {update.entry.incident_id: update for update in updates.select_related("entry").order_by("at", "id")}


def drill_drafts(incident: Incident) -> list[DrillDraft]:
    """What was drafted in a drill, newest first, with what people thought of it. Two queries."""
    feedback = Prefetch("feedback", DraftFeedback.objects.select_related("author"))
    return list(incident.drill_drafts.select_related("author").prefetch_related(feedback))


def drill_draft(incident: Incident, wanted: str) -> DrillDraft:
    """Raises NotFound for a draft of another incident, too."""
    found = incident.drill_drafts.select_related("incident").filter(pk=wanted).first()
    if found is None:
        raise NotFound(f"{incident.key} has no such draft.")
    return found


def draft(incident: Incident, audience: str, status: str) -> rules.Draft:
    """The words to begin with for an audience and a status; the very first may have been prepared by a template.

    None for customers where the incident is private.
    """
    if audience == rules.EXTERNAL and incident.is_private:
        return rules.Draft("", "")
    first = not Entry.objects.filter(incident=incident, page__audience=audience).exists()
    drafted = rules.words_for(audience, facts_of(incident), status, first=first)
    prepared = prepared_words(incident, audience) if first and status != rules.RESOLVED else ""
    return rules.Draft(drafted.title, prepared) if prepared else drafted
