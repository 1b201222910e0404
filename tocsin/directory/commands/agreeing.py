"""Writing down what the house has agreed on: its name, its values, its backup systems. Administrators do."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models, transaction

from tocsin.core.actor import Actor
from tocsin.core.eventlog.events import record
from tocsin.core.store import db, facts
from tocsin.core.text import links, texts
from tocsin.directory import agreed, events, permissions, rules
from tocsin.directory.commands import _checks
from tocsin.directory.models import BackupSystem, Team, Value


@transaction.atomic
def set_organisation(
    actor: Actor, *, name: str | None = None, security_team: Team | str | None = None, now: dt.datetime
) -> agreed.Organisation:
    """Name the organisation, and the team that is woken for security; `""` takes the team away, None leaves what is there."""
    permissions.require_administrator(actor)
    fact: dict[str, Any] = dict(facts.get(agreed.ORGANISATION_FACT, {}))
    given: dict[str, Any] = {}
    if name is not None:
        given["name"] = _checks.one_line(name, "name", 120, required=False)
    if security_team is not None:
        given["security_team"] = security_team.pk if isinstance(security_team, Team) else None
    changed = {field: value for field, value in given.items() if fact.get(field) != value}
    if changed:
        facts.put(agreed.ORGANISATION_FACT, {**fact, **changed})
        record(actor, events.ORGANISATION_CHANGED, "installation", now=now, data=changed)
    return agreed.organisation()


@transaction.atomic
def set_value(
    actor: Actor,
    value: Value,
    *,
    name: str | None = None,
    company_value: str | None = None,
    rationale: str | None = None,
    now: dt.datetime,
) -> Value:
    """Reword a value; what is not given stays."""
    permissions.require_administrator(actor)
    value = db.lock(Value.objects.filter(pk=value.pk)).get()
    checked = {
        "name": None if name is None else _checks.one_line(name, "name", 120),
        "company_value": None if company_value is None else _checks.one_line(company_value, "company_value", 120, required=False),
        "rationale": None if rationale is None else texts.prose(rationale, field="rationale", limit=2_000),
    }
    changed = _write(value, {field: text for field, text in checked.items() if text is not None})
    if changed:
        record(actor, events.VALUE_CHANGED, value.stage, now=now, data=changed)
    return value


@transaction.atomic
def set_backup_system(
    actor: Actor,
    backup: BackupSystem,
    *,
    name: str | None = None,
    link: str | None = None,
    note: str | None = None,
    tested_on: dt.date | str | None = None,
    now: dt.datetime,
) -> BackupSystem:
    """Say where we go when a system of this kind is down, and when that was last tried; `""` as the day: never.

    Raises Invalid with the field, also for a test that lies ahead.
    """
    permissions.require_administrator(actor)
    backup = db.lock(BackupSystem.objects.filter(pk=backup.pk)).get()
    checked: dict[str, Any] = {
        "name": None if name is None else _checks.one_line(name, "name", 120, required=False),
        "link": None if link is None else links.target(link, field="link", required=False),
        "note": None if note is None else _checks.one_line(note, "note", 400, required=False),
    }
    given = {field: text for field, text in checked.items() if text is not None}
    if tested_on is not None:
        given["tested_on"] = rules.past_day(tested_on, now.date()) if tested_on else None
    changed = _write(backup, given)
    if changed:
        record(actor, events.BACKUP_SYSTEM_CHANGED, backup.kind, now=now, data={name: _plain(one) for name, one in changed.items()})
    return backup


def _write(row: models.Model, given: dict[str, Any]) -> dict[str, Any]:
    changed = {field: value for field, value in given.items() if getattr(row, field) != value}
    for field, value in changed.items():
        setattr(row, field, value)
    if changed:
        row.save(update_fields=list(changed))
    return changed


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value
