"""Declaring an incident in the browser."""

from __future__ import annotations

import datetime as dt

import pytest

from tests import company
from tests.web.walk import signed_in, world
from tocsin.alerts.commands import open_by_hand
from tocsin.incidents.models import Incident

pytestmark = pytest.mark.django_db

MINIMUM = {"summary": "Refunds are not sent", "severity": "2", "service": "unknown", "source": "own_observation"}


@pytest.mark.req("DET-02")
def test_the_short_address_leads_to_the_form() -> None:
    answer = signed_in(company.person()).get("/report")
    assert answer.status_code == 302
    assert answer["Location"] == "/declare"


@pytest.mark.req("DET-03", "DET-04", "DET-05", "DET-06", "DET-07")
def test_the_form_asks_for_everything_with_help() -> None:
    there = world()
    page = signed_in(there.ada).get("/declare").content.decode()
    assert "What is the emergency?" in page
    assert "What customers notice, and your contact details" in page
    assert 'href="/severity"' in page
    assert "demand immediate resolution" in page
    assert "people are paged" in page
    assert "best guess" in page
    assert "Unknown, I can" in page
    assert there.checkout.name in page
    assert page.count('name="products"') == 2


def test_it_shows_who_is_woken_and_what_time_it_is_there() -> None:
    there = world()
    page = signed_in(there.bo).get("/declare?service=checkout-api").content.decode()
    assert "Ada" in page.split("Who will be woken")[1]
    assert "On call, Payments on call" in page
    assert "there" in page.split("Who will be woken")[1]


@pytest.mark.req("DET-01", "DET-07", "DET-08")
def test_declaring_leads_to_the_room_and_keeps_what_was_said() -> None:
    there = world()
    sent = MINIMUM | {
        "service": "checkout-api",
        "products": ["tickets", "wallet"],
        "source": "customer_report",
        "description": "Call me at 12",
    }
    answer = signed_in(there.bo).post("/declare", sent)
    incident = Incident.objects.get()
    assert answer["Location"] == f"/{incident.key}"
    assert incident.key == "HOT-1"
    assert incident.source == "customer_report"
    assert incident.service == there.checkout
    assert {product.slug for product in incident.products.all()} == {"tickets", "wallet"}


@pytest.mark.req("DET-03")
def test_without_a_summary_the_sentence_stands_under_the_field_and_the_rest_is_kept() -> None:
    there = world()
    answer = signed_in(there.ada).post("/declare", MINIMUM | {"summary": " ", "description": "Kept words"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Say in one line what the emergency is." in page
    assert "Kept words" in page
    assert not Incident.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("severity", "4"),
        ("severity", "one"),
        ("service", "no-such"),
        ("source", "gossip"),
        ("summary", "x" * 201),
        ("summary", "\x00"),
    ],
)
@pytest.mark.req("DET-05", "DET-06")
def test_odd_values_are_refused_in_words(field: str, value: str) -> None:
    there = world()
    answer = signed_in(there.ada).post("/declare", MINIMUM | {field: value})
    assert answer.status_code == 422
    assert 'class="err"' in answer.content.decode()
    assert not Incident.objects.exists()


@pytest.mark.req("DET-01")
def test_from_an_alert_one_press_is_enough(now: dt.datetime) -> None:
    there = world()
    alert = open_by_hand(company.actor(there.ada), there.checkout, "5xx on checkout", now=now)
    client = signed_in(there.ada)
    page = client.get(f"/declare?alert={alert.number}")
    form = page.context["form"].values
    assert form["summary"] == "5xx on checkout"
    assert form["service"] == "checkout-api"
    answer = client.post("/declare", form | {"do": "declare"})
    incident = Incident.objects.get()
    assert answer["Location"] == f"/{incident.key}"
    assert incident.source == "monitoring"
    assert incident.alert_links.get().alert == alert


def test_pressing_twice_declares_once() -> None:
    there = world()
    client = signed_in(there.ada)
    first, second = client.post("/declare", MINIMUM), client.post("/declare", MINIMUM)
    assert first["Location"] == second["Location"]
    assert Incident.objects.count() == 1


def test_looking_at_another_service_declares_nothing() -> None:
    there = world()
    answer = signed_in(there.ada).post("/declare", MINIMUM | {"service": "checkout-api", "do": "preview", "summary": ""})
    assert answer.status_code == 200
    assert "For Checkout API." in answer.content.decode()
    assert not Incident.objects.exists()


def test_open_incidents_are_shown_so_that_nobody_declares_twice() -> None:
    there = world()
    client = signed_in(there.ada)
    client.post("/declare", MINIMUM)
    assert "HOT-1 Refunds are not sent" in client.get("/declare").content.decode()


def test_the_scale_says_what_each_severity_means() -> None:
    page = signed_in(company.stakeholder()).get("/severity").content.decode()
    assert page.count("Sev ") >= 3
