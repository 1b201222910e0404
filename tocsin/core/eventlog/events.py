"""Recording a change and telling the rooms above, inside the same transaction."""

from __future__ import annotations

import contextlib
import datetime as dt
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db import transaction

from tocsin.core.actor import Actor
from tocsin.core.models import Event
from tocsin.core.store.prepared import Prepared
from tocsin.core.work import hints

Handler = Callable[[Event, Actor], None]
_handlers: dict[str, list[Handler]] = {}


class _Kept(threading.local):
    """The events that this thread's `in_one_insert` has not written yet; None outside of it."""

    events: list[Event] | None = None


_kept = _Kept()


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
    event = Event(
        name=name,
        subject=subject,
        context=context,
        actor=actor.id,
        actor_name=actor.name,
        via=actor.via,
        at=now,
        data=data or {},
    )
    if _kept.events is None:
        event.save(force_insert=True)
    else:
        _kept.events.append(event)
    for handler in _handlers.get(name, ()):
        handler(event, actor)
    hints.wake_after_commit("seal")
    return event


@contextlib.contextmanager
def in_one_insert() -> Iterator[None]:
    """Events recorded in the block are written together at its end, in their order: for work on many rows in one transaction.

    Handlers still run at once. Inside a transaction that ends with the block or after it.
    """
    if _kept.events is not None:
        raise RuntimeError("in_one_insert inside itself")
    kept: list[Event] = []
    _kept.events = kept
    try:
        yield
    finally:
        _kept.events = None
    Event.objects.bulk_create(kept)


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


_last = Prepared(lambda: Event.objects.filter(position__isnull=False).order_by("-position").values_list("position", flat=True)[:1])


def last_position() -> int:
    """The highest sealed position, 0 when there is none."""
    return _last.first() or 0
