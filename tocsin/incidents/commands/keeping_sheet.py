"""Keeping the cheat sheet: its words belong to the house. What was ticked on an incident keeps the words it was ticked with."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Max

from tocsin.core.actor import Actor
from tocsin.core.errors import Invalid, NotFound
from tocsin.core.eventlog.events import record
from tocsin.core.store import db
from tocsin.core.text import links, texts
from tocsin.directory import permissions
from tocsin.incidents import events
from tocsin.incidents.models import SheetItem, SheetSection

_MOST_LINES = 20


def set_section(
    actor: Actor, section: SheetSection, *, title: str | None = None, text: str | None = None, now: dt.datetime
) -> None:
    """Reword a section; what is not given stays."""
    permissions.require_administrator(actor)
    given: dict[str, str] = {}
    if title is not None:
        given["title"] = texts.line(title, field="title", limit=80)
    if text is not None:
        given["text"] = texts.prose(text, field="text", limit=2_000)
    with transaction.atomic():
        section = db.lock(SheetSection.objects.filter(pk=section.pk)).get()
        changed = {field: words for field, words in given.items() if getattr(section, field) != words}
        if not changed:
            return
        for field, words in changed.items():
            setattr(section, field, words)
        section.save(update_fields=list(changed))
        record(actor, events.SHEET_SECTION_CHANGED, section.slug, now=now, data=changed)


def add_item(
    actor: Actor, section: SheetSection, text: str, *, link: str = "", every_minutes: int | None = None, now: dt.datetime
) -> SheetItem:
    """A new line at the end of a section; it is on every checklist at once. `every_minutes`: it comes back while we fix."""
    permissions.require_administrator(actor)
    given = _checked({"text": text, "link": link, "every_minutes": every_minutes})
    with transaction.atomic():
        db.lock(SheetSection.objects.filter(pk=section.pk)).get()
        lines = section.items.filter(removed_at=None)
        if lines.count() >= _MOST_LINES:
            raise Invalid(f"A section with more than {_MOST_LINES} lines is read by nobody at night.", field="text")
        place = (lines.aggregate(last=Max("position"))["last"] or 0) + 1
        item = SheetItem.objects.create(section=section, position=place, created_at=now, updated_at=now, **given)
        record(actor, events.SHEET_ITEM_ADDED, item.id, now=now, data={"section": section.slug, **given})
    return item


def change_item(actor: Actor, item: SheetItem, *, now: dt.datetime, **fields: Any) -> SheetItem:
    """Change `text`, `link` or `every_minutes` (0: it does not come back). Seen on every live checklist at once."""
    permissions.require_administrator(actor)
    given = _checked(fields)
    with transaction.atomic():
        item = _there(item)
        changed = {field: value for field, value in given.items() if getattr(item, field) != value}
        if changed:
            for field, value in changed.items():
                setattr(item, field, value)
            item.updated_at = now
            item.save(update_fields=[*changed, "updated_at"])
            record(actor, events.SHEET_ITEM_CHANGED, item.id, now=now, data=changed)
    return item


def remove_item(actor: Actor, item: SheetItem, *, now: dt.datetime) -> None:
    """Take a line off the sheet. Incidents on which it was ticked keep it. Raises NotFound when it is gone already."""
    permissions.require_administrator(actor)
    with transaction.atomic():
        item = _there(item)
        item.removed_at = now
        item.save(update_fields=["removed_at"])
        record(actor, events.SHEET_ITEM_REMOVED, item.id, now=now, data={"section": item.section_id, "text": item.text})


def _there(item: SheetItem) -> SheetItem:
    found = db.lock(SheetItem.objects.filter(pk=item.pk, removed_at=None)).first()
    if found is None:
        raise NotFound("This line is gone already.")
    return found


def _checked(given: dict[str, Any]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if "text" in given:
        fields["text"] = texts.line(given["text"], field="text", limit=400)
    if "link" in given:
        fields["link"] = _link(given["link"])
    if "every_minutes" in given:
        fields["every_minutes"] = _interval(given["every_minutes"])
    return fields


def _link(link: str) -> str:
    """Besides what any link may be, a dot: it goes on from the page of the incident."""
    below = texts.line(link, field="link", limit=500, required=False)
    if below == "." or below.startswith(("./", ".#")):
        return below
    return links.target(link, field="link", required=False)


def _interval(minutes: Any) -> int | None:
    if minutes in (None, 0):
        return None
    if isinstance(minutes, bool) or not isinstance(minutes, int) or not 5 <= minutes <= 1_440:
        raise Invalid("A line comes back after 5 minutes to a day.", field="every_minutes")
    return minutes
