"""Recording a change and telling the rooms above, inside the same transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from django.db import transaction

from tocsin.core.actor import Actor
from tocsin.core.models import Event
from tocsin.core.work import hints

Handler = Callable[[Event, Actor], None]
_handlers: dict[str, list[Handler]] = {}


def wire(handlers: Iterable[tuple[str, Handler]]) -> None:
    """Replace all handlers; called once by `wiring.py`. They run in the order given."""
    _handlers.clear()
    for name, handler in handlers:
        _handlers.setdefault(name, []).append(handler)


def record(
    actor: Actor, name: str, subject: str, *, now: dt.datetime, context: str = "", data: dict[str, Any] | None = None
) -> Event:
    """Write one event and run its handlers. Must be called inside the transaction of the change it tells.

    `name` is `room.past_tense`, `subject` the typed id of the thing changed, `context` the thing it belongs to (the incident
    of a message, say). An exception in a handler rolls the whole command back.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(f"{name} recorded outside a transaction")
    event = Event.objects.create(
        name=name,
        subject=subject,
        context=context,
        actor=actor.id,
        actor_name=actor.name,
        via=actor.via,
        at=now,
        data=data or {},
    )
    for handler in _handlers.get(name, ()):
        handler(event, actor)
    hints.wake_after_commit("seal")
    return event


def record_history(rows: Iterable[Event]) -> int:
    """Write events of the past in one go, unsaved `Event` objects in the order they happened; returns how many.

    For what is brought from elsewhere: it is on record, but it is no news, so no handler hears of it. Inside a transaction.
    """
    made = Event.objects.bulk_create(rows, batch_size=500)
    hints.wake_after_commit("seal")
    return len(made)


def after(position: int, *, limit: int = 500) -> list[Event]:
    """Sealed events with a greater position, in order, at most `limit`."""
    return list(Event.objects.filter(position__gt=position).order_by("position")[:limit])


def about(thing: str, *, limit: int = 500) -> list[Event]:
    """The latest events whose subject or context is this id, newest first, unsealed ones too."""
    rows = Event.objects.filter(subject=thing) | Event.objects.filter(context=thing)
    return list(rows.order_by("-id")[:limit])


def last_position() -> int:
    """The highest sealed position, 0 when there is none."""
    return Event.objects.filter(position__isnull=False).order_by("-position").values_list("position", flat=True).first() or 0
