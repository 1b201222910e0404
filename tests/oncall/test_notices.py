"""Notices about shifts: each once, to those it concerns, across restarts and clock changes, and never long after the fact."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import company
from tocsin.core.actor import SYSTEM
from tocsin.core.models import OutboxMail
from tocsin.directory import commands as directory
from tocsin.directory.models import Person, Team
from tocsin.oncall import commands
from tocsin.oncall.calendars import jobs
from tocsin.oncall.commands import Turns

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
HANDOVER = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
"""A Monday, as every hand-over of the companies in tests."""


@pytest.fixture
def ada() -> Person:
    return company.person("Ada", zone="Europe/Vienna")


@pytest.fixture
def bo() -> Person:
    return company.person("Bo")


@pytest.fixture
def team(ada: Person, bo: Person) -> Team:
    return company.team("Payments", ada, bo, zone="Pacific/Kiritimati")


def mails() -> list[tuple[str, str]]:
    return list(OutboxMail.objects.order_by("to", "subject").values_list("to", "subject"))


def walk(since: dt.datetime, until: dt.datetime, step: dt.timedelta = 10 * MINUTE) -> None:
    """The engine from one instant to another."""
    while since <= until:
        jobs.send_notices(since)
        since += step


def test_a_hand_over_is_told_once_to_both(ada, bo, team):
    company.schedule(team, ada, bo, name="Primary")
    walk(HANDOVER - HOUR, HANDOVER - MINUTE)
    assert mails() == []
    walk(HANDOVER, HANDOVER + 3 * HOUR)
    taker, giver = sorted((ada, bo), key=lambda one: one.email in dict(mails()) and "You are" not in dict(mails())[one.email])
    assert sorted(mails()) == sorted([(taker.email, "You are on call: Primary"), (giver.email, "Your shift is over: Primary")])
    body = OutboxMail.objects.get(to=taker.email).body
    assert f"You take over from {giver.name}." in body
    assert "/oncall/mine" in body


def test_a_restart_repeats_nothing_and_an_hour_later_it_is_too_late(ada, bo, team):
    company.schedule(team, ada, bo, name="Primary")
    jobs.send_notices(HANDOVER + 59 * MINUTE)
    assert len(mails()) == 2
    jobs.send_notices(HANDOVER + 59 * MINUTE)
    assert len(mails()) == 2
    OutboxMail.objects.all().delete()
    jobs.send_notices(HANDOVER + 60 * MINUTE)
    assert mails() == []


@pytest.mark.parametrize("day", [dt.date(2026, 3, 29), dt.date(2026, 10, 25)])
def test_a_change_of_the_clocks_neither_repeats_nor_loses_a_notice(ada, bo, team, day):
    """Turns of a day that change hands at 02:30 in Vienna, which is there never or twice."""
    schedule = commands.create_schedule(SYSTEM, team=team, name="Nights", zone="Europe/Vienna", now=company.SINCE)
    turns = Turns("Europe/Vienna", dt.date(2026, 1, 6), dt.time(2, 30), unit="days")
    commands.add_rotation(SYSTEM, schedule, name="Nights", turns=turns, members=[ada, bo], now=company.SINCE)
    noon = dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC)
    walk(noon - DAY, noon, 7 * MINUTE)
    handovers = [one for one in mails() if "You are on call" in one[1]]
    assert len(handovers) == 1
    assert len([one for one in mails() if "Tomorrow" in one[1]]) == 1


def test_a_neighbouring_turn_of_the_same_person_is_no_hand_over(ada, team):
    company.schedule(team, ada, name="Primary")
    walk(HANDOVER - DAY, HANDOVER + HOUR)
    assert [one for one in mails() if "week" not in one[1]] == []


def test_a_reminder_comes_a_day_before_a_shift_of_four_hours(ada, bo, team, now):
    schedule = company.schedule(team, name="Primary")
    for start, length in ((now + 2 * DAY, 4), (now + 4 * DAY, 3)):
        commands.add_override(SYSTEM, schedule, person=bo, starts_at=start, ends_at=start + length * HOUR, now=now)
    walk(now, now + 2 * DAY - MINUTE)
    assert mails() == [(bo.email, "Tomorrow you are on call: Primary")]
    walk(now + 2 * DAY + HOUR, now + 3 * DAY + HOUR)
    assert len([one for one in mails() if "Tomorrow" in one[1]]) == 1


def test_reminders_can_be_switched_off_but_not_hand_overs(ada, bo, team):
    company.schedule(team, ada, bo, name="Primary")
    for one in (ada, bo):
        commands.choose_notices(company.actor(one), one, reminders=False, now=HANDOVER)
    walk(HANDOVER - DAY - HOUR, HANDOVER + HOUR)
    assert {subject for _, subject in mails()} == {"You are on call: Primary", "Your shift is over: Primary"}


def test_whoever_left_gets_nothing(ada, bo, team):
    company.schedule(team, ada, bo, name="Primary")
    for one in (ada, bo):
        directory.deactivate(SYSTEM, one, now=HANDOVER - 2 * DAY)
    walk(HANDOVER - DAY - HOUR, HANDOVER + HOUR)
    assert mails() == []


def test_the_week_of_a_team_comes_on_monday_at_nine_of_its_zone(ada, bo, team):
    schedule = company.schedule(team, ada, bo, name="Primary")
    monday = dt.datetime(2026, 11, 22, 19, 0, tzinfo=dt.UTC)
    gap = monday + 2 * DAY
    commands.add_override(SYSTEM, schedule, person=None, starts_at=gap, ends_at=gap + 4 * HOUR, now=monday - DAY)
    event = "BEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20261125\r\nSUMMARY:Off\r\nEND:VEVENT"
    holiday = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{event}\r\nEND:VCALENDAR\r\n".encode()
    commands.add_away_calendar(SYSTEM, team, file=holiday, now=monday - DAY)
    jobs.send_notices(monday - MINUTE)
    assert [one for one in mails() if "week" in one[1]] == []
    walk(monday, monday + 3 * HOUR)
    weekly = OutboxMail.objects.filter(subject="On call this week: Payments")
    assert sorted(weekly.values_list("to", flat=True)) == [ada.email, bo.email]
    body = weekly.get(to=bo.email).body
    assert "nobody, on purpose" in body
    assert "Ada" in body
    assert "On call and away:" in body


def test_looking_takes_the_same_number_of_queries_however_many_schedules(ada, bo, team):
    def queries() -> int:
        jobs.send_notices(HANDOVER + 3 * HOUR)
        with CaptureQueriesContext(connection) as seen:
            jobs.send_notices(HANDOVER + 3 * HOUR)
        return len(seen)

    company.schedule(team, ada, bo, name="One")
    before = queries()
    for number in range(5):
        company.schedule(team, ada, bo, name=f"More {number}")
    assert queries() == before
