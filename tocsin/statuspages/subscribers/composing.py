"""What a notice says: a letter, a text to a telephone, or a document and a few lines for a channel.

Written when it leaves: who left hears nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

from tocsin.core import clock, secrets
from tocsin.core.errors import Invalid
from tocsin.core.net import mail
from tocsin.core.ports import Delivery
from tocsin.statuspages import words
from tocsin.statuspages.lists import addresses
from tocsin.statuspages.models import StatusPage
from tocsin.statuspages.outside import rules as outside
from tocsin.statuspages.pages import addresses as where
from tocsin.statuspages.subscribers import rules, texts, tokens
from tocsin.statuspages.subscribers.models import SMS, Notice, Subscriber
from tocsin.statuspages.subscribers.ports import News
from tocsin.statuspages.subscribers.telling import Telling, tellings


def letters(rows: Sequence[Notice], now: dt.datetime) -> list[EmailMessage | Delivery | None]:
    """The mail of each notice, None for one that is not for its subscriber any more; what became of one that cannot be written.
    Three queries, however many.
    """
    sender, told = mail.sender(), _Told(rows)
    return [_tried(row, told, sender, now) for row in rows]


def news(rows: Sequence[Notice], now: dt.datetime) -> list[tuple[str, News | None]]:
    """Channel and words of each notice; no words for one that is not for its subscriber any more."""
    told = _Told(rows)
    return [_news(row, told, now) for row in rows]


class _Told:
    """The subscribers of some notices, and what they are told."""

    def __init__(self, rows: Sequence[Notice]) -> None:
        ids = [row.subscriber_id for row in rows]
        self.subscribers: dict[str, Subscriber] = Subscriber.objects.select_related("page__text_gateway").in_bulk(ids)
        self.tellings = tellings({row.fan_out_id for row in rows if row.fan_out_id})

    def of(self, row: Notice) -> tuple[Subscriber, Telling] | None:
        """Whom and what, when it may still leave the house."""
        subscriber, telling = self.subscribers.get(row.subscriber_id), self.tellings.get(row.fan_out_id or "")
        if subscriber is None or subscriber.stopped_at or telling is None:
            return None
        return subscriber, telling


def _tried(row: Notice, told: _Told, sender: str, now: dt.datetime) -> EmailMessage | Delivery | None:
    try:
        return _letter(row, told, sender, now)
    except Invalid as error:
        return Delivery(ok=False, answer=error.detail, permanent=True)


def _letter(row: Notice, told: _Told, sender: str, now: dt.datetime) -> EmailMessage | None:
    found = told.of(row)
    if found is None:
        return None
    subscriber, telling = found
    said, manage = words.of(telling.page.language), tokens.own_page(subscriber.pk, telling.page)
    return mail.build(
        sender=sender,
        to=subscriber.address,
        subject=mail.one_line(f"[{telling.page.name}] {telling.title}"),
        text=rules.update_text(said, telling.status, telling.body, telling.promise, telling.link, manage),
        message_id=mail.message_id(f"{telling.number}.{subscriber.pk}"),
        now=now,
        headers=_headers(subscriber, telling),
    )


def _headers(subscriber: Subscriber, telling: Telling) -> dict[str, str]:
    """All mails about one thing stand under one name that no mail has, so that mail programs show them as one thread."""
    page = telling.page
    host = urlsplit(tokens.own_page(subscriber.pk, page)).hostname or "localhost"
    back = addresses.return_address(subscriber.pk)
    return {
        "List-Id": addresses.list_id(page.name, "status" if page.is_first else page.slug, host),
        "List-Unsubscribe": f"<{tokens.way_out(subscriber.pk, page)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Precedence": "bulk",
        "References": mail.message_id(f"{telling.thread}.{subscriber.pk}"),
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
    found = told.of(row)
    if subscriber.channel == SMS:
        return SMS, _text(row, subscriber, address, found[1] if found else None, now)
    if row.fan_out_id is None:
        return subscriber.channel, _question(row, subscriber, address, now)
    return subscriber.channel, _words(row, subscriber, address, found[1], now) if found else None


def _text(row: Notice, subscriber: Subscriber, address: str, telling: Telling | None, now: dt.datetime) -> News | None:
    """Everything stands in the text: what a gateway does with a link beside it is not known."""
    page = subscriber.page
    said, manage = words.of(page.language), tokens.own_page(subscriber.pk, page)
    stop = said.text_stop.format(tokens.way_out(subscriber.pk, page))
    if telling is not None:
        text = texts.news(page.name, telling.title, [telling.status, telling.promise], telling.link, stop)
    elif row.fan_out_id is not None:
        return None
    elif subscriber.confirmed_at is not None:
        text = said.text_known.format(page=texts.name(page.name), link=manage)
    elif rules.may_prove(subscriber.asked_at, 0, now):
        text = said.text_code.format(page=texts.name(page.name), code=tokens.code(subscriber.pk, subscriber.asked_at))
    else:
        return None
    return News(row.pk, address, page.name, texts.plain(text), "", manage, "", gateway=page.text_gateway)


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


def _words(row: Notice, subscriber: Subscriber, address: str, telling: Telling, now: dt.datetime) -> News:
    page = telling.page
    document = {"meta": _meta(subscriber, page, now), "type": telling.kind, "page": _page(page), **telling.document}
    secret, manage = tokens.signing_secret(subscriber.pk), tokens.own_page(subscriber.pk, page)
    return News(row.pk, address, f"{page.name}: {telling.title}", telling.words, telling.link, manage, secret, document)


def _meta(subscriber: Subscriber, page: StatusPage, now: dt.datetime) -> dict[str, Any]:
    manage = tokens.own_page(subscriber.pk, page)
    return {"unsubscribe": manage, "documentation": where.told(page), "generated_at": clock.rfc3339(now)}


def _page(page: StatusPage) -> dict[str, str]:
    return {"id": outside.code(page.pk), "name": page.name, "url": where.told(page)}
