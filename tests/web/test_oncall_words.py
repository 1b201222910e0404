"""Pages of on call: who is meant, for which roster, and a beginning that fits the reader."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from tests import company
from tests.web.walk import signed_in
from tocsin.core import clock
from tocsin.oncall import commands
from tocsin.oncall.models import Schedule

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def rota() -> Schedule:
    """Cho alone is on call for Payments, Mia manages it, Imogen is the last resort."""
    cho, mia = company.person("Cho"), company.person("Mia")
    company.last_resort(company.person("Imogen"))
    return company.schedule(company.team("Payments", cho, company.person("Ben"), manager=mia), cho)


def who(name: str) -> company.Person:
    return company.Person.objects.get(name=name)


def chosen(page: str, field: str) -> str:
    found = re.search(rf'<select class="in" id="{field}".*?</select>', page, re.DOTALL)
    assert found
    return re.findall(r"selected>([^<]*)<", found.group())[0]


def test_a_manager_outside_the_rota_begins_with_somebody_of_it(rota: Schedule) -> None:
    page = signed_in(who("Mia")).get(f"/schedules/{rota.slug}").text
    assert (chosen(page, "person"), chosen(page, "giver")) == ("Cho", "Cho")


def test_only_those_who_may_answer_are_sent_to_answer(rota: Schedule) -> None:
    now = clock.now()
    asked = {"person": who("Cho"), "asked": who("Ben"), "starts_at": now + DAY, "ends_at": now + 2 * DAY}
    commands.ask_cover(company.actor(who("Cho")), rota, **asked, now=now)
    links = {name: signed_in(who(name)).get(f"/schedules/{rota.slug}").text for name in ("Ben", "Cho", "Mia")}
    assert [('swaps">Answer' in page, 'swaps">See' in page) for page in links.values()] == [
        (True, False),
        (False, True),
        (False, False),
    ]


def test_a_policy_names_who_the_last_resort_is_now(rota: Schedule) -> None:
    policy = company.policy(company.Team.objects.get(slug="payments"), rota)
    page = signed_in(who("Cho")).get(f"/policies/{policy.slug}").text
    assert "Imogen" in page[page.index("<b>Last resort</b>") :]


def test_a_month_names_its_days_and_months(rota: Schedule) -> None:
    page = signed_in(who("Cho")).get(f"/schedules/{rota.slug}?show=month&from=2026-11-16").text
    assert ">Mo 16</th>" in page
    assert ">Tu 1 Dec</th>" in page
    assert ">November</small>" in page


def test_a_telephone_reads_next_and_reachable_too(rota: Schedule) -> None:
    page = signed_in(who("Cho")).get("/oncall").text
    for label in ("Schedule", "Reachable", "Next"):
        assert f'<td><span class="narrow dim">{label} </span>' in page


def test_the_editor_says_where_more_hours_come_from(rota: Schedule) -> None:
    assert "Room for another stretch of hours appears" in signed_in(who("Mia")).get(f"/schedules/{rota.slug}/layers/new").text
