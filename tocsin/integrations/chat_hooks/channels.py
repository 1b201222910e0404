"""Slack and Microsoft Teams: only their own hosts are called, and each is told in the form it shows."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from tocsin.core.errors import Invalid
from tocsin.core.net import outbound
from tocsin.core.ports import Delivery
from tocsin.integrations.subscriber_webhook.channel import checked_url
from tocsin.integrations.webhook.send import judge
from tocsin.statuspages.subscribers.ports import News


class Channel:
    """`hosts` are whole names, or endings that begin with a dot; `write` makes the document that the product shows."""

    def __init__(self, name: str, hosts: tuple[str, ...], write: Callable[[News], dict[str, Any]]) -> None:
        self.name = name
        self._hosts, self._write = hosts, write

    def check(self, address: str) -> str:
        """Raises Invalid for anything but an https address of the product."""
        wrong = f"Paste the address that {self.name} gave you for an incoming webhook; it begins with https://."
        found = checked_url(address, wrong)
        parts = urlsplit(found)
        host = (parts.hostname or "").lower()
        ours = any(host.endswith(one) if one.startswith(".") else host == one for one in self._hosts)
        if parts.scheme != "https" or not ours or parts.port not in {None, 443}:
            raise Invalid(wrong, field="address")
        return found

    def send(self, news: News, *, now: dt.datetime) -> Delivery:
        """One call. What the product answers in words is not read."""
        content = json.dumps(self._write(news), ensure_ascii=False).encode()
        try:
            answer = outbound.request("POST", news.address, headers={"content-type": "application/json"}, content=content, most=1)
        except outbound.Forbidden as error:
            return Delivery(ok=False, answer=str(error), permanent=True)
        except outbound.Unreached as error:
            return Delivery(ok=False, answer=str(error))
        return judge(answer.status)


def for_slack(news: News) -> dict[str, Any]:
    """Words of the page may hold what Slack takes for markup: it is told that they are words."""
    text = f"*{_escaped(news.title)}*\n{_escaped(news.text)}\n<{news.link}|Read it on the page> · <{news.manage}|Choose or end>"
    return {"text": text, "unfurl_links": False, "unfurl_media": False}


def for_teams(news: News) -> dict[str, Any]:
    """One adaptive card."""
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [
            {"type": "TextBlock", "text": _literal(news.title), "weight": "Bolder", "size": "Medium", "wrap": True},
            {"type": "TextBlock", "text": _literal(news.text), "wrap": True},
        ],
        "actions": [
            {"type": "Action.OpenUrl", "title": "Read it on the page", "url": news.link},
            {"type": "Action.OpenUrl", "title": "Choose or end", "url": news.manage},
        ],
    }
    return {"type": "message", "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "content": card}]}


def _escaped(text: str) -> str:
    plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return plain.replace("*", "\u2217").replace("`", "\u02cb")


def _literal(text: str) -> str:
    return "".join(f"\\{char}" if char in "[]()*_#`" else char for char in text)


SLACK = Channel("Slack", ("hooks.slack.com",), for_slack)
TEAMS = Channel("Microsoft Teams", (".webhook.office.com", ".logic.azure.com", ".api.powerplatform.com"), for_teams)
