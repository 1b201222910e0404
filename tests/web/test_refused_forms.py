"""A form that is refused says so where the reader looks first: title, focus, and a link to each field."""

from __future__ import annotations

import re

import pytest

from tests import company
from tests.web.walk import signed_in, world
from tocsin.directory.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss() -> Person:
    world()
    return company.administrator()


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        ("/schedules/{schedule}/overrides", {"starts_at": "never", "ends_at": ""}),
        ("/schedules/{schedule}/covers", {"cover_from": "never", "cover_until": "18:00", "back_from": "20:00"}),
        ("/schedules/{schedule}/layers/new", {"members": "Nobody Known", "starts_on": "soon", "zone": "Mars/Base"}),
        ("/t/payments/schedules/new", {"title": "", "members": ""}),
        ("/me/away", {"away_url": "ftp://x"}),
        ("/declare", {"summary": ""}),
    ],
)
def test_a_refused_form_leads_to_its_fields(boss: Person, address: str, sent: dict[str, str]) -> None:
    page = signed_in(boss).post(address.format(schedule=_schedule()), sent)
    assert page.status_code == 422
    assert "<title>Not saved: " in page.text
    summary = re.search(
        r'<div class="banner bad" id="not-saved" role="alert" tabindex="-1" autofocus>.*?</div></div>', page.text, re.DOTALL
    )
    assert summary
    assert page.text.index("<main") < summary.start() < page.text.index("<h1")
    links = re.findall(r'href="#(\w+)"', summary.group())
    assert links
    for name in links:
        assert f'id="{name}"' in page.text


def test_a_search_that_is_not_understood_is_said_likewise(boss: Person) -> None:
    page = signed_in(boss).get("/oncall/time-machine?at=whenever")
    assert "<title>Not understood: Time machine" in page.text
    assert '<a href="#at">' in page.text


def test_a_form_that_nobody_sent_yet_says_nothing(boss: Person) -> None:
    assert "not-saved" not in signed_in(boss).get("/declare").text


def _schedule() -> str:
    return company.Schedule.objects.get(team__slug="payments").slug
