"""What follows an incident in the browser: the panel of the room, tasks elsewhere, the last words afterwards."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from tests import company
from tests.web.walk import World, signed_in, world
from tocsin.core.actor import SYSTEM
from tocsin.incidents import commands
from tocsin.incidents.cleanup.models import RemoteTask
from tocsin.incidents.models import Incident
from tocsin.statuspages import commands as statuspages
from tocsin.statuspages.models import Entry
from tocsin.statuspages.pages import commands as pages

pytestmark = pytest.mark.django_db
TICKET = "https://tracker.example.com/OPS-7"


@pytest.fixture
def there() -> World:
    return world()


@pytest.fixture
def client(there: World) -> Client:
    return signed_in(there.ada)


@pytest.fixture
def incident(there: World, now: dt.datetime) -> Incident:
    """Sev 2, told inside and outside, resolved while both pages still speak."""
    ada = company.actor(there.ada)
    made = commands.declare(ada, summary="Cards fail", severity=2, products=[there.tickets], service=there.checkout, now=now)
    made = commands.take_command(ada, made, now=now)
    statuspages.post_update(
        ada,
        made,
        status="investigating",
        internal={"body": "Looking"},
        external={"body": "Looking into it"},
        next_update_at=now + dt.timedelta(minutes=30),
        confirmation="first",
        now=now,
    )
    return commands.resolve(
        ada,
        made,
        impact_over=True,
        none_about_to_follow=True,
        unknown=["impact_started_at", "impact_ended_at"],
        postmortem_owner=there.bo,
        leave_open={"internal": "figures follow", "external": "banks catch up"},
        now=now,
    )


def text(client: Client, path: str) -> str:
    return client.get(path).content.decode()


@pytest.mark.req("RES-02", "RES-08")
def test_the_room_of_a_resolved_incident_shows_what_is_left(client: Client, incident: Incident, there: World) -> None:
    room = text(client, "/HOT-1")
    for words in ("3 left", "banks catch up", "figures follow", "Postmortem", there.bo.name, "Add an action"):
        assert words in room
    assert "Follow-up" not in text(signed_in(there.ada), "/incidents")


@pytest.mark.req("RES-03")
def test_native_and_remote_tasks_show_their_state_on_the_incident(client: Client, incident: Incident, there: World) -> None:
    client.post("/HOT-1/tasks/link", {"url": TICKET, "title": "Clear the queue"})
    fields = {"title": "Repair the ledger", "category": "repair", "link_type": "priority", "owner": there.bo.id}
    client.post("/HOT-1/actions/new", fields | {"due_on": "2027-01-14"})
    for path in ("/HOT-1", "/HOT-1/follow-up"):
        page = text(client, path)
        assert "Clear the queue" in page
        assert "Repair the ledger" in page
    client.post(f"/HOT-1/tasks/{RemoteTask.objects.get().id}", {"do": "done"})
    assert "Open again" in text(client, "/HOT-1/follow-up")
    client.post(f"/HOT-1/tasks/{RemoteTask.objects.get().id}", {"do": "remove"})
    assert not RemoteTask.objects.exists()


@pytest.mark.parametrize(
    ("sent", "words"), [({"title": "x"}, "where the task is"), ({"url": "OPS-7", "title": "x"}, "begins with https")]
)
def test_a_task_without_an_address_is_refused_at_its_field(client: Client, incident: Incident, sent: dict, words: str) -> None:
    answer = client.post("/HOT-1/tasks/link", sent)
    assert answer.status_code == 422
    assert words in answer.content.decode()


@pytest.mark.req("RES-08")
def test_every_entry_is_closed_in_one_place(client: Client, incident: Incident) -> None:
    page = client.get("/HOT-1/last-words")
    sent = {"confirmation": page.context["confirmation"]}
    for one in page.context["closings"]:
        sent |= {f"{one.audience}_title": one.title, f"{one.audience}_body": one.body, f"{one.audience}_close": "1"}
    assert client.post("/HOT-1/last-words", sent)["Location"] == "/HOT-1"
    assert not Entry.objects.filter(resolved_at=None).exists()
    assert "No status page speaks" in text(client, "/HOT-1/last-words")


@pytest.mark.req("RES-08")
def test_whoever_leaves_an_entry_open_says_why(client: Client, there: World, now: dt.datetime, incident: Incident) -> None:
    answer = client.post("/HOT-1/last-words", {"internal_body": "Over", "internal_close": "1", "external_body": "Over"})
    assert answer.status_code == 422
    assert "Say why it stays open" in answer.content.decode()
    assert Entry.objects.filter(resolved_at=None).count() == 2


@pytest.mark.req("RES-08")
def test_of_several_pages_one_may_stay_open(client: Client, there: World, now: dt.datetime, incident: Incident) -> None:
    partners = pages.create_page(SYSTEM, name="Partners", now=now)
    first = Entry.objects.get(incident=incident, page__slug="external")
    Entry.objects.create(
        page=partners, incident=incident, title="T", status="investigating", started_at=now, created_at=now, updated_at=now
    )
    shown = text(client, "/HOT-1/last-words")
    assert "Publish these words and close the entry on Partners" in shown
    sent = {"internal_body": "Over", "internal_close": "1", "external_body": "Over", "external_close": "1"}
    answer = client.post("/HOT-1/last-words", sent)
    assert (answer.status_code, "partners_why-e" in answer.content.decode()) == (422, True)
    client.post("/HOT-1/last-words", sent | {"partners_why": "their gates catch up"})
    first.refresh_from_db()
    (left,) = Entry.objects.filter(resolved_at=None)
    assert (first.resolved_at is not None, left.page.slug, left.left_open_why) == (True, "partners", "their gates catch up")


@pytest.mark.req("RES-10")
def test_the_customers_are_taken_along_as_a_list(client: Client, incident: Incident, there: World, now: dt.datetime) -> None:
    case = commands.label_case(company.actor(there.ada), incident, "CS-1", customer="=Aker()", now=now)
    commands.follow_up_case(company.actor(there.ada), case, now=now)
    lines = text(client, "/HOT-1/cases.csv").splitlines()
    assert lines[0].startswith("case,address,customer")
    assert lines[1].startswith("CS-1,,'=Aker()")
    assert there.ada.name in lines[1]


def test_mail_is_asked_for_and_stopped_by_a_button_of_the_room(client: Client, incident: Incident, there: World) -> None:
    assert "Tell me too" in text(client, "/HOT-1")
    client.post("/HOT-1/follow", {"do": "follow"})
    assert "Do not tell me" in text(client, "/HOT-1")
    client.post("/HOT-1/follow", {"do": "unfollow"})
    assert "Tell me too" in text(client, "/HOT-1")


def test_a_typed_change_comes_to_the_form_that_asks_the_rest(client: Client, incident: Incident) -> None:
    answer = client.post("/HOT-1/say", {"text": "/change restarted a host"}, follow=True)
    page = answer.content.decode()
    assert answer.status_code == 200
    for words in ("restarted a host", "How is it taken back?", "Log without it", "kept, or will it be lost"):
        assert words in page
