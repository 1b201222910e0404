"""The clocks of communication: who is reminded when, what clears it, what ends it."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.incidents.given import declared, fixing, house, later, resolved
from tests.statuspages.test_publishing import PARTS, published
from tocsin.core.models import Event, OutboxMail
from tocsin.incidents import commands as incidents
from tocsin.incidents import jobs
from tocsin.incidents import queries as timeline
from tocsin.statuspages import queries
from tocsin.statuspages.clocks import queries as clocks

pytestmark = pytest.mark.django_db

CHANGES = (dt.datetime(2027, 3, 28, 0, 30, tzinfo=dt.UTC), dt.datetime(2027, 10, 31, 0, 30, tzinfo=dt.UTC))
"""Half past one at night in Vienna in spring, half past two in autumn: a little before the clocks there are changed."""


def run_engine(minutes: float) -> None:
    while jobs.ask_prompts(later(minutes)):
        pass


def reminded(step: str) -> list[str]:
    rows = Event.objects.filter(name="update.due").order_by("pk")
    return [event.data["page"] for event in rows if event.data["step"] == step]


def mails(words: str) -> set[str]:
    return set(OutboxMail.objects.filter(subject__contains=words).values_list("to", flat=True))


def speaking(there, minutes: float = 1):
    """A major incident that Ben leads and for which Ana speaks."""
    incident = fixing(there)
    incidents.assign_role(there.actor("ben"), incident, "communications_manager", there.ana, now=later(minutes))
    return incident


@pytest.mark.req("ICO-09", "U18")
def test_who_has_not_spoken_within_thirty_minutes_is_reminded_in_three_steps():
    there = house()
    speaking(there)
    run_engine(19.9)
    assert reminded("before") == []
    run_engine(20)
    assert sorted(reminded("before")) == ["external", "internal"]
    assert mails("are due at 09:30 UTC") == {there.ana.email, there.ben.email}
    run_engine(29)
    assert reminded("due") == []
    run_engine(30)
    assert sorted(reminded("due")) == ["external", "internal"]
    assert mails("are due now") == {there.ana.email}
    run_engine(34)
    assert reminded("late") == []
    run_engine(35)
    assert sorted(reminded("late")) == ["external", "internal"]
    assert mails("are overdue") == {there.ben.email}
    run_engine(500)
    assert Event.objects.filter(name="update.due").count() == 6


@pytest.mark.req("ICO-09", "FCO-10")
@pytest.mark.parametrize(("since", "limit"), [("declared", 30), ("said", 180), ("promised", 45)])
@pytest.mark.parametrize("beside", [-1, 0, 1])
def test_both_pages_are_overdue_from_the_minute_on_and_not_before(since, limit, beside):
    there = house()
    incident = speaking(there, minutes=0)
    if since != "declared":
        published(there, incident, now=later(0), next_update_at=later(45 if since == "promised" else 500))
    assert [one.is_overdue(later(limit + beside)) for one in clocks.clocks(incident)] == [beside >= 0] * 2
    run_engine(limit + beside)
    assert len(reminded("due")) == (2 if beside >= 0 else 0)


@pytest.mark.req("ICO-09", "FCO-10")
@pytest.mark.parametrize("night", CHANGES, ids=["an hour is missing", "an hour comes twice"])
def test_hours_are_as_long_in_the_night_in_which_clocks_are_changed(night):
    there = house()
    type(there.ana).objects.update(zone="Europe/Vienna")
    incident = fixing(there, now=night)
    run_engine((night - later(0)).total_seconds() / 60 + 29)
    assert (reminded("due"), queries.next_due(incident)) == ([], night + dt.timedelta(minutes=30))
    published(there, incident, now=night + dt.timedelta(minutes=29), next_update_at=night + dt.timedelta(hours=9))
    due = night + dt.timedelta(minutes=29 + 180)
    assert [(one.due_at, one.is_overdue(due - dt.timedelta(minutes=1))) for one in clocks.clocks(incident)] == [(due, False)] * 2
    for minute, times in ((29 + 179, 0), (29 + 180, 2)):
        run_engine((night - later(0)).total_seconds() / 60 + minute)
        assert len(reminded("due")) == times


@pytest.mark.req("ICO-09", "FCO-10")
def test_each_page_has_a_clock_of_its_own_and_posting_there_clears_it():
    there = house()
    incident = speaking(there)
    published(there, incident, external=None, now=later(10), next_update_at=later(500))
    assert [(one.audience, one.due_at) for one in clocks.clocks(incident)] == [("internal", later(190)), ("external", later(30))]
    run_engine(40)
    assert (reminded("due"), reminded("late")) == (["external"], ["external"])
    published(there, incident, internal=None, now=later(41), next_update_at=later(500), confirmation="form 2")
    assert queries.next_due(incident) == later(190)
    run_engine(181)
    assert reminded("before") == ["internal"]
    run_engine(189)
    assert reminded("due") == ["external"]
    run_engine(190)
    assert reminded("due") == ["external", "internal"]


@pytest.mark.req("FCO-04", "FCO-10")
def test_a_promise_that_is_sooner_starts_the_reminder():
    there = house()
    incident = speaking(there)
    published(there, incident, now=later(5), next_update_at=later(45))
    run_engine(44)
    assert reminded("due") == []
    run_engine(51)
    assert sorted(reminded("due")) == sorted(reminded("late")) == ["external", "internal"]
    published(there, incident, internal=PARTS, now=later(52), next_update_at=later(90), confirmation="form 2")
    run_engine(60)
    assert len(reminded("due")) == 2
    lines = [line.text for line in timeline.timeline(there.actor("ana"), incident)]
    assert "next words to customers are overdue since 09:45 UTC" in lines


@pytest.mark.req("ICO-09")
def test_after_a_long_stop_each_step_that_passed_is_said_once_and_not_that_words_will_be_due():
    there = house()
    speaking(there)
    run_engine(90)
    run_engine(90)
    assert (reminded("before"), len(reminded("due")), len(reminded("late"))) == ([], 2, 2)


def test_a_clock_that_is_set_back_reminds_of_nothing_early_and_of_nothing_twice():
    there = house()
    speaking(there)
    run_engine(30)
    run_engine(10)
    run_engine(30)
    assert len(reminded("due")) == 2


def test_resolving_ends_every_clock():
    there = house()
    incident = speaking(there)
    published(there, incident, now=later(5), next_update_at=later(45))
    incident = resolved(there, incident, final={}, now=later(30))
    run_engine(500)
    assert (clocks.clocks(incident), Event.objects.filter(name="update.due").exists()) == ([], False)


def test_nothing_is_owed_for_a_drill_a_small_incident_or_to_customers_of_a_private_one():
    there = house()
    declared(there, drill=True)
    small = declared(there, severity=3)
    run_engine(500)
    assert reminded("due") == []
    private = fixing(there, by="root", private=True)
    assert [one.audience for one in clocks.clocks(private)] == ["internal"]
    raised = incidents.set_severity(there.actor("ben"), small, 1, now=later(5))
    assert len(clocks.clocks(raised)) == 2


def test_the_limits_are_settings(settings):
    there = house()
    settings.TOCSIN = settings.TOCSIN.model_copy(update={"first_words_minutes": 15, "longest_silence_minutes": 60})
    incident = speaking(there)
    assert queries.next_due(incident) == later(15)
    published(there, incident, now=later(10), next_update_at=later(500))
    assert queries.next_due(incident) - later(10) == dt.timedelta(minutes=60)
