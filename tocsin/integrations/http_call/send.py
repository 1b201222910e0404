"""Sending a text through a gateway that an administrator described."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from tocsin.core.net import outbound
from tocsin.core.ports import Delivery
from tocsin.directory import queries
from tocsin.directory.models import Gateway
from tocsin.integrations.http_call import template
from tocsin.paging.ports import PageMessage
from tocsin.statuspages.subscribers import rules
from tocsin.statuspages.subscribers.ports import News

_AGAIN = frozenset({408, 425, 429})
_SET_UP_WRONG = frozenset({401, 402, 403, 405, 407, 411, 415, 426, 431})


def call(gateway: Gateway, values: Mapping[str, str], *, guard: outbound.Guard | None = None) -> Delivery:
    """One request. 2xx is sent; 408, 425, 429, 5xx and no answer may be tried again; the rest is final."""
    try:
        headers = _headers(gateway, values)
        kind = headers["content-type"]
        content = template.body(gateway.body, values, kind).encode("utf-8", "replace")
        target = template.url(gateway.url, values)
    except KeyError as error:
        return Delivery(
            ok=False, answer=f"the gateway's template uses an unknown slot {error.args[0]}", permanent=True, provider_fault=True
        )
    except ValueError as error:
        return Delivery(ok=False, answer=f"the gateway {gateway.name} cannot be used: {error}", permanent=True, provider_fault=True)
    try:
        answer = outbound.request(gateway.method, target, headers=headers, content=content, guard=guard)
    except outbound.Forbidden as error:
        return Delivery(ok=False, answer=str(error), permanent=True, provider_fault=True)
    except outbound.Unreached as error:
        return Delivery(ok=False, answer=str(error))
    return _judge(answer.status)


def _headers(gateway: Gateway, values: Mapping[str, str]) -> dict[str, str]:
    written = queries.gateway_headers(gateway)
    headers = {name.lower(): template.header(value, values) for name, value in written.items()}
    headers["content-type"] = template.content_type(gateway.body, headers)
    if values["idempotency_key"]:
        headers.setdefault("idempotency-key", values["idempotency_key"])
    return headers


def _judge(status: int) -> Delivery:
    if 200 <= status < 300:
        return Delivery(ok=True, answer=f"HTTP {status}")
    return Delivery(
        ok=False, answer=f"HTTP {status}", permanent=status < 500 and status not in _AGAIN, provider_fault=status in _SET_UP_WRONG
    )


class Channel:
    """Carries pages for contact methods of the kind `gateway`."""

    def send(self, message: PageMessage, *, now: dt.datetime) -> Delivery:
        gateway = message.gateway
        if gateway is None:
            return Delivery(ok=False, answer="this gateway does not exist any more", permanent=True)
        values = {name: getattr(message, name) for name in ("to", "subject", "text", "link", "idempotency_key")}
        return call(gateway, values)


class Texts:
    """Carries texts to subscribers of a status page, by the gateway that its administrator chose."""

    name = "SMS"

    def check(self, address: str) -> str:
        """A telephone number. Raises Invalid."""
        return rules.telephone(address)

    def send(self, news: News, *, now: dt.datetime) -> Delivery:
        """The link slot stays empty: every address stands in the text."""
        if news.gateway is None:
            return Delivery(ok=False, answer="the page has no gateway for texts any more", permanent=True, provider_fault=True)
        values = {"to": news.address, "subject": news.title, "text": news.text, "link": "", "idempotency_key": news.number}
        return call(news.gateway, values)


def carry_code(gateway: Gateway, to: str, text: str, link: str) -> Delivery:
    """A verification code by the same way; nothing is promised about repeats."""
    values = {"to": to, "subject": "Tocsin", "text": text, "link": link, "idempotency_key": ""}
    return call(gateway, values)
