"""Layers and policies in their forms: looking without editing, and two people at once."""

from __future__ import annotations

import datetime as dt

import pytest

from tests import company
from tests.web.walk import filled, signed_in
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
    turns = commands.Turns(
        zone="Europe/Vienna",
        starts_on=now.date() - 30 * DAY,
        handover_time=dt.time(21),
        unit="days",
        lengths=(2, 1),
        windows=[{"days": [0, 1, 5], "from": "21:00", "to": "06:00"}, {"days": [2, 3], "from": "00:00", "to": "12:00"}],
        ends_at=now + 20 * DAY,
    )
    made = commands.add_rotation(SYSTEM, schedule, name="Nights", turns=turns, members=[ada, [], [ben, ada]], now=now - 9 * DAY)
    for days, members in ((-1, [[], ben, ada]), (1, [ben, []])):
        since = (now + days * DAY).date()
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
    assert "the same people are on call" in client.post(page.rpartition("/")[0] + f"/{saved.id}", sent | {"look": "yes"}).text


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
