"""The channel of subscribers that are programs: one signed POST with the keys that hosted status pages use."""

from __future__ import annotations

import datetime as dt
import json
from urllib.parse import urlsplit

from django.conf import settings

from tocsin.core.errors import Invalid
from tocsin.core.net import addresses, outbound
from tocsin.core.ports import Delivery
from tocsin.integrations.webhook import send
from tocsin.paging.ports import WebhookMessage
from tocsin.statuspages.subscribers.ports import News

_MOST = 500


class Channel:
    """Any https address that is not our own network's."""

    name = "Webhook"

    def check(self, address: str) -> str:
        """Raises Invalid for what may not be called."""
        found = checked_url(address, "Write an address such as https://hooks.example.com/status.")
        parts = urlsplit(found)
        opened = addresses.parse_allow(settings.TOCSIN.outbound_allow).names(parts.hostname or "", parts.port or 80)
        if parts.scheme != "https" and not opened:
            raise Invalid("Write an address that begins with https://.", field="address")
        try:
            outbound.refuse_hostile(found)
        except outbound.Forbidden as error:
            raise Invalid(f"This address cannot be called: {error}.", field="address") from None
        return found

    def send(self, news: News, *, now: dt.datetime) -> Delivery:
        """2xx is taken; the body of the answer is not read."""
        body = json.dumps(dict(news.document), ensure_ascii=False, separators=(",", ":")).encode()
        return send.call(WebhookMessage(news.number, news.address, body, (news.secret,)), now=now)


def checked_url(text: str, wrong: str) -> str:
    """An http or https address without a name, a password or a fragment. Raises Invalid for `address`."""
    found = text.strip()
    try:
        parts = urlsplit(found)
        plain = parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.username and not parts.fragment
        _ = parts.port
    except ValueError:
        plain = False
    if not plain or len(found) > _MOST or not found.isascii() or any(char <= " " or char == "\x7f" for char in found):
        raise Invalid(wrong, field="address")
    return found
