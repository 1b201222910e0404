"""What the severities mean, as the house agrees on it: administrators write it, teams sign it."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tocsin.core import clock
from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict, NotFound
from tocsin.core.eventlog.events import record
from tocsin.core.store import db, facts
from tocsin.core.text import texts
from tocsin.directory import agreed, events, permissions
from tocsin.directory.commands import _checks
from tocsin.directory.models import Person, Severity, SeveritySignOff, Team


@transaction.atomic
def set_severity_meaning(
    actor: Actor, number: int, *, name: str, meaning: str, examples: str | None = None, now: dt.datetime
) -> Severity:
    """The words beside a severity, examples one a line; None leaves those. The numbers 1, 2 and 3 are fixed.

    A change makes a new version of all three, which teams sign anew.
    """
    permissions.require_administrator(actor)
    severity = next((one for one in db.lock(Severity.objects.all()) if one.number == number), None)
    if severity is None:
        raise NotFound("Severities are 1, 2 and 3.")
    said = {"name": _checks.one_line(name, "name", 40), "meaning": _checks.one_line(meaning, "meaning", 400)}
    if examples is not None:
        said["examples"] = texts.prose(examples, field="examples", limit=2_000)
    if any(getattr(severity, field) != text for field, text in said.items()):
        for field, text in said.items():
            setattr(severity, field, text)
        severity.save(update_fields=list(said))
        version = agreed.matrix().version + 1
        facts.put(agreed.SEVERITIES_FACT, {"version": version, "changed_at": clock.rfc3339(now)})
        record(actor, events.SEVERITY_CHANGED, f"sev_{number}", now=now, data={**said, "version": version})
    return severity


@transaction.atomic
def sign_severities(actor: Actor, team: Team, *, version: int | None = None, now: dt.datetime) -> SeveritySignOff:
    """The team agrees to what the severities mean; a manager of it signs. Twice is once.

    Raises Conflict when the text has moved on from the `version` that was read.
    """
    permissions.require_manager(actor, team)
    current = agreed.matrix().version
    if version is not None and version != current:
        raise Conflict(f"The text is at version {current} now. Read it again before you sign.", field="version")
    known = SeveritySignOff.objects.filter(team=team, version=current).first()
    if known is not None:
        return known
    given = {"version": current, "at": now, "by": Person.objects.filter(pk=actor.id).first()}
    signed, _ = SeveritySignOff.objects.update_or_create(team=team, defaults=given)
    record(actor, events.SEVERITY_AGREED, team.pk, now=now, data={"name": team.name, "version": current})
    return signed
