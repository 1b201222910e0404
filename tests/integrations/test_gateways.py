"""The templated HTTP call: values stay inside the place where they stand, answers are judged, nothing reaches a private net."""

from __future__ import annotations

import datetime as dt
import http.server
import json
import threading
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.actor import SYSTEM
from tocsin.core.net import addresses, outbound
from tocsin.core.net.outbound import Guard
from tocsin.core.ports import Delivery
from tocsin.directory import commands as directory
from tocsin.directory.models import Gateway
from tocsin.integrations.http_call import send, template
from tocsin.paging.ports import PageMessage
from tocsin.statuspages.subscribers.ports import News

NASTY = st.text(max_size=60)
VALUES = {
    "to": "+43 1 <2>&x=/?#",
    "subject": 'Sev "1"\nX-Evil: 1',
    "text": 'Line "one"\nline\\two 🔥',
    "link": "https://tocsin.example.com/ack/abc?x=1&y=2",
    "idempotency_key": "0123456789abcdef",
}


class Phone(http.server.ThreadingHTTPServer):
    """Plays a gateway on loopback; answers with `status`."""

    daemon_threads = True

    def __init__(self) -> None:
        self.status = 200
        self.calls: list[tuple[str, str, dict[str, str], bytes]] = []
        super().__init__(("127.0.0.1", 0), _Handler)
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def guard(self) -> Guard:
        return Guard(addresses.parse_allow(f"127.0.0.1:{self.server_port}"), only_allowed=True)


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Phone

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.server.calls.append((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body))
        self.send_response(self.server.status)
        self.send_header("content-length", "0")
        self.end_headers()

    do_GET = do_PUT = do_POST

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def phone() -> Iterator[Phone]:
    made = Phone()
    yield made
    made.shutdown()
    made.server_close()


def gateway(url: str, body: str = "{{ text }}", headers: dict[str, str] | None = None, method: str = "POST") -> Gateway:
    now = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)
    return directory.create_gateway(SYSTEM, name="SMS", method=method, url=url, headers=headers or {}, body=body, now=now)


@pytest.mark.req("PAG-09")
@pytest.mark.django_db
def test_a_call_carries_the_values_where_the_template_wants_them(phone: Phone) -> None:
    made = gateway(f"{phone.url}/send/{{{{ to }}}}?via=x", '{"msg": "{{ text }}", "go": "{{ link }}"}', {"X-Key": "k7"})
    assert send.call(made, VALUES, guard=phone.guard) == Delivery(ok=True, answer="HTTP 200")
    method, path, headers, body = phone.calls[0]
    assert method == "POST"
    assert (urlsplit(path).path.count("/"), urlsplit(path).query) == (2, "via=x")
    assert json.loads(body) == {"msg": VALUES["text"], "go": VALUES["link"]}
    assert (headers["x-key"], headers["content-type"]) == ("k7", "application/json")
    assert headers["idempotency-key"] == VALUES["idempotency_key"]


@pytest.mark.parametrize(
    ("status", "ok", "permanent"),
    [
        *((status, True, False) for status in (200, 204)),
        *((status, False, True) for status in (302, 400, 401, 404)),
        *((status, False, False) for status in (408, 429, 500, 503)),
    ],
)
@pytest.mark.django_db
def test_the_answer_decides_whether_trying_again_can_help(phone: Phone, status: int, ok: bool, permanent: bool) -> None:
    phone.status = status
    delivery = send.call(gateway(phone.url), VALUES, guard=phone.guard)
    assert (delivery.ok, delivery.permanent, delivery.answer) == (ok, permanent, f"HTTP {status}")


@pytest.mark.req("SYS-24")
@pytest.mark.django_db
def test_a_gateway_in_a_private_network_is_final_until_an_administrator_opens_it(phone: Phone) -> None:
    delivery = send.call(gateway(phone.url), VALUES, guard=Guard(addresses.parse_allow("")))
    assert (delivery.ok, delivery.permanent) == (False, True)
    assert "TOCSIN_OUTBOUND_ALLOW" in delivery.answer
    assert phone.calls == []


@pytest.mark.django_db
def test_a_gateway_that_does_not_answer_may_be_tried_again(phone: Phone) -> None:
    made, guard = gateway(phone.url), phone.guard
    phone.shutdown()
    phone.server_close()
    delivery = send.call(made, VALUES, guard=guard)
    assert (delivery.ok, delivery.permanent) == (False, False)


def test_a_page_for_a_gateway_that_is_gone_ends(now: dt.datetime) -> None:
    message = PageMessage("att_1", "k", "+43", "s", "t", "l", "high", None)
    assert send.Channel().send(message, now=now).permanent


def test_a_text_of_a_page_without_a_gateway_ends_and_no_number_is_to_blame(now: dt.datetime) -> None:
    delivery = send.Texts().send(News("ntc_1", "+436601234567", "Status", "words", "", "", ""), now=now)
    assert (delivery.permanent, delivery.provider_fault) == (True, True)


@given(NASTY)
def test_in_json_a_value_never_leaves_its_quotes(value: str) -> None:
    made = template.body('{"a": "{{ text }}", "b": [1, "{{ text }}"]}', {"text": value}, "application/json")
    assert json.loads(made) == {"a": value, "b": [1, value]}


@given(NASTY)
def test_in_a_form_a_value_never_leaves_its_field(value: str) -> None:
    made = template.body("a={{ text }}&b=1", {"text": value}, "application/x-www-form-urlencoded")
    assert parse_qs(made, keep_blank_values=True, strict_parsing=True) == {"a": [value], "b": ["1"]}


@given(NASTY)
def test_in_an_address_a_value_never_leaves_its_segment(value: str) -> None:
    parts = urlsplit(template.url("https://gateway.example.com/send/{{ to }}?k=1", {"to": value}))
    assert (parts.hostname, parts.path.count("/"), parts.query, parts.fragment) == ("gateway.example.com", 2, "k=1", "")


@given(NASTY)
def test_in_a_header_a_value_stays_one_ascii_line(value: str) -> None:
    made = template.header("Sev 1: {{ subject }}", {"subject": value})
    assert made.isascii()
    assert not set(made) & {"\r", "\n", "\x00"}


@pytest.mark.django_db
def test_the_guard_of_the_installation_is_used_when_none_is_given(phone: Phone) -> None:
    outbound._guard.cache_clear()
    assert send.call(gateway(phone.url), VALUES).permanent
    assert phone.calls == []
