"""Finding a colleague: the directory of people, what they can do, and from an incident whom to page."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests import company
from tests.web.walk import World, signed_in, world
from tocsin.core import clock
from tocsin.core.actor import SYSTEM
from tocsin.directory import commands as directory
from tocsin.incidents import commands as incidents
from tocsin.paging.jobs import advance
from tocsin.paging.models import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def there() -> World:
    there = world()
    gateway = directory.create_gateway(SYSTEM, name="SMS", url="https://sms.example.com/x", now=clock.now())
    company.method(there.ada, "+43 660 1234567", gateway=gateway)
    directory.set_qualification(SYSTEM, there.ada, "database", now=clock.now())
    return there


def words(answer: object) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))  # type: ignore[attr-defined]


@pytest.mark.req("ESC-03")
@pytest.mark.parametrize("q", ["Ada", "payments", "database"])
def test_a_search_shows_contact_methods_team_roster_and_skills(there: World, q: str) -> None:
    page = signed_in(there.bo).get(f"/people?q={q}")
    said = words(page)
    for part in ("+43 660 1234567", "ada@example.com", "Payments", "Payments on call on call now", "database"):
        assert part in said, part
    assert 'href="tel:+436601234567"' in page.text


def test_a_stakeholder_finds_the_person_but_no_number(there: World) -> None:
    client = signed_in(company.stakeholder())
    for path in ("/people?q=Ada", f"/people/{there.ada.id}"):
        said = words(client.get(path))
        assert "Payments on call" in said
        assert "1234567" not in said, path


def test_people_are_filtered_by_one_qualification(there: World) -> None:
    said = words(signed_in(there.bo).get("/people?able=database"))
    assert "1 person who can: database" in said
    assert "Imogen" not in said


def test_a_manager_notes_what_somebody_can_do_and_mistakes_are_shown_at_their_field(there: World) -> None:
    mia = company.person("Mia")
    company.team("Managers", there.bo, manager=mia)
    client, path = signed_in(mia), f"/people/{there.bo.id}/qualifications"
    wrong = client.post(path, {"name": "network", "expires_on": "soon"})
    assert wrong.status_code == 422
    assert "Write the date as year-month-day" in wrong.text
    assert 'value="network"' in wrong.text
    assert client.post(path, {"name": "network", "trained_on": "2025-01-05", "expires_on": "2025-12-31"}).status_code == 302
    assert "expired 31 Dec 2025" in words(client.get(f"/people/{there.bo.id}"))
    made = there.bo.qualifications.get()
    assert client.post(f"{path}/{made.id}/remove").status_code == 302
    assert client.post(f"{path}/{made.id}/remove").status_code == 404
    assert client.post(f"/people/{there.ada.id}/qualifications", {"name": "network"}).status_code == 403
    assert "Save the qualification" not in client.get(f"/people/{there.ada.id}").text


@pytest.fixture
def at(there: World) -> str:
    incident = incidents.declare(SYSTEM, summary="Cards fail", severity=3, service=there.checkout, now=clock.now())
    return f"/{incident.key}/page"


@pytest.mark.req("PAG-13")
def test_the_page_dialog_lists_teams_first_and_people_last_as_an_exception(there: World, at: str) -> None:
    page = signed_in(there.ada).get(at).text
    groups = re.findall(r'<optgroup label="([^"]+)"', page)
    assert groups == ["Teams", "Schedules", "One person alone (an exception)"]


@pytest.mark.req("PAG-13")
def test_a_person_page_is_marked_as_an_exception_and_names_the_team_instead(there: World, at: str) -> None:
    client = signed_in(there.ada)
    person = client.get(f"{at}?target={there.bo.id}")
    assert "An exception: this pages Bo alone." in words(person)
    assert f'href="{at}?target={there.bo.teams.get().id}"' in person.text
    team = words(client.get(f"{at}?target={there.bo.teams.get().id}"))
    assert "An exception" not in team
    assert "Ada" in team
    assert client.post(at, {"target": there.bo.id, "do": "page"}).status_code == 302
    advance.tick(clock.now())
    assert Page.objects.get().person == there.bo


@pytest.mark.req("ESC-03")
def test_from_the_escalation_step_a_search_gives_methods_team_and_roster(there: World, at: str) -> None:
    page = signed_in(there.bo).get(f"{at}?q=database")
    said = words(page)
    for part in ("+43 660 1234567", "Payments on call on call now", "database", "Page alone : Ada"):
        assert part in said, part
    assert f'href="{at}?target={there.ada.teams.get().id}"' in page.text
    assert "Nobody fits" in words(signed_in(there.bo).get(f"{at}?q=zeppelin"))


def test_odd_words_find_nobody_and_break_nothing(there: World, at: str) -> None:
    client: Client = signed_in(there.bo)
    for q in ("%00", "%25", "'", "x" * 500, "%F0%9F%9A%80", "a " * 80):
        for path in (f"{at}?q={q}", f"/people?q={q}", f"/people?able={q}", f"/search?q={q}"):
            assert client.get(path).status_code == 200, path
