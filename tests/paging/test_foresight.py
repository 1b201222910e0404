"""The time machine walks as the pager does."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import company
from tests.conftest import NOW
from tocsin.core.actor import SYSTEM
from tocsin.directory import commands as directory
from tocsin.directory.models import Gateway
from tocsin.oncall import commands, compiling
from tocsin.oncall.models import PolicyStep, StepTarget
from tocsin.paging.foresight import Way, foresee

pytestmark = pytest.mark.django_db
MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)


@pytest.fixture
def crew():
    """Bo and Ada take turns; then Cho is asked, then Imogen."""
    ada, bo, cho, imogen = (company.person(name) for name in ("Ada", "Bo", "Cho", "Imogen"))
    team = company.team("Payments", ada, bo, zone="Europe/Berlin")
    service = company.service("Checkout", team)
    schedule = company.schedule(team, bo, ada, zone="Europe/Berlin")
    company.cover(service, policy=company.policy(team, schedule, cho, repeats=0))
    company.last_resort(imogen)
    return service, schedule, ada, cho


def told(found):
    return [(place.at, place.number, [one.person.name for one in place.people]) for place in found.places]


def test_who_is_paged_when_and_at_last_the_last_resort(crew):
    service, *_ = crew
    found = foresee(service, "high", NOW)
    assert told(found) == [(NOW, 1, ["Ada"]), (NOW + 5 * MINUTE, 2, ["Cho"]), (NOW + 10 * MINUTE, 0, ["Imogen"])]
    assert [place.wait for place in found.places] == [5 * MINUTE, 5 * MINUTE, 15 * MINUTE]
    assert foresee(service, "low", NOW).places[-1].wait == HOUR
    assert [place.cycle for place in found.places] == [0, 0, 0]


def test_each_step_asks_the_rota_of_its_own_time(crew):
    service, *_ = crew
    policy = service.cover.policy
    StepTarget.objects.filter(step__policy=policy, step__position=1).update(
        person=None, schedule=policy.steps.get(position=0).targets.get().schedule
    )
    monday = dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC)
    assert [names for _, _, names in told(foresee(service, "high", monday - MINUTE))] == [["Ada"], ["Bo"], ["Imogen"]]


def test_the_night_of_the_clock_change_and_the_past(crew):
    service, *_ = crew
    jump = dt.datetime(2026, 3, 30, 6, 59, tzinfo=dt.UTC)
    names = [foresee(service, "high", at).places[0].people[0].person.name for at in (jump, jump + MINUTE)]
    assert names == ["Ada", "Bo"], "09:00 in Berlin is 07:00 UTC from this night on"


def test_a_gap_a_step_for_other_hours_and_one_for_the_other_urgency_are_passed_over(crew):
    service, schedule, _, _ = crew
    policy = service.cover.policy
    commands.add_override(SYSTEM, schedule, person=None, starts_at=NOW, ends_at=NOW + HOUR, reason="", now=NOW)
    policy.steps.filter(position=1).update(windows=[{"days": [6], "from": "00:00", "to": "23:59"}])
    third = PolicyStep.objects.create(policy=policy, position=2, wait_minutes=7, urgency="low")
    StepTarget.objects.create(step=third, team=company.team("Everybody", company.person("Dan"), company.person("Eve")))
    found = foresee(service, "low", NOW)
    assert told(found) == [(NOW, 1, []), (NOW, 2, []), (NOW, 3, ["Dan", "Eve"]), (NOW + 7 * MINUTE, 0, ["Imogen"])]
    assert (found.places[0].gaps, found.places[1].counts) == (("Payments on call",), False)
    assert [number for _, number, _ in told(foresee(service, "high", NOW))] == [1, 2, 0]


def test_how_each_person_is_reached(crew):
    service, _, ada, cho = crew
    phone = Gateway.objects.create(name="phone", method="POST", url="https://x.example.com", created_at=NOW, updated_at=NOW)
    mail = ada.contact_methods.get()
    company.notify(ada, mail, company.method(ada, "+43", gateway=phone), urgency="high", delays=(0, 3))
    cho.contact_methods.update(verified_at=None)
    places = foresee(service, "high", NOW).places
    assert places[0].people[0].ways == (Way("mail", 0, True), Way("phone", 3, True))
    assert places[1].people[0].ways == (Way("sign-in mail", 0, False),)


def test_who_was_there_then_is_there_although_they_left_since(crew):
    service, _, ada, _ = crew
    directory.deactivate(company.actor(company.administrator()), ada, now=NOW)
    assert [one.person.name for one in foresee(service, "high", NOW - HOUR).places[0].people] == ["Ada"]
    assert foresee(service, "high", NOW + HOUR).places[0].people == ()


def test_a_service_without_a_policy_begins_with_the_last_resort_and_repeats_cost_nothing(crew):
    service, *_ = crew
    alone = foresee(company.service("Search"), "high", NOW)
    assert (alone.policy, told(alone)) == (None, [(NOW, 0, ["Imogen"])])

    def questions():
        compiling._kept.clear()
        with CaptureQueriesContext(connection) as asked:
            foresee(service, "high", NOW)
        return len(asked)

    few = questions()
    service.cover.policy.__class__.objects.update(repeats=5)
    assert questions() == few
    assert len(foresee(service, "high", NOW).places) == 13
