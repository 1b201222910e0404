"""Swaps and covers: who may ask, who may accept, and what becomes of a request when the rota under it is edited."""

from __future__ import annotations

import datetime as dt

import pytest

from tests import company
from tocsin.core.actor import SYSTEM, Actor
from tocsin.core.errors import Conflict, Invalid, NotAllowed
from tocsin.core.models import Event
from tocsin.directory import commands as directory
from tocsin.directory.models import Person
from tocsin.oncall import commands, queries
from tocsin.oncall.commands import Turns
from tocsin.oncall.models import CoverRequest, Schedule

pytestmark = [pytest.mark.django_db, pytest.mark.req("PAG-08")]

HOUR, DAY, WEEK = dt.timedelta(hours=1), dt.timedelta(days=1), dt.timedelta(weeks=1)
MONDAY = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
WEEKLY = Turns("UTC", dt.date(2026, 11, 23), dt.time(9))


@pytest.fixture
def people() -> dict[str, Person]:
    return {name: company.person(name) for name in ("Ada", "Ben", "Cho", "Mia")}


@pytest.fixture
def rota(people: dict[str, Person], now: dt.datetime) -> Schedule:
    """Ada from Monday, Ben the week after, Cho after that; Mia manages the team."""
    team = company.team("Payments", people["Ada"], people["Ben"], people["Cho"], manager=people["Mia"])
    schedule = commands.create_schedule(SYSTEM, team=team, name="Payments", zone="UTC", now=now)
    members = [people["Ada"], people["Ben"], people["Cho"]]
    commands.add_rotation(SYSTEM, schedule, name="Primary", turns=WEEKLY, members=members, now=now)
    return schedule


def actor(person: Person) -> Actor:
    return company.actor(person)


def on_call(schedule: Schedule, at: dt.datetime) -> list[str]:
    return [person.name for person in queries.people_on_call(schedule, at)]


def ask(rota: Schedule, people: dict[str, Person], now: dt.datetime, **more: object) -> CoverRequest:
    given = {"person": people["Ada"], "starts_at": MONDAY + DAY, "ends_at": MONDAY + 2 * DAY, **more}
    return commands.ask_cover(actor(people["Ada"]), rota, **given, now=now)  # type: ignore[arg-type]


def test_whoever_accepts_has_the_shift_and_nothing_else_moves(rota, people, now):
    request = ask(rota, people, now)
    assert on_call(rota, MONDAY + DAY) == ["Ada"], "until somebody accepts"
    commands.accept_cover(actor(people["Ben"]), request, now=now)
    instants = [MONDAY, MONDAY + DAY, MONDAY + 2 * DAY - HOUR, MONDAY + 2 * DAY, MONDAY + WEEK]
    assert [on_call(rota, at) for at in instants] == [["Ada"], ["Ben"], ["Ben"], ["Ada"], ["Ben"]]
    assert Event.objects.filter(name="cover.accepted", context=rota.id).exists()


def test_a_swap_gives_the_shift_in_return(rota, people, now):
    back = (MONDAY + WEEK + DAY, MONDAY + WEEK + 2 * DAY)
    request = ask(rota, people, now, asked=people["Ben"], back=back)
    commands.accept_cover(actor(people["Ben"]), request, now=now)
    assert on_call(rota, MONDAY + DAY) == ["Ben"]
    assert on_call(rota, back[0]) == ["Ada"]
    assert on_call(rota, back[1]) == ["Ben"]


def test_two_swaps_one_after_the_other_compose(rota, people, now):
    commands.accept_cover(actor(people["Ben"]), ask(rota, people, now), now=now)
    given = {"person": people["Ben"], "starts_at": MONDAY + DAY, "ends_at": MONDAY + DAY + 6 * HOUR}
    second = commands.ask_cover(actor(people["Ben"]), rota, **given, now=now)
    commands.accept_cover(actor(people["Cho"]), second, now=now)
    names = [on_call(rota, MONDAY + DAY + hours * HOUR)[0] for hours in (0, 5, 6, 23, 24)]
    assert names == ["Cho", "Cho", "Ben", "Ben", "Ada"]


def test_the_first_who_accepts_has_it_and_the_second_is_told(rota, people, now):
    request = ask(rota, people, now)
    commands.accept_cover(actor(people["Ben"]), request, now=now)
    with pytest.raises(Conflict, match="accepted already by Ben"):
        commands.accept_cover(actor(people["Cho"]), request, now=now)
    assert on_call(rota, MONDAY + DAY) == ["Ben"]


