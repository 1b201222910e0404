"""The checklist of one incident: ticking a line, skipping it with a reason, opening it again. Other incidents are untouched."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tocsin.core.actor import Actor
from tocsin.core.text import texts
from tocsin.incidents import events, permissions
from tocsin.incidents.commands._record import locked, tell
from tocsin.incidents.models import Incident, ItemMark, SheetItem

_REASON = 400


def tick(actor: Actor, incident: Incident, item: SheetItem, *, now: dt.datetime) -> ItemMark:
    """Say that a line is done. A second tick changes nothing, but a periodic line is done anew each time."""
    return _mark(actor, incident, item, "", now)


def skip(actor: Actor, incident: Incident, item: SheetItem, reason: str, *, now: dt.datetime) -> ItemMark:
    """Depart from the process on purpose. Raises Invalid without a reason."""
    reason = texts.line(reason, field="reason", limit=_REASON)
    return _mark(actor, incident, item, reason, now)


def untick(actor: Actor, incident: Incident, item: SheetItem, *, now: dt.datetime) -> None:
    """Open a line again that was ticked or skipped; of a periodic one the latest time. Nothing happens when it is open."""
    permissions.require_responder(actor, incident)
    with transaction.atomic():
        locked(incident)
        mark = _latest(incident, item)
        if mark is None:
            return
        mark.delete()
        tell(actor, events.ITEM_UNTICKED, incident, now=now, item=item.pk, section=item.section.title, text=mark.text)


def _mark(actor: Actor, incident: Incident, item: SheetItem, reason: str, now: dt.datetime) -> ItemMark:
    permissions.require_responder(actor, incident)
    with transaction.atomic():
        locked(incident)
        known = None if item.every_minutes else _latest(incident, item)
        if known is not None and known.reason == reason:
            return known
        if known is not None:
            known.delete()
        person = None if actor.is_system else actor.id
        mark = ItemMark.objects.create(incident=incident, item=item, person_id=person, at=now, text=item.text, reason=reason)
        data = {"item": item.pk, "section": item.section.title, "text": item.text}
        if reason:
            tell(actor, events.ITEM_SKIPPED, incident, now=now, **data, reason=reason)
        else:
            tell(actor, events.ITEM_TICKED, incident, now=now, **data)
    return mark


def _latest(incident: Incident, item: SheetItem) -> ItemMark | None:
    return ItemMark.objects.filter(incident=incident, item=item).order_by("-at", "-id").first()
