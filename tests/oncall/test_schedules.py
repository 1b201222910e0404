"""Schedules and policies through their commands: what is refused and in which field, and who is on call then."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import company
from tocsin.core.actor import SYSTEM
from tocsin.core.errors import Conflict, Invalid, NotAllowed, NotFound
from tocsin.core.models import Event
from tocsin.directory import commands as directory
from tocsin.directory.models import Membership, Person
from tocsin.oncall import commands, queries
from tocsin.oncall.commands import Turns
from tocsin.oncall.models import Schedule

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
TURNS = {"zone": "Europe/Vienna", "starts_on": dt.date(2026, 11, 16), "handover_time": dt.time(9)}
MONDAY = {"name": "Primary", "turns": Turns(**TURNS)}


@pytest.fixture
def ada() -> Person:
    return company.person("Ada")


@pytest.fixture
def ben() -> Person:
    return company.person("Ben")


@pytest.fixture
def schedule(ada, now) -> Schedule:
    team = company.team("Payments", manager=ada)
    return commands.create_schedule(SYSTEM, team=team, name="Payments on call", zone="Europe/Vienna", now=now)


@pytest.mark.req("PAG-07", "PAG-08")
def test_a_rotation_and_an_override_say_who_is_on_call(ada, ben, schedule, now):
    actor = company.actor(ada)
    commands.add_rotation(actor, schedule, **MONDAY, members=[ada, ben], now=now)
    commands.add_override(actor, schedule, person=ben, starts_at=now + HOUR, ends_at=now + 2 * HOUR, reason="Dentist", now=now)
    assert queries.people_on_call(schedule, now) == [ada]
    assert queries.people_on_call(schedule, now + HOUR) == [ben]
    assert queries.people_on_call(schedule, now + 2 * HOUR) == [ada]
    assert queries.next_handover(schedule, now + 2 * HOUR) == (dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC), [ben])
    names = Event.objects.filter(subject=schedule.id).order_by("id").values_list("name", flat=True)
    assert list(names) == ["schedule.created", "schedule.rotation_added", "schedule.override_added"]


def test_an_override_can_be_taken_back(ada, ben, schedule, now):
    commands.add_rotation(SYSTEM, schedule, **MONDAY, members=[ada], now=now)
    override = commands.add_override(SYSTEM, schedule, person=ben, starts_at=now, ends_at=now + HOUR, now=now)
    commands.remove_override(company.actor(ada), override, now=now)
    assert queries.people_on_call(schedule, now) == [ada]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"zone": "Mars/Base"}, "zone"),
        ({"zone": "../../etc/passwd"}, "zone"),
        ({"zone": ""}, "zone"),
        ({"zone": "\0"}, "zone"),
        ({"members": []}, "members"),
        ({"lengths": (0,)}, "lengths"),
        ({"lengths": (53,)}, "lengths"),
        ({"lengths": (True,)}, "lengths"),
        ({"lengths": ()}, "lengths"),
        ({"unit": "fortnights"}, "unit"),
        ({"anchor": "moon"}, "anchor"),
        ({"windows": [{"days": [7], "from": "09:00", "to": "17:00"}]}, "windows.0.days"),
        ({"windows": [{"days": [0], "from": "9", "to": "17:00"}]}, "windows.0.from"),
        ({"ends_at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)}, "ends_at"),
        ({"name": " "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"name": "\ud800"}, "name"),
        ({"starts_on": dt.date(9999, 12, 31)}, "starts_on"),
    ],
)
def test_a_rotation_that_cannot_be_is_refused_with_its_field(ada, schedule, now, wrong, field):
    given = {name: value for name, value in wrong.items() if name in {"name", "members"}}
    turns = Turns(**TURNS | {name: value for name, value in wrong.items() if name not in given})
    with pytest.raises(Invalid) as refusal:
        commands.add_rotation(SYSTEM, schedule, **{"name": "Primary", "members": [ada], **given}, turns=turns, now=now)
    assert refusal.value.field == field


def test_people_who_are_not_paged_cannot_be_put_on_call(ben, schedule, now):
    directory.deactivate(company.actor(company.administrator()), ben, now=now)
    ben.refresh_from_db()
    for person in (ben, company.stakeholder()):
        with pytest.raises(Invalid) as refusal:
            commands.add_rotation(SYSTEM, schedule, **MONDAY, members=[person], now=now)
        assert refusal.value.field == "members"


@pytest.mark.parametrize(
    ("start", "end", "field"), [(1, 1, "ends_at"), (2, 1, "ends_at"), (-3, -1, "ends_at"), (0, 24 * 500, "ends_at")]
)
def test_an_override_that_cannot_be_is_refused_with_its_field(ada, schedule, now, start, end, field):
    with pytest.raises(Invalid) as refusal:
        commands.add_override(SYSTEM, schedule, person=ada, starts_at=now + start * HOUR, ends_at=now + end * HOUR, now=now)
    assert refusal.value.field == "ends_at"


def test_an_override_without_a_zone_is_refused(ada, schedule, now):
    with pytest.raises(Invalid) as refusal:
        commands.add_override(SYSTEM, schedule, person=ada, starts_at=now.replace(tzinfo=None), ends_at=now + HOUR, now=now)
    assert refusal.value.field == "starts_at"


@pytest.mark.parametrize(
    ("steps", "field"),
    [
        (lambda ada: [], "steps"),
        (lambda ada: [{"wait_minutes": 5, "targets": []}], "steps.0.targets"),
        (lambda ada: [{"wait_minutes": 0, "targets": [ada]}], "steps.0.wait_minutes"),
        (lambda ada: [{"targets": [ada]}, {"wait_minutes": 10**9, "targets": [ada]}], "steps.1.wait_minutes"),
        (lambda ada: [{"targets": [ada, ada]}], "steps.0.targets"),
        (lambda ada: [{"targets": ["per_x"]}], "steps.0.targets"),
        (lambda ada: [{"targets": [ada]}] * 21, "steps"),
    ],
)
def test_a_policy_that_cannot_be_is_refused_with_its_field(ada, now, steps, field):
    with pytest.raises(Invalid) as refusal:
        commands.create_policy(SYSTEM, team=company.team(), name="P", steps=steps(ada), now=now)
    assert refusal.value.field == field


def test_a_policy_cannot_call_a_policy(ada, now):
    team = company.team()
    policy = company.policy(team, ada)
    with pytest.raises(Invalid) as refusal:
        commands.create_policy(SYSTEM, team=team, name="Ring", steps=[{"targets": [policy]}], now=now)
    assert "a policy cannot call a policy" in refusal.value.detail


def test_only_managers_edit_and_members_may_take_a_shift_upon_themselves(ada, ben, schedule, now):
    directory.add_member(company.actor(ada), schedule.team, ben, now=now)
    member, stranger = company.actor(ben), company.actor(company.person("Zoe"))
    with pytest.raises(NotAllowed):
        commands.add_rotation(member, schedule, **MONDAY, members=[ben], now=now)
    with pytest.raises(NotAllowed):
        commands.add_override(member, schedule, person=ada, starts_at=now, ends_at=now + HOUR, now=now)
    with pytest.raises(NotAllowed):
        commands.add_override(stranger, schedule, person=ben, starts_at=now, ends_at=now + HOUR, now=now)
    mine = commands.add_override(member, schedule, person=ben, starts_at=now, ends_at=now + HOUR, now=now)
    with pytest.raises(NotAllowed):
        commands.remove_override(stranger, mine, now=now)
    with pytest.raises(NotAllowed):
        commands.create_schedule(company.actor(ada), team=None, name="Managers", zone="UTC", now=now)


def test_short_names_are_made_from_names_and_given_once(schedule, now):
    again = commands.create_schedule(SYSTEM, team=schedule.team, name="Payments on call", zone="UTC", now=now)
    assert (schedule.slug, again.slug) == ("payments-on-call", "payments-on-call-2")
    with pytest.raises(Conflict):
        commands.create_schedule(SYSTEM, team=schedule.team, name="X", zone="UTC", slug="payments-on-call", now=now)
    with pytest.raises(NotFound):
        queries.schedule(SYSTEM, "no-such-schedule")


def test_the_last_resort_is_one_and_must_be_reachable(ada, now):
    empty = company.schedule(None, name="Empty")
    unreachable = company.schedule(None, company.person("Mute", reach=False), name="Mute")
    good, better = company.schedule(None, ada, name="Good"), company.schedule(None, ada, name="Better")
    for wrong in (empty, unreachable):
        with pytest.raises(Invalid):
            commands.set_last_resort(SYSTEM, wrong, now=now)
    assert queries.last_resort() is None
    commands.set_last_resort(SYSTEM, good, now=now)
    commands.set_last_resort(SYSTEM, better, now=now)
    assert queries.last_resort() == better
    assert Schedule.objects.filter(is_last_resort=True).count() == 1
    with pytest.raises(Conflict):
        commands.remove_rotation(SYSTEM, better.rotations.get(), now=now)


def test_the_last_resort_reaches_somebody_whatever_happens(ada, ben, now):
    root = company.administrator()
    assert queries.last_resort_people(now) == [root]
    roster = company.schedule(None, ada, ben, last_resort=True)
    (on_call,) = queries.last_resort_people(now)
    directory.deactivate(company.actor(root), on_call, now=now)
    assert queries.people_on_call(roster, now) == []
    assert queries.last_resort_people(now) == [{ada: ben, ben: ada}[on_call]]


@pytest.mark.req("PAG-13")
def test_somebody_deactivated_leaves_a_gap_that_is_said_aloud(ada, schedule, now):
    commands.add_rotation(SYSTEM, schedule, **MONDAY, members=[ada], now=now)
    directory.deactivate(company.actor(company.administrator()), ada, now=now)
    cover = queries.on_call_at(schedule, now)
    assert (cover.people, cover.gap) == ((), True)
    (row,) = queries.now_table(now)
    assert (row.gap, row.people) == (True, [])


@pytest.mark.req("PAG-03")
def test_a_service_that_nobody_covers_has_the_last_resort(ada, now):
    team, roster = company.team(), company.last_resort(ada)
    service = company.service("checkout", team)
    assert (queries.policy_for(service), queries.roster_for(service)) == (None, roster)
    assert queries.roster_for(None) == roster
    own = company.schedule(team, ada)
    commands.cover_service(SYSTEM, service, policy=company.policy(team, own), roster=own, now=now)
    assert queries.roster_for(service) == own
    assert queries.policy_for(service) is not None


def test_the_table_of_now_asks_the_same_number_of_questions_for_many_schedules(now):
    people = [company.person(f"P{number}", reach=number % 2 == 0) for number in range(4)]
    company.schedule(company.team("A"), people[0], people[1])
    with CaptureQueriesContext(connection) as one:
        queries.now_table(now)
    for name in "BCDE":
        company.schedule(company.team(name), *people)
    with CaptureQueriesContext(connection) as many:
        rows = queries.now_table(now)
    assert len(many) == len(one)
    assert {row.schedule.name for row in rows} == {f"{name} on call" for name in "ABCDE"}
    for row in rows:
        assert row.reachable == frozenset(person.id for person in row.people if person.contact_methods.exists())
        assert (row.until, row.next_people) == queries.next_handover(row.schedule, now)
        assert tuple(person.id for person in row.people) == queries.on_call_at(row.schedule, now).people


def test_the_rows_that_a_page_shows_its_reader_are_those_of_the_table_that_concern_them(ada, ben, now):
    team, other = company.team("A"), company.team("B")
    far, near = company.schedule(other, ben), company.schedule(team, ben)
    resort = company.last_resort(ben)
    reader = company.actor(ada)
    table = {row.schedule: row for row in queries.now_table(now)}
    assert set(table) == {far, near, resort}
    assert queries.watched(reader, now) == [table[resort]]
    Membership.objects.create(team=team, person=ada)
    assert queries.watched(company.actor(ada), now) == [table[near], table[resort]]
    commands.add_override(SYSTEM, far, person=ada, starts_at=now, ends_at=now + HOUR, now=now)
    rows = queries.watched(reader, now)
    assert [(row.schedule, row.people) for row in rows] == [(far, [ada]), (resort, [ben])]
    assert far not in {row.schedule for row in queries.watched(reader, now + HOUR)}


def test_shifts_of_the_screen_agree_with_the_pager(ada, ben, schedule, now):
    commands.add_rotation(SYSTEM, schedule, **MONDAY, members=[ada, ben], now=now)
    commands.add_override(SYSTEM, schedule, person=ben, starts_at=now + HOUR, ends_at=now + 2 * HOUR, now=now)
    for shift in queries.shifts(schedule, now, now + dt.timedelta(days=30)):
        assert queries.on_call_at(schedule, shift.start).people == shift.people


def test_no_schedule_hides_behind_a_page_of_its_name(now):
    made = commands.create_schedule(SYSTEM, team=None, name="Proof", zone="UTC", now=now)
    assert made.slug != "proof"
    with pytest.raises(Conflict, match="taken"):
        commands.create_schedule(SYSTEM, team=None, name="Mine", zone="UTC", slug="mine", now=now)
