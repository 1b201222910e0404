"""Postmortems in the browser."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from tests import company
from tests.web.walk import World, signed_in, world
from tocsin.incidents import commands
from tocsin.incidents.models import Incident
from tocsin.postmortems.models import Postmortem

pytestmark = pytest.mark.django_db


@pytest.fixture
def there() -> World:
    return world()


@pytest.fixture
def client(there: World) -> Client:
    return signed_in(there.ada)


@pytest.fixture
def incident(there: World, now: dt.datetime) -> Incident:
    """A resolved major incident of one hour."""
    actor = company.actor(there.ada)
    made = commands.declare(actor, summary="Cards fail", severity=2, service=there.checkout, now=now)
    commands.take_command(actor, made, now=now)
    commands.note(actor, made, kind="decision", text="Roll back", now=now)
    return commands.resolve(
        actor,
        made,
        impact_over=True,
        none_about_to_follow=True,
        impact_started_at=now - dt.timedelta(minutes=10),
        impact_ended_at=now + dt.timedelta(minutes=50),
        postmortem_owner=there.bo,
        now=now + dt.timedelta(hours=1),
    )


@pytest.mark.req("PMO-01", "PMO-22")
def test_it_begins_filled_from_the_incident(client: Client, incident: Incident) -> None:
    page = client.get("/HOT-1/postmortem").content.decode()
    for words in ("Roll back", "1 h", "10 min", "Impact", "Causes", "Actions", "Bo"):
        assert words in page
    assert 'aria-current="step">Draft' in page


def test_one_part_is_written_and_a_conflict_shows_both(client: Client, incident: Incident, there: World) -> None:
    form = client.get("/HOT-1/postmortem/causes").context
    sent = {"version": str(form["version"]), "began": form["began"]}
    assert client.post("/HOT-1/postmortem/causes", sent | {"text": "A canary of one host"}).status_code == 302
    late = signed_in(there.bo).post("/HOT-1/postmortem/causes", sent | {"text": "The vault"})
    assert late.status_code == 409
    assert "A canary of one host" in late.content.decode()
    assert "The vault" in late.content.decode()


def test_two_people_write_two_parts_without_a_conflict(client: Client, incident: Incident, there: World) -> None:
    other = signed_in(there.bo)
    mine, theirs = client.get("/HOT-1/postmortem/causes").context, other.get("/HOT-1/postmortem/impact").context
    for who, form, part in ((client, mine, "causes"), (other, theirs, "impact")):
        sent = {"version": str(form["version"]), "began": form["began"], "text": f"About {part}"}
        assert who.post(f"/HOT-1/postmortem/{part}", sent).status_code == 302
    kept = Postmortem.objects.get()
    assert (kept.causes, kept.impact) == ("About causes", "About impact")


@pytest.mark.req("PMO-05")
def test_it_moves_from_draft_to_published_and_then_stands(client: Client, incident: Incident) -> None:
    for verb, state in (("request_approval", "in_approval"), ("approve", "approved"), ("publish", "published")):
        client.post("/HOT-1/postmortem/state", {"do": verb})
        assert Postmortem.objects.get().state == state
    refused = client.post("/HOT-1/postmortem/state", {"do": "approve"}, follow=True)
    assert "cannot become" in refused.content.decode()
    assert client.post("/HOT-1/postmortem/state", {"do": "delete"}).status_code == 302
    assert client.post("/HOT-1/postmortem/causes", {"text": "late", "version": "9"}).status_code in {409, 422}


@pytest.mark.req("PMO-03")
def test_the_owner_is_changed_never_removed(client: Client, incident: Incident, there: World) -> None:
    client.post("/HOT-1/postmortem/owner", {"owner": there.imogen.id})
    assert Postmortem.objects.get().owner == there.imogen
    client.post("/HOT-1/postmortem/owner", {"owner": ""})
    assert Postmortem.objects.get().owner == there.imogen


def test_sev_3_may_start_one_by_hand(client: Client, there: World, now: dt.datetime) -> None:
    commands.declare(company.actor(there.ada), summary="Small", severity=3, now=now)
    assert "no postmortem of HOT-1 yet" in client.get("/HOT-1/postmortem").content.decode()
    assert client.post("/HOT-1/postmortem", {"owner": ""}).status_code == 422
    assert client.post("/HOT-1/postmortem", {"owner": there.bo.id}).status_code == 302
    assert Postmortem.objects.get().owner == there.bo


def test_the_library_finds_it_by_words(client: Client, incident: Incident) -> None:
    assert "HOT-1" in client.get("/postmortems?q=cards").content.decode()
    assert "None matches" in client.get("/postmortems?q=volcano").content.decode()
    assert client.get("/postmortems?state=zzz&page=x").status_code == 200
    export = client.get("/HOT-1/postmortem/export.md")
    assert export["Content-Type"].startswith("text/markdown")
    assert client.get("/HOT-1/postmortem/zzz").status_code == 404
