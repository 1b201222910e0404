"""Writing down what happens, and saying things in the room."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from tocsin.collab import commands as collab
from tocsin.collab import queries as rooms
from tocsin.collab.commands import NamedFile
from tocsin.collab.models import Message
from tocsin.core import clock
from tocsin.core.actor import Actor
from tocsin.core.errors import Invalid, NotFound
from tocsin.core.models import Event
from tocsin.core.text import texts
from tocsin.incidents import events, permissions, rules
from tocsin.incidents.commands import _changes, _mentions
from tocsin.incidents.commands._changes import ChangeWords
from tocsin.incidents.commands._record import locked, tell, topic_of
from tocsin.incidents.models import Incident
from tocsin.incidents.queries import meant


def note(
    actor: Actor,
    incident: Incident,
    *,
    kind: str,
    text: str,
    at: dt.datetime | None = None,
    files: Sequence[NamedFile] = (),
    client_key: str | None = None,
    change: ChangeWords | None = None,
    now: dt.datetime,
) -> Incident:
    """Put an observation, change, decision, escalation, communication or status on the timeline.

    `at` is when it happened, when that was before now. Allowed after the end too: the record may be completed. A note is also a
    message of the room, so that it can be answered, and carry graphs and logs. A change has a row in the change log besides:
    `change`, or what the text says of it.
    """
    permissions.require_responder(actor, incident)
    rules.word_of(kind, rules.NOTES, "kind")
    text = texts.prose(text, field="text", limit=4_000, required=True)
    if at is not None and at > now + dt.timedelta(minutes=1):
        raise Invalid("This lies in the future.", field="at")
    with transaction.atomic():
        if kind == "change":
            incident = locked(incident)  # before the room, as every command that needs both
        message = _post(actor, incident, text, kind=kind, files=files, client_key=client_key, now=now)
        if not Event.objects.filter(name=events.NOTED, subject=incident.id, data__message=message.id).exists():
            when = clock.rfc3339(at or now)
            tell(actor, events.NOTED, incident, now=now, kind=kind, text=text, at=when, message=message.id)
            if kind == "change":
                _changes.keep(actor, incident, change or _changes.of_note(text), message=message.id, at=at or now, now=now)
    return incident


def say(
    actor: Actor,
    incident: Incident,
    text: str,
    *,
    reply_to: Message | None = None,
    files: Sequence[NamedFile] = (),
    client_key: str | None = None,
    now: dt.datetime,
) -> Message:
    """Say something in the incident's room, which is opened when there is none. The same `client_key` is one message.

    Everybody who may see the incident may speak: stakeholders ask here. Whoever is named by `@name` has a mark, and a mail when
    they are not here. Raises Invalid for a name that nobody has.
    """
    permissions.require_speaker(actor, incident)
    with transaction.atomic():
        return _post(actor, incident, text, reply_to=reply_to, files=files, client_key=client_key, now=now)


def _post(
    actor: Actor,
    incident: Incident,
    text: str,
    *,
    kind: str = "",
    reply_to: Message | None = None,
    files: Sequence[NamedFile] = (),
    client_key: str | None,
    now: dt.datetime,
) -> Message:
    room = collab.open_room(actor, incident.id, incident.key, topic_of(incident), now=now)
    named = meant.people_mentioned(actor, incident, text)
    message = collab.post(
        actor, room, text, kind=kind, reply_to=reply_to, files=files, mentions=named, client_key=client_key, now=now
    )
    _mentions.mail(actor, incident, message, named, now=now)
    if actor.via == "web":
        collab.be_here(actor, room, now=now)
    return message


def edit(actor: Actor, incident: Incident, message_id: str, text: str, *, version: int, now: dt.datetime) -> Message:
    """Correct one's own message, read at `version`. Raises NotFound, NotAllowed, Stale; Invalid for a name that nobody has."""
    permissions.require_speaker(actor, incident)
    message = _message(incident, message_id)
    with transaction.atomic():
        named = meant.people_mentioned(actor, incident, text)
        known = set(message.mentions.values_list("person_id", flat=True))
        message = collab.edit(actor, message, text, version=version, mentions=named, now=now)
        _mentions.mail(actor, incident, message, [one for one in named if one.pk not in known], now=now)
    return message


def remove(actor: Actor, incident: Incident, message_id: str, *, now: dt.datetime) -> Message:
    """Take a message out of the room; its place stays, and the event log keeps what was said."""
    permissions.require_speaker(actor, incident)
    return collab.remove(actor, _message(incident, message_id), now=now)


def star(actor: Actor, incident: Incident, message_id: str, *, on: bool = True, now: dt.datetime) -> Message:
    """Put a message among the key events of the timeline, or take it out again."""
    permissions.require_responder(actor, incident)
    return collab.star(actor, _message(incident, message_id), on=on, now=now)


def react(actor: Actor, incident: Incident, message_id: str, word: str, *, on: bool = True, now: dt.datetime) -> Message:
    """Say one of the few words about a message (seen, looking, agree, done, thanks), or take it back."""
    permissions.require_speaker(actor, incident)
    return collab.react(actor, _message(incident, message_id), word, on=on, now=now)


def be_here(actor: Actor, incident: Incident, *, read: int = 0, now: dt.datetime) -> None:
    """Note that the actor looks at the room and has read up to a position of the event log. Nothing happens before set-up."""
    permissions.require_seer(actor, incident)
    room = rooms.room(incident.id)
    if room is not None:
        collab.be_here(actor, room, read=read, now=now)


def _message(incident: Incident, message_id: str) -> Message:
    message = rooms.message(incident.id, message_id)
    if message is None:
        raise NotFound("There is no such message in this room.")
    return message
