"""The auditor: it turns red when something is forgotten, and only then."""

from __future__ import annotations

import datetime as dt

import pytest

from tests import company
from tests.paging.world import fire, house
from tocsin.core.eventlog import events as log
from tocsin.core.eventlog import sealing
from tocsin.core.store import facts
from tocsin.directory.models import ContactMethod
from tocsin.paging import queries
from tocsin.paging.jobs import audit
from tocsin.paging.models import Attempt, Escalation, Page

pytestmark = pytest.mark.django_db
LATE = dt.timedelta(seconds=6)


def problems(now: dt.datetime) -> list[str]:
    sealing.seal(now)
    return queries.prove(now).problems


def test_all_is_proven_while_an_escalation_runs_in_time(now, mail, engine):
    fire(house().service, now)
    engine.run(now)
    assert problems(now + LATE) == []


def test_an_open_alert_without_an_escalation_is_named(now, mail, engine):
    fire(house().service, now)
    engine.run(now)
    Escalation.objects.update(state="stopped", work_state="cancelled")
    assert problems(now + LATE) == ["#1: the alert is open and nobody is going to be paged for it."]


def test_a_late_step_and_a_late_message_are_named(now, mail, engine):
    fire(house().service, now)
    assert problems(now + LATE) == ["#1: the next step is late."]
    engine.run(now)
    Attempt.objects.update(work_state="due", due_at=now)
    assert problems(now + LATE) == ["Messages to people are late."]


def test_a_lease_that_ran_out_unnoticed_is_late(now, mail, engine):
    fire(house().service, now)
    Escalation.objects.update(work_state="leased", lease_until=now)
    assert problems(now + LATE) == ["#1: the next step is late."]


def test_a_running_escalation_without_work_is_named(now, mail, engine):
    fire(house().service, now)
    Escalation.objects.update(work_state="failed")
    assert problems(now + LATE) == ["#1: the escalation runs but has no next step."]


def test_a_page_that_waits_without_a_message_is_named(now, mail, engine):
    fire(house().service, now)
    engine.run(now)
    Page.objects.update(status="waiting")
    assert problems(now + LATE) == ["Ada is to be paged, but no message is on its way."]


def test_an_escalation_that_starts_over_and_over_without_a_page_is_named(now, mail, engine, monkeypatch):
    fire(house().service, now)

    def broken(event, actor):
        raise RuntimeError("a room above has a fault")

    monkeypatch.setitem(log._handlers, "page.created", [broken])
    engine.run_until(now, now + dt.timedelta(seconds=40), every=dt.timedelta(seconds=1))
    assert problems(now + dt.timedelta(seconds=41)) == ["#1: the escalation runs, but nobody has been paged."]


def test_a_last_resort_that_nobody_can_reach_is_named(now, mail, engine):
    house()
    ContactMethod.objects.filter(person__name="Imogen").delete()
    assert problems(now) == ["Nobody of the last resort has a verified way to be paged."]


def test_events_that_wait_to_be_sealed_are_named(now, mail, engine):
    fire(house().service, now)
    engine.run(now)
    assert queries.prove(now + LATE).problems == ["Events wait too long to be sealed."]


def test_on_hold_nothing_is_proven(now):
    company.last_resort()
    facts.put("hold", True)
    assert problems(now) == ["On hold: nobody is paged until an administrator releases this installation."]


def test_the_result_is_kept_and_grows_stale(now):
    assert queries.proof(now) == queries.Proof(False, ["The auditor has not run yet."])
    audit.tick(now)
    assert queries.proof(now).ok
    for at in (now + dt.timedelta(seconds=31), now - dt.timedelta(hours=1)):
        stale = queries.proof(at)
        assert not stale.ok
        assert stale.problems[0].startswith("The auditor has not run since")
    audit.tick(now - dt.timedelta(hours=1))
    assert queries.proof(now - dt.timedelta(hours=1)).ok, "the clock was set back"


def test_an_installation_that_is_being_set_up_is_not_red(now):
    assert problems(now) == []
