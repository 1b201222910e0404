"""Layers and policies in their forms: looking without editing, and two people at once."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from tests import company
from tests.forms import filled
from tests.web.walk import signed_in
from tocsin.core import clock
from tocsin.core.actor import SYSTEM
from tocsin.core.errors import Stale
from tocsin.directory.models import Person
from tocsin.oncall import commands, meanwhile
from tocsin.oncall.models import Rotation, Schedule

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def robin() -> Person:
    return company.administrator("Robin")


@pytest.fixture
def schedule(robin: Person) -> Schedule:
    made = company.schedule(company.team("Payments"), company.person("Ada"), name="Primary")
    company.person("Ben")
    return made


def nights(schedule: Schedule) -> Rotation:
    """A layer with hours, an empty turn, a pair, an end, and other members since yesterday and from tomorrow on."""
    ada, ben = Person.objects.get(name="Ada"), Person.objects.get(name="Ben")
    now = clock.now()
    today = now.astimezone(ZoneInfo("Europe/Vienna")).date()
    turns = commands.Turns(
        zone="Europe/Vienna",
        starts_on=today - 30 * DAY,
        handover_time=dt.time(21),
        unit="days",
        lengths=(2, 1),
        windows=[{"days": [0, 1, 5], "from": "21:00", "to": "06:00"}, {"days": [2, 3], "from": "00:00", "to": "12:00"}],
        ends_at=now + 20 * DAY,
    )
    made = commands.add_rotation(SYSTEM, schedule, name="Nights", turns=turns, members=[ada, [], [ben, ada]], now=now - 9 * DAY)
    for days, members in ((-1, [[], ben, ada]), (1, [ben, []])):
        since = today + days * DAY
        commands.change_members(SYSTEM, made, members=members, since=since, now=now - 3 * DAY)
    return made


def test_a_saved_layer_that_is_looked_at_without_editing_changes_nothing(robin: Person, schedule: Schedule) -> None:
    page = f"/schedules/{schedule.slug}/layers/{nights(schedule).id}"
    client = signed_in(robin)
    sent = filled(client.get(page).text, "Show what changes")
    assert [one for one in sent["members"] if one] == ["nobody", "Ben", "Ada"], "whose turns they are now"
    assert "the same people are on call at every instant" in client.post(page, sent | {"look": "yes"}).text
    assert client.post(page, sent).status_code == 302
    saved = schedule.rotations.get(name="Nights", begins_at__isnull=False)
    assert saved.ends_at is not None
    page = f"/schedules/{schedule.slug}/layers/{saved.id}"
    again = filled(client.get(page).text, "Show what changes") | {"look": "yes"}
    assert "the same people are on call" in client.post(page, again).text


def test_the_second_of_two_who_edit_a_policy_sees_what_the_first_saved(robin: Person, schedule: Schedule) -> None:
    made = company.policy(schedule.team, schedule, wait=5)
    page = f"/policies/{made.slug}/change"
    first, second = signed_in(robin), signed_in(company.administrator("Kim"))
    mine, theirs = (filled(one.get(page).text, "wait-0") for one in (second, first))
    assert first.post(page, theirs | {"wait-0": "10"}).status_code == 302
    refused = second.post(page, mine | {"wait-0": "7", "name": "Mine"})
    assert refused.status_code == 409
    assert "Robin changed this meanwhile: step 1: delay 5 → 10 min." in refused.text
    assert "step 1: schedule Primary, then 10 min" in refused.text, "theirs"
    again = filled(refused.text, "wait-0")
    assert (again["wait-0"], again["name"]) == (["7"], ["Mine"]), "what was typed"
    made.refresh_from_db()
    assert (made.name, made.steps.get().wait_minutes) == ("Payments policy", 10)
    assert second.post(page, again).status_code == 302
    assert made.steps.get().wait_minutes == 7


def test_a_command_checks_the_version_under_its_lock(schedule: Schedule) -> None:
    made = company.policy(schedule.team, schedule)
    given = {"name": "P", "steps": [{"targets": [schedule]}], "repeats": 1, "now": clock.now()}
    read = meanwhile.version_of(made)
    commands.change_policy(SYSTEM, made, **given, read=read)
    with pytest.raises(Stale):
        commands.change_policy(SYSTEM, made, **given, read=read)


@pytest.mark.parametrize("begun", [True, False])
def test_the_second_of_two_who_edit_a_layer_applies_theirs_to_the_present_one(
    robin: Person, schedule: Schedule, begun: bool
) -> None:
    old = schedule.rotations.get()
    if not begun:
        Rotation.objects.update(starts_on=(clock.now() + 9 * DAY).date())
    page = f"/schedules/{schedule.slug}/layers/{old.id}"
    first, second = signed_in(robin), signed_in(company.administrator("Kim"))
    sent = filled(first.get(page).text, "Show what changes")
    assert first.post(page, sent | {"members": ["Ben"]}).status_code == 302
    for button in ({}, {"look": "yes"}):
        refused = second.post(page, sent | button | {"name": "Mine", "members": ["Ada", "nobody"]})
        assert refused.status_code == 409
    assert "Robin changed this meanwhile: layer weekly: added Ben; removed Ada; order Ben." in refused.text
    assert "Turn 1: Ben" in refused.text, "theirs"
    again = filled(refused.text, "Show what changes")
    assert (again["name"], [one for one in again["members"] if one]) == (["Mine"], ["Ada", "nobody"]), "what was typed"
    present = schedule.rotations.get(ends_at=None)
    assert second.get(page).headers["Location"].endswith(present.id)
    assert second.post(f"/schedules/{schedule.slug}/layers/{present.id}", again).status_code == 302
    assert schedule.rotations.get(ends_at=None).name == "Mine"


def test_members_that_changed_meanwhile_and_a_layer_that_ended_are_told_too(robin: Person, schedule: Schedule) -> None:
    made, kim, day = schedule.rotations.get(), company.administrator("Kim"), (clock.now() + DAY).date().isoformat()
    page = f"/schedules/{schedule.slug}/layers/{made.id}"
    first, second = signed_in(robin), signed_in(kim)
    text = first.get(page).text
    sent, members = filled(text, "Show what changes"), filled(text, "Change the members")
    assert first.post(f"{page}/members", members | {"since": day, "members": ["Ben"]}).status_code == 302
    for where, given in ((page, sent), (f"{page}/members", members | {"since": day, "members": ["Ada"]})):
        refused = second.post(where, given)
        assert refused.status_code == 409
        assert "Robin changed this meanwhile" in refused.text
    assert first.post(f"{page}/remove").status_code == 302
    ended = second.post(page, sent)
    assert ended.status_code == 409
    assert "Robin ended this layer meanwhile." in ended.text
    assert f'action="/schedules/{schedule.slug}/layers/new"' in ended.text


def test_the_confirmation_of_an_override_says_who_answers(robin: Person, schedule: Schedule) -> None:
    ada, ben = Person.objects.get(name="Ada"), Person.objects.get(name="Ben")
    turns = commands.Turns(zone="UTC", starts_on=dt.date(2026, 1, 5), handover_time=dt.time(9))
    upper = commands.add_rotation(SYSTEM, schedule, name="Weekends", turns=turns, members=[ben], now=clock.now())
    client, where = signed_in(robin), f"/schedules/{schedule.slug}/overrides"
    times = {"starts_at": "2030-01-05 09:00 UTC", "ends_at": "2030-01-06 09:00 UTC"}
    said = "from Sat 5 Jan 2030, 09:00 to Sun 6 Jan 2030, 09:00"

    def answer(**given: str) -> str:
        return client.post(where, times | given, follow=True).text

    assert f"Nobody in Weekends {said}; Ada answers." in answer(person="nobody", rotation=upper.id)
    assert f"Ada in Weekends {said}; Ada answers." in answer(person=ada.id, rotation=upper.id)
    assert f"Nobody in weekly {said}; Ada answers." in answer(person="nobody", rotation=schedule.rotations.get(name="weekly").id)
    assert f"Nobody is on call {said}, on purpose." in answer(person="nobody")
    assert f"Ben is on call {said}." in answer(person=ben.id)
