"""Actions in the browser: the board, one action, a new one."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from tests import company
from tests.web.walk import World, signed_in, world
from tocsin.incidents import commands
from tocsin.incidents.models import Incident
from tocsin.postmortems.models import Action

pytestmark = pytest.mark.django_db


@pytest.fixture
def there() -> World:
    return world()


@pytest.fixture
def client(there: World) -> Client:
    return signed_in(there.ada)


@pytest.fixture
def incident(there: World, now: dt.datetime) -> Incident:
    return commands.declare(company.actor(there.ada), summary="Cards fail", severity=3, now=now)


def whole(there: World, due: str = "2099-01-14") -> dict[str, str]:
    return {
        "title": "Make the canary compare vault requests",
        "category": "prevent_future",
        "link_type": "priority",
        "owner": there.bo.id,
        "due_on": due,
    }


@pytest.mark.req("ACT-01", "ATR-02")
def test_a_new_action_is_on_the_board_of_its_owner(client: Client, incident: Incident, there: World) -> None:
    assert client.post("/HOT-1/actions/new", whole(there)).status_code == 302
    action = Action.objects.get()
    assert (action.owner, action.category, action.link_type) == (there.bo, "prevent_future", "priority")
    assert f"/x/{action.number}" in client.get("/actions").content.decode()
    assert f"/x/{action.number}" in signed_in(there.bo).get("/actions?owner=me").content.decode()
    assert f"/x/{action.number}" not in client.get("/actions?owner=me").content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("category", "blame"),
        ("link_type", "cause"),
        ("owner", ""),
        ("owner", "per_x"),
        ("due_on", ""),
        ("due_on", "soon"),
    ],
)
@pytest.mark.req("ACT-01", "ATR-02")
def test_each_missing_thing_is_said_and_the_rest_kept(
    client: Client, incident: Incident, there: World, field: str, value: str
) -> None:
    answer = client.post("/HOT-1/actions/new", whole(there) | {field: value})
    assert answer.status_code == 422
    assert 'class="err"' in answer.content.decode()
    assert not Action.objects.exists()


def test_an_action_is_done_and_opened_again(client: Client, incident: Incident, there: World) -> None:
    client.post("/HOT-1/actions/new", whole(there))
    for verb, state in (("complete", "done"), ("reopen", "open"), ("drop", "dropped"), ("complete", "dropped")):
        client.post("/x/1/state", {"do": verb})
        assert Action.objects.get().state == state
    assert "Made" in client.get("/x/1").content.decode()


def test_an_action_is_changed_and_the_slower_is_told(client: Client, incident: Incident, there: World) -> None:
    client.post("/HOT-1/actions/new", whole(there))
    assert client.post("/x/1", whole(there) | {"title": "Compare requests", "version": "1"}).status_code == 302
    late = client.post("/x/1", whole(there) | {"title": "Slower words", "version": "1"})
    assert late.status_code == 422
    assert "It changed while you wrote" in late.content.decode()
    assert "Slower words" in late.content.decode()
    assert Action.objects.get().title == "Compare requests"


def test_late_actions_come_first_with_their_days(client: Client, incident: Incident, there: World) -> None:
    client.post("/HOT-1/actions/new", whole(there, due="2026-01-01"))
    page = client.get("/actions").content.decode()
    assert "1 late" in page
    assert "days late" in page


def test_what_does_not_exist_says_so(client: Client) -> None:
    assert client.get("/x/99").status_code == 404
    assert client.get("/actions?owner=zz&category=zz").status_code == 200
