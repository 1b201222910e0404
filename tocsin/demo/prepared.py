"""What Larkfield has agreed on and practised: its name, backup systems, changes, a drill, an incident that was run elsewhere."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tocsin.alerts import commands as alerts
from tocsin.core import clock
from tocsin.core.actor import SYSTEM, Actor
from tocsin.demo import cast
from tocsin.demo.staff import Company
from tocsin.directory import agreed
from tocsin.directory import commands as directory
from tocsin.directory.commands.vendor_status import keep_reading
from tocsin.directory.models import Team
from tocsin.directory.queries import actor_for
from tocsin.directory.vendor_status.ports import Reading, Report
from tocsin.incidents import commands as incidents
from tocsin.incidents import queries
from tocsin.incidents.models import Incident
from tocsin.incidents.template import queries as templates
from tocsin.statuspages import commands as statuspages

_DAY, _MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)


def fill(company: Company, now: dt.datetime) -> None:
    """Everything of this module, as people would have done it."""
    _agree(company, now)
    _change(company, now)
    _prepare(company, now - 30 * _DAY)
    _drill(company, now - 20 * _DAY)
    _bring_in(company, now)
    _show(company, now)
    _hear(company, now)
    for incident in Incident.objects.filter(state=Incident.FIXING, is_drill=False, severity__lt=3):
        _tick(company, incident, now)


def clear(now: dt.datetime) -> None:
    """Take back what is no row of the demo's own: backup systems exist once, named or not."""
    for backup in agreed.backup_systems():
        directory.set_backup_system(SYSTEM, backup, name="", link="", note="", tested_on="", now=now)
    directory.set_organisation(SYSTEM, name="", security_team="", now=now)


def _hear(company: Company, now: dt.datetime) -> None:
    """What a vendor reported at the last reading. Its feed is nowhere, so from the next one on it is said to be unreadable."""
    name, feed, title, text = cast.REPORTED
    vendor = directory.change_vendor(SYSTEM, company.vendors[name], status_feed=feed, now=now)
    began = now - 50 * _MINUTE
    report = Report("net-1", title, "identified", "minor", text, f"{feed}net-1", began_at=began, said_at=now - 20 * _MINUTE)
    keep_reading(vendor, Reading("minor", "Minor Service Outage", (report,)), url=feed, now=now)


def _agree(company: Company, now: dt.datetime) -> None:
    directory.set_organisation(SYSTEM, name=cast.ORGANISATION, security_team=company.teams[cast.SECURITY_TEAM], now=now)
    for name in cast.SIGNED:
        directory.sign_severities(_manager(company.teams[name]), company.teams[name], now=now)
    for kind, (name, link, note, ago) in cast.BACKUPS.items():
        tried = now.date() - dt.timedelta(days=ago)
        directory.set_backup_system(SYSTEM, agreed.backup_system(kind), name=name, link=link, note=note, tested_on=tried, now=now)


def _manager(team: Team) -> Actor:
    return actor_for(team.memberships.get(is_manager=True).person)


def _prepare(company: Company, now: dt.datetime) -> None:
    for line in cast.TEMPLATES:
        plain = {name: line[name] for name in line if name not in {"team", "service", "products", "pages", "offers", "told"}}
        named: dict[str, Any] = {
            "service": company.services[line["service"]] if "service" in line else None,
            "products": [company.products[one] for one in line.get("products", ())],
            "pages": [company.teams[one] for one in line.get("pages", ())],
            "offers": [(role, company.schedules.get(one) or company.people[one]) for role, one in line.get("offers", ())],
            "told": [company.people[one] for one in line.get("told", ())],
        }
        incidents.create_template(SYSTEM, team=company.teams[line["team"]], **plain, **named, now=now)


def _change(company: Company, now: dt.datetime) -> None:
    for hours, service, words in cast.CHANGES:
        at = now - dt.timedelta(hours=hours)
        alerts.record_change(SYSTEM, words, service=company.services[service], source="Release train", at=at, now=at)


def _drill(company: Company, at: dt.datetime) -> None:
    ben, sara = (actor_for(company.people[mail]) for mail in ("ben", "sara"))
    prepared = templates.preparation(templates.template(ben, "search-is-slow"), at)
    incident = incidents.declare(
        ben,
        summary="Exercise: nobody can log in",
        severity=1,
        service=company.services["Search"],
        drill=True,
        prepared=prepared,
        now=at,
    )
    incidents.take_command(ben, incident, now=at + 3 * _MINUTE)
    for minutes, words, feedback in cast.DRILL:
        draft = statuspages.keep_draft(
            sara, incident, status="investigating", external={"title": "Log-in", "body": words}, now=at + minutes * _MINUTE
        )
        statuspages.give_feedback(ben, draft, feedback, now=at + (minutes + 4) * _MINUTE)
    incidents.resolve(
        ben,
        incident,
        impact_over=True,
        none_about_to_follow=True,
        unknown=("impact_started_at", "impact_ended_at"),
        now=at + 50 * _MINUTE,
    )


def _bring_in(company: Company, now: dt.datetime) -> None:
    began = now - 41 * _DAY
    at = {name: clock.rfc3339(began + minutes * _MINUTE) for name, minutes in cast.ELSEWHERE["times"].items()}
    lines = [{**line, "at": clock.rfc3339(began + line["at"] * _MINUTE)} for line in cast.ELSEWHERE["timeline"]]
    document = {**cast.ELSEWHERE["facts"], **at, "timeline": lines}
    incidents.import_incident(actor_for(company.people["priya"]), document, now=began + _DAY)


def _show(company: Company, now: dt.datetime) -> None:
    for name, slug, team, shown, framed_by in cast.DASHBOARDS:
        filters = {**shown, "teams": [company.teams[one] for one in shown.get("teams", ())]}
        filters["products"] = [company.products[one] for one in shown.get("products", ())]
        dashboard = incidents.create_dashboard(SYSTEM, team=company.teams[team], name=name, slug=slug, **filters, now=now)
        if framed_by:
            incidents.create_embed(SYSTEM, dashboard, origins=[framed_by], now=now)


def _tick(company: Company, incident: Incident, now: dt.datetime) -> None:
    manager = actor_for(incident.manager) if incident.manager else SYSTEM
    begun = incident.fixing_at or incident.created_at
    lines = {item.text: item for section in queries.sheet() for item in section.items.all() if section.slug in cast.TICKED}
    for place, item in enumerate(lines.values()):
        at = begun + place * _MINUTE / 2
        if at < now and not item.fact and item.link != "/vendors":
            incidents.tick(manager, incident, item, now=at)
    vendor = next(item for section in queries.sheet() for item in section.items.all() if item.link == "/vendors")
    incidents.skip(manager, incident, vendor, "No part of theirs is involved", now=begun + 6 * _MINUTE)
