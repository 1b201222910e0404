"""Six months at Larkfield: a list of things that happened, sorted by time, each done through a command at its own instant."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass

from tocsin.alerts import commands as alerts
from tocsin.alerts.models import Alert
from tocsin.core.actor import Actor
from tocsin.demo import cast
from tocsin.demo.staff import Company
from tocsin.demo.stories import ALERTS, AlertKind
from tocsin.directory import queries as directory
from tocsin.oncall import queries as oncall
from tocsin.oncall import rules

DAYS = 182
ALERT_COUNT = 1500
QUIET_BEFORE_NOW = dt.timedelta(minutes=50)


@dataclass(frozen=True)
class Happening:
    """Something done at an instant. Sorted by time; equal times keep the order in which they were written down."""

    at: dt.datetime
    do: Callable[[dt.datetime], None]


class Watch:
    """Who was on call at an instant, without asking the database again."""

    def __init__(self, company: Company, began: dt.datetime) -> None:
        schedules = company.schedules
        found = oncall.rules_for(schedules.values(), began)
        self._rules = {name: found[schedule.id] for name, schedule in schedules.items()}
        people = [*company.people.values(), company.administrator]
        self.actors = {person.id: directory.actor_for(person, via="web") for person in people}
        self._first = {line.name: company.people[line.people[0]].id for line in cast.TEAMS}

    def on_call(self, team: str, at: dt.datetime) -> Actor:
        """The person on call for a team; before the first turn, its manager."""
        people = rules.who(self._rules[team], at).people
        return self.actors[people[0] if people else self._first[team]]


def alert_happenings(company: Company, watch: Watch, now: dt.datetime, dice: random.Random) -> list[Happening]:
    """About `ALERT_COUNT` alerts that came, were mostly answered, and went by themselves."""
    happenings: list[Happening] = []
    kinds = dice.choices(ALERTS, weights=[kind.weight for kind in ALERTS], k=ALERT_COUNT)
    busy: dict[AlertKind, dt.datetime] = {}
    for kind, start in zip(kinds, sorted(_instant(now, dice) for _ in kinds), strict=True):
        if busy.get(kind, start) > start:
            continue
        end = start + dt.timedelta(minutes=dice.triangular(*kind.lasts, kind.lasts[0]))
        if end > now - QUIET_BEFORE_NOW:
            continue
        busy[kind] = end
        happenings += _one_alert(company, watch, kind, start, end, dice)
    return happenings


def _instant(now: dt.datetime, dice: random.Random) -> dt.datetime:
    """Somewhere in the six months, more often by day, in the middle of the week and lately a little less."""
    while True:
        at = now - dt.timedelta(days=dice.triangular(0.05, DAYS, DAYS), seconds=dice.randrange(86400))
        likely = (1.0 if 6 <= at.hour <= 17 else 0.55) * (1.0 if at.weekday() < 5 else 0.5)
        if dice.random() < likely:
            return at


def _one_alert(
    company: Company, watch: Watch, kind: AlertKind, start: dt.datetime, end: dt.datetime, dice: random.Random
) -> list[Happening]:
    service = company.services[kind.service]
    line = next(line for line in cast.SERVICES if line.name == kind.service)
    figure = dice.randint(*kind.figure)
    host = f"{line.host}-{dice.randint(1, 6)}.eu-1"
    made: list[Alert] = []

    def trigger(at: dt.datetime) -> None:
        made.append(
            alerts.trigger(
                watch.on_call(line.team, at),
                service,
                title=kind.title.format(n=figure),
                source="alertmanager",
                dedup_key=f"{kind.name}/{line.host}",
                severity=kind.severity,
                labels={"alertname": kind.name, "instance": host, "region": "eu-1", "severity": kind.severity},
                started_at=at,
                now=at,
            )
        )

    def acknowledge(at: dt.datetime) -> None:
        alerts.acknowledge(watch.on_call(line.team, at), made[0], now=at)

    def resolve(at: dt.datetime) -> None:
        alerts.resolve(watch.on_call(line.team, at), made[0], by_source=True, now=at)

    answered = start + dt.timedelta(seconds=dice.lognormvariate(4.6, 0.9))
    happenings = [Happening(start, trigger), Happening(end, resolve)]
    if kind.severity in ("critical", "warning") and answered < end:
        happenings.append(Happening(answered, acknowledge))
    return happenings
