"""What the house has agreed on: its name, what it holds to at each stage, where it goes when a system is down."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.core.errors import NotFound
from tocsin.core.store import facts
from tocsin.directory.models import BackupSystem, Team, Value

ORGANISATION_FACT = "organisation"


@dataclass(frozen=True, slots=True)
class Organisation:
    """`name` is empty until somebody says it. `security_team` is woken from the page that pages security."""

    name: str
    security_team: Team | None


def organisation() -> Organisation:
    """The organisation of this installation. Two queries at most."""
    fact = facts.get(ORGANISATION_FACT, {})
    team = Team.objects.filter(pk=fact["security_team"]).first() if fact.get("security_team") else None
    return Organisation(fact.get("name", ""), team)


def values() -> list[Value]:
    """The five values, in the order of the stages."""
    return list(Value.objects.order_by("position"))


def value(stage: str) -> Value:
    """Raises NotFound."""
    found = Value.objects.filter(pk=stage).first()
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
