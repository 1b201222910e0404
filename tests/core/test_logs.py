"""Logs: structured, without secrets, and never in the way."""

from __future__ import annotations

import io
import json
import logging
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.observe import logs

SECRET = "QDBRh_SPxNOn0QGBRqwzI7xJygef8OjsEiL-Fi4FQpo"


@pytest.fixture(autouse=True)
def _put_back() -> Iterator[None]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


def written(say: Any) -> list[dict[str, Any]]:
    """The lines that `say` logged."""
    stream = io.StringIO()
    logs.configure("info", stream=stream, terminal=False)
    say()
    logs.close()
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_one_json_object_with_time_and_level() -> None:
    (line,) = written(lambda: structlog.get_logger("x").warning("page failed", attempt="att_1", tries=2))
    assert (line["event"], line["level"], line["attempt"], line["tries"]) == ("page failed", "warning", "att_1", 2)
    assert line["at"].endswith("Z")


def test_lines_of_libraries_are_structured_too() -> None:
    (line,) = written(lambda: logging.getLogger("somebody").error("bad %s", "thing"))
    assert (line["event"], line["level"], line["logger"]) == ("bad thing", "error", "somebody")


@pytest.mark.req("SYS-24")
@pytest.mark.parametrize(
    "text",
    [
        f"POST /in/{SECRET}/alertmanager 202",
        f"https://tocsin.example.com/ack/{SECRET}",
        "GET /ack/short-token-123",
        "GET /status/subscription/sbr_short-token-123",
        "Not Found: /status/s/short-token-123/history",
        f"/setup/{SECRET}?x=1",
        f"Authorization: Bearer {SECRET}",
        "Authorization: Basic YWRhOmh1bnRlcjI=",
        "'authorization': 'Bearer abcdefgh'",
        "password=hunter2&x=1",
        '{"password": "hunter2"}',
        "smtp://tocsin:hunter2@mail.example.com:587",
        "postgresql://tocsin:hunter2@db/tocsin",
        "Cookie: sessionid=hunter2; csrftoken=hunter2",
        f"token was {SECRET}",
    ],
)
def test_a_secret_in_a_text_is_hidden(text: str) -> None:
    (line,) = written(lambda: structlog.get_logger().info(text, inside={"list": [text]}))
    dumped = json.dumps(line)
    for secret in (SECRET, "short-token-123", "YWRhOmh1bnRlcjI=", "abcdefgh", "hunter2"):
        assert secret not in dumped
    assert logs.HIDDEN in line["event"]


@pytest.mark.parametrize("name", ["password", "smtp_password", "api_token", "Authorization", "secret_key", "set-cookie", "api_key"])
def test_a_value_under_a_secret_name_is_hidden(name: str) -> None:
    (line,) = written(lambda: structlog.get_logger().info("x", **{name: "hunter2"}, headers={name: "hunter2"}))
    assert "hunter2" not in json.dumps(line)


def test_a_secret_in_a_traceback_is_hidden() -> None:
    def fail() -> None:
        try:
            raise ValueError(f"cannot open https://x/ack/{SECRET}")
        except ValueError:
            structlog.get_logger().exception("failed")

    (line,) = written(fail)
    assert "ValueError" in line["exception"]
    assert SECRET not in json.dumps(line)


@given(st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_whatever_is_logged_comes_out_as_json(value: Any) -> None:
    json.dumps(logs.redact(value))


def test_ordinary_texts_stay_as_they_are() -> None:
    text = "alt_01k9aaaaaaaaaaaaaaaaaaaaaa went from triggered to acknowledged at /a/4821"
    assert logs.redact_text(text) == text


@pytest.mark.req("SYS-24")
def test_a_reader_that_never_reads_costs_lines_and_holds_nobody_up() -> None:
    reading = threading.Event()

    class Stuck(io.StringIO):
        def write(self, text: str) -> int:
            reading.wait(10)
            return len(text)

    logs.configure("info", stream=Stuck(), terminal=False)
    log = structlog.get_logger()
    for number in range(logs._ROOM + 100):
        log.info("line", number=number)
    reading.set()
    logs.close()
