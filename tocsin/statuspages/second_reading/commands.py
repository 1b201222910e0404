"""Asking for a second reader, answering as one, and sending what was read. The draft is told to nobody else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction

from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict, Invalid, NotAllowed
from tocsin.core.eventlog.events import record
from tocsin.core.store import db
from tocsin.core.text import texts
from tocsin.core.work import outbox
from tocsin.directory.models import Person
from tocsin.incidents import permissions as incidents
from tocsin.incidents import rules as incident_rules
from tocsin.incidents.models import Incident, IncidentMember
from tocsin.statuspages import events, permissions, rules
from tocsin.statuspages.commands._wording import Words, wording
from tocsin.statuspages.held import commands as held
from tocsin.statuspages.held.models import HeldUpdate
from tocsin.statuspages.second_reading import exact
from tocsin.statuspages.second_reading.models import SecondReading

VERDICTS = {SecondReading.APPROVED: "Approved", SecondReading.COMMENTED: "Commented"}


def ask_reader(
    actor: Actor,
    incident: Incident,
    reader: Person,
    *,
    status: str,
    confirmation: str,
    external: Words | None = None,
    internal: Words | None = None,
    next_update_at: dt.datetime | None = None,
    components: Mapping[str, str] | None = None,
    lists: Sequence[str] | None = None,
    pages: Sequence[str] | None = None,
    at: dt.datetime | None = None,
    note: str = "",
    now: dt.datetime,
) -> SecondReading:
    """Give a draft to somebody to read. Earlier drafts of the same author in this incident are withdrawn by it.

    Raises what `post_update` raises for words that could not be published, Invalid (`reader`) for somebody who cannot read them.
    The same `confirmation` twice is one. Whoever is asked may see a private incident from now on.
    """
    _require_askable(actor, incident, reader)
    incident_rules.word_of(status, rules.STATUSES, "status")
    confirmation = texts.line(confirmation, field="confirmation", limit=64)
    note = texts.line(note, field="note", limit=400, required=False)
    with transaction.atomic():
        incident = db.lock(Incident.objects.filter(pk=incident.pk)).get()
        if known := SecondReading.objects.filter(incident=incident, confirmation=confirmation).first():
            return known
        rules.check_promise(status, next_update_at, at or now)
        said = wording(incident, status=status, next_update_at=next_update_at, internal=internal, external=external)
        mine = SecondReading.objects.filter(incident=incident, author=actor.id, state__in=SecondReading.OPEN)
        mine.update(state=SecondReading.WITHDRAWN)
        words = {"internal": internal, "external": external, "components": components, "lists": lists, "pages": pages}
        made = SecondReading.objects.create(
            incident=incident,
            author_id=actor.id,
            reader=reader,
            words=held.plain({"status": status, **words}),
            exact={audience: {"title": one.title, "body": one.body} for audience, one in said.items()},
            digest=exact.digest(incident, status=status, internal=internal, external=external),
            next_update_at=next_update_at,
            at=at,
            note=note,
            confirmation=confirmation,
            asked_at=now,
        )
        _tell_reader(actor, made, now)
    return made


def _require_askable(actor: Actor, incident: Incident, reader: Person) -> None:
    permissions.require_publisher(actor, incident)
    permissions.require_no_drill(incident)
    if not reader.is_active:
        raise Invalid(f"{reader.name} is deactivated.", field="reader")
    if reader.pk == actor.id:
        raise Invalid("You have read it. Ask somebody else.", field="reader")


def answer(actor: Actor, reading: SecondReading, verdict: str, *, comment: str = "", now: dt.datetime) -> SecondReading:
    """Approve the words or say what should be otherwise. Only whoever was asked; they may think again until it is sent."""
    incidents.require_speaker(actor, reading.incident)
    if actor.id != reading.reader_id:
        raise NotAllowed(f"{reading.reader.name} was asked to read it.")
    incident_rules.word_of(verdict, VERDICTS, "verdict")
    comment = texts.prose(comment, field="comment", limit=4_000, required=verdict == SecondReading.COMMENTED)
    with transaction.atomic():
        reading = _still(reading)
        reading.state, reading.comment, reading.answered_at = verdict, comment, now
        reading.save(update_fields=["state", "comment", "answered_at"])
        data = {"verdict": verdict, "comment": comment, "reader": reading.reader.name, "author": reading.author.name}
        record(actor, events.READING_ANSWERED, reading.id, context=reading.incident_id, now=now, data=data)
        _tell_author(actor, reading, now)
    return reading


def send(actor: Actor, reading: SecondReading, *, now: dt.datetime) -> HeldUpdate:
    """Confirm the draft as it stands, read or not: it is held like every confirmed update. Raises what `held.hold` raises."""
    permissions.require_publisher(actor, reading.incident)
    with transaction.atomic():
        reading = _still(reading)
        at = reading.at if reading.at and reading.at > now else None  # a time that passed while somebody read is now
        return held.hold(actor, reading.incident, **reading.arguments, at=at, confirmation=_confirmation(reading), now=now)


def withdraw(actor: Actor, reading: SecondReading, *, now: dt.datetime) -> SecondReading:
    """Nobody has to read it any more."""
    permissions.require_publisher(actor, reading.incident)
    with transaction.atomic():
        reading = _still(reading)
        reading.state = SecondReading.WITHDRAWN
        reading.save(update_fields=["state"])
        data = {"reader": reading.reader.name, "author": reading.author.name}
        record(actor, events.READING_WITHDRAWN, reading.id, context=reading.incident_id, now=now, data=data)
    return reading


def _confirmation(reading: SecondReading) -> str:
    """Pressed twice it is one; after it was taken back it may be sent again."""
    gone = (HeldUpdate.TAKEN_BACK, HeldUpdate.REFUSED)
    sent = HeldUpdate.objects.filter(incident=reading.incident_id, confirmation__startswith=f"{reading.id}.", state__in=gone)
    return f"{reading.id}.{sent.count()}"


def _still(reading: SecondReading) -> SecondReading:
    """The row, locked, while it is open. Raises Conflict."""
    db.lock(SecondReading.objects.filter(pk=reading.pk)).get()
    found = SecondReading.objects.select_related("incident", "author", "reader").get(pk=reading.pk)
    if found.state not in SecondReading.OPEN:
        words = "It has been sent." if found.state == SecondReading.SENT else "It was withdrawn."
        raise Conflict(words, current=found)
    return found


def _tell_reader(actor: Actor, reading: SecondReading, now: dt.datetime) -> None:
    data: dict[str, Any] = {"reader": reading.reader.name, "person": reading.reader_id, "pages": reading.audiences}
    record(actor, events.READING_ASKED, reading.id, context=reading.incident_id, now=now, data={**data, "note": reading.note})
    if reading.incident.is_private:
        IncidentMember.objects.get_or_create(incident=reading.incident, person=reading.reader)
    where = incident_rules.joined([{"internal": "the company", "external": "customers"}[one] for one in reading.audiences])
    lines = [f"{actor.name} asks you to read words to {where} before they go out."]
    lines += [f"They say: {reading.note}"] if reading.note and not reading.incident.is_private else []
    _mail(reading, reading.reader, f"{actor.name} asks you to read a draft", [*lines, "Approve it, or say what to change:"], now)


def _tell_author(actor: Actor, reading: SecondReading, now: dt.datetime) -> None:
    approved = reading.state == SecondReading.APPROVED
    said = "approved your draft" if approved else "read your draft and says what to change"
    lines = [f"{actor.name} {said}."]
    lines += ["", reading.comment, ""] if reading.comment and not reading.incident.is_private else []
    _mail(reading, reading.author, f"{actor.name} {said}", [*lines, "Send it there:" if approved else "See there:"], now)


def _mail(reading: SecondReading, person: Person, about: str, lines: Sequence[str], now: dt.datetime) -> None:
    """What a private incident is about stays in it."""
    incident = reading.incident
    what = "a private incident" if incident.is_private else incident.summary
    address = f"{settings.TOCSIN.base_url.rstrip('/')}/{incident.key}/readings/{reading.id}"
    body = "\n".join([f"{incident.key}: {what}", "", *lines, address, ""])
    key = f"reading.{reading.id}.{person.pk}.{reading.state}.{now.timestamp()}"
    if person.email:
        outbox.enqueue(person.email, f"[{incident.key}] {about}", body, now=now, key=key)
