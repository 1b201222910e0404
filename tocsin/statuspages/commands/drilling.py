"""Communication in a drill: drafts are kept and read aloud, nothing is published."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict, Invalid
from tocsin.core.eventlog.events import record
from tocsin.core.text import texts
from tocsin.incidents import permissions as incidents
from tocsin.incidents import rules as incident_rules
from tocsin.incidents.models import Incident
from tocsin.statuspages import events, permissions, rules
from tocsin.statuspages.models import DraftFeedback, DrillDraft


def keep_draft(
    actor: Actor,
    incident: Incident,
    *,
    status: str,
    internal: Mapping[str, str] | None = None,
    external: Mapping[str, str] | None = None,
    now: dt.datetime,
) -> DrillDraft:
    """Keep the words (`{"title", "body"}` by audience) that would have been published. Conflict outside of drills."""
    permissions.require_publisher(actor, incident)
    if not incident.is_drill:
        raise Conflict(f"{incident.key} is no drill. Publish, or leave it.", code="no_drill")
    incident_rules.word_of(status, rules.STATUSES, "status")
    given = {rules.INTERNAL: internal, rules.EXTERNAL: external}
    words = {audience: _words(audience, text) for audience, text in given.items() if text is not None}
    if not words:
        raise Invalid("Write something for the company, for customers, or for both.", field="internal")
    with transaction.atomic():
        draft = DrillDraft.objects.create(
            incident=incident, status=status, words=words, author_id=None if actor.is_system else actor.id, at=now
        )
        data = {"status": status, "audiences": list(words), "titles": {audience: text["title"] for audience, text in words.items()}}
        record(actor, events.DRAFT_KEPT, draft.id, context=incident.id, now=now, data=data)
    return draft


def give_feedback(actor: Actor, draft: DrillDraft, text: str, *, now: dt.datetime) -> DraftFeedback:
    """Say what one thinks of a draft. Whoever may see the drill may: those who only listen hear best."""
    incidents.require_speaker(actor, draft.incident)
    text = texts.prose(text, field="text", limit=4_000, required=True)
    with transaction.atomic():
        said = DraftFeedback.objects.create(draft=draft, author_id=None if actor.is_system else actor.id, text=text, at=now)
        record(actor, events.FEEDBACK_GIVEN, draft.id, context=draft.incident_id, now=now, data={"text": text})
    return said


def _words(audience: str, text: Mapping[str, str]) -> dict[str, str]:
    return {
        "title": texts.line(text.get("title") or "", field=f"{audience}_title", limit=270, required=False),
        "body": texts.prose(text.get("body", ""), field=f"{audience}_body", limit=20_000, required=True),
    }
