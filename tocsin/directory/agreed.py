"""What the house has agreed on: its name, what it holds to at each stage, its severities, where it goes when a system is down."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from tocsin.core import clock
from tocsin.core.errors import NotFound
from tocsin.core.store import facts
from tocsin.core.store.prepared import Prepared
from tocsin.directory.models import BackupSystem, Severity, SeveritySignOff, Team, Value

ORGANISATION_FACT, SEVERITIES_FACT = "organisation", "severities"


@dataclass(frozen=True, slots=True)
class Organisation:
    """`name` is empty until somebody says it. `security_team` is woken from the page that pages security."""

    name: str
    security_team: Team | None


@dataclass(frozen=True, slots=True)
class Matrix:
    """The three severities as one text: its version, since when (None: as it came), who agrees to it, who has not said so.

    A sign-off of an earlier version is among `signed` and its team among `waiting`.
    """

    severities: tuple[Severity, ...]
    version: int
    changed_at: dt.datetime | None
    signed: tuple[SeveritySignOff, ...]
    waiting: tuple[Team, ...]


def matrix() -> Matrix:
    """The severities with their version and sign-offs. Four queries."""
    fact = facts.get(SEVERITIES_FACT, {})
    version = int(fact.get("version", 1))
    signed = tuple(SeveritySignOff.objects.select_related("team", "by").order_by("team__name"))
    agreed = {one.team_id for one in signed if one.version == version}
    waiting = tuple(team for team in Team.objects.order_by("name") if team.pk not in agreed)
    changed_at = clock.parse(fact["changed_at"]) if fact.get("changed_at") else None
    return Matrix(tuple(Severity.objects.order_by("number")), version, changed_at, signed, waiting)


def organisation() -> Organisation:
    """The organisation of this installation. Two queries at most."""
    fact = facts.get(ORGANISATION_FACT, {})
    team = Team.objects.filter(pk=fact["security_team"]).first() if fact.get("security_team") else None
    return Organisation(fact.get("name", ""), team)


def values() -> list[Value]:
    """The five values, in the order of the stages."""
    return list(Value.objects.order_by("position"))


_value = Prepared(lambda stage: Value.objects.filter(pk=stage))


def value(stage: str) -> Value:
    """Raises NotFound."""
    found = _value.first(stage)
    if found is None:
        raise NotFound("There is no such stage; there are detect, respond, recover, learn and improve.")
    return found


def backup_systems() -> list[BackupSystem]:
    """One for each kind, whether anybody has named it or not."""
    return list(BackupSystem.objects.order_by("position"))


def backup_system(kind: str) -> BackupSystem:
    """Raises NotFound."""
    found = BackupSystem.objects.filter(pk=kind).first()
    if found is None:
        raise NotFound("There is no backup system of this kind.")
    return found
