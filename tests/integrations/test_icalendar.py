"""Calendars as Google Calendar, Outlook and Apple Calendar write them, and what somebody might hand in instead."""

from __future__ import annotations

import contextlib
import datetime as dt
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import tocsin.integrations.icalendar as folder
from tocsin.core import clock
from tocsin.core.net import addresses
from tocsin.core.net.outbound import Guard
from tocsin.integrations.icalendar import fetch, read, tidy
from tocsin.oncall.ports import TimeAway, Unreached, Unreadable

FIXTURES = Path(folder.__file__).parent / "fixtures"
SINCE, UNTIL = dt.datetime(2026, 10, 21, tzinfo=dt.UTC), dt.datetime(2027, 12, 25, tzinfo=dt.UTC)


def absences(raw: bytes, zone: str = "Europe/Vienna") -> list[TimeAway]:
    return read.absences(raw, zone=zone, since=SINCE, until=UNTIL)


def said(found: list[TimeAway]) -> list[str]:
    return [f"{one.start:%Y-%m-%d %H:%M} {one.end:%Y-%m-%d %H:%M} {one.summary}" for one in found]


def document(*events: str, head: str = "") -> bytes:
    """A calendar of these events, each the lines of one."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN", *head.splitlines()]
    for number, event in enumerate(events):
        lines += ["BEGIN:VEVENT", f"UID:{number}", "SUMMARY:Away", *event.splitlines(), "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def test_google_calendar() -> None:
    assert said(absences((FIXTURES / "google.ics").read_bytes())) == [
        "2026-11-25 12:00 2026-11-25 14:00 School run",
        "2026-11-30 23:00 2026-12-03 23:00 Skiing",
        "2026-12-10 08:00 2026-12-10 10:00 School run, moved",
        "2026-12-16 12:00 2026-12-16 14:00 School run",
    ]


def test_outlook() -> None:
    assert said(absences((FIXTURES / "outlook.ics").read_bytes(), "UTC")) == [
        "2026-11-30 23:00 2026-12-01 23:00 Urlaub",
        "2026-12-03 07:00 2026-12-03 11:00 Arzt",
        "2026-12-04 13:00 2026-12-04 17:00 Visit",
    ]


def test_apple_calendar() -> None:
    assert said(absences((FIXTURES / "apple.ics").read_bytes())) == [
        "2026-12-01 14:00 2026-12-01 17:00 Floating",
        "2026-12-06 23:00 2026-12-07 23:00 One day",
        "2026-12-25 23:00 2026-12-26 23:00 St. Stephen’s Day",
    ]


def test_a_time_without_a_zone_is_the_persons_where_the_calendar_has_none() -> None:
    event = "DTSTART:20261201T090000\nDTEND:20261201T100000"
    assert said(absences(document(event), "Asia/Kolkata")) == ["2026-12-01 03:30 2026-12-01 04:30 Away"]


@pytest.mark.parametrize(
    "name", ["/freeassociation.sourceforge.net/Europe/Vienna", "/Europe/Vienna", "Central European Standard Time"]
)
def test_odd_names_of_known_zones_are_known(name: str) -> None:
    event = f"DTSTART;TZID={name}:20261201T090000\nDTEND;TZID={name}:20261201T100000"
    assert said(absences(document(event), "UTC")) == ["2026-12-01 08:00 2026-12-01 09:00 Away"]


def test_what_a_file_says_of_a_zone_holds_for_that_file_only() -> None:
    def one(offset: str) -> bytes:
        zone = f"BEGIN:VTIMEZONE\nTZID:Ours\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:{offset}\nTZOFFSETTO:{offset}"
        event = "DTSTART;TZID=Ours:20261201T090000\nDTEND;TZID=Ours:20261201T100000"
        return document(event, head=f"{zone}\nEND:STANDARD\nEND:VTIMEZONE")

    assert said(absences(one("+0300"))) == ["2026-12-01 06:00 2026-12-01 07:00 Away"]
    assert said(absences(one("-0500"))) == ["2026-12-01 14:00 2026-12-01 15:00 Away"]


def test_a_rule_without_end_ends_with_the_window() -> None:
    found = absences(document("DTSTART;VALUE=DATE:20200101\nRRULE:FREQ=DAILY"))
    assert len(found) in range(429, 433)
    assert found[0].end > SINCE
    assert found[-1].start < UNTIL


ENDLESS = (
    "DTSTART:19700101T000000Z\nDTEND:19700101T000001Z\nRRULE:FREQ=SECONDLY",
    "DTSTART:20260101T000000Z\nDTEND:20260101T000100Z\nRRULE:FREQ=MINUTELY",
    "DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=DAILY;INTERVAL=0",
    "DTSTART:20260101T000000Z\nDTEND:20260101T000001Z\nRRULE:FREQ=DAILY;BYHOUR=1,2,3,4,5;BYMINUTE=1,2,3,4,5,6,7",
    "DTSTART:20260101T000000Z\nDTEND:20260101T000100Z\nRRULE:FREQ=HOURLY;COUNT=99999999",
    "DTSTART;VALUE=DATE:16010101\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31",
    "DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=WEEKLY;BYSETPOS=9;COUNT=5",
)


@pytest.mark.parametrize("event", ENDLESS)
def test_a_rule_that_is_not_made_for_days_is_refused(event: str) -> None:
    with pytest.raises(Unreadable, match="repeats"):
        absences(document(event))


@pytest.mark.parametrize(
    "event",
    [
        "DTSTART;VALUE=DATE:20260105\nRRULE:FREQ=DAILY;INTERVAL=7;BYDAY=TU;COUNT=5",
        "DTSTART;VALUE=DATE:16010101\nRRULE:FREQ=DAILY;COUNT=99999999",
        "DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=MONTHLY;BYDAY=+6MO",
        "DTSTART;VALUE=DATE:16010101\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=1",
        "DTSTART;VALUE=DATE:16010101\nRRULE:FREQ=DAILY;UNTIL=99991231",
    ],
)
def test_rules_that_never_come_true_or_never_end_are_worked_out_soon(event: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "_SECONDS", 0.5)
    began = clock.monotonic()
    with contextlib.suppress(Unreadable):
        absences(document(*[event] * 20))
    assert clock.monotonic() - began < 5


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "not a calendar"),
        (b"<!doctype html><title>Sign in</title>", "not a calendar"),
        (b"\xff\xfe\x00", "not text"),
        (b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", "breaks off"),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\n", "BEGIN and END"),
        (document("DTSTART:yesterday\nDTEND:20261201T100000Z"), "broken"),
        (document("DTEND:20261201T100000Z"), "no start"),
        (document("DTSTART:20269901T100000Z"), "broken"),
        (document("DTSTART;VALUE=DATE:20261201\nRRULE:FREQ=SOMETIMES"), "broken"),
        (document("DTSTART;VALUE=DATE:20261201\nRRULE:BYDAY=XX"), "broken"),
        (document("DTSTART;TZID=Mars/Base:20261201T090000"), "Mars/Base"),
        (document("DTSTART;TZID=../../etc/passwd:20261201T090000"), "not known"),
        (document("DTSTART;VALUE=DATE:00010101\nRRULE:FREQ=DAILY"), "year 1"),
        (document(*["DTSTART;VALUE=DATE:20261201"] * 5001), "5,000 events"),
        (document("DTSTART;VALUE=DATE:20261201\nEXDATE;VALUE=DATE:" + ",".join(["20261201"] * 20_002)), "too many"),
        (b"x" * (tidy.MOST_BYTES + 1), "larger than 5 MB"),
        (
            document(
                "DTSTART;TZID=Ours:20261201T090000",
                head="BEGIN:VTIMEZONE\nTZID:Ours\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0000\n"
                "TZOFFSETTO:+0100\nRRULE:FREQ=SECONDLY\nEND:STANDARD\nEND:VTIMEZONE",
            ),
            "clock could follow",
        ),
        (
            document("DTSTART;TZID=Ours:20261201T090000", head="BEGIN:VTIMEZONE\nTZID:Ours\nEND:VTIMEZONE"),
            "broken",
        ),
    ],
)
def test_what_is_not_a_calendar_is_refused_in_words(raw: bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words) as refusal:
        absences(raw)
    assert len(str(refusal.value)) < 200
    assert "\n" not in str(refusal.value)


def test_a_calendar_of_many_events_with_long_descriptions_is_read_soon() -> None:
    events = [f"DTSTART;VALUE=DATE:2026{1 + n % 12:02}{1 + n % 28:02}\nDESCRIPTION:{'x' * 700}" for n in range(1500)]
    began = clock.monotonic()
    assert len(absences(document(*events))) < 2000
    assert clock.monotonic() - began < 60, "a loaded machine is slow, an endless loop is slower"


class Host(http.server.ThreadingHTTPServer):
    """A calendar's host on loopback; answers with `status` and `body`."""

    daemon_threads = True

    def __init__(self) -> None:
        self.status, self.body = 200, document("DTSTART;VALUE=DATE:20261201")
        super().__init__(("127.0.0.1", 0), _Handler)
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/secret-part/basic.ics"

    @property
    def guard(self) -> Guard:
        return Guard(addresses.parse_allow(f"127.0.0.1:{self.server_port}"), only_allowed=True)


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Host

    def do_GET(self) -> None:
        self.send_response(self.server.status)
        self.send_header("location", "http://169.254.169.254/")
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def host() -> Iterator[Host]:
    made = Host()
    yield made
    made.shutdown()
    made.server_close()


