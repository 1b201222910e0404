"""Holding confirmed words, taking them back, and letting them go.

They are stored before anybody is told that they are on their way: a process that dies meanwhile publishes them when it is back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction

from tocsin.core import clock
from tocsin.core.actor import SYSTEM, Actor
from tocsin.core.errors import Conflict, Invalid, NotAllowed, Refused
from tocsin.core.eventlog.events import record
from tocsin.core.store import db
from tocsin.core.text import texts
from tocsin.core.work import hints, outbox
from tocsin.directory import queries as directory
from tocsin.incidents import rules as incident_rules
from tocsin.incidents.models import Incident
from tocsin.statuspages import events, permissions, rules
from tocsin.statuspages.commands._wording import Words, require_follow, wording
from tocsin.statuspages.commands.publishing import Publication, post_update
from tocsin.statuspages.held.models import HeldUpdate
from tocsin.statuspages.pages import queries as several

LANE = "words"
LONGEST = dt.timedelta(days=30)
"""How far ahead a time may be chosen."""


def hold(
    actor: Actor,
    incident: Incident,
    *,
    status: str,
    confirmation: str,
    external: Words | None = None,
    internal: Words | None = None,
    next_update_at: dt.datetime | None = None,
    components: Mapping[str, str] | None = None,
    lists: Sequence[str] | None = None,
    pages: Sequence[str] | None = None,
    at: dt.datetime | None = None,
    now: dt.datetime,
) -> HeldUpdate:
    """Keep a confirmed update until it can no longer be taken back, or until `at`. The same `confirmation` twice is one.

    Raises what `post_update` raises for words that could not be published now, and Invalid (`at`) for a time that is not ahead.
    """
    permissions.require_publisher(actor, incident)
    permissions.require_no_drill(incident)
    incident_rules.word_of(status, rules.STATUSES, "status")
    confirmation = texts.line(confirmation, field="confirmation", limit=64)
    if at is not None and not now < at <= now + LONGEST:
        raise Invalid(f"Choose a time ahead, at most {LONGEST.days} days from now.", field="at")
    with transaction.atomic():
        incident = db.lock(Incident.objects.filter(pk=incident.pk)).get()
        if known := HeldUpdate.objects.filter(incident=incident, confirmation=confirmation).first():
            return known
        _read_first(incident)
        rules.check_promise(status, next_update_at, at or now)
        require_follow(incident, status)
        wording(incident, status=status, next_update_at=next_update_at, internal=internal, external=external)
        if external is not None:
            several.meant(incident, status, pages)
        words: dict[str, Any] = {"status": status, "internal": internal, "external": external, "components": components}
        words |= {"lists": lists, "pages": pages}
        held = HeldUpdate.objects.create(
            lane=LANE,
            due_at=at or now + dt.timedelta(seconds=settings.TOCSIN.hold_seconds),
            incident=incident,
            author_id=actor.id,
            words=plain(words),
            next_update_at=next_update_at,
            confirmation=confirmation,
            confirmed_at=now,
            at=at,
        )
        _send_on_its_way(actor, held, now)
    return held


def _send_on_its_way(actor: Actor, held: HeldUpdate, now: dt.datetime) -> None:
    if held.due_at <= now:
        _publish(held, actor, now)
    else:
        _say(actor, events.UPDATE_HELD, held, now)
        db.after_commit_once(_wake)


def _read_first(incident: Incident) -> None:
    """Raises Conflict while somebody else's words are about to go out: whoever confirms has not read them."""
    ahead = HeldUpdate.objects.filter(incident=incident, state=HeldUpdate.HELD, at=None).select_related("author").first()
    if ahead is not None:
        raise Conflict(f"{ahead.author.name} confirmed words that go out in a moment. Read them first.", current=ahead)


def take_back(actor: Actor, held: HeldUpdate, *, now: dt.datetime) -> HeldUpdate:
    """Nobody is told. Raises Conflict when it has gone out or was taken back already."""
    permissions.require_publisher(actor, held.incident)
    with transaction.atomic():
        held = _still(held)
        _close(held, HeldUpdate.TAKEN_BACK, HeldUpdate.CANCELLED)
        _say(actor, events.UPDATE_TAKEN_BACK, held, now)
    return held


