"""Larkfield's people, teams, rotas and services, made as an administrator would make them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import QuerySet

from tocsin.alerts import commands as alerts
from tocsin.core.actor import SYSTEM
from tocsin.demo import cast, partners
from tocsin.directory import commands as directory
from tocsin.directory.models import Person, Product, Service, Team, Vendor
from tocsin.oncall import commands as oncall
from tocsin.oncall import queries
from tocsin.oncall.models import Policy, Schedule
from tocsin.statuspages import commands as statuspages
from tocsin.statuspages.models import Component, StatusPage

WEEKS_BACK = 27


@dataclass
class Company:
    """What the later parts of the demo need to find again: by mail name, team name, service name, product name."""

    administrator: Person
    people: dict[str, Person] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    schedules: dict[str, Schedule] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)
    products: dict[str, Product] = field(default_factory=dict)
    vendors: dict[str, Vendor] = field(default_factory=dict)

    @property
    def components(self) -> QuerySet[Component]:
        """The parts of all status pages."""
        return Component.objects.all()


def hire(began: dt.datetime) -> Company:
    """People, teams with rotas and policies, products and services, all as of `began`."""
    name, mail = cast.ADMINISTRATOR
    administrator = directory.create_person(
        SYSTEM,
        email=f"{mail}@{cast.DOMAIN}",
        name=name,
        role=Person.ADMINISTRATOR,
        zone="Europe/Vienna",
        now=began,
    )
    _reachable(administrator, began)
    company = Company(administrator)
    for role, lines in ((Person.RESPONDER, cast.PEOPLE), (Person.STAKEHOLDER, cast.STAKEHOLDERS)):
        for mail, (name, zone) in lines.items():
            person = directory.create_person(SYSTEM, email=f"{mail}@{cast.DOMAIN}", name=name, role=role, zone=zone, now=began)
            _reachable(person, began)
            company.people[mail] = person
    for line in cast.TEAMS:
        _team(company, line, began)
    oncall.set_last_resort(SYSTEM, company.schedules[cast.MANAGERS_TEAM], now=began)
    _able(company, began)
    for name, phone, address, procedure in cast.VENDORS:
        company.vendors[name] = directory.create_vendor(
            SYSTEM, name=name, phone=phone, support_url=address, procedure=procedure, now=began
        )
    for name in cast.PRODUCTS:
        product = company.products[name] = directory.create_product(SYSTEM, name=name, now=began)
        for page in StatusPage.objects.all():
            statuspages.create_component(SYSTEM, page, name=name, product=product, now=began)
    partners.open_page(company.products, began)
    for service in cast.SERVICES:
        _service(company, service, began)
    _chat(company, began)
    for name, needed in cast.NEEDS.items():
        needs = [company.services[one] for one in needed]
        directory.change_service(SYSTEM, company.services[name], needs=needs, now=began)
    return company


def _reachable(person: Person, began: dt.datetime) -> None:
    for method in person.contact_methods.all():
        directory.mark_verified(SYSTEM, method, now=began)


def _able(company: Company, began: dt.datetime) -> None:
    for mail, lines in cast.QUALIFICATIONS.items():
        for name, ago, lasts in lines:
            trained = began.date() - dt.timedelta(days=30 * ago)
            ends = trained + dt.timedelta(days=30 * lasts) if lasts else None
            person = company.people[mail]
            directory.set_qualification(SYSTEM, person, name, trained_on=trained, expires_on=ends, now=began)


def _team(company: Company, line: cast.TeamLine, began: dt.datetime) -> None:
    team = company.teams[line.name] = directory.create_team(SYSTEM, name=line.name, zone=line.zone, now=began)
    members = [company.people[mail] for mail in line.people]
    for place, person in enumerate(members):
        directory.add_member(SYSTEM, team, person, is_manager=place == 0, now=began)
    schedule = oncall.create_schedule(SYSTEM, team=team, name=line.name, zone=line.zone, now=began)
    company.schedules[line.name] = schedule
    monday = began.date() - dt.timedelta(days=began.weekday(), weeks=1)
    oncall.add_rotation(
        SYSTEM,
        schedule,
        name="Primary",
        turns=oncall.Turns(line.zone, monday, dt.time.fromisoformat(line.handover)),
        members=members,
        now=began,
    )
    if line.name in cast.WITH_WEEKENDS:
        saturday = oncall.Turns(line.zone, monday + dt.timedelta(days=5), dt.time(), windows=cast.WEEKENDS)
        oncall.add_rotation(SYSTEM, schedule, name="Weekends", turns=saturday, members=[*reversed(members)], now=began)
    oncall.create_policy(
        SYSTEM,
        team=team,
        name=line.name,
        steps=[{"wait_minutes": 5, "targets": [schedule]}, {"wait_minutes": 10, "targets": members}],
        repeats=1,
        now=began,
    )


def _chat(company: Company, began: dt.datetime) -> None:
    """A webhook, and a policy that calls it. No service uses that policy: the demo company calls nothing outside by itself."""
    team, schedule = company.teams[cast.TEAMS[0].name], company.schedules[cast.TEAMS[0].name]
    webhook, _ = oncall.create_webhook(
        SYSTEM, team=team, name="Chat", address=f"https://chat.{cast.DOMAIN}/hooks/tocsin", now=began
    )
    steps = [{"wait_minutes": 5, "targets": [webhook, schedule]}, {"wait_minutes": 10, "targets": [team]}]
    oncall.create_policy(SYSTEM, team=team, name=f"{team.name}, with chat", steps=steps, repeats=0, now=began)


def _service(company: Company, line: cast.ServiceLine, began: dt.datetime) -> None:
    team = company.teams[line.team]
    products = [company.products[name] for name in line.products]
    service = directory.create_service(
        SYSTEM,
        name=line.name,
        team=team,
        description=line.description,
        products=products,
        owner=company.people[cast.OWNERS[line.name]],
        severity_guidance=cast.GUIDANCE.get(line.name, ""),
        vendors=[company.vendors[name] for name in cast.USES.get(line.name, ())],
        now=began,
    )
    roster = company.schedules[cast.OWN_MANAGER_ROSTER.get(line.name, cast.MANAGERS_TEAM)]
    policy = _office_policy(company, line, began) if line.name in cast.OFFICE_HOURS else team.policies.get(name=team.name)
    oncall.cover_service(SYSTEM, service, policy=policy, roster=roster, now=began)
    if line.name not in cast.NOT_WATCHED:
        alerts.create_key(SYSTEM, service, kind="alertmanager", name="Prometheus", now=began)
    company.services[line.name] = service


def _office_policy(company: Company, line: cast.ServiceLine, began: dt.datetime) -> Policy:
    """One step that counts in office hours."""
    team, schedule = company.teams[line.team], company.schedules[line.team]
    step = {"wait_minutes": 15, "targets": [schedule], "windows": cast.OFFICE_HOURS[line.name], "zone": team.zone}
    return oncall.create_policy(SYSTEM, team=team, name=f"{line.name}, office hours", steps=[step], repeats=0, now=began)


def plan_ahead(company: Company, now: dt.datetime) -> None:
    """What people have arranged for the next weeks: somebody steps in, somebody asks to be relieved."""
    schedule = company.schedules[cast.TEAMS[0].name]
    stands_in, asks = (company.people[mail] for mail in cast.TEAMS[0].people[:2])
    tomorrow = now.replace(hour=17, minute=0, second=0, microsecond=0) + dt.timedelta(days=1)
    late = tomorrow + dt.timedelta(hours=5)
    oncall.add_override(SYSTEM, schedule, person=stands_in, starts_at=tomorrow, ends_at=late, reason="School concert", now=now)
    ahead = queries.shifts(schedule, now + dt.timedelta(days=3), now + dt.timedelta(weeks=8))
    mine = next((shift for shift in ahead if shift.people == (asks.id,)), None)
    if mine is not None:
        end = min(mine.end, mine.start + dt.timedelta(days=1))
        oncall.ask_cover(SYSTEM, schedule, person=asks, starts_at=mine.start, ends_at=end, note="My sister marries", now=now)
