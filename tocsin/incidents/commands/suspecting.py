"""Changes near the start of the impact: one is suspected to be the cause, with how it is rolled back; or not after all."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tocsin.core import clock
from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict, NotFound
from tocsin.core.text import texts
from tocsin.incidents import events, permissions
from tocsin.incidents.commands._numbers import author
from tocsin.incidents.commands._record import locked, save, tell
from tocsin.incidents.commands.assessing import assess
from tocsin.incidents.iterating.models import SuspectedCause
from tocsin.incidents.models import Incident
from tocsin.incidents.queries.changes import ChangeLine, change_for

_MOST = 20


def suspect_change(actor: Actor, incident: Incident, change: str, *, rollback: str = "", now: dt.datetime) -> SuspectedCause:
    """Write down that a change, by its id, may be the cause, and how it is rolled back. Said again, it has a new `rollback`.

    The assessment then says that the impact began with a change. Raises NotFound for a change that this incident may not name.
    """
    permissions.require_responder(actor, incident)
    rollback = texts.prose(rollback, field="rollback", limit=1_000)
    with transaction.atomic():
        incident = locked(incident)
        kept = incident.suspected_causes.filter(change=change).first()
        if kept is not None and kept.rollback == rollback:
            return kept
        if kept is None:
            kept = _new(incident, change_for(incident, change))
        kept.rollback, kept.suspected_at, kept.by = rollback, now, author(actor)
        kept.save()
        save(incident, now=now)
        tell(actor, events.CAUSE_SUSPECTED, incident, now=now, **_said(incident, kept))
        assess(actor, incident, coincides="yes", now=now)
    return kept


def _new(incident: Incident, line: ChangeLine) -> SuspectedCause:
    if incident.suspected_causes.count() >= _MOST:
        raise Conflict(f"{incident.key} has {_MOST} suspected causes; take some back.", field="change")
    service = line.service.name if line.service else ""
    return SuspectedCause(incident=incident, change=line.id, what=line.what, at=line.at, service=service, link=line.link)


def _said(incident: Incident, cause: SuspectedCause) -> dict[str, object]:
    began = incident.impact_started_at
    minutes = round((began - cause.at).total_seconds() / 60) if began else None
    plain = {name: getattr(cause, name) for name in ("change", "what", "service", "link", "rollback")}
    return {**plain, "at": clock.rfc3339(cause.at), "minutes": minutes}


def clear_suspect(actor: Actor, incident: Incident, change: str, *, now: dt.datetime) -> None:
    """The change, by its id, is not suspected after all. Raises NotFound when it was not."""
    permissions.require_responder(actor, incident)
    with transaction.atomic():
        incident = locked(incident)
        kept = incident.suspected_causes.filter(change=change).first()
        if kept is None:
            raise NotFound("This change is not suspected.")
        kept.delete()
        save(incident, now=now)
        tell(actor, events.SUSPICION_WITHDRAWN, incident, now=now, change=change, what=kept.what)
        if not incident.suspected_causes.exists():
            assess(actor, incident, coincides="", now=now)
