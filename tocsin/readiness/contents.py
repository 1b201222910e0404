"""What is in the offline kit: what responders need when this house is down. Private incidents and drills are not in it.

The kit lies on laptops and is printed, so it holds what every responder may see, and nothing that only some may know of.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings

from tocsin.collab.documents.models import Section
from tocsin.core.actor import SYSTEM
from tocsin.directory import agreed, finding
from tocsin.directory import queries as directory
from tocsin.directory.finding import Way
from tocsin.directory.models import BackupSystem, Person, Severity, Vendor
from tocsin.incidents import queries as incidents
from tocsin.incidents.models import Incident, SheetSection
from tocsin.oncall import queries as oncall
from tocsin.oncall.models import Policy, Schedule, StepTarget
from tocsin.statuspages import queries as statuspages
from tocsin.statuspages import rules as words

ROTA = dt.timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Contact:
    """A person, their teams, and how they are reached."""

    person: Person
    teams: list[str]
    ways: list[Way]


@dataclass(frozen=True, slots=True)
class Turn:
    """Who is on call from when to when; nobody in a gap."""

    start: dt.datetime
    end: dt.datetime
    people: list[str]
    gap: bool


@dataclass(frozen=True, slots=True)
class Roster:
    """A schedule and its turns of the next 14 days."""

    schedule: Schedule
    turns: list[Turn]


@dataclass(frozen=True, slots=True)
class Call:
    """Whom to call for a service: `steps` are the minutes to wait before each and the names; then the incident managers."""

    service: str
    team: str
    owner: str
    steps: list[tuple[int, list[str]]]
    managers: str


@dataclass(frozen=True, slots=True)
class Template:
    """Words to begin with."""

    heading: str
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Running:
    """An open incident: facts, what the state document says by heading, what was said last and when more was promised."""

    incident: Incident
    known: list[tuple[str, str]]
    roles: list[tuple[str, str]]
    next_due: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything in the kit."""

    made_at: dt.datetime
    organisation: str
    base_url: str
    contacts: list[Contact]
    rosters: list[Roster]
    last_resort: list[str]
    calls: list[Call]
    templates: list[Template]
    severities: list[Severity]
    sheet: list[SheetSection]
    backups: list[BackupSystem]
    vendors: list[Vendor]
    running: list[Running]


def gather(now: dt.datetime) -> Contents:
    """What is true now, as every responder may see it."""
    return Contents(
        made_at=now,
        organisation=agreed.organisation().name,
        base_url=settings.TOCSIN.base_url,
        contacts=_contacts(),
        rosters=_rosters(now),
        last_resort=[person.name for person in oncall.last_resort_people(now)],
        calls=_calls(),
        templates=_templates(),
        severities=directory.severities(),
        sheet=incidents.sheet(),
        backups=agreed.backup_systems(),
        vendors=list(directory.vendors()),
        running=_running(),
    )


def _contacts() -> list[Contact]:
    people = list(directory.people(SYSTEM, active=True))
    ways = finding.ways_of(SYSTEM, people)
    return [Contact(one, [membership.team.name for membership in one.memberships.all()], ways.get(one.pk, [])) for one in people]


def _rosters(now: dt.datetime) -> list[Roster]:
    rows = [(schedule, oncall.shifts(schedule, now, now + ROTA)) for schedule in oncall.schedules(SYSTEM)]
    names = oncall.names([shifts for _, shifts in rows])
    return [
        Roster(schedule, [Turn(one.start, one.end, [names.get(who, who) for who in one.people], one.gap) for one in shifts])
        for schedule, shifts in rows
    ]


def _calls() -> list[Call]:
    services = list(directory.services(SYSTEM))
    covers = oncall.covers_of(services)
    policies = {policy.pk: policy for policy in oncall.policies(SYSTEM)}
    found = []
    for service in services:
        policy, roster = covers.get(service.pk, (None, None))
        steps = _steps(policies[policy.pk]) if policy else []
        owner = service.owner.name if service.owner else ""
        found.append(Call(service.name, service.team.name, owner, steps, roster.name if roster else ""))
    return found


def _steps(policy: Policy) -> list[tuple[int, list[str]]]:
    """How many minutes after the first call each step is due, and whom it asks."""
    after, found = 0, []
    for step in policy.steps.all():
        found.append((after, [_asked(target) for target in step.targets.all() if target.webhook_id is None]))
        after += step.wait_minutes
    return found


def _asked(target: StepTarget) -> str:
    return f"whoever is on call in {target.schedule}" if target.schedule_id else str(target)


def _templates() -> list[Template]:
    facts = words.Facts(key="KEY", severity=1, summary="what is broken", products=("PRODUCT",))
    found = []
    for audience, whom in ((words.INTERNAL, "colleagues"), (words.EXTERNAL, "customers")):
        for status, first, heading in (
            (words.INVESTIGATING, True, "First words to"),
            (words.IDENTIFIED, False, "In between, to"),
            (words.RESOLVED, False, "Last words to"),
        ):
            draft = words.words_for(audience, facts, status, first=first)
            found.append(Template(f"{heading} {whom}", draft.title, draft.body))
    return found


def _running() -> list[Running]:
    rows = incidents.incidents(SYSTEM, state="open", drills=False).filter(is_private=False).order_by("severity", "created_at")
    found = list(rows)
    dues = statuspages.next_dues(found)
    texts: dict[str, list[tuple[str, str]]] = {}
    sections = Section.objects.filter(document__subject__in=[one.pk for one in found]).exclude(text="").order_by("position")
    for subject, heading, text in sections.values_list("document__subject", "heading", "text"):
        texts.setdefault(subject, []).append((heading, text))
    return [Running(one, texts.get(one.pk, []), _roles(one), dues.get(one.pk)) for one in found]


def _roles(incident: Incident) -> list[tuple[str, str]]:
    return [(one.label, one.person.name) for one in incidents.holders(SYSTEM, incident) if one.person]
