"""Short links: names below `/go/` that lead somewhere."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.db.models import F

from tocsin.collab import events, permissions
from tocsin.collab.models import ShortLink
from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict, Invalid, NotFound
from tocsin.core.eventlog.events import record
from tocsin.core.store import db
from tocsin.core.text import links, texts

_LINK_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


def create_short_link(actor: Actor, name: str, target: str, *, note: str = "", now: dt.datetime) -> ShortLink:
    """Let `/go/<name>` lead to a path of ours or to an http(s) address. Raises Conflict for a name that leads somewhere already."""
    permissions.require_administrator(actor)
    name = texts.line(name, field="name", limit=200).lower()
    if not _LINK_NAME.fullmatch(name):
        raise Invalid("A short name has small letters, digits and hyphens, at most 40.", field="name")
    values = _where(target, note)
    try:
        with transaction.atomic():
            link = ShortLink.objects.create(name=name, created_at=now, updated_at=now, **values)
            record(actor, events.SHORT_LINK_CREATED, link.id, now=now, data={"name": name, **values})
    except IntegrityError:
        known = ShortLink.objects.filter(name=name).first()
        there = f" and leads to {known.target}" if known else ""
        raise Conflict(f"go/{name} exists already{there}. Change that one, or take another name.", field="name") from None
    return link


def change_short_link(
    actor: Actor, link: ShortLink, *, target: str | None = None, note: str | None = None, now: dt.datetime
) -> ShortLink:
    """Point a short link elsewhere, or say something else about it; its name stays, people remember it."""
    permissions.require_administrator(actor)
    with transaction.atomic():
        found = db.lock(ShortLink.objects.filter(pk=link.pk)).first()
        if found is None:
            raise NotFound("This short link is gone already.")
        values = _where(found.target if target is None else target, found.note if note is None else note)
        changed = {field: text for field, text in values.items() if getattr(found, field) != text}
        if changed:
            for field, text in changed.items():
                setattr(found, field, text)
            found.updated_at = now
            found.save(update_fields=[*changed, "updated_at"])
            record(actor, events.SHORT_LINK_CHANGED, found.id, now=now, data={"name": found.name, **changed})
    return found


def _where(target: str, note: str) -> dict[str, str]:
    """The target and the note, checked."""
    target = links.target(target, field="target")
    if target.startswith("/go/"):
        raise Invalid("A short link leads to a page, not to another short link.", field="target")
    return {"target": target, "note": texts.line(note, field="note", limit=200, required=False)}


def count_hits(hits: Mapping[str, int]) -> None:
    """Add to how often short links were followed, by their names. Names that nobody knows any more are passed over."""
    with transaction.atomic():
        for name, more in sorted(hits.items()):
            ShortLink.objects.filter(name=name).update(hits=F("hits") + more)


def remove_short_link(actor: Actor, link: ShortLink, *, now: dt.datetime) -> None:
    """Take a short link away. Raises NotFound when somebody did so already."""
    permissions.require_administrator(actor)
    with transaction.atomic():
        gone, _ = ShortLink.objects.filter(pk=link.pk).delete()
        if not gone:
            raise NotFound("This short link is gone already.")
        record(actor, events.SHORT_LINK_REMOVED, link.pk, now=now, data={"name": link.name})
