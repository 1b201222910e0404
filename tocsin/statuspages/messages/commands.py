"""The only writers of message templates."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict, Invalid
from tocsin.core.eventlog.events import record
from tocsin.core.store import db
from tocsin.core.text import texts
from tocsin.directory import rules as names
from tocsin.incidents.rules import word_of
from tocsin.statuspages import events, permissions
from tocsin.statuspages.messages import rules
from tocsin.statuspages.messages.models import MessageTemplate

_MOST = 300
_TAKEN = frozenset({"new"})
"""Short names that are addresses of pages."""


def create_template(
    actor: Actor,
    *,
    name: str,
    audience: str,
    body: str,
    slug: str = "",
    stage: str = rules.ANY,
    title: str = "",
    now: dt.datetime,
) -> MessageTemplate:
    """Write a template down. Raises Invalid with the field, also for a slot its audience may not have, Conflict for the slug."""
    permissions.require_editor(actor)
    made = MessageTemplate(created_at=now, updated_at=now)
    _set(made, {"name": name, "audience": audience, "stage": stage, "title": title, "body": body})
    with transaction.atomic():
        taken = set(MessageTemplate.objects.values_list("slug", flat=True)) | _TAKEN
        if len(taken) > _MOST:
            raise Conflict(f"There are {_MOST} message templates already. Remove one that nobody uses.")
        made.slug = _slug(slug, made.name, taken)
        made.save(force_insert=True)
        record(actor, events.MESSAGE_TEMPLATE_CREATED, made.id, now=now, data={"slug": made.slug, **_said(made)})
    return made


def change_template(actor: Actor, template: MessageTemplate, *, now: dt.datetime, **fields: Any) -> MessageTemplate:
    """Change `name`, `audience`, `stage`, `title`, `body`; what is None stays. Words that were said with it stay as they are."""
    permissions.require_editor(actor)
    with transaction.atomic():
        template = db.lock(MessageTemplate.objects.filter(pk=template.pk)).get()
        before = _said(template)
        _set(template, {name: value for name, value in fields.items() if value is not None})
        after = _said(template)
        changes = [
            f"{what} {texts.shorten(before[what], 120) or 'none'} → {texts.shorten(words, 120) or 'none'}"
            for what, words in after.items()
            if before[what] != words
        ]
        if changes:
            template.updated_at = now
            template.save()
            data = {"name": template.name, "slug": template.slug, "changes": changes}
            record(actor, events.MESSAGE_TEMPLATE_CHANGED, template.id, now=now, data=data)
    return template


def remove_template(actor: Actor, template: MessageTemplate, *, now: dt.datetime) -> None:
    """Nobody begins with it any more."""
    permissions.require_editor(actor)
    with transaction.atomic():
        if MessageTemplate.objects.filter(pk=template.pk).delete()[0]:
            data = {"name": template.name, "slug": template.slug}
            record(actor, events.MESSAGE_TEMPLATE_REMOVED, template.id, now=now, data=data)


def _set(template: MessageTemplate, fields: dict[str, Any]) -> None:
    """Slots are looked at whenever anything changes: another audience may not have those that stand there."""
    if "name" in fields:
        template.name = texts.line(fields["name"], field="name", limit=120)
    if "audience" in fields:
        template.audience = word_of(fields["audience"], rules.AUDIENCES, "audience")
    if "stage" in fields:
        template.stage = word_of(fields["stage"], rules.STAGES, "stage")
    if "title" in fields:
        template.title = texts.line(fields["title"], field="title", limit=200, required=False)
    if "body" in fields:
        template.body = texts.prose(fields["body"], field="body", limit=10_000, required=True)
    rules.check_slots(template.title, template.audience, "title")
    rules.check_slots(template.body, template.audience, "body")


def _said(template: MessageTemplate) -> dict[str, str]:
    return {name: getattr(template, name) for name in ("name", "audience", "stage", "title", "body")}


def _slug(wanted: str, name: str, taken: set[str]) -> str:
    if not wanted:
        return names.slug_of(name, taken, fallback="message")
    if not names.is_slug(wanted):
        raise Invalid("A short name has small letters, digits and hyphens, at most 60.", field="slug")
    if wanted in taken:
        raise Conflict(f"The short name {wanted} is taken.", field="slug")
    return wanted