def test_an_address_is_read_up_to_the_limit(host: Host) -> None:
    assert len(absences(fetch.calendar(host.url, host.guard))) == 1
    host.body = document(*[f"DTSTART;VALUE=DATE:20261201\nDESCRIPTION:{'x' * 500}"] * 400)
    assert len(fetch.calendar(host.url, host.guard)) == len(host.body) > 64 * 1024


def test_a_calendar_of_fifty_megabytes_is_not_read_whole(host: Host) -> None:
    host.body = b"BEGIN:VCALENDAR\r\n" + b"x" * 50_000_000
    with pytest.raises(Unreadable, match="larger than"):
        absences(fetch.calendar(host.url, host.guard))


@pytest.mark.parametrize(("status", "words"), [(404, "404"), (302, "moved"), (500, "500")])
def test_an_answer_that_is_no_calendar_says_so_without_the_secret_address(host: Host, status: int, words: str) -> None:
    host.status = status
    with pytest.raises(Unreached, match=words) as refusal:
        fetch.calendar(host.url, host.guard)
    assert "secret-part" not in str(refusal.value)


def test_a_private_address_is_not_called(host: Host) -> None:
    with pytest.raises(Unreached, match="may not be called"):
        fetch.calendar(host.url, Guard(addresses.parse_allow("")))
