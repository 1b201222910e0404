"""Mail about swaps, and the line on Home: whoever is asked hears of it, and so does whoever waits for the answer. Each once."""

from __future__ import annotations

import datetime as dt

import pytest

from tests import company
from tests.web.walk import signed_in
from tocsin.core.actor import SYSTEM
from tocsin.core.models import OutboxMail
from tocsin.directory.models import Person
from tocsin.oncall import commands
from tocsin.oncall.calendars import jobs, swaps
from tocsin.oncall.commands import Turns
from tocsin.oncall.models import CoverRequest, Schedule

pytestmark = [pytest.mark.django_db, pytest.mark.req("PAG-08")]

DAY, WEEK = dt.timedelta(days=1), dt.timedelta(weeks=1)
MONDAY = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
WEEKLY = Turns("UTC", dt.date(2026, 11, 23), dt.time(9))


@pytest.fixture
def people() -> dict[str, Person]:
    return {name: company.person(name) for name in ("Ada", "Ben", "Cho", "Mia")}


@pytest.fixture
def rota(people: dict[str, Person], now: dt.datetime) -> Schedule:
    """Ada from Monday, Ben the week after, Cho after that; Mia manages the team, Sven only watches it."""
    members = [people[name] for name in ("Ada", "Ben", "Cho")]
    team = company.team("Payments", *members, company.stakeholder(), manager=people["Mia"])
    schedule = commands.create_schedule(SYSTEM, team=team, name="Payments", zone="UTC", now=now)
    commands.add_rotation(SYSTEM, schedule, name="Primary", turns=WEEKLY, members=members, now=now)
    return schedule


def ask(rota: Schedule, people: dict[str, Person], now: dt.datetime, by: str = "Ada", **more: object) -> CoverRequest:
    given = {"person": people["Ada"], "starts_at": MONDAY + DAY, "ends_at": MONDAY + 2 * DAY, **more}
    return commands.ask_cover(company.actor(people[by]), rota, **given, now=now)  # type: ignore[arg-type]


def mails() -> dict[str, str]:
    """Subjects by who they go to, and nothing is left in the outbox."""
    found = {row.to.split("@")[0]: row.subject for row in OutboxMail.objects.all()}
    assert len(found) == OutboxMail.objects.count(), "one mail for each person"
    OutboxMail.objects.all().delete()
    return found


def test_the_colleague_who_is_asked_gets_one_mail_that_says_it_all(rota, people, now):
    back = (MONDAY + WEEK + DAY, MONDAY + WEEK + 2 * DAY)
    request = ask(rota, people, now, asked=people["Ben"], back=back, note="a wedding")
    commands.write_notices(swaps.asked(request, people["Ada"].id), now=now)
    body = OutboxMail.objects.get().body
    assert "Ada asks you to take over Payments from Tue 24 Nov 09:00 UTC to Wed 25 Nov 09:00 UTC." in body
    assert "In return Ada takes over what is yours from Tue 1 Dec 09:00 UTC" in body
    assert "“a wedding”" in body
    assert "/oncall/swaps" in body
    assert mails() == {"ben": "Ada asks for a swap: Payments"}


def test_a_team_is_asked_without_the_asker_and_those_who_cannot_answer(rota, people, now):
    ask(rota, people, now)
    assert sorted(mails()) == ["ben", "cho", "mia"]


def test_both_hear_that_it_was_accepted(rota, people, now):
    request = ask(rota, people, now, asked=people["Ben"])
    mails()
    commands.accept_cover(company.actor(people["Ben"]), request, now=now)
    assert mails() == {"ada": "Ben takes your shift: Payments", "ben": "You took a shift over: Payments"}


def test_whoever_asked_hears_a_no(rota, people, now):
    request = ask(rota, people, now, asked=people["Ben"])
    mails()
    commands.decline_cover(company.actor(people["Ben"]), request, now=now)
    assert mails() == {"ada": "Ben cannot take your shift: Payments"}


def test_what_is_taken_back_need_not_be_answered(rota, people, now):
    request = ask(rota, people, now, asked=people["Ben"])
    mails()
    commands.withdraw_cover(company.actor(people["Ada"]), request, now=now)
    assert mails() == {"ben": "Nobody is asked any more: Payments"}


def test_an_edit_that_ends_a_request_is_told(rota, people, now):
    ask(rota, people, now, asked=people["Ben"])
    mails()
    whole = {"person": people["Cho"], "starts_at": MONDAY, "ends_at": MONDAY + WEEK}
    commands.add_override(company.actor(people["Mia"]), rota, **whole, now=now)
    assert "Ada is not on call in that time any more." in OutboxMail.objects.get(to=people["Ada"].email).body
    assert sorted(mails()) == ["ada", "ben"]


def test_a_request_that_nobody_answers_ends_with_the_shift_once(rota, people, now):
    request = ask(rota, people, now, asked=people["Ben"])
    mails()
    for minute in range(3):
        jobs.send_notices(MONDAY + 2 * DAY + dt.timedelta(minutes=minute))
    request.refresh_from_db()
    assert request.state == CoverRequest.LAPSED
    assert mails() == dict.fromkeys(("ada", "ben"), "A request for a swap has ended: Payments")


def test_somebody_whose_manager_asked_is_told_too(rota, people, now):
    ask(rota, people, now, by="Mia", asked=people["Ben"])
    assert mails() == {"ada": "Somebody is asked for you: Payments", "ben": "Ada asks for a swap: Payments"}


def test_home_says_what_waits_for_an_answer(rota, people, now):
    ask(rota, people, now, asked=people["Ben"])
    assert "Asked of you" in signed_in(people["Ben"]).get("/").text
    assert "Asked of you" not in signed_in(people["Cho"]).get("/").text
