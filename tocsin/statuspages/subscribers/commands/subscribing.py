"""The only writers of who is subscribed: themselves by their secret link, administrators, and the refusals of mail servers."""

from __future__ import annotations

import datetime as dt
import hmac
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict, Invalid, NotFound
from tocsin.core.eventlog.events import record
from tocsin.core.store import db
from tocsin.core.text import texts
from tocsin.statuspages import events
from tocsin.statuspages.lists import rules as refusals
from tocsin.statuspages.models import Component, StatusPage
from tocsin.statuspages.pages import queries as several
from tocsin.statuspages.subscribers import permissions, rules, tokens
from tocsin.statuspages.subscribers.commands.asking import checked, chosen, kept
from tocsin.statuspages.subscribers.models import MAIL, SMS, CodeTry, Subscriber

_OUTSIDE = Actor(id="nobody", name="A subscriber", via="link")
_HOUSE = Actor(id="system", name="Mail", via="mail")


def confirm(token: str, parts: Sequence[str] | None = None, *, now: dt.datetime) -> Subscriber:
    """Whoever holds the link wants to hear, of `parts` (ids; none: of everything; None: as they asked). Also changes the choice
    later. Twice does no more than once. Raises NotFound, Invalid for `parts`.
    """
    with transaction.atomic():
        found = _held(token)
        first = found.confirmed_at is None
        if first:
            found.confirmed_at = now
        if parts is not None:
            _choose(found, chosen(found.page, parts))
        found.save(update_fields=["confirmed_at", "is_whole"])
        if first:
            record(_OUTSIDE, events.SUBSCRIBER_CONFIRMED, found.pk, now=now, data={"channel": found.channel})
    return found


def prove(page: StatusPage, address: str, code: str, *, now: dt.datetime) -> Subscriber:
    """Whoever typed the code that a text carried wants to hear. Raises Invalid for `address`, and for `code` in the same words
    after the same writing whether the number is known, the code wrong, too old, or tried too often (R24).
    """
    digest = rules.digest(SMS, checked(SMS, address, page))
    with transaction.atomic():
        CodeTry.objects.create(digest=digest, at=now)
        tries = CodeTry.objects.filter(digest=digest, at__gt=now - rules.CODE_LIVES).count()
        found = db.lock(Subscriber.objects.filter(digest=digest, page=page, confirmed_at=None, stopped_at=None)).first()
        good = hmac.compare_digest(_code(found, now).encode(), code.encode("utf-8", "replace"))
        if found is not None and good and rules.may_prove(found.asked_at, tries, now):
            found.confirmed_at = now
            found.save(update_fields=["confirmed_at"])
            record(_OUTSIDE, events.SUBSCRIBER_CONFIRMED, found.pk, now=now, data={"channel": SMS})
            return found
    raise Invalid("This code is not right, too old, or was tried too often. Look at the text again, or ask anew.", field="code")


def _code(found: Subscriber | None, now: dt.datetime) -> str:
    return tokens.code(found.pk, found.asked_at) if found else tokens.code("nobody", now)


def leave(token: str, *, now: dt.datetime) -> None:
    """Take whoever holds the link off; nothing happens when they have left. Raises NotFound for a link that is not ours."""
    subscriber_id = tokens.holder(token)
    if not subscriber_id:
        raise NotFound("This address belongs to no subscriber. Was it copied whole?")
    with transaction.atomic():
        found = db.lock(Subscriber.objects.filter(pk=subscriber_id)).first()
        if found is not None:
            found.delete()
            record(_OUTSIDE, events.SUBSCRIBER_LEFT, subscriber_id, now=now, data={"channel": found.channel})


def add(
    actor: Actor, *, channel: str = MAIL, address: str, parts: Sequence[str] = (), page: StatusPage | None = None, now: dt.datetime
) -> Subscriber:
    """Subscribe an address to a page (None: the first) whose owner has consented, which the administrator answers for: nobody is
    asked. There already, it stays as it is. Raises Invalid for `channel`, `address`, `parts`; Conflict for one that refused mail.
    """
    permissions.require_keeper(actor)
    page = page or several.first(StatusPage.EXTERNAL)
    address = checked(channel, address, page)
    wanted = chosen(page, parts)
    with transaction.atomic():
        found, made = Subscriber.objects.get_or_create(
            digest=rules.digest(channel, address),
            page=page,
            defaults={
                "channel": channel,
                "address": kept(channel, address),
                "is_whole": not wanted,
                "source": "import",
                "asked_at": now,
                "confirmed_at": now,
            },
        )
        if found.stopped_at:
            raise Conflict("This address refused mail and is stopped; mail to it again first.", field="address")
        if made:
            found.parts.set(Component.objects.filter(pk__in=wanted))
        elif found.confirmed_at is None:
            found.confirmed_at = now
            found.save(update_fields=["confirmed_at"])
        record(actor, events.SUBSCRIBER_ADDED, found.pk, now=now, data={"channel": channel, "known": not made})
    return found


def remove(actor: Actor, subscriber: Subscriber, *, now: dt.datetime) -> None:
    """Take an address off."""
    permissions.require_keeper(actor)
    with transaction.atomic():
        gone = Subscriber.objects.filter(pk=subscriber.pk).first()
        if gone is not None:
            gone.delete()
            record(actor, events.SUBSCRIBER_REMOVED, subscriber.pk, now=now, data={"channel": subscriber.channel})


def clear_bounces(actor: Actor, subscriber: Subscriber, *, now: dt.datetime) -> Subscriber:
    """Tell this address again, as if it had never refused."""
    permissions.require_keeper(actor)
    with transaction.atomic():
        subscriber.bounces, subscriber.bounced_at, subscriber.bounce_reason, subscriber.stopped_at = 0, None, "", None
        subscriber.save(update_fields=["bounces", "bounced_at", "bounce_reason", "stopped_at"])
        record(actor, events.SUBSCRIBER_CLEARED, subscriber.pk, now=now, data={"channel": subscriber.channel})
    return subscriber


def refused(subscriber_id: str, reason: str, *, final: bool, now: dt.datetime) -> Subscriber | None:
    """An address would not take what we sent; after as many final refusals as on lists it gets no more."""
    with transaction.atomic():
        found = db.lock(Subscriber.objects.filter(pk=subscriber_id)).first()
        if found is None:
            return None
        found.bounced_at, found.bounce_reason = now, texts.shorten(" ".join(reason.split()), 400)
        found.bounces = min(found.bounces + final, 30_000)
        stops = refusals.is_stopped(found.bounces) and found.stopped_at is None
        if stops:
            found.stopped_at = now
        found.save(update_fields=["bounced_at", "bounce_reason", "bounces", "stopped_at"])
        if stops:
            data: dict[str, Any] = {"channel": found.channel, "reason": found.bounce_reason}
            record(_HOUSE, events.SUBSCRIBER_STOPPED, found.pk, now=now, data=data)
    return found


def _held(token: str) -> Subscriber:
    subscriber_id = tokens.holder(token)
    found = db.lock(Subscriber.objects.filter(pk=subscriber_id)).first() if subscriber_id else None
    if found is None:
        raise NotFound("This address belongs to no subscriber, or to one who has left. Subscribe again on the status page.")
    return found


def _choose(found: Subscriber, parts: Sequence[str]) -> None:
    found.is_whole = not parts
    found.parts.set(Component.objects.filter(pk__in=parts))
