"""The calendar of a schedule and the forms beside it speak of one zone, and name it."""

from __future__ import annotations

import datetime as dt

import pytest

from tests import company
from tests.web.walk import signed_in
from tocsin.oncall.models import Schedule

pytestmark = pytest.mark.django_db


@pytest.fixture
def rota() -> Schedule:
    """Of a team in Vienna; whoever looks is in Tokyo and manages it."""
    mia = company.person("Mia", zone="Asia/Tokyo")
    schedule = company.schedule(company.team("Payments", manager=mia), mia)
    Schedule.objects.filter(pk=schedule.pk).update(zone="Europe/Vienna")
    return schedule


@pytest.mark.parametrize(("query", "place", "hour"), [("", "Vienna", 8), ("?zone=mine", "Tokyo", 0), ("?zone=utc", "UTC", 9)])
def test_a_typed_time_is_of_the_zone_that_the_calendar_shows(rota: Schedule, query: str, place: str, hour: int) -> None:
    me, path = signed_in(company.Person.objects.get(name="Mia")), f"/schedules/{rota.slug}"
    page = me.get(path + query).text
    assert page.count(f"As the calendar: times in {place}.") == 2
    assert f'action="{path}/overrides{query}"' in page
    assert f'action="{path}/covers{query}"' in page
    form = {"starts_at": "2030-01-05 09:00", "ends_at": "2030-01-06 09:00"}
    assert me.post(f"{path}/overrides{query}", form).status_code == 302
    assert rota.overrides.get().starts_at == dt.datetime(2030, 1, 5, hour, tzinfo=dt.UTC)


def test_a_time_that_does_not_exist_is_said_when_it_is_kept(rota: Schedule) -> None:
    me, path = signed_in(company.Person.objects.get(name="Mia")), f"/schedules/{rota.slug}"
    form = {"starts_at": "2030-03-31 02:30", "ends_at": "2030-03-31 09:00"}
    answer = me.post(f"{path}/overrides", form, follow=True)
    assert "02:30 does not exist that night; taken as 03:" in answer.text


def test_the_time_machine_and_the_preview_name_the_reader_s_zone(rota: Schedule) -> None:
    me = signed_in(company.Person.objects.get(name="Mia"))
    assert "in Tokyo" in me.get("/oncall/time-machine?at=18:00").text
    layer = {
        "name": "Nights",
        "zone": "UTC",
        "starts_on": "2026-01-05",
        "handover_time": "21:00",
        "members": ["Mia"],
        "look": "yes",
    }
    assert "times in Tokyo" in me.post(f"/schedules/{rota.slug}/layers/new", layer).text
