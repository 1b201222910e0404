"""Waking the security team, with an incident or without one."""

from __future__ import annotations

import dataclasses
import datetime as dt

from django.db import transaction

from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict
from tocsin.core.text import texts
from tocsin.directory import agreed
from tocsin.directory.models import Person
from tocsin.incidents.commands.declaring import declare
from tocsin.incidents.commands.running import page_team
from tocsin.incidents.commands.talking import note
from tocsin.incidents.models import Incident

_SEVERITY = 2


def page_security(actor: Actor, summary: str, *, incident: Incident | None = None, now: dt.datetime) -> Incident:
    """Wake the security team for an incident, or for a new one, which is private: who reads along is decided by security.

    Everybody may open a new one. Without a security team, or when it cannot be paged, the incident manager's roster and
    the last resort hear of a new incident as of any other.
    """
    summary = texts.line(summary, field="summary", limit=200)
    team = agreed.organisation().security_team
    with transaction.atomic():
        if incident is not None:
            if team is None:
                raise Conflict("No security team is named yet. Page somebody from the incident.", field="incident", code="no_team")
            page_team(actor, incident, team, now=now)
            return note(actor, incident, kind="escalation", text=f"Security: {summary}", now=now)
        made = declare(actor, summary=summary, severity=_SEVERITY, private=True, now=now)
        if team is not None:
            waking = dataclasses.replace(actor, roles=actor.roles | {Person.RESPONDER})
            try:
                with transaction.atomic():
                    page_team(waking, made, team, now=now)
            except Conflict as conflict:
                note(waking, made, kind="escalation", text=f"The security team was not paged. {conflict.detail}", now=now)
    return made
