"""Calendars of absences: who may bring one, what is refused, what an address gives and takes, and where it clashes with a shift."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from tests import company
from tocsin.core.actor import SYSTEM
from tocsin.core.errors import Invalid, NotAllowed
from tocsin.core.models import Event
from tocsin.directory.models import Person, Team
from tocsin.integrations.icalendar import Format
from tocsin.oncall import commands
from tocsin.oncall.calendars import away, jobs
from tocsin.oncall.models import Absence, AwayCalendar
from tocsin.oncall.ports import Unreached, calendars

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def document(*days: str, summary: str = "Skiing") -> bytes:
    """Whole days off: `20261201`."""
    events = [f"BEGIN:VEVENT\r\nUID:{day}\r\nDTSTART;VALUE=DATE:{day}\r\nSUMMARY:{summary}\r\nEND:VEVENT" for day in days]
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", *events, "END:VCALENDAR", ""]).encode()


class Web(Format):
    """The outside: what is at the address, or why it cannot be had."""

    def __init__(self) -> None:
        self.answer: bytes | str = document("20261201")
        self.asked: list[str] = []

    def fetch(self, url: str) -> bytes:
        self.asked.append(url)
        if isinstance(self.answer, str):
            raise Unreached(self.answer)
        return self.answer


@pytest.fixture
def web() -> Iterator[Web]:
    made = Web()
    calendars.wire(made)
    yield made
    calendars.wire(Format())


@pytest.fixture
def ada() -> Person:
    return company.person("Ada", zone="Europe/Vienna")


@pytest.fixture
def team(ada: Person) -> Team:
    return company.team("Payments", ada, company.person("Bo"), manager=company.person("Mia"))


def test_a_file_of_leave_clashes_with_a_shift(ada, team, now):
    schedule = company.schedule(team, ada)
    commands.add_away_calendar(company.actor(ada), ada, file=document("20261201"), now=now)
    (clash,) = away.clashes_of(ada, now, reader=ada.id)
    assert (clash.schedule, clash.person, clash.summary) == (schedule, ada, "Skiing")
    assert (clash.start, clash.end) == (dt.datetime(2026, 11, 30, 23, tzinfo=dt.UTC), dt.datetime(2026, 12, 1, 23, tzinfo=dt.UTC))


def test_why_somebody_is_away_is_told_to_nobody_else(ada, team, now):
    schedule = company.schedule(team, ada)
    commands.add_away_calendar(SYSTEM, ada, file=document("20261201"), now=now)
    commands.add_away_calendar(SYSTEM, team, file=document("20261208", summary="Holiday"), now=now)
    assert [one.summary for one in away.clashes_in([schedule], now, reader="per_other")] == ["", "Holiday"]
    assert [one.summary for one in away.clashes_in([schedule], now, reader=ada.id)] == ["Skiing", "Holiday"]


def test_holidays_of_a_team_are_everybodys(ada, team, now):
    bo = Person.objects.get(name="Bo")
    company.schedule(team, ada, bo)
    outsider = company.person("Otto")
    company.schedule(company.team("Search", outsider), outsider)
    commands.add_away_calendar(company.actor(Person.objects.get(name="Mia")), team, file=document("20261124", "20261201"), now=now)
    assert [len(away.clashes_of(one, now, reader=one.id)) for one in (ada, bo, outsider)] == [1, 1, 0]


def test_only_the_next_sixty_days_count(ada, team, now):
    company.schedule(team, ada)
    commands.add_away_calendar(SYSTEM, ada, file=document("20261110", "20270310"), now=now)
    assert Absence.objects.count() == 2
    assert away.clashes_of(ada, now, reader=ada.id) == []


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "url"),
        ({"url": "https://example.com/a.ics", "file": b""}, "file"),
        ({"url": "http://example.com/a.ics"}, "url"),
        ({"url": "ftp://example.com/a.ics"}, "url"),
        ({"url": "https://"}, "url"),
        ({"url": "https://[/"}, "url"),
        ({"url": "https://me:secret@example.com/"}, "url"),
        ({"url": "https://example.com/" + "x" * 500}, "url"),
        ({"file": b"no calendar"}, "file"),
        ({"file": b"x" * 50_000_000}, "file"),
        ({"file": document("20261399")}, "file"),
        ({"file": document("20261201"), "name": "x" * 121}, "name"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_field(ada, now, given, field):
    with pytest.raises(Invalid) as refusal:
        commands.add_away_calendar(company.actor(ada), ada, **given, now=now)
    assert refusal.value.field == field
    assert not AwayCalendar.objects.exists()


def test_who_may_bring_one(ada, team, now):
    bo, mia = Person.objects.get(name="Bo"), Person.objects.get(name="Mia")
    for actor, owner in ((company.actor(bo), ada), (company.actor(mia), ada), (company.actor(ada), team)):
        with pytest.raises(NotAllowed):
            commands.add_away_calendar(actor, owner, file=document("20261201"), now=now)
    calendar = commands.add_away_calendar(company.actor(mia), team, file=document("20261201"), now=now)
    for forbidden in (commands.remove_away_calendar, commands.replace_away_calendar):
        with pytest.raises(NotAllowed):
            forbidden(company.actor(ada), calendar, now=now)
    commands.remove_away_calendar(company.actor(mia), calendar, now=now)
    assert not Absence.objects.exists()


def test_another_file_replaces_the_first(ada, now):
    calendar = commands.add_away_calendar(SYSTEM, ada, file=document("20261201", "20261202"), now=now)
    commands.replace_away_calendar(company.actor(ada), calendar, file=document("20261208"), now=now + DAY)
    assert [f"{one.starts_at:%d}" for one in Absence.objects.all()] == ["07"]
    names = list(Event.objects.filter(subject=calendar.id).order_by("id").values_list("name", flat=True))
    assert names == ["away.added", "away.replaced"]


def test_an_address_is_read_at_once_and_then_every_few_hours(ada, now, web):
    calendar = commands.add_away_calendar(company.actor(ada), ada, url="webcal://example.com/secret.ics", now=now)
    assert "secret" not in repr(list(Event.objects.values()))
    assert jobs.read_away(now) == 1
    assert jobs.read_away(now) == 0
    assert web.asked == ["https://example.com/secret.ics"]
    assert calendar.absences.count() == 1
    web.answer = document("20261202", "20261203")
    assert jobs.read_away(now + jobs.EVERY - dt.timedelta(seconds=1)) == 0
    assert jobs.read_away(now + jobs.EVERY) == 1
    assert calendar.absences.count() == 2


def test_what_an_address_gave_stays_while_it_gives_nothing_and_is_said_once(ada, now, web):
    calendar = commands.add_away_calendar(SYSTEM, ada, url="https://example.com/a.ics", now=now)
    jobs.read_away(now)
    for web.answer in ("The address answers 404 instead of a calendar.", b"<html>"):
        now += jobs.EVERY
        assert jobs.read_away(now) == 1
        calendar.refresh_from_db()
        assert calendar.fault
        assert calendar.absences.count() == 1
    assert Event.objects.filter(name="away.unreadable").count() == 1
    web.answer = document("20261208")
    jobs.read_away(now + jobs.AFTER_A_FAULT)
    calendar.refresh_from_db()
    assert (calendar.fault, calendar.absences.count()) == ("", 1)


def test_an_answer_for_an_address_that_was_replaced_meanwhile_is_dropped(ada, now, web):
    calendar = commands.add_away_calendar(SYSTEM, ada, url="https://example.com/a.ics", now=now)
    stale = AwayCalendar.objects.get(pk=calendar.pk)
    commands.replace_away_calendar(SYSTEM, calendar, file=document("20261208"), now=now)
    commands.keep_absences(stale, [], now=now)
    commands.note_fault(stale, "gone", now=now)
    assert Absence.objects.count() == 1
