"""Putting a question whose time has come: into the room, and by mail to whom it concerns. The engine calls this."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from django.conf import settings
from django.db import transaction

from tocsin.collab import queries as rooms
from tocsin.core import clock
from tocsin.core.actor import SYSTEM
from tocsin.core.work import leases, outbox
from tocsin.directory.models import Person
from tocsin.incidents import events, ports
from tocsin.incidents.commands._record import locked, tell
from tocsin.incidents.commands.iterating import prompts
from tocsin.incidents.iterating import queries
from tocsin.incidents.iterating.models import Prompt
from tocsin.incidents.models import Incident
from tocsin.incidents.queries.checklist import guidance
from tocsin.incidents.rules import is_major, role_label


def ask(prompt: Prompt, *, now: dt.datetime) -> None:
    """Put a claimed question, unless it has no sense any more. Asked twice, it writes nothing twice."""
    with transaction.atomic():
        incident = locked(prompt.incident)
        if incident.state == Incident.RESOLVED:
            leases.finish(prompt, Prompt.CANCELLED)
        elif leases.finish(prompt, Prompt.DONE, asked_at=now):
            _asker(prompt.kind)(prompt, incident, now)


def _impact(prompt: Prompt, incident: Incident, now: dt.datetime) -> None:
    if incident.state != Incident.FIXING or not is_major(incident.severity):
        return
    tell(SYSTEM, events.PROMPTED, incident, now=now, prompt=prompt.id)
    lines = ["Has the impact or the severity changed?", f"No: {link(incident, 'fix')}", f"Yes: {link(incident, 'assess')}"]
    mail(incident, [incident.manager], "Has impact or severity changed?", lines, prompt, now)
    prompts.review_due(incident, now)


def _relief(prompt: Prompt, incident: Incident, now: dt.datetime) -> None:
    planned = incident.reliefs.select_related("person").filter(role=prompt.about).first()
    if planned is None:
        return
    role = role_label(planned.role).lower()
    data = {"role": planned.role, "person": planned.person.pk, "name": planned.person.name, "at": clock.rfc3339(planned.at)}
    tell(SYSTEM, events.RELIEF_REMINDED, incident, now=now, **data)
    held = incident.roles.filter(role=planned.role, until__isnull=True).select_related("person")
    lines = [
        f"{planned.person.name} takes over as {role} at {planned.at.astimezone(dt.UTC):%H:%M UTC}.",
        f"Hand over there: {link(incident, 'roles')}",
    ]
    mail(incident, [planned.person, *(row.person for row in held)], f"Hand-over of the {role} soon", lines, prompt, now)


def _fatigue(prompt: Prompt, incident: Incident, now: dt.datetime) -> None:
    """Whoever has left meanwhile is not spoken about."""
    found = next((one for one in queries.at_work(incident, now) if prompt.person_id == one.person.pk), None)
    if found is None or not found.tired:
        return
    tell(SYSTEM, events.TIRED, incident, now=now, person=found.person.pk, name=found.person.name, why=found.tired)
    lines = [
        f"{found.person.name} has been at it for long: {found.tired}. Plan who relieves them.",
        f"Plan it there: {link(incident, 'relief')}",
    ]
    mail(incident, [incident.manager], f"{found.person.name} needs relief", lines, prompt, now)


_ASKED: Mapping[str, ports.PromptAsker] = {Prompt.IMPACT: _impact, Prompt.RELIEF: _relief, Prompt.FATIGUE: _fatigue}


def _asker(kind: str) -> ports.PromptAsker:
    return _ASKED.get(kind) or ports.prompt_asker(kind)


def link(incident: Incident, page: str) -> str:
    """The address of a page of this incident."""
    return f"{settings.TOCSIN.base_url.rstrip('/')}/{incident.key}/{page}"


def mail(
    incident: Incident, people: Iterable[Person | None], about: str, lines: Iterable[str], prompt: Prompt, now: dt.datetime
) -> None:
    """One mail for each who is not in the room now, none in a drill; what a private incident is about is not written into it."""
    if incident.is_drill:
        return
    here = {one.id for one in rooms.visitors(rooms.room(incident.id), now) if one.here}
    what = "a private incident" if incident.is_private else incident.summary
    body = "\n".join([f"{incident.key}: {what}", "", *lines, "", guidance(), ""])
    for person in people:
        if person is not None and person.email and person.pk not in here:
            outbox.enqueue(person.email, f"[{incident.key}] {about}", body, now=now, key=f"prompt.{prompt.id}.{person.pk}")
