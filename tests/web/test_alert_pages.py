"""Alerts in the browser: finding them, taking several at once, and one with its whole story."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import company
from tests.web.walk import World, signed_in, world
from tocsin.alerts import commands
from tocsin.alerts.models import Alert
from tocsin.core import clock
from tocsin.core.actor import SYSTEM
from tocsin.incidents import commands as incidents
from tocsin.paging.jobs import advance

pytestmark = pytest.mark.django_db


@pytest.fixture
def there() -> World:
    return world()


@pytest.fixture
def client(there: World) -> Client:
    return signed_in(there.ada)


def firing(there: World, title: str = "5xx 38 %", severity: str = "critical", **fields: object) -> Alert:
    return commands.trigger(
        SYSTEM, there.checkout, title=title, source="generic", dedup_key=title, severity=severity, now=clock.now(), **fields
    )  # type: ignore[arg-type]


def words(answer: object) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))  # type: ignore[attr-defined]


def test_the_page_begins_with_what_is_true(there: World, client: Client) -> None:
    assert "No alert is open" in words(client.get("/alerts"))
    first, _ = firing(there), firing(there, "queue is long")
    assert "Two alerts wait for somebody" in words(client.get("/alerts"))
    commands.acknowledge(company.actor(there.ada), first, now=clock.now())
    assert "One alert waits for somebody" in words(client.get("/alerts"))


def test_filters_stand_in_the_address(there: World, client: Client) -> None:
    firing(there, "disk full")
    gone = commands.resolve(company.actor(there.ada), firing(there, "latency high"), now=clock.now())
    quiet = firing(there, "just so you know", "info")
    assert "disk full" in words(client.get("/alerts"))
    assert "latency high" not in words(client.get("/alerts"))
    assert "latency high" in words(client.get("/alerts?status=resolved"))
    assert "just so you know" in words(client.get("/alerts?status=suppressed"))
    assert "disk full" not in words(client.get("/alerts?status=all&q=latency"))
    assert "disk full" in words(client.get("/alerts?service=checkout-api"))
    assert "No alert fits" in words(client.get("/alerts?service=nothing"))
    assert "latency high" in words(client.get(f"/alerts?status=all&q=%23{gone.number}"))
    assert client.get("/alerts?status=exploded").status_code == 422
    assert quiet.status == Alert.SUPPRESSED


def test_several_are_acknowledged_at_once_and_the_filter_is_kept(there: World, client: Client) -> None:
    one, two, three = firing(there, "a"), firing(there, "b"), firing(there, "c")
    commands.acknowledge(company.actor(there.bo), three, now=clock.now())
    sent = {"alert": [one.number, two.number, three.number], "next": "/alerts?status=triggered"}
    answer = client.post("/alerts/acknowledge", sent, follow=True)
    assert answer.redirect_chain == [("/alerts?status=triggered", 302)]
    assert "You have 2 alerts now. 1 alert was not waiting any more." in words(answer)
    for alert in (one, two):
        alert.refresh_from_db()
        assert alert.acknowledged_by == there.ada
    three.refresh_from_db()
    assert three.acknowledged_by == there.bo


def test_a_redirect_never_leads_out_of_the_house(there: World, client: Client) -> None:
    alert = firing(there)
    for bad in ("https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"):
        answer = client.post("/alerts/acknowledge", {"alert": alert.number, "next": bad})
        assert answer["Location"] == "/alerts"


@pytest.mark.parametrize("sent", [{}, {"alert": "x"}, {"alert": "٣"}, {"alert": "9" * 5000}])
def test_nothing_ticked_is_said_in_words(client: Client, sent: dict[str, str]) -> None:
    answer = client.post("/alerts/acknowledge", sent)
    assert answer.status_code == 422
    assert "Tick at least one alert" in words(answer)


@pytest.mark.req("PAG-12")
def test_one_alert_tells_who_was_asked_by_what_and_what_comes_next(there: World, client: Client) -> None:
    alert = firing(there, "5xx 38 %", description="A third fails", labels={"region": "eu-1"}, url="https://graphs.example.com")
    advance.tick(clock.now())
    said = words(client.get(f"/a/{alert.number}"))
    for expected in (
        "Nobody has it",
        "Ada asked",
        "Payments policy begins",
        "region eu-1",
        "What happens next",
        "Bo",
        "A third fails",
    ):
        assert expected in said
    assert "last resort" in said


def test_the_first_answer_wins_and_the_second_is_told(there: World, client: Client) -> None:
    alert = firing(there)
    commands.acknowledge(company.actor(there.bo), alert, now=clock.now())
    answer = client.post(f"/a/{alert.number}/acknowledge", follow=True)
    assert "Bo has it already." in words(answer)


def test_acknowledge_escalate_and_resolve_from_the_page(there: World, client: Client) -> None:
    alert = firing(there)
    advance.tick(clock.now())
    assert "The next step is called now" in words(client.post(f"/a/{alert.number}/escalate", follow=True))
    assert "You have #" in words(client.post(f"/a/{alert.number}/acknowledge", follow=True))
    assert "is resolved" in words(client.post(f"/a/{alert.number}/resolve", follow=True))
    alert.refresh_from_db()
    assert alert.status == Alert.RESOLVED


def test_an_alert_that_pages_nobody_says_why(there: World, client: Client) -> None:
    alert = firing(there, "just so you know", "info")
    assert "Its severity only records" in words(client.get(f"/a/{alert.number}"))


def test_stakeholders_read_and_find_no_buttons(there: World) -> None:
    alert = firing(there)
    client = signed_in(company.stakeholder())
    html = client.get(f"/a/{alert.number}").content.decode()
    assert f"/a/{alert.number}/acknowledge" not in html
    assert client.post(f"/a/{alert.number}/acknowledge").status_code == 403


def test_an_alert_that_does_not_exist_is_a_calm_page(client: Client) -> None:
    for number in (4821, 10**18, 2**63):
        assert client.get(f"/a/{number}").status_code == 404


def test_a_private_incident_is_named_only_to_those_who_may_know(there: World) -> None:
    alert = firing(there)
    incident = incidents.declare(
        company.actor(there.ada), summary="Hush", severity=3, service=there.checkout, private=True, alerts=[alert], now=clock.now()
    )
    for path in (f"/a/{alert.number}", "/alerts"):
        assert incident.key in signed_in(there.ada).get(path).content.decode()
        assert incident.key not in signed_in(company.person(f"Out {path[-2:]}")).get(path).content.decode()


def test_a_hostile_title_is_only_text(there: World, client: Client) -> None:
    alert = firing(there, '<script>alert("x")</script>', labels={"<b>": "<i>"})
    for path in ("/alerts", f"/a/{alert.number}"):
        html = client.get(path).content.decode()
        assert "<script>alert" not in html
        assert "&lt;script&gt;" in html


def test_the_list_asks_the_same_number_of_questions_however_long_it_is(there: World, client: Client) -> None:
    firing(there, "first")
    client.get("/alerts")
    with CaptureQueriesContext(connection) as few:
        client.get("/alerts")
    for number in range(20):
        firing(there, f"another {number}")
    with CaptureQueriesContext(connection) as many:
        client.get("/alerts")
    assert len(many) == len(few)
    assert len(many) <= 20


def test_older_alerts_are_one_link_away(there: World, client: Client) -> None:
    for number in range(53):
        firing(there, f"alert number {number}", "warning")
    first = client.get("/alerts")
    older = re.search(r'href="(\?[^"]*before=\d+)">Older', first.content.decode())
    assert older
    assert "alert number 2" in words(client.get("/alerts" + older.group(1).replace("&amp;", "&")))