def send_now(actor: Actor, held: HeldUpdate, *, now: dt.datetime) -> Publication:
    """Publish what waits without waiting longer. Raises Conflict when it does not wait any more, and what `post_update` raises."""
    permissions.require_publisher(actor, held.incident)
    with transaction.atomic():
        held = _still(held)
        return _publish(held, actor, now)


def release(held: HeldUpdate, *, now: dt.datetime) -> bool:
    """What the engine does when its time has come: publish, or say why not. True when it was published."""
    try:
        with transaction.atomic():
            _publish(_still(held), _author(held), now)
            return True
    except Conflict as conflict:
        if HeldUpdate.objects.exclude(state=HeldUpdate.HELD).filter(pk=held.pk).exists():
            return False
        return _refuse(held, conflict, now)
    except Refused as refused:
        return _refuse(held, refused, now)


def _publish(held: HeldUpdate, actor: Actor, now: dt.datetime) -> Publication:
    """Clocks count from the confirmation: words that were held for seconds were said when somebody said them."""
    published = post_update(actor, held.incident, **held.arguments, now=now if held.at else held.confirmed_at)
    _close(held, HeldUpdate.PUBLISHED, HeldUpdate.DONE)
    return published


def _refuse(held: HeldUpdate, refused: Refused, now: dt.datetime) -> bool:
    """Whoever confirmed it hears that nobody has read it."""
    with transaction.atomic():
        held = _still(held)
        _close(held, HeldUpdate.REFUSED, HeldUpdate.FAILED, why=refused.detail[:400])
        _say(SYSTEM, events.UPDATE_REFUSED, held, now, why=held.why)
        key = held.incident.key
        lines = [
            f"Your update on {key} was not published: {held.why}",
            "",
            f"{settings.TOCSIN.base_url.rstrip('/')}/{key}/update?again={held.id}",
            "",
        ]
        if held.author.email:
            outbox.enqueue(held.author.email, f"[{key}] Not published", "\n".join(lines), now=now, key=f"refused.{held.id}")
    return False


def _still(held: HeldUpdate) -> HeldUpdate:
    """The row, locked, while it waits. Raises Conflict."""
    found = db.lock(HeldUpdate.objects.filter(pk=held.pk)).select_related("incident", "author").get()
    if found.state != HeldUpdate.HELD:
        words = {HeldUpdate.PUBLISHED: "It has gone out.", HeldUpdate.TAKEN_BACK: "It was taken back already."}
        raise Conflict(words.get(found.state, "It was refused and does not wait any more."), current=found)
    return found


def _close(held: HeldUpdate, state: str, work_state: str, **fields: Any) -> None:
    held.state, held.work_state, held.lease_until = state, work_state, None
    for name, value in fields.items():
        setattr(held, name, value)
    held.save(update_fields=["state", "work_state", "lease_until", *fields])


def _author(held: HeldUpdate) -> Actor:
    """Whoever confirmed it, with the rights that they have now. Raises NotAllowed for somebody who left."""
    if not held.author.is_active:
        raise NotAllowed(f"{held.author.name} confirmed it and has left since.")
    return directory.actor_for(held.author, via="engine")


def _say(actor: Actor, name: str, held: HeldUpdate, now: dt.datetime, **more: Any) -> None:
    data = {"pages": held.audiences, "due_at": clock.rfc3339(held.due_at), "scheduled": held.at is not None, **more}
    record(actor, name, held.id, context=held.incident_id, now=now, data=data)


def plain(value: Any) -> Any:
    """Words as JSON keeps them, and PostgreSQL, which refuses a NUL in it."""
    if isinstance(value, str):
        return texts.without_controls(value)
    if isinstance(value, Mapping):
        return {plain(str(name)): plain(one) for name, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, (list, tuple, set, frozenset)) else value


def _wake() -> None:
    hints.wake(LANE)
