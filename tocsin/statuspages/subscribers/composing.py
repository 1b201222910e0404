"""What a notice says: a letter, or a document and a few lines for a channel. Written when it leaves: who left hears nothing."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Sequence
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

from tocsin.core import clock, secrets
from tocsin.core.errors import Invalid
from tocsin.core.net import mail
from tocsin.core.ports import Delivery
from tocsin.statuspages import rules as pages
from tocsin.statuspages import words
from tocsin.statuspages.lists import addresses
from tocsin.statuspages.models import StatusPage, Update
from tocsin.statuspages.outside import rules as outside
from tocsin.statuspages.pages import addresses as where
from tocsin.statuspages.subscribers import rules, tokens
from tocsin.statuspages.subscribers.models import Notice, Subscriber
from tocsin.statuspages.subscribers.ports import News
from tocsin.statuspages.words import Words


def letters(rows: Sequence[Notice], now: dt.datetime) -> list[EmailMessage | Delivery | None]:
    """The mail of each notice, None for one that is not for its subscriber any more; what became of one that cannot be written. Two
    queries, however many.
    """
    sender, told = mail.sender(), _Told(rows)
    return [_tried(row, told, sender, now) for row in rows]


def news(rows: Sequence[Notice], now: dt.datetime) -> list[tuple[str, News | None]]:
    """Channel and words of each notice; no words for one that is not for its subscriber any more."""
    told = _Told(rows)
    return [_news(row, told, now) for row in rows]


class _Told:
    """The subscribers and the updates of some notices."""

    def __init__(self, rows: Sequence[Notice]) -> None:
        self.subscribers: dict[str, Subscriber] = Subscriber.objects.select_related("page").in_bulk(
            [row.subscriber_id for row in rows]
        )
        wanted = {row.fan_out_id for row in rows if row.fan_out_id}
        updates = Update.objects.select_related("entry__page", "entry__incident", "fan_out").filter(fan_out__in=wanted)
        self.updates = {update.fan_out.pk: update for update in updates}

    def of(self, row: Notice) -> tuple[Subscriber, Update] | None:
        """Whom and what it is about, when it may still leave the house."""
        subscriber, update = self.subscribers.get(row.subscriber_id), self.updates.get(row.fan_out_id or "")
        if subscriber is None or subscriber.stopped_at or update is None or update.entry.incident.is_private:
            return None
        return subscriber, update


def _tried(row: Notice, told: _Told, sender: str, now: dt.datetime) -> EmailMessage | Delivery | None:
    try:
        return _letter(row, told, sender, now)
    except Invalid as error:
        return Delivery(ok=False, answer=error.detail, permanent=True)


def _letter(row: Notice, told: _Told, sender: str, now: dt.datetime) -> EmailMessage | None:
    found = told.of(row)
    if found is None:
        return None
    subscriber, update = found
    page = update.entry.page
    said, manage = words.of(page.language), tokens.own_page(subscriber.pk, page)
    return mail.build(
        sender=sender,
        to=subscriber.address,
        subject=mail.one_line(f"[{update.entry.page.name}] {update.entry.title}"),
        text=rules.update_text(said, update.status, update.body, _promise(update, said), _link(update), manage),
        message_id=mail.message_id(f"{update.pk}.{subscriber.pk}"),
        now=now,
        headers=_headers(subscriber, update),
    )


def _headers(subscriber: Subscriber, update: Update) -> dict[str, str]:
    """All mails of an entry stand under one name that no mail has, so that mail programs show them as one thread."""
    page = update.entry.page
    host = urlsplit(tokens.own_page(subscriber.pk, page)).hostname or "localhost"
    back = addresses.return_address(subscriber.pk)
    return {
        "List-Id": addresses.list_id(page.name, "status" if page.is_first else page.slug, host),
        "List-Unsubscribe": f"<{tokens.way_out(subscriber.pk, page)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Precedence": "bulk",
        "References": mail.message_id(f"{update.entry_id}.{subscriber.pk}"),
        **({"Return-Path": back} if back else {}),
    }


def _news(row: Notice, told: _Told, now: dt.datetime) -> tuple[str, News | None]:
    subscriber = told.subscribers.get(row.subscriber_id)
    if subscriber is None or subscriber.stopped_at:
        return "", None
    try:
        address = secrets.decrypt(subscriber.address)
    except ValueError:  # encrypted with the key of another installation: whoever it was subscribes again
        return subscriber.channel, None
    if row.fan_out_id is None:
        return subscriber.channel, _question(row, subscriber, address, now)
    found = told.of(row)
    return subscriber.channel, _words(row, subscriber, address, found[1], now) if found else None


def _question(row: Notice, subscriber: Subscriber, address: str, now: dt.datetime) -> News:
    page = subscriber.page
    said, link = words.of(page.language), tokens.own_page(subscriber.pk, page)
    text = rules.confirm_text(said, page.name, [], link)
    document = {"meta": _meta(subscriber, page, now), "type": "subscription.confirm", "confirm": link, "page": _page(page)}
    return News(
        row.pk,
        address,
        said.mail_confirm_subject.format(page.name),
        text,
        link,
        link,
        tokens.signing_secret(subscriber.pk),
        document,
    )


def _words(row: Notice, subscriber: Subscriber, address: str, update: Update, now: dt.datetime) -> News:
    entry, link = update.entry, _link(update)
    spoken = words.of(entry.page.language)
    lines = (f"{spoken.statuses[update.status]}. {update.body}", _promise(update, spoken))
    text = "\n\n".join(part for part in lines if part)
    said = {
        "id": outside.code(update.pk),
        "status": update.status,
        "body": update.body,
        "created_at": clock.rfc3339(update.at),
        "display_at": clock.rfc3339(update.at),
        "updated_at": clock.rfc3339(update.at),
        "incident_id": outside.code(entry.pk),
    }
    incident = {
        "id": outside.code(entry.pk),
        "name": entry.title,
        "status": update.status,
        "created_at": clock.rfc3339(entry.created_at),
        "started_at": clock.rfc3339(entry.started_at),
        "updated_at": clock.rfc3339(update.at),
        "resolved_at": clock.rfc3339(update.at) if update.status == pages.RESOLVED else None,
        "shortlink": link,
        "page_id": outside.code(entry.page_id),
        "incident_updates": [said],
    }
    document = {
        "meta": _meta(subscriber, entry.page, now),
        "type": "incident.update",
        "page": _page(entry.page),
        "incident": incident,
    }
    secret, manage = tokens.signing_secret(subscriber.pk), tokens.own_page(subscriber.pk, entry.page)
    return News(row.pk, address, f"{entry.page.name}: {entry.title}", text, link, manage, secret, document)


def _meta(subscriber: Subscriber, page: StatusPage, now: dt.datetime) -> dict[str, Any]:
    manage = tokens.own_page(subscriber.pk, page)
    return {"unsubscribe": manage, "documentation": where.told(page), "generated_at": clock.rfc3339(now)}


def _page(page: StatusPage) -> dict[str, str]:
    return {"id": outside.code(page.pk), "name": page.name, "url": where.told(page)}


def _promise(update: Update, said: Words) -> str:
    if update.next_update_at is None:
        return ""
    at = update.next_update_at.astimezone(zoneinfo.ZoneInfo(update.entry.page.zone))
    return said.mail_promise.format(time=f"{at:%H:%M}", zone=f"{at:%Z}", day=said.calendar.long(at))


def _link(update: Update) -> str:
    """Where the entry is read; nowhere that may be written down for a page with a secret address."""
    there = where.told(update.entry.page)
    return f"{there}/incidents/{outside.code(update.entry_id)}" if there else ""
