"""Six months at Larkfield: a list of things that happened, sorted by time, each done through a command at its own instant."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass

from tocsin.alerts import commands as alerts
from tocsin.alerts.models import Alert
from tocsin.core.actor import SYSTEM, Actor
from tocsin.demo import cast, messages
from tocsin.demo.staff import Company
from tocsin.demo.stories import ALERTS, AlertKind
from tocsin.directory import queries as directory
from tocsin.oncall.compiling import compiled
from tocsin.paging import commands as paging

DAYS = 182
RECENT = dt.timedelta(days=4)
ALERT_COUNT = 1500
QUIET_BEFORE_NOW = dt.timedelta(minutes=50)


@dataclass(frozen=True)
class Happening:
    """Something done at an instant. Sorted by time; equal times keep the order in which they were written down."""

    at: dt.datetime
    do: Callable[[dt.datetime], None]


class Watch:
    """Who was on call at an instant, without asking the database again."""

    def __init__(self, company: Company) -> None:
        schedules = company.schedules
        found = compiled(schedule.id for schedule in schedules.values())
        self._rotas = {name: found[schedule.id] for name, schedule in schedules.items()}
        people = [*company.people.values(), company.administrator]
        self.actors = {person.id: directory.actor_for(person, via="web") for person in people}
        self._first = {line.name: company.people[line.people[0]].id for line in cast.TEAMS}

    def on_call(self, team: str, at: dt.datetime) -> Actor:
        """The person on call for a team; before the first turn, its manager."""
        people = self._rotas[team].who(at).people
        return self.actors[people[0] if people else self._first[team]]


def alerts_of_six_months(
    company: Company, watch: Watch, now: dt.datetime, dice: random.Random
) -> tuple[list[alerts.PastAlert], list[Happening]]:
    """About `ALERT_COUNT` alerts that came, were mostly answered, and went by themselves.

    Those of the last days are done as they happened, with pages and messages; the older ones are brought as history.
    """
    older: list[alerts.PastAlert] = []
    recent: list[Happening] = []
    kinds = dice.choices(ALERTS, weights=[kind.weight for kind in ALERTS], k=ALERT_COUNT)
    busy: dict[AlertKind, dt.datetime] = {}
    for kind, start in zip(kinds, sorted(_instant(now, dice) for _ in kinds), strict=True):
        end = start + dt.timedelta(minutes=dice.triangular(*kind.lasts, kind.lasts[0]))
        if busy.get(kind, start) > start or end > now - QUIET_BEFORE_NOW:
            continue
        busy[kind] = end
        past = _past(company, watch, kind, start, end, dice)
        if start < now - RECENT:
            older.append(past)
        else:
            recent += _as_it_happened(watch, past)
    return older, recent


def _instant(now: dt.datetime, dice: random.Random) -> dt.datetime:
    """Somewhere in the six months, more often by day and in the middle of the week."""
    while True:
        at = now - dt.timedelta(days=dice.uniform(0.05, DAYS), seconds=dice.randrange(86400))
        likely = (1.0 if 6 <= at.hour <= 17 else 0.55) * (1.0 if at.weekday() < 5 else 0.5)
        if dice.random() < likely:
            return at


def _past(
    company: Company, watch: Watch, kind: AlertKind, start: dt.datetime, end: dt.datetime, dice: random.Random
) -> alerts.PastAlert:
    line = next(line for line in cast.SERVICES if line.name == kind.service)
    host = f"{line.host}-{dice.randint(1, 6)}.eu-1"
    answered = start + dt.timedelta(seconds=dice.lognormvariate(4.6, 0.9))
    wakes = kind.severity in ("critical", "warning") and answered < end
    return alerts.PastAlert(
        service=company.services[kind.service],
        title=kind.title.format(n=dice.randint(*kind.figure)),
        source="alertmanager",
        dedup_key=f"{kind.name}/{line.host}",
        severity=kind.severity,
        started_at=start,
        resolved_at=end,
        answered=(watch.on_call(line.team, answered), answered) if wakes else None,
        labels={"alertname": kind.name, "instance": host, "region": "eu-1", "severity": kind.severity},
    )


def _as_it_happened(watch: Watch, past: alerts.PastAlert) -> list[Happening]:
    made: list[Alert] = []

    def trigger(at: dt.datetime) -> None:
        alert = alerts.trigger(
            SYSTEM,
            past.service,
            title=past.title,
            source=past.source,
            dedup_key=past.dedup_key,
            severity=past.severity,
            labels=past.labels,
            started_at=at,
            now=at,
        )
        made.append(alert)
        messages.send_due(at)

    def acknowledge(at: dt.datetime) -> None:
        assert past.answered is not None
        messages.send_due(at)
        paging.acknowledge_subject(past.answered[0], made[0].id, now=at)

    def resolve(at: dt.datetime) -> None:
        messages.send_due(at)
        alerts.resolve(SYSTEM, made[0], by_source=True, now=at)

    happenings = [Happening(past.started_at, trigger), Happening(past.resolved_at, resolve)]
    if past.answered is not None:
        happenings.append(Happening(past.answered[1], acknowledge))
    return happenings