def test_who_may_ask_answer_and_take_back(rota, people, now):
    stranger = company.person("Sam")
    with pytest.raises(NotAllowed):
        commands.ask_cover(actor(people["Ben"]), rota, person=people["Ada"], starts_at=MONDAY, ends_at=MONDAY + DAY, now=now)
    request = ask(rota, people, now, asked=people["Ben"])
    for person in (people["Ada"], people["Cho"], stranger):
        with pytest.raises(NotAllowed):
            commands.accept_cover(actor(person), request, now=now)
    with pytest.raises(NotAllowed):
        commands.decline_cover(actor(people["Cho"]), request, now=now)
    commands.withdraw_cover(actor(people["Mia"]), request, now=now)
    with pytest.raises(Conflict, match="withdrawn already"):
        commands.accept_cover(actor(people["Ben"]), request, now=now)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"starts_at": MONDAY + WEEK, "ends_at": MONDAY + WEEK + DAY}, "starts_at"),
        ({"starts_at": MONDAY + DAY, "ends_at": MONDAY + DAY}, "ends_at"),
        ({"starts_at": dt.datetime(2026, 11, 24)}, "starts_at"),  # noqa: DTZ001
        ({"asked": "Ada"}, "asked"),
        ({"asked": "Ben", "back": (MONDAY, MONDAY + DAY)}, "back_starts_at"),
        ({"back": (MONDAY + DAY, MONDAY)}, "back_ends_at"),
        ({"note": "x" * 201}, "note"),
    ],
)
def test_a_request_that_cannot_be_is_refused_with_its_field(rota, people, now, wrong, field):
    if isinstance(wrong.get("asked"), str):
        wrong = wrong | {"asked": people[wrong["asked"]]}
    with pytest.raises(Invalid) as refusal:
        ask(rota, people, now, **wrong)
    assert refusal.value.field == field


def test_a_request_lapses_when_the_rota_under_it_is_edited_and_stays_when_it_is_not(rota, people, now):
    request = ask(rota, people, now)
    later = {"person": people["Cho"], "starts_at": MONDAY + 3 * DAY, "ends_at": MONDAY + 4 * DAY}
    commands.add_override(actor(people["Mia"]), rota, **later, now=now)
    request.refresh_from_db()
    assert request.state == CoverRequest.OPEN
    whole = {"person": people["Cho"], "starts_at": MONDAY, "ends_at": MONDAY + WEEK}
    commands.add_override(actor(people["Mia"]), rota, **whole, now=now)
    request.refresh_from_db()
    assert (request.state, request.ended_because) == (
        CoverRequest.LAPSED,
        "The rota was edited: Ada is not on call in that time any more.",
    )


def test_an_edit_of_a_layer_never_rewrites_who_was_on_call(rota, people, now):
    at = MONDAY + WEEK + DAY
    (layer,) = queries.layers(rota, at)
    turns = Turns("UTC", dt.date(2026, 11, 23), dt.time(9), unit="days")
    commands.change_rotation(actor(people["Mia"]), layer, name="Daily", turns=turns, members=[people["Cho"]], now=at)
    assert [on_call(rota, MONDAY), on_call(rota, at - HOUR), on_call(rota, at)] == [["Ada"], ["Ben"], ["Cho"]]
    (fresh,) = queries.layers(rota, at)
    commands.remove_rotation(actor(people["Mia"]), fresh, now=at + HOUR)
    assert [on_call(rota, at), on_call(rota, at + HOUR)] == [["Cho"], []]
    assert [on_call(rota, MONDAY), on_call(rota, at - HOUR)] == [["Ada"], ["Ben"]]


def test_a_member_who_joins_enters_last_and_moves_no_turn_before(rota, people, now):
    (layer,) = queries.layers(rota, now)
    joined = [people["Ada"], people["Ben"], people["Cho"], people["Mia"]]
    commands.change_members(actor(people["Mia"]), layer, members=joined, since=dt.date(2026, 12, 1), now=now)
    weeks = [on_call(rota, MONDAY + number * WEEK)[0] for number in range(7)]
    assert weeks == ["Ada", "Ben", "Cho", "Mia", "Ada", "Ben", "Cho"]
    with pytest.raises(Invalid) as refusal:
        commands.change_members(actor(people["Mia"]), layer, members=joined, since=dt.date(2020, 1, 1), now=now)
    assert refusal.value.field == "since"


def test_nobody_on_purpose_is_no_gap_and_one_layer_lets_the_next_answer(rota, people, now):
    night = commands.add_rotation(SYSTEM, rota, name="Top", turns=WEEKLY, members=[people["Mia"]], now=now)
    mia = actor(people["Mia"])
    commands.add_override(mia, rota, person=None, starts_at=MONDAY, ends_at=MONDAY + DAY, rotation=night, now=now)
    assert on_call(rota, MONDAY) == ["Ada"]
    commands.add_override(mia, rota, person=None, starts_at=MONDAY + DAY, ends_at=MONDAY + 2 * DAY, now=now)
    cover = queries.on_call_at(rota, MONDAY + DAY)
    assert (cover.people, cover.gap) == ((), False)


def test_a_deactivated_person_lets_the_layer_below_answer_at_once(rota, people, now):
    commands.add_rotation(SYSTEM, rota, name="Top", turns=WEEKLY, members=[people["Mia"]], now=now)
    assert on_call(rota, MONDAY) == ["Mia"]
    directory.deactivate(company.actor(company.administrator()), people["Mia"], now=MONDAY + HOUR)
    assert [on_call(rota, MONDAY + 30 * dt.timedelta(minutes=1)), on_call(rota, MONDAY + HOUR)] == [[], ["Ada"]]
