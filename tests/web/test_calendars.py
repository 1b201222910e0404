"""Calendars on the pages: the feed by its address, a person's and a team's calendars, all of my shifts."""

from __future__ import annotations

import datetime as dt
import re

import icalendar
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests import company
from tests.web.walk import signed_in
from tocsin.core import clock
from tocsin.core.models import Event
from tocsin.directory.models import Person, Team
from tocsin.oncall.models import AwayCalendar, CalendarFeed, NoticeChoice

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def ada() -> Person:
    return company.person("Ada")


@pytest.fixture
def mia() -> Person:
    return company.person("Mia")


@pytest.fixture
def team(ada: Person, mia: Person) -> Team:
    made = company.team("Payments", ada, manager=mia)
    company.schedule(made, ada, name="Primary")
    return made


def document(*days: str) -> bytes:
    events = [f"BEGIN:VEVENT\r\nUID:{day}\r\nDTSTART;VALUE=DATE:{day}\r\nSUMMARY:Secret trip\r\nEND:VEVENT" for day in days]
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", *events, "END:VCALENDAR", ""]).encode()


def soon() -> str:
    return f"{clock.now() + 3 * DAY:%Y%m%d}"


def upload(raw: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("leave.ics", raw, content_type="text/calendar")


def made(client: Client, where: str) -> str:
    """The path of a new feed."""
    found = re.search(r"/feeds/[\w-]{43}\.ics", client.post(where).text)
    assert found
    return found.group()


def test_a_feed_is_read_without_signing_in_until_it_is_revoked(ada: Person, team: Team) -> None:
    me, program = signed_in(ada), Client()
    path = made(me, "/me/feeds")
    answer = program.get(path)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    (event,) = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    assert event["SUMMARY"] == "On call: Primary"
    assert "no-store" not in answer["Cache-Control"]
    assert answer.cookies == {}
    feed = CalendarFeed.objects.get()
    assert feed.last_used_at
    assert path not in me.get("/me").text
    assert feed.hint in me.get("/me").text
    assert me.post(f"/me/feeds/{feed.id}/revoke").status_code == 302
    assert program.get(path).status_code == 404
    assert program.get("/feeds/" + "x" * 43 + ".ics").status_code == 404


def test_a_feed_that_did_not_change_is_not_sent_again(ada: Person, team: Team) -> None:
    path, program = made(signed_in(ada), "/me/feeds"), Client()
    tag = program.get(path)["ETag"]
    again = program.get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    assert program.head(path).content == b""
    assert program.post(path).status_code == 405


def test_the_feed_of_a_team_is_its_managers(ada: Person, mia: Person, team: Team) -> None:
    assert signed_in(ada).post("/t/payments/feeds").status_code == 403
    answer = Client().get(made(signed_in(mia), "/t/payments/feeds"))
    assert b"SUMMARY:Primary: Ada" in answer.content
    feed = CalendarFeed.objects.get()
    assert signed_in(ada).post(f"/t/payments/feeds/{feed.id}/revoke").status_code == 403
    assert signed_in(mia).post(f"/me/feeds/{feed.id}/revoke").status_code == 404
    assert signed_in(mia).post(f"/t/payments/feeds/{feed.id}/revoke").status_code == 302


def test_leave_from_a_file_shows_the_clash_and_tells_others_not_why(ada: Person, mia: Person, team: Team) -> None:
    me = signed_in(ada)
    assert me.post("/me/away", {"away_file": upload(document(soon()))}).status_code == 302
    for page in ("/me", "/oncall/mine"):
        assert "Secret trip" in me.get(page).text
    seen = signed_in(mia).get("/t/payments").text
    assert "On call and away" in seen
    assert "Secret trip" not in seen
    calendar = AwayCalendar.objects.get()
    later = upload(document(soon(), "20200101"))
    assert me.post("/me/away", {"away_file": later, "instead": calendar.id}).status_code == 302
    assert AwayCalendar.objects.count() == 1
    assert signed_in(mia).post(f"/me/away/{calendar.id}/remove").status_code == 404
    assert me.post(f"/me/away/{calendar.id}/remove").status_code == 302
    assert "On call and away" not in me.get("/me").text


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({}, "Give the https address"),
        ({"away_url": "http://example.com/a.ics"}, "starts with https"),
        ({"away_file": b"<html>"}, "not a calendar"),
        ({"away_file": b"x" * 6_000_000}, "larger than"),
    ],
)
def test_what_cannot_be_kept_is_said_at_its_field(ada: Person, mia: Person, team: Team, form: dict, words: str) -> None:
    for person, where in ((ada, "/me/away"), (mia, "/t/payments/away")):
        sent = {name: upload(value) if isinstance(value, bytes) else value for name, value in form.items()}
        page = signed_in(person).post(where, sent)
        assert page.status_code == 422
        assert words in page.text
    assert Event.objects.filter(name__startswith="away").count() == 0


def test_a_file_of_some_megabytes_is_read_and_a_larger_one_is_named(ada: Person, team: Team) -> None:
    me, padding = signed_in(ada), b"X-NOTE:" + b"x" * 60 + b"\r\n"
    whole = document(soon())
    large = whole.replace(b"BEGIN:VEVENT", padding * (3 * 1024 * 1024 // len(padding)) + b"BEGIN:VEVENT")
    assert me.post("/me/away", {"away_file": upload(large)}).status_code == 302
    assert AwayCalendar.objects.get().absences.count() == 1
    answer = me.post("/me/away", {"away_file": upload(large * 2)})
    assert answer.status_code == 422
    assert "leave.ics has 6.0 MB, larger than the 5 of a calendar. Nothing was stored." in answer.text


def test_my_shifts_of_eight_weeks(ada: Person, mia: Person, team: Team) -> None:
    page = signed_in(ada).get("/oncall/mine").text
    assert "One shift of yours" in page
    assert "Primary" in page
    assert "You have no shift" in signed_in(mia).get("/oncall/mine").text


def test_reminders_are_switched_off_and_on(ada: Person) -> None:
    me = signed_in(ada)
    me.post("/me/notices", {})
    assert NoticeChoice.objects.get().reminders is False
    assert 'name="reminders">' in me.get("/me").text
    me.post("/me/notices", {"reminders": "on"})
    assert NoticeChoice.objects.get().reminders is True
