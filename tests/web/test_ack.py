"""The acknowledge page: its token alone decides, looking changes nothing, one round trip brings everything."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.conftest import MovedClock
from tests.web.walk import World, signed_in, world
from tocsin.alerts import commands as alerts
from tocsin.alerts.models import Alert
from tocsin.core import clock
from tocsin.core.actor import SYSTEM
from tocsin.core.models import Event
from tocsin.incidents import commands as incidents
from tocsin.paging.jobs import advance
from tocsin.paging.models import Escalation, Page
from tocsin.paging.tokens import token_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def there() -> World:
    return world()


@pytest.fixture
def alert(there: World) -> Alert:
    now = clock.now()
    labels = {f"label_{n}": f"value {n}" for n in range(9)}
    made = alerts.trigger(
        SYSTEM,
        there.checkout,
        title="checkout-api: 5xx 38 %",
        source="alertmanager",
        dedup_key="a",
        severity="critical",
        description="More than a third of requests fail.",
        url="https://graphs.example.com/d/1",
        labels=labels,
        started_at=now - dt.timedelta(minutes=3),
        now=now,
    )
    advance.tick(now)
    return made


def page_of(alert: Alert) -> Page:
    return Page.objects.filter(subject=alert.id).get()


def link(page: Page) -> str:
    return f"/ack/{token_of(page.id)}"


def text(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined,no-any-return]


@pytest.mark.req("PAG-06")
def test_looking_shows_what_is_wrong_and_changes_nothing(alert: Alert) -> None:
    before = Event.objects.count()
    for method in ("get", "head", "get"):
        answer = getattr(Client(), method)(link(page_of(alert)))
        assert answer.status_code == 200
    said = text(Client().get(link(page_of(alert))))
    for words in ("checkout-api: 5xx 38 %", "nobody has it", "Checkout API", "value 5", "For Ada", "Why you"):
        assert words in said
    assert "value 6" not in said
    assert Event.objects.count() == before
    alert.refresh_from_db()
    assert alert.status == Alert.TRIGGERED


@pytest.mark.req("PAG-06", "PAG-07", "U01")
def test_one_button_without_session_script_or_cookie_acknowledges(alert: Alert) -> None:
    browser = Client(enforce_csrf_checks=True)
    page = page_of(alert)
    form = re.search(
        r'<form method="post"><button class="btn go huge" name="do" value="acknowledge">', text(browser.get(link(page)))
    )
    assert form
    answer = browser.post(link(page), {"do": "acknowledge"})
    assert answer.status_code == 302
    assert answer["Location"] == link(page)
    alert.refresh_from_db()
    assert alert.status == Alert.ACKNOWLEDGED
    assert alert.acknowledged_by == page.person
    assert not browser.cookies
    assert "You have it" in text(browser.get(link(page)))


def test_an_empty_form_is_the_big_button(alert: Alert) -> None:
    Client().post(link(page_of(alert)), b"", content_type="application/octet-stream")
    alert.refresh_from_db()
    assert alert.status == Alert.ACKNOWLEDGED


def test_the_session_of_somebody_else_plays_no_part(alert: Alert, there: World) -> None:
    browser = signed_in(there.bo)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        browser.post(link(page_of(alert)), {"do": "acknowledge"})
    alert.refresh_from_db()
    assert alert.acknowledged_by == there.ada
    assert not any("django_session" in query["sql"] for query in asked)


def test_the_second_is_told_who_was_first(alert: Alert, there: World) -> None:
    page = page_of(alert)
    alerts.acknowledge(SYSTEM, alert, now=clock.now())
    Alert.objects.filter(pk=alert.pk).update(acknowledged_by=there.bo)
    said = text(Client().get(link(page)))
    assert "Bo has it" in said
    assert "acknowledge" not in said.split("<main")[1].lower().replace("acknowledged", "")


@pytest.mark.req("PAG-08")
def test_escalate_calls_the_next_at_once_and_leaves_the_page_open(alert: Alert) -> None:
    answer = Client().post(link(page_of(alert)), {"do": "escalate"})
    assert answer["Location"].endswith("?did=escalated")
    assert Escalation.objects.get(subject=alert.id).due_at <= clock.now()
    assert "The next step is called now" in text(Client().get(answer["Location"]))


def test_passing_on_closes_this_page_and_calls_the_next(alert: Alert) -> None:
    page = page_of(alert)
    Client().post(link(page), {"do": "pass"})
    page.refresh_from_db()
    assert page.status == Page.CANCELLED
    again = Client().post(link(page), {"do": "pass"})
    assert again["Location"].endswith("?did=closed")


def test_a_button_that_does_not_exist_is_refused_in_words(alert: Alert) -> None:
    answer = Client().post(link(page_of(alert)), {"do": "explode"})
    assert answer.status_code == 422


def test_declaring_asks_for_sign_in_and_carries_the_alert_along(alert: Alert) -> None:
    assert f'href="/declare?alert={alert.number}"' in text(Client().get(link(page_of(alert))))


def test_an_expired_link_shows_the_state_and_sign_in_and_does_nothing(alert: Alert, moved_clock: MovedClock) -> None:
    page = page_of(alert)
    moved_clock.forward(hours=73)
    said = text(Client().get(link(page)))
    assert "Still open" in said
    assert "Sign in" in said
    assert "<form" not in said
    assert Client().post(link(page), {"do": "acknowledge"}).status_code == 409
    alert.refresh_from_db()
    assert alert.status == Alert.TRIGGERED


def test_a_made_up_link_is_not_found(alert: Alert) -> None:
    for method in ("get", "post"):
        answer = getattr(Client(), method)("/ack/" + "x" * 43)
        assert answer.status_code == 404
        assert "checkout" not in text(answer)


def test_everything_comes_in_one_round_trip_below_fourteen_kilobytes(alert: Alert) -> None:
    answer = Client().get(link(page_of(alert)), HTTP_ACCEPT_ENCODING="identity")
    html = text(answer)
    assert len(answer.content) < 14_000
    loaded = re.findall(r'<(?:link|script|img)[^>]+(?:href|src)="([^"]+)"', html)
    assert loaded == ["data:,"]
    assert "<script" not in html


def test_a_page_of_an_incident_is_answered_in_the_same_way(there: World) -> None:
    now = clock.now()
    incident = incidents.declare(SYSTEM, summary="Cards fail", severity=1, service=there.checkout, now=now)
    advance.tick(now)
    page = Page.objects.filter(subject=incident.id, person=there.ada).first()
    assert page is not None
    said = text(Client().get(link(page)))
    assert "Sev 1" in said
    assert "Cards fail" in said
    Client().post(link(page), {"do": "acknowledge"})
    page.refresh_from_db()
    assert page.status == Page.ACKNOWLEDGED
    assert "You have it" in text(Client().get(link(page)))


def test_who_manages_the_incident_is_asked_although_a_responder_answered(there: World) -> None:
    now = clock.now()
    incident = incidents.declare(SYSTEM, summary="Cards fail", severity=1, service=there.checkout, now=now)
    advance.tick(now)
    pages = {page.person: page for page in Page.objects.filter(subject=incident.id).select_related("person")}
    Client().post(link(pages[there.ada]), {"do": "acknowledge"})
    said = text(Client().get(link(pages[there.imogen])))
    assert "You are asked" in said
    assert "Ada is here since" in said
    assert 'value="acknowledge"' in said


def test_the_clock_on_the_page_is_that_of_whoever_was_paged(alert: Alert, there: World) -> None:
    page = page_of(alert)
    type(there.ada).objects.filter(pk=there.ada.pk).update(zone="Asia/Tokyo")
    started = alert.started_at.astimezone(dt.timezone(dt.timedelta(hours=9)))
    assert f"{started:%H:%M}</time>" in text(Client().get(link(page)))


def test_the_queries_do_not_grow_with_the_messages(alert: Alert) -> None:
    page = page_of(alert)
    Client().get(link(page))
    with CaptureQueriesContext(connection) as asked:
        Client().get(link(page))
    assert len(asked) <= 22, [query["sql"][:90] for query in asked]
