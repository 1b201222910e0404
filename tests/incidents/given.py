"""What most tests of incidents begin with: a covered service, a last resort, people who answer."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from tests import company
from tests.conftest import NOW
from tocsin.core.actor import Actor
from tocsin.directory.models import Person, Service, Team
from tocsin.incidents import commands
from tocsin.incidents.models import Incident
from tocsin.oncall.models import Schedule
from tocsin.paging.models import Escalation


@dataclass
class House:
    """A team Payments with Ana on call for its service, Ben as its incident manager, Imogen as last resort."""

    ana: Person
    ben: Person
    imogen: Person
    sven: Person
    root: Person
    team: Team
    service: Service
    managers: Schedule
    last_resort: Schedule
    extra: dict[str, Any] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        return company.actor(getattr(self, name))


def house() -> House:
    ana, ben, imogen = company.person("Ana"), company.person("Ben"), company.person("Imogen")
    sven, root = company.stakeholder("Sven"), company.administrator("Root")
    team = company.team("Payments", ana)
    managers = company.schedule(team, ben, name="Payments incident managers")
    service = company.service("Checkout API", team)
    company.cover(service, policy=company.policy(team, company.schedule(team, ana)), roster=managers)
    last_resort = company.last_resort(imogen)
    return House(ana, ben, imogen, sven, root, team, service, managers, last_resort)


def declared(there: House, by: str = "ana", **fields: Any) -> Incident:
    """An incident of Checkout API, Sev 1 unless said otherwise."""
    values = {"summary": "Card payments fail", "severity": 1, "service": there.service, "now": NOW, **fields}
    return commands.declare(there.actor(by), **values)


def fixing(there: House, by: str = "ben", **fields: Any) -> Incident:
    """An incident that Ben has taken command of."""
    return commands.take_command(there.actor(by), declared(there, **fields), now=later(1))


def resolved(there: House, incident: Incident | None = None, **fields: Any) -> Incident:
    """An incident that Ben has resolved: impact from 08:14 to 09:22, detected at 08:15."""
    values = {
        "impact_over": True,
        "none_about_to_follow": True,
        "impact_started_at": at(8, 14),
        "detected_at": at(8, 15),
        "impact_ended_at": at(9, 22),
        "postmortem_owner": there.ana,
        "now": at(9, 30),
        **fields,
    }
    return commands.resolve(there.actor("ben"), incident or fixing(there), **values)


def later(minutes: float) -> dt.datetime:
    return NOW + dt.timedelta(minutes=minutes)


def at(hour: int, minute: int = 0) -> dt.datetime:
    """An instant on the day of the tests, UTC."""
    return NOW.replace(hour=hour, minute=minute)


def escalations(incident: Incident) -> list[Escalation]:
    return list(Escalation.objects.filter(subject=incident.id).order_by("id"))


def asked(incident: Incident) -> list[set[str]]:
    """Whom the first step of each escalation asks, by name."""
    return [{target["name"] for target in row.snapshot["steps"][0]["targets"]} for row in escalations(incident)]
