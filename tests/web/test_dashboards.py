"""Dashboards in the browser, and the list that another page puts into a frame."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client

from tests import company
from tests.forms import filled
from tests.web.walk import World, signed_in, world
from tocsin.core import clock
from tocsin.core.actor import SYSTEM
from tocsin.incidents import commands
from tocsin.incidents.boards.models import Dashboard, Embed
from tocsin.incidents.models import Incident
from tocsin.statuspages import commands as statuspages

pytestmark = pytest.mark.django_db


@pytest.fixture
def there() -> World:
    return world()


@pytest.fixture
def mia(there: World) -> Client:
    someone = company.person("Mia")
    there.checkout.team.memberships.create(person=someone, is_manager=True)
    return signed_in(someone)


def declared(there: World, summary: str = "Payments fail", **fields) -> Incident:
    given = {"severity": 1, "service": there.checkout, "now": clock.now(), **fields}
    return commands.declare(company.actor(there.ada), summary=summary, **given)


def made(mia: Client, origins: str = "https://wiki.example.com") -> str:
    """The path of a new secret address of a new dashboard."""
    mia.post("/t/payments/dashboards/new", {"name": "Support", "slug": "support"})
    page = mia.post("/dash/support/addresses", {"origins": origins}).text
    found = re.search(r"/embed/[\w-]{43}", page)
    assert found, page
    return found.group()


@pytest.mark.req("DET-11")
def test_a_manager_makes_one_all_staff_read_it_and_it_asks_for_itself(there: World, mia: Client) -> None:
    sent = {"name": "Support", "slug": "support", "severities": ["1", "2"], "products": ["tickets"]}
    answer = mia.post("/t/payments/dashboards/new", sent)
    assert answer["Location"] == "/dash/support"
    declared(there, products=[there.tickets])
    declared(there, "Search is slow", severity=3, service=None)
    page = signed_in(company.stakeholder()).get("/dash/support").text
    assert "1 incident in progress" in page
    assert "HOT-1 Payments fail" in page
    assert "HOT-2" not in page
    assert "One more incident is" in page
    assert re.search(r'id="board" data-live="\*"', page)
    assert Client().get("/dash/support")["Location"] == "/account/login/?next=%2Fdash%2Fsupport"


def test_a_change_begins_with_what_is_there_and_keeps_the_address(there: World, mia: Client) -> None:
    sent = {"name": "Support", "slug": "support", "severities": ["1"], "services": ["checkout-api"], "states": ["fixing"]}
    mia.post("/t/payments/dashboards/new", sent)
    form = filled(mia.get("/dash/support/change").text, "severities")
    assert (form["severities"], form["services"], form["states"]) == (["1"], ["checkout-api"], ["fixing"])
    answer = mia.post("/dash/support/change", form | {"name": "Help desk", "slug": "other", "severities": ["2"]})
    assert answer["Location"] == "/dash/support"
    fresh = Dashboard.objects.get()
    assert (fresh.name, fresh.slug, fresh.severities) == ("Help desk", "support", [2])


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"name": " "}, "Give it a name."),
        ({"name": "x", "services": "no-such"}, "does not exist any more"),
        ({"name": "x", "severities": "9"}, "Choose Sev 1, 2 or 3."),
        ({"name": "x", "states": "resolved"}, "What is in progress is"),
        ({"name": "x", "slug": "A B"}, "small letters"),
    ],
)
def test_odd_values_are_refused_in_words(there: World, mia: Client, sent: dict, words: str) -> None:
    answer = mia.post("/t/payments/dashboards/new", sent)
    assert answer.status_code == 422
    assert words in answer.text
    assert not Dashboard.objects.exists()


@pytest.mark.req("DET-10")
def test_an_open_incident_is_on_the_dashboard_on_the_wiki_on_the_status_page_and_beside_the_form(there: World, mia: Client) -> None:
    path = made(mia)
    declared(there)
    reader = signed_in(there.bo)
    for where in ("/dash/support", "/status/internal", "/declare"):
        assert "HOT-1 Payments fail" in reader.get(where).text, where
    assert "HOT-1 Payments fail" in Client().get(path).text
    said = Client().get(path + ".json").json()
    assert [(one["key"], one["severity"], one["summary"], one["state"]) for one in said["incidents"]] == [
        ("HOT-1", 1, "Payments fail", "pending")
    ]
    assert said["incidents"][0]["since"].endswith("Z")


@pytest.mark.req("DET-10")
def test_a_secret_address_shows_nothing_private_and_no_drill(there: World, mia: Client) -> None:
    path = made(mia)
    declared(there, "Breach of the vault", private=True)
    declared(there, "Exercise on the vault", drill=True)
    for where in (path, path + ".json"):
        text = Client().get(where).text
        assert "vault" not in text
        assert "HOT-" not in text
        assert "DRILL-" not in text
    administrator = signed_in(company.administrator())
    assert "vault" not in administrator.get(path).text, "whoever asks"


@pytest.mark.req("DET-10")
def test_only_the_pages_that_its_makers_named_may_frame_it(there: World, mia: Client) -> None:
    framed = Client().get(made(mia, "https://wiki.example.com https://intra.example:8443"))
    assert "frame-ancestors https://wiki.example.com https://intra.example:8443;" in framed["Content-Security-Policy"]
    assert "X-Frame-Options" not in framed
    assert framed["Referrer-Policy"] == "no-referrer"
    assert not framed.cookies
    page = mia.post("/dash/support/addresses", {"origins": ""}).text
    alone = Client().get(re.search(r"/embed/[\w-]{43}", page).group())
    dashboard = mia.get("/dash/support")
    for answer in (alone, dashboard, mia.get("/")):
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
        assert answer["X-Frame-Options"] == "DENY"


def test_an_address_that_was_revoked_or_never_given_answers_404(there: World, mia: Client) -> None:
    path = made(mia)
    embed = Embed.objects.get()
    assert path.removeprefix("/embed/") not in mia.get("/dash/support").text, "shown once"
    mia.post(f"/dash/support/addresses/{embed.id}/revoke")
    for where in (path, path + ".json", "/embed/" + "x" * 43):
        assert Client().get(where).status_code == 404
    assert Client().post(path).status_code == 405


def test_an_origin_that_would_widen_the_policy_is_refused_at_its_field(there: World, mia: Client) -> None:
    mia.post("/t/payments/dashboards/new", {"name": "Support", "slug": "support"})
    answer = mia.post("/dash/support/addresses", {"origins": "https://*.example.com"})
    assert answer.status_code == 422
    assert "is not the beginning of an address" in answer.text
    assert not Embed.objects.exists()


def test_a_removed_dashboard_and_its_addresses_lead_nowhere(there: World, mia: Client) -> None:
    path = made(mia)
    asked = mia.get("/dash/support").text
    assert "Yes, remove it" in asked
    assert "1 secret address on other pages stops showing it" in asked
    assert mia.get("/dash/support/remove").status_code == 405
    mia.post("/dash/support/remove")
    assert mia.get("/dash/support").status_code == 404
    assert Client().get(path).status_code == 404


def test_what_customers_were_told_last_stands_beside_the_incident(there: World, mia: Client, now: dt.datetime) -> None:
    incident = declared(there)
    mia.post("/t/payments/dashboards/new", {"name": "Support", "slug": "support"})
    statuspages.post_update(
        SYSTEM,
        incident,
        status="investigating",
        external={"body": "Cards are refused."},
        next_update_at=clock.now() + dt.timedelta(minutes=30),
        confirmation="one",
        now=clock.now(),
    )
    assert "Cards are refused." in mia.get("/dash/support").text
