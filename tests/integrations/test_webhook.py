"""The signed POST of a webhook: the published way to check it holds, answers are judged, nothing reaches a private net."""

from __future__ import annotations

import base64
import datetime as dt
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integrations.test_gateways import Phone
from tocsin.core.net import addresses
from tocsin.core.net.outbound import Guard
from tocsin.integrations.webhook import send, sign
from tocsin.paging.ports import WebhookMessage

PAGE = Path(__file__).resolve().parents[2] / "docs" / "users" / "webhooks.md"
NOW = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)
SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
BODY = '{"title":"5xx 38 %, Zürich"}'.encode()


@pytest.fixture
def hook() -> Iterator[Phone]:
    server = Phone()
    yield server
    server.shutdown()
    server.server_close()


def message(url: str, *secrets: str) -> WebhookMessage:
    return WebhookMessage("0123456789abcdef", f"{url}/hook?key=1", BODY, secrets or (SECRET,))


def published() -> dict[str, Any]:
    """What the documentation tells to check a signature with."""
    found: dict[str, Any] = {}
    code = re.search(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert code
    exec(code.group(1), found)
    return found


def test_the_example_of_the_standard() -> None:
    """From the specification of Standard Webhooks and the tests of its libraries."""
    secret, payload = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    wanted = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert sign.signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, payload) == wanted


def test_the_example_of_the_documentation_is_signed_as_it_says() -> None:
    text = PAGE.read_text()
    headers = dict(re.findall(r"^    (webhook-[a-z]+): (.+)$", text, re.MULTILINE))
    body = re.search(r"```json\n(.*?)\n```", text.partition("webhook-signature: ")[2], re.DOTALL)
    secret = re.search(r"whsec_[\w+/=]+", text.rpartition("signed with")[2])
    assert body
    assert secret
    check, raw = published()["is_ours"], body.group(1).encode()
    at = int(headers["webhook-timestamp"])
    assert check(secret.group(), headers, raw, now=at)
    assert not check(secret.group(), headers, raw + b" ", now=at)
    assert not check(secret.group(), headers, raw, now=at + 301)
    assert json.loads(raw)["type"] == "escalation.step"


def test_what_is_sent_can_be_checked_with_either_secret_while_two_are_good(hook: Phone) -> None:
    former = "whsec_" + base64.b64encode(b"x" * 32).decode()
    delivery = send.call(message(hook.url, SECRET, former), now=NOW, guard=hook.guard)
    assert (delivery.ok, delivery.answer) == (True, "HTTP 200")
    ((method, path, headers, body),) = hook.calls
    assert (method, path, body) == ("POST", "/hook?key=1", BODY)
    assert (headers["content-type"], headers["webhook-id"]) == ("application/json", "0123456789abcdef")
    assert headers["idempotency-key"] == headers["webhook-id"]
    check = published()["is_ours"]
    for secret in (SECRET, former):
        assert check(secret, headers, body, now=NOW.timestamp())
    assert not check("whsec_" + base64.b64encode(b"y" * 32).decode(), headers, body, now=NOW.timestamp())


@pytest.mark.parametrize(
    ("status", "ok", "permanent"),
    [(200, True, False), (204, True, False), (301, False, True), (400, False, True), (410, False, True)]
    + [(status, False, False) for status in (408, 425, 429, 500, 503)],
)
def test_answers_are_judged(hook: Phone, status: int, ok: bool, permanent: bool) -> None:
    hook.status = status
    delivery = send.call(message(hook.url), now=NOW, guard=hook.guard)
    assert (delivery.ok, delivery.permanent, delivery.answer) == (ok, permanent, f"HTTP {status}")


def test_without_a_secret_nothing_is_sent_unsigned(hook: Phone) -> None:
    unsigned = WebhookMessage("0123456789abcdef", hook.url, BODY, ())
    delivery = send.call(unsigned, now=NOW, guard=hook.guard)
    assert (delivery.ok, delivery.permanent, hook.calls) == (False, True, [])
    assert "TOCSIN_SECRET_KEY" in delivery.answer


def test_nothing_reaches_a_private_net_and_nobody_there_may_be_tried_again(hook: Phone) -> None:
    delivery = send.call(message(hook.url), now=NOW, guard=Guard(addresses.parse_allow("")))
    assert (delivery.ok, delivery.permanent, hook.calls) == (False, True, [])
    gone = Guard(addresses.parse_allow("127.0.0.1:1"))
    delivery = send.call(message("http://127.0.0.1:1"), now=NOW, guard=gone)
    assert (delivery.ok, delivery.permanent) == (False, False)
