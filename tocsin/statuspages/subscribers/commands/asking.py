"""Asking to be told, and what comes of it. The asking is one row, whoever it is for; only the address learns more.

Whoever asks for a stranger, or to find out who subscribed, sees the same answer after the same work: the address is looked up
later, by the engine (R24). What it decides is told to the address alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Max

from tocsin.core import secrets
from tocsin.core.errors import Invalid
from tocsin.core.store import facts
from tocsin.core.work import hints, leases, outbox
from tocsin.core.work.engine import OWNER, Module
from tocsin.statuspages import words
from tocsin.statuspages.models import Component, StatusPage
from tocsin.statuspages.pages import queries as several
from tocsin.statuspages.subscribers import ports, rules, tokens
from tocsin.statuspages.subscribers.models import CALLS, MAIL, SMS, TEXTS, Ask, CodeTry, Notice, Subscriber

LANE = "asks"
BATCH = 20
_MOST_PARTS = 200


def ask(channel: str, address: str, parts: Sequence[str] = (), *, page: StatusPage | None = None, now: dt.datetime) -> None:
    """Somebody asks that an address be told of `parts` (ids) of a page (None: the first), or of all of it. Raises Invalid for any
    of the three.
    """
    page = page or several.first(StatusPage.EXTERNAL)
    address = checked(channel, address, page)
    wanted = chosen(page, parts)
    Ask.objects.create(
        page=page,
        channel=channel,
        address=kept(channel, address),
        digest=rules.digest(channel, address),
        parts=wanted,
        at=now,
        lane=LANE,
        due_at=now,
    )
    hints.wake_after_commit(LANE)


def checked(channel: str, address: str, page: StatusPage) -> str:
    """An address as its channel spells it. Raises Invalid for `address`, and for a `channel` that the page does not have."""
    if channel == MAIL:
        return rules.mail_address(address)
    there = {name: one for name, one in ports.channels.items() if name != SMS or page.text_gateway_id}
    if channel not in there:
        raise Invalid(f"Choose one of {', '.join([MAIL, *sorted(there)])}.", field="channel")
    return there[channel].check(address)


def kept(channel: str, address: str) -> str:
    """An address as the database holds it: one that opens a door for whoever knows it is encrypted."""
    return address if channel == MAIL else secrets.encrypt(address)


def chosen(page: StatusPage, parts: Sequence[str]) -> list[str]:
    """The ids of these parts of a page. Raises Invalid for `parts`."""
    if not parts:
        return []
    known = list(Component.objects.filter(page=page, pk__in=parts[:_MOST_PARTS]).values_list("pk", flat=True))
    if set(known) != set(parts):
        raise Invalid("Choose parts of the page; one of these is not there any more.", field="parts")
    return sorted(known)


def answer(now: dt.datetime) -> int:
    """Module: decide what comes of due asks."""
    if facts.on_hold():
        return 0
    rows = leases.claim(Ask, lane=LANE, owner=OWNER, now=now, limit=BATCH)
    for row in rows:
        with transaction.atomic():
            outcome = _answer(row, now)
            if not leases.finish(row, Ask.DONE, outcome=outcome):
                transaction.set_rollback(True)
    return len(rows)


def forget(now: dt.datetime) -> int:
    """Module: forget asks after a day, addresses that nobody confirmed after a week, who was told of what after a month."""
    Ask.objects.filter(at__lt=now - rules.A_DAY).exclude(work_state=Ask.LEASED).delete()
    CodeTry.objects.filter(at__lt=now - rules.A_DAY).delete()
    Subscriber.objects.filter(confirmed_at=None, asked_at__lt=now - rules.UNCONFIRMED).delete()
    old = Notice.objects.filter(at__lt=now - rules.KEPT).order_by("at").values_list("pk", flat=True)[:2_000]
    Notice.objects.filter(pk__in=list(old)).delete()
    return 0


def _answer(row: Ask, now: dt.datetime) -> str:
    before = Ask.objects.filter(outcome=Ask.SENT, digest=row.digest).aggregate(at=Max("at"))["at"]
    this_hour = Ask.objects.filter(outcome=Ask.SENT, at__gt=now - rules.AN_HOUR).count()
    known = Subscriber.objects.filter(digest=row.digest, page=row.page_id).first()
    if not rules.may_ask(before, this_hour, row.at) or not _may_text(row, now) or (known and known.stopped_at):
        return Ask.QUIET
    if known and known.confirmed_at:
        _say_known(row, known, now)
        return Ask.SENT
    asking = known or Subscriber(page=row.page, channel=row.channel, address=row.address, digest=row.digest, source="page")
    asking.is_whole, asking.asked_at = not row.parts, row.at
    asking.save()
    parts = list(Component.objects.filter(page=row.page_id, pk__in=row.parts))
    asking.parts.set(parts)
    _ask_back(row, asking, [part.name for part in parts], now)
    return Ask.SENT


def _may_text(row: Ask, now: dt.datetime) -> bool:
    """Whether there is a text left for a number and a page; for whoever reads elsewhere always."""
    if row.channel != SMS:
        return True
    sent = Ask.objects.filter(outcome=Ask.SENT, channel=SMS)
    this_hour = sent.filter(page=row.page_id, at__gt=now - rules.AN_HOUR).count()
    return rules.may_text(this_hour, sent.filter(digest=row.digest, at__gt=now - rules.A_DAY).count())


def _say_known(row: Ask, known: Subscriber, now: dt.datetime) -> None:
    if known.channel == SMS:
        _notice(known, now)
    if known.channel != MAIL:
        return
    said = words.of(row.page.language)
    text = rules.known_text(said, row.page.name, tokens.own_page(known.pk, row.page))
    outbox.enqueue(known.address, said.mail_known_subject.format(row.page.name), text, now=now, key=f"subscribe.{row.pk}")


def _ask_back(row: Ask, asking: Subscriber, parts: Sequence[str], now: dt.datetime) -> None:
    said = words.of(row.page.language)
    if asking.channel == MAIL:
        text = rules.confirm_text(said, row.page.name, parts, tokens.own_page(asking.pk, row.page))
        outbox.enqueue(asking.address, said.mail_confirm_subject.format(row.page.name), text, now=now, key=f"subscribe.{row.pk}")
    else:
        _notice(asking, now)


def _notice(whom: Subscriber, now: dt.datetime) -> None:
    lane = TEXTS if whom.channel == SMS else CALLS
    Notice.objects.create(subscriber=whom, at=now, lane=lane, priority=4, due_at=now)
    hints.wake_after_commit(lane)


MODULES = (
    Module("asks", answer, channel=LANE),
    Module("subscribers_forget", forget, "subscribers_forget", every=600.0, alone=True),
)
