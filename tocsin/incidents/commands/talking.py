"""Writing down what happens, and saying things in the room."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tocsin.collab import commands as collab
from tocsin.collab.models import Message
from tocsin.core import clock
from tocsin.core.actor import Actor
from tocsin.core.errors import Invalid
from tocsin.core.text import texts
from tocsin.incidents import events, permissions, rules
from tocsin.incidents.commands._record import tell, topic_of
from tocsin.incidents.models import Incident


def note(actor: Actor, incident: Incident, *, kind: str, text: str, at: dt.datetime | None = None, now: dt.datetime) -> Incident:
    """Put an observation, change, decision, escalation, communication or status on the timeline.

    `at` is when it happened, when that was before now. Allowed after the end too: the record may be completed.
    """
    permissions.require_responder(actor, incident)
    rules.word_of(kind, rules.NOTES, "kind")
    text = texts.prose(text, field="text", limit=4_000, required=True)
    if at is not None and at > now + dt.timedelta(minutes=1):
        raise Invalid("This lies in the future.", field="at")
    with transaction.atomic():
        tell(actor, events.NOTED, incident, now=now, kind=kind, text=text, at=clock.rfc3339(at or now))
    return incident


def say(actor: Actor, incident: Incident, text: str, *, client_key: str | None = None, now: dt.datetime) -> Message:
    """Say something in the incident's room, which is opened when there is none. The same `client_key` is one message.

    Everybody who may see the incident may speak: stakeholders ask here.
    """
    permissions.require_speaker(actor, incident)
    with transaction.atomic():
        room = collab.open_room(actor, incident.id, incident.key, topic_of(incident), now=now)
        return collab.post(actor, room, text, client_key=client_key, now=now)
