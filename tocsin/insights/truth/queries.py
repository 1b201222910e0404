"""The truth report: what staff and customers were told of each incident, and when. Reading only; drills are never in a figure."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from tocsin.core.actor import Actor
from tocsin.core.models import Event
from tocsin.incidents import permissions
from tocsin.incidents import rules as incident_rules
from tocsin.incidents.models import Incident
from tocsin.insights.truth import rules
from tocsin.insights.truth.rules import Account, Score, Span, Words
from tocsin.statuspages import events
from tocsin.statuspages import rules as pages
from tocsin.statuspages.clocks import queries as clocks
from tocsin.statuspages.models import Component, Entry

_PRESENT = "operational"


@dataclass(frozen=True, slots=True)
class Row:
    """One incident. `outside` is None for one of which customers may not know. `green`: for how long the public page showed its
    products well while the impact was known; None where the page has no part for them.
    """

    incident: Incident
    inside: Account
    outside: Account | None
    green: dt.timedelta | None

    @property
    def accounts(self) -> list[Account]:
        return [one for one in (self.inside, self.outside) if one]

    @property
    def first(self) -> Score:
        return rules.total(one.first for one in self.accounts)

    @property
    def intervals(self) -> Score:
        return rules.total(one.intervals for one in self.accounts)

    @property
    def promises(self) -> Score:
        return rules.total(one.promises for one in self.accounts)


@dataclass(frozen=True, slots=True)
class Report:
    """The incidents that were declared in a period, newest first, and all of them together."""

    since: dt.datetime
    until: dt.datetime
    rows: tuple[Row, ...]

    @property
    def first(self) -> Score:
        return rules.total(row.first for row in self.rows)

    @property
    def intervals(self) -> Score:
        return rules.total(row.intervals for row in self.rows)

    @property
    def promises(self) -> Score:
        return rules.total(row.promises for row in self.rows)

    @property
    def scores(self) -> tuple[Score, Score, Score]:
        """First words, intervals, promises."""
        return self.first, self.intervals, self.promises

    @property
    def green(self) -> dt.timedelta:
        """For how long, all incidents taken together, customers were shown that all is well while the impact was known."""
        return sum((row.green for row in self.rows if row.green), dt.timedelta(0))

    def by_month(self) -> list[Month]:
        """The same month by month, oldest first."""
        found: dict[dt.date, list[Row]] = defaultdict(list)
        for row in reversed(self.rows):
            found[row.incident.created_at.astimezone(dt.UTC).date().replace(day=1)].append(row)
        return [Month(month, Report(self.since, self.until, tuple(rows))) for month, rows in found.items()]


@dataclass(frozen=True, slots=True)
class Month:
    """The incidents that were declared in one month; `first` is its first day."""

    first: dt.date
    report: Report


def report(actor: Actor, since: dt.datetime, until: dt.datetime, severity: Collection[int] = (1, 2)) -> Report:
    """Incidents declared from `since` until before `until`, as far as the actor may see them. Six queries."""
    rows = permissions.visible(actor, Incident.objects.filter(created_at__gte=since, created_at__lt=until, is_drill=False))
    rows = rows.filter(severity__in=list(severity)).select_related("service").prefetch_related("products").order_by("-created_at")
    return Report(since, until, tuple(_rows(list(rows), until)))


def of_incident(actor: Actor, incident: Incident, now: dt.datetime) -> Row:
    """The same for one incident, whatever its severity. Raises NotFound for whoever may not see it."""
    permissions.require_seer(actor, incident)
    return next(iter(_rows([incident], now)))


def _rows(incidents: list[Incident], now: dt.datetime) -> Iterable[Row]:
    entries: dict[str, dict[str, list[Entry]]] = defaultdict(lambda: defaultdict(list))
    told = Entry.objects.filter(incident__in=incidents).select_related("page").prefetch_related("updates", "components")
    for entry in told:
        entries[entry.incident_id][entry.page.audience].append(entry)
    parts = list(Component.objects.filter(page__audience=pages.EXTERNAL))
    begin = min((one.created_at for one in incidents), default=now)
    unwell = _unwell(parts, begin - dt.timedelta(days=1), now)
    for incident in incidents:
        said = entries[incident.pk]
        outside = None if incident.is_private else _account(incident, said[pages.EXTERNAL], now)
        yield Row(incident, _account(incident, said[pages.INTERNAL], now), outside, _green(incident, said, parts, unwell, now))


def _account(incident: Incident, entries: list[Entry], now: dt.datetime) -> Account:
    """What one audience heard. Words that stood on several pages are counted once, and all is over when the last page says so."""
    said = {one.confirmation: Words(one.at, one.next_update_at) for entry in entries for one in entry.updates.all()}
    words = sorted(said.values(), key=lambda one: one.at, reverse=True)
    ends = [entry.resolved_at for entry in entries if entry.resolved_at]
    over = (max(ends) if ends and len(ends) == len(entries) else None) or incident.resolved_at or now
    owes = incident_rules.is_major(incident.severity)
    return rules.account(_known(incident), incident.created_at, over, words, clocks.limits(), owes_first=owes)


def _known(incident: Incident) -> dt.datetime:
    return min(incident.detected_at or incident.created_at, incident.created_at)


def _green(
    incident: Incident, said: Mapping[str, list[Entry]], parts: list[Component], unwell: Mapping[str, list[Span]], now: dt.datetime
) -> dt.timedelta | None:
    """None for what customers may not know, and for an incident of no product that the page has a part for."""
    products = {one.pk for one in incident.products.all()}
    named = {one.pk for entry in said[pages.EXTERNAL] for one in entry.components.all()}
    mine = [part.pk for part in parts if part.product_id in products or part.pk in named]
    begin = max(_known(incident), incident.impact_started_at or _known(incident))
    end = incident.impact_ended_at or incident.resolved_at or now
    if not mine or incident.is_private or end <= begin:
        return None
    return rules.green((begin, end), [span for part in mine for span in unwell.get(part, ())])


def _unwell(parts: list[Component], since: dt.datetime, now: dt.datetime) -> dict[str, list[Span]]:
    """When each part was shown as anything but well, by its id. One query."""
    found: dict[str, list[Span]] = defaultdict(list)
    state, began = {part.pk: part.state for part in parts}, dict.fromkeys((part.pk for part in parts), now)
    turns = Event.objects.filter(name=events.COMPONENT_CHANGED, subject__in=list(state), at__gte=since, data__field="state")
    for turn in turns.order_by("-at", "-id"):
        if state[turn.subject] != _PRESENT:
            found[turn.subject].append((turn.at, began[turn.subject]))
        state[turn.subject], began[turn.subject] = turn.data["old"], turn.at
    for part, present in state.items():
        if present != _PRESENT:
            found[part].append((since, began[part]))
    return found
