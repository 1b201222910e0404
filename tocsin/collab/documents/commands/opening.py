"""Opening a state document and giving it its title."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tocsin.collab import events, rules
from tocsin.collab.documents.models import Document, Section
from tocsin.core.actor import Actor
from tocsin.core.eventlog.events import record
from tocsin.core.text import texts


def open_document(
    actor: Actor, subject: str, title: str, *, template: rules.Template = rules.STATE_DOCUMENT, now: dt.datetime
) -> Document:
    """The state document of a subject, with the sections of the template; the existing one when there is one."""
    with transaction.atomic():
        document, made = Document.objects.get_or_create(
            subject=subject, defaults={"title": texts.shorten(title, 240), "created_at": now, "updated_at": now}
        )
        if made:
            Section.objects.bulk_create(
                Section(document=document, slug=heading.slug, heading=heading.title, position=place, updated_at=now)
                for place, heading in enumerate(template.headings)
            )
            record(actor, events.DOCUMENT_OPENED, document.id, context=subject, now=now, data={"title": document.title})
    return document


def set_title(actor: Actor, document: Document, title: str, *, now: dt.datetime) -> Document:
    """Give a document another title; no event of its own, the change that caused it has one."""
    with transaction.atomic():
        Document.objects.filter(pk=document.pk).update(title=texts.shorten(title, 240), updated_at=now)
        document.refresh_from_db()
    return document
