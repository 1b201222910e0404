"""Planned work from its plan to its end: by itself, by hand, moved, called off, forgotten, again."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from tests.incidents import given
from tests.incidents.given import later
from tests.statuspages import readers, works
from tests.statuspages.works import DAY, HOUR, engine, fresh, planned, state_of, weekly
from tocsin.core.actor import SYSTEM
from tocsin.core.errors import Conflict, Invalid, NotAllowed
from tocsin.core.models import Event, OutboxMail
from tocsin.core.work import leases
from tocsin.statuspages import commands as statuspages
from tocsin.statuspages import parts as status_parts
from tocsin.statuspages.maintenance import commands, queries
from tocsin.statuspages.maintenance.models import Maintenance
from tocsin.statuspages.mirrors import commands as mirrors
from tocsin.statuspages.mirrors.models import MirrorCopy
from tocsin.statuspages.subscribers.models import FanOut

pytestmark = pytest.mark.django_db


@pytest.fixture
def there() -> given.House:
    return given.house()


def said(one: Maintenance) -> list[str]:
    """Acts, the first first."""
    return list(one.updates.order_by("at", "id").values_list("act", flat=True))


def test_work_begins_and_ends_by_itself_at_its_times(there) -> None:
    part = readers.part()
    one = planned(there, part)
    assert engine(HOUR - 0.1) == 0
    assert engine(HOUR + 0.1) == 1
    assert (fresh(one).state, fresh(one).begun_at, state_of(part)) == ("in_progress", later(HOUR + 0.1), "under_maintenance")
    assert engine(3 * HOUR - 0.1) == 0
    assert engine(3 * HOUR) == 1
    assert (fresh(one).state, state_of(part)) == ("completed", "operational")
    assert said(one) == ["planned", "begun", "completed"]
    assert engine(30 * DAY) == 0


def test_work_whose_whole_time_passed_while_nothing_ran_is_told_once(there) -> None:
    part = readers.part()
    one = planned(there, part)
    engine(DAY)
    assert (fresh(one).state, fresh(one).begun_at, said(one)) == ("completed", None, ["planned", "completed"])
    assert state_of(part) == "operational"


def test_a_claim_that_somebody_overtook_does_nothing(there) -> None:
    one = planned(there)
    claimed = leases.claim(Maintenance, lane="maintenance", owner="other", now=later(HOUR), limit=1)[0]
    commands.move(there.actor("ana"), one, starts_at=later(5 * HOUR), now=later(HOUR))
    assert commands.attend(claimed, now=later(HOUR)) is False
    assert (fresh(one).state, fresh(one).due_at) == ("scheduled", later(4 * HOUR))
    assert engine(5 * HOUR) == 1


def test_what_a_process_had_claimed_when_it_died_is_done_by_the_next(there) -> None:
    part = readers.part()
    one = planned(there, part)
    leases.claim(Maintenance, lane="maintenance", owner="killed", now=later(HOUR), limit=1)
    assert engine(HOUR + 0.1) == 0
    assert engine(HOUR + 1) == 1
    assert (fresh(one).state, state_of(part), said(one)) == ("in_progress", "under_maintenance", ["planned", "begun"])


def test_pages_elsewhere_hear_that_a_part_is_under_maintenance(there) -> None:
    part = readers.part()
    mirrors.create_mirror(SYSTEM, name="Own", kind="signed", audience="external", address="https://own.example.com/x", now=later(0))
    planned(there, part)
    engine(HOUR)
    assert [copy.parts[0]["state"] for copy in MirrorCopy.objects.filter(about=part.pk)] == ["under_maintenance"]


def test_by_hand_it_begins_early_is_verified_and_ends(there) -> None:
    part, ana = readers.part(), there.actor("ana")
    one = planned(there, part, begins_by_itself=False, ends_by_itself=False)
    commands.begin(ana, one, body="We start a little sooner.", now=later(30))
    commands.say(ana, one, "Half of it is done.", now=later(40))
    commands.verify(ana, one, now=later(50))
    assert state_of(part) == "under_maintenance"
    commands.complete(ana, one, now=later(60))
    assert state_of(part) == "operational"
    assert said(one) == ["planned", "begun", "said", "verifying", "completed"]
    assert [one.status for one in one.updates.order_by("at")][-3:] == ["in_progress", "verifying", "completed"]


@pytest.mark.parametrize("verb", ["begin", "verify", "complete", "cancel"])
def test_a_verb_that_does_not_fit_the_state_is_a_conflict(there, verb: str) -> None:
    one = planned(there)
    commands.cancel(there.actor("ana"), one, now=later(1))
    with pytest.raises(Conflict, match="called off"):
        getattr(commands, verb)(there.actor("ana"), one, now=later(2))
    with pytest.raises(Conflict):
        commands.say(there.actor("ana"), one, "x", now=later(2))
    with pytest.raises(Conflict):
        commands.move(there.actor("ana"), one, starts_at=later(90), now=later(2))
    assert said(one) == ["planned", "cancelled"]


def test_it_does_not_hide_an_incident_that_is_open_on_its_part(there) -> None:
    part, incident = readers.part(), given.fixing(there)
    readers.said(there, incident, components={part.pk: "partial_outage"})
    one = planned(there, part, at=20)
    engine(HOUR)
    assert state_of(part) == "partial_outage"
    readers.said(there, incident, 2 * HOUR, status="resolved", next_update_at=None)
    assert state_of(part) == "under_maintenance", "the incident is over, the work is not"
    engine(3 * HOUR)
    assert (fresh(one).state, state_of(part)) == ("completed", "operational")


def test_an_incident_that_begins_during_the_work_outlives_it(there) -> None:
    part, incident = readers.part(), given.fixing(there)
    planned(there, part)
    engine(HOUR)
    readers.said(there, incident, 70, components={part.pk: "major_outage"})
    engine(3 * HOUR)
    assert state_of(part) == "major_outage"
    readers.said(there, incident, 4 * HOUR, status="resolved", next_update_at=None)
    assert state_of(part) == "operational"


def test_words_that_a_part_works_again_leave_it_under_maintenance_while_work_goes_on(there) -> None:
    part, incident = readers.part(), given.fixing(there)
    planned(there, part)
    engine(HOUR)
    readers.said(there, incident, 70, components={part.pk: "degraded_performance"})
    readers.said(there, incident, 80, status="monitoring", components={part.pk: "operational"})
    assert state_of(part) == "under_maintenance"


def test_of_two_works_on_one_part_the_last_one_lets_it_go(there) -> None:
    part = readers.part()
    planned(there, part)
    second = planned(there, part, title="Second", ends=4 * HOUR)
    assert queries.warnings(second.page, [part.pk], second.starts_at, second.ends_at, but=second.pk) == [
        "“New database”, Fri 20 Nov 2026, 10:00 to 12:00 UTC, concerns Payments at the same time."
    ]
    engine(HOUR)
    engine(3 * HOUR)
    assert state_of(part) == "under_maintenance"
    engine(4 * HOUR)
    assert state_of(part) == "operational"


def test_parts_may_change_while_it_goes_on(there) -> None:
    old, new = readers.part("Old"), readers.part("New")
    one = planned(there, old)
    engine(HOUR)
    commands.change(there.actor("ana"), one, parts=[new.pk], say="It is the other one.", now=later(70))
    assert (state_of(old), state_of(new)) == ("operational", "under_maintenance")
    assert said(one)[-1] == "changed"


def test_a_change_that_tells_nobody_anything_writes_an_event_and_nothing_that_was_said(there) -> None:
    one = planned(there)
    commands.change(there.actor("ana"), one, title="New data base", now=later(1))
    commands.change(there.actor("ana"), one, title="New data base", now=later(2))
    assert (fresh(one).title, said(one), fresh(one).sequence) == ("New data base", ["planned"], 1)
    assert Event.objects.filter(name="maintenance.changed").count() == 1
    commands.change(there.actor("ana"), one, body="Ten minutes.", now=later(3))
    assert said(one) == ["planned", "changed"]
    assert not FanOut.objects.filter(of_work__act="changed").exists()


def test_moving_keeps_the_length_and_extending_moves_the_end_alone(there) -> None:
    one, ana = planned(there), there.actor("ana")
    one = commands.move(ana, one, starts_at=later(DAY), now=later(1))
    assert (one.ends_at, one.sequence) == (later(DAY + 2 * HOUR), 1)
    assert one.updates.first().body.startswith("This work is moved to Sat 21 Nov 2026, 09:00 to 11:00 UTC.")
    commands.move(ana, one, starts_at=later(DAY), now=later(2))
    assert fresh(one).sequence == 1, "the same time again is no move"
    engine(DAY)
    with pytest.raises(Invalid) as refused:
        commands.move(ana, one, starts_at=later(2 * DAY), now=later(DAY + 1))
    assert refused.value.field == "starts_at"
    one = commands.move(ana, one, ends_at=later(DAY + 5 * HOUR), body="A disk is slow.", now=later(DAY + 1))
    assert one.updates.first().body.startswith("The work takes longer: until Sat 21 Nov 2026, 14:00 UTC")
    assert engine(DAY + 2 * HOUR) == 0
    assert engine(DAY + 5 * HOUR) == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"starts_at": later(-5)}, "starts_at"),
        ({"ends_at": later(5)}, "ends_at"),
        ({"title": " "}, "title"),
        ({"body": ""}, "body"),
        ({"title": "Because of HOT-12"}, "title"),
        ({"parts": ["cmp_nothing"]}, "parts"),
        ({"starts_at": dt.datetime(2026, 12, 1, 2)}, "starts_at"),  # noqa: DTZ001
    ],
)
def test_a_plan_that_cannot_be_names_the_field(there, fields, field) -> None:
    with pytest.raises(Invalid) as refused:
        planned(there, **fields)
    assert refused.value.field == field
    assert not Maintenance.objects.exists()


def test_the_same_plan_twice_is_one(there) -> None:
    planned(there)
    with pytest.raises(Conflict) as refused:
        planned(there)
    assert refused.value.code == "planned_already"


def test_stakeholders_plan_nothing(there) -> None:
    one = planned(there)
    for verb in (commands.begin, commands.cancel, commands.complete, commands.verify):
        with pytest.raises(NotAllowed):
            verb(there.actor("sven"), one, now=later(1))
    with pytest.raises(NotAllowed):
        commands.plan(there.actor("sven"), one.page, title="x", body="x", starts_at=later(5), ends_at=later(9), now=later(1))


def test_forgotten_work_is_shown_to_its_owner_and_asked_for_once_a_day(there) -> None:
    part = readers.part()
    one = planned(there, part, begins_by_itself=False, ends_by_itself=False)
    engine(HOUR)
    mail = OutboxMail.objects.get(to=there.ana.email)
    assert mail.subject == "Planned work should have begun: New database"
    assert f"/maintenance/{one.id}" in mail.body
    assert queries.owed(there.ana.id, later(HOUR)) == [one]
    assert queries.owed(there.ben.id, later(HOUR)) == []
    assert engine(2 * HOUR) == 0
    assert engine(HOUR + DAY) == 1
    assert OutboxMail.objects.filter(to=there.ana.email).count() == 2
    commands.begin(there.actor("ana"), one, now=later(HOUR + DAY + 1))
    engine(HOUR + DAY + 2)
    assert OutboxMail.objects.filter(to=there.ana.email).last().subject == "Planned work should be over: New database"
    assert queries.shown(later(DAY + 2 * HOUR))[0].overdue == "end"
    assert state_of(part) == "under_maintenance", "nobody says that it is over, so readers are not told that it is"
    assert Event.objects.filter(name="maintenance.overdue").count() == 3


def test_each_time_of_a_series_is_a_row_made_ahead_that_goes_its_own_way(there) -> None:
    part, ana = readers.part(), there.actor("ana")
    series = weekly(there, part)
    times = list(series.maintenances.order_by("number"))
    assert [f"{one.starts_at:%d %b %H:%M}" for one in times][:2] == ["22 Nov 01:00", "29 Nov 01:00"]
    assert len(times) == 13
    assert queries.rule_words(series) == "every week on Sunday at 02:00, Europe/Vienna"
    commands.move(ana, times[0], starts_at=given.NOW.replace(day=23, hour=1), now=later(1))
    commands.cancel(ana, times[1], now=later(2))
    first_left = queries.coming([series], later(3))[series.pk]
    assert first_left == given.NOW.replace(day=23, hour=1)
    engine(40 * DAY)
    series.refresh_from_db()
    assert series.made > 13
    assert series.maintenances.count() == series.made
    summer = series.maintenances.filter(starts_at__month=3, starts_at__year=2027)
    assert all(one.starts_at.hour == 1 for one in summer if one.starts_at.day < 28)
    assert fresh(times[0]).starts_at.day == 23, "what was moved stays moved"
    assert fresh(times[1]).state == "cancelled"
    with pytest.raises(IntegrityError), transaction.atomic():
        Maintenance.objects.filter(pk=times[2].pk).update(number=1)


def test_a_series_that_ends_calls_off_what_was_still_to_come_and_tells_so_once(there) -> None:
    readers.subscriber()
    series = weekly(there)
    engine(41 * HOUR)
    assert series.maintenances.filter(state="in_progress").count() == 1
    before = FanOut.objects.count()
    commands.end_series(there.actor("ana"), series, now=later(41.5 * HOUR))
    assert FanOut.objects.count() == before + 1
    assert set(series.maintenances.values_list("state", flat=True)) == {"in_progress", "cancelled"}
    engine(200 * DAY)
    assert series.maintenances.filter(state="completed").count() == 1
    with pytest.raises(Conflict):
        commands.end_series(there.actor("ana"), series, now=later(201 * DAY))


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"rule": "FREQ=DAILY"}, "rule"), ({"zone": "Vienna"}, "zone"), ({"rule": "FREQ=WEEKLY;BYDAY=MO;UNTIL=20261101"}, "rule")],
)
def test_a_series_that_cannot_be_names_the_field(there, fields, field) -> None:
    with pytest.raises(Invalid) as refused:
        weekly(there, **fields)
    assert refused.value.field == field


def test_only_planned_work_says_that_a_part_is_under_maintenance(there) -> None:
    part = readers.part()
    with pytest.raises(Invalid) as refused:
        statuspages.set_component_state(SYSTEM, part, "under_maintenance", now=later(1))
    assert refused.value.field == "state"


def test_a_page_without_planned_work_asks_one_question_more(there, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        assert queries.shown(later(1)) == []


def test_planned_work_is_read_in_as_many_queries_however_much_there_is(there, django_assert_num_queries) -> None:
    part = readers.part()
    weekly(there, part)
    page = status_parts.page("external")
    with django_assert_num_queries(3):
        assert len(queries.shown(later(1), page)) == 13
    assert works.engine(0) == 0
