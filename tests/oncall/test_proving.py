"""The gap prover over the tables: whom it names, what the engine keeps, what the metrics say."""

from __future__ import annotations

import datetime as dt
import math

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import company
from tests.conftest import NOW
from tocsin.core.actor import SYSTEM
from tocsin.core.observe import metrics
from tocsin.directory import commands as directory
from tocsin.directory.models import ContactMethod, Gateway
from tocsin.oncall import commands, compiling, jobs, proving
from tocsin.oncall.models import PolicyStep, StepTarget

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def covered(name="Checkout", *people, team="Payments", **more):
    """A service whose policy asks the schedule of its team."""
    owner = company.team(team)
    service = company.service(name, owner)
    schedule = company.schedule(owner, *people)
    company.cover(service, policy=company.policy(owner, schedule, **more))
    return service, schedule


def phone(person, *, verified=False):
    gateway, _ = Gateway.objects.get_or_create(
        name="phone", defaults={"method": "POST", "url": "https://sms.example.com", "created_at": NOW, "updated_at": NOW}
    )
    return company.method(person, "+43 1", gateway=gateway, verified=verified)


def test_a_service_with_a_roster_that_can_be_reached_is_proven(now):
    covered("Checkout", company.person("Ada"), company.person("Bo"))
    company.last_resort()
    report = proving.prove(now)
    assert (report.proven, report.services, report.findings) == (True, 1, ())


@pytest.mark.req("PAG-13")
def test_whose_phone_is_not_verified_is_named_and_sign_in_mail_is_no_proof(now):
    ben = company.person("Ben", reach=False)
    phone(ben)
    covered("Checkout", ben)
    company.last_resort()
    report = proving.prove(now)
    assert report.proven, "the last resort answers"
    assert [one.words for one in report.warnings] == [
        "Fri 20 Nov 2026 09:00 UTC and on, Checkout: step 1 reaches Ben, whose phone is not verified"
    ]
    assert report.warnings[0].urgencies == ("high", "low")


def test_a_method_that_broke_is_no_way_to_be_paged(now):
    ben = company.person("Ben")
    covered("Checkout", ben)
    company.last_resort(company.person("Imogen", reach=False))
    ContactMethod.objects.filter(person=ben).update(broken_at=now)
    report = proving.prove(now)
    assert report.unproven == {"checkout"}
    assert report.failures[0].words.endswith(
        "step 1 reaches Ben, whose mail address is broken; the last resort reaches Imogen, who has no verified way to be paged"
    )


@pytest.mark.req("PAG-13")
def test_a_deactivated_person_leaves_a_gap_and_the_layer_is_named(now):
    ada, root = company.person("Ada"), company.administrator()
    covered("Checkout", ada)
    company.last_resort(root)
    directory.deactivate(company.actor(root), ada, now=now)
    assert [one.words for one in proving.prove(now).warnings] == [
        "Fri 20 Nov 2026 09:00 UTC and on, Checkout: step 1: layer weekly of Payments on call has nobody"
    ]


def test_nobody_on_purpose_is_quiet_and_an_empty_roster_is_not(now):
    ada = company.person("Ada")
    _, schedule = covered("Checkout", ada)
    covered("Search", team="Search")
    company.last_resort()
    commands.add_override(SYSTEM, schedule, person=None, starts_at=now + DAY, ends_at=now + 2 * DAY, reason="holiday", now=now)
    report = proving.prove(now)
    assert [one.service for one in report.warnings] == ["search"]
    assert report.proven


def test_a_team_target_and_a_step_for_one_urgency(now):
    ada, bo = company.person("Ada"), company.person("Bo", reach=False)
    service, _ = covered("Checkout", bo)
    team = company.team("Everybody", ada, bo)
    step = PolicyStep.objects.create(policy=service.cover.policy, position=1, urgency="low")
    StepTarget.objects.create(step=step, team=team)
    report = proving.prove(now)
    assert [(one.fails, one.urgencies) for one in report.findings] == [(True, ("high",))]
    assert "nobody is behind the last resort" in report.failures[0].words


def test_a_service_without_a_policy_has_the_last_resort_alone(now):
    company.service("Checkout")
    company.last_resort()
    report = proving.prove(now)
    assert report.proven
    assert [one.words for one in report.warnings] == [
        "Fri 20 Nov 2026 09:00 UTC and on, Checkout: no step of the policy counts then"
    ]


def test_more_services_ask_no_more_questions_of_the_store(now):
    covered("Checkout", company.person("Ada", reach=False))
    company.last_resort()

    def questions() -> int:
        compiling._kept.clear()
        with CaptureQueriesContext(connection) as asked:
            proving.prove(now)
        return len(asked)

    few = questions()
    for number in range(5):
        covered(f"Service {number}", company.person(f"P{number}", reach=False), team=f"Team {number}")
    assert questions() == few


def test_the_engine_keeps_the_proof_and_the_metrics_say_it(now):
    assert proving.stored() is None
    covered("Checkout", company.person("Ben", reach=False))
    jobs.prove(now)
    kept = proving.stored()
    assert kept == proving.prove(now)
    proving.count(now + DAY)
    assert metrics.registry.get_sample_value("tocsin_services_unproven") == 1
    assert metrics.registry.get_sample_value("tocsin_unproven_in_seconds") == 0
    assert metrics.registry.get_sample_value("tocsin_services_proof_age_seconds") == 86_400
    company.last_resort()
    jobs.prove(now + dt.timedelta(minutes=1))
    assert proving.stored() == kept, "not every tick"
    jobs.prove(now + dt.timedelta(minutes=5))
    proving.count(now)
    assert metrics.registry.get_sample_value("tocsin_services_unproven") == 0
    assert metrics.registry.get_sample_value("tocsin_services_last_resort") == 1
    assert metrics.registry.get_sample_value("tocsin_unproven_in_seconds") == math.inf


def test_how_long_until_the_first_time_that_pages_nobody(now):
    ada = company.person("Ada")
    _, schedule = covered("Checkout", ada)
    mute = company.person("Mute", reach=False)
    commands.add_override(SYSTEM, schedule, person=mute, starts_at=now + DAY, ends_at=now + 2 * DAY, reason="", now=now)
    report = commands.keep_proof(SYSTEM, now=now)
    assert [(one.start, one.end) for one in report.failures] == [(now + DAY, now + 2 * DAY)]
    proving.count(now)
    assert metrics.registry.get_sample_value("tocsin_unproven_in_seconds") == 86_400
