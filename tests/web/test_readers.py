"""A second reader in the browser: asked beside the exact words, answering, and the draft sent with one press."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from tests import company
from tests.hostile import NASTY
from tests.web.test_compose import confirmed, draft
from tests.web.walk import World, signed_in, world
from tocsin.incidents import commands
from tocsin.incidents.models import Incident
from tocsin.statuspages.held.models import HeldUpdate
from tocsin.statuspages.models import Update
from tocsin.statuspages.second_reading.models import SecondReading

pytestmark = pytest.mark.django_db


@pytest.fixture
def there() -> World:
    return world()


@pytest.fixture
def client(there: World) -> Client:
    return signed_in(there.ada)


@pytest.fixture
def incident(there: World, now: dt.datetime) -> Incident:
    return commands.declare(
        company.actor(there.ada), summary="Cards fail", severity=1, service=there.checkout, products=[there.tickets], now=now
    )


@pytest.mark.req("FCO-09")
def test_a_draft_is_asked_about_approved_and_sent(there: World, client: Client, incident: Incident) -> None:
    form = confirmed(client, draft(client)) | {"do": "ask", "reader": there.bo.pk, "note": "Too long?"}
    place = client.post("/HOT-1/update", form)["Location"]
    assert not Update.objects.exists()
    bo = signed_in(there.bo)
    assert place in bo.get("/").content.decode()
    page = bo.get(place).content.decode()
    assert "Ada asks you to read this" in page
    assert form["external_body"] in page
    assert client.post(f"{place}/answer", {"do": "approved"}).status_code == 403
    empty = bo.post(f"{place}/answer", {"do": "commented", "comment": " "})
    assert (empty.status_code, empty.context["form"].errors["comment"]) == (422, "Comment must not be empty.")
    assert bo.post(f"{place}/answer", {"do": "approved"})["Location"] == place
    assert "Bo approved a draft." in client.get("/HOT-1").content.decode()
    assert "Send it" in client.get(place).content.decode()
    assert client.post(f"{place}/send")["Location"] == "/HOT-1"
    assert HeldUpdate.objects.get().confirmation.startswith(SecondReading.objects.get().id)


def test_changed_words_are_known_as_not_approved(there: World, client: Client, incident: Incident) -> None:
    form = confirmed(client, draft(client)) | {"do": "ask", "reader": there.bo.pk}
    place = client.post("/HOT-1/update", form)["Location"]
    signed_in(there.bo).post(f"{place}/answer", {"do": "approved"})
    same = draft(client)
    assert "Bo read exactly these words" in client.post("/HOT-1/update", same | {"do": "review"}).content.decode()
    taken = client.get(f"/HOT-1/update?reading={place.rpartition('/')[2]}").context["form"].values
    assert taken["external_body"] == same["external_body"]
    other = client.post("/HOT-1/update", same | {"external_body": "Cards fail.", "do": "review"}).content.decode()
    assert "Bo has not approved these words" in other


def test_a_reader_has_to_be_chosen_and_hostile_words_do_nothing(there: World, client: Client, incident: Incident) -> None:
    form = confirmed(client, draft(client)) | {"do": "ask", "reader": ""}
    refused = client.post("/HOT-1/update", form)
    assert (refused.status_code, "Choose who reads it." in refused.content.decode()) == (422, True)
    form |= {"reader": there.bo.pk, "note": NASTY[1], "confirmation": refused.context["confirmation"], "internal_body": NASTY[0]}
    place = client.post("/HOT-1/update", form)["Location"]
    bo = signed_in(there.bo)
    bo.post(f"{place}/answer", {"do": "commented", "comment": "\n".join(NASTY)})
    for page in (bo.get(place), client.get("/HOT-1"), bo.get("/")):
        assert "<script>alert" not in page.content.decode()
        assert "<img src=x" not in page.content.decode()
    assert client.post(f"{place}/withdraw")["Location"] == "/HOT-1"
