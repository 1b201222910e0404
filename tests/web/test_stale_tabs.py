"""A tab that stood open, and Enter in a field: neither says anything that its reader did not mean."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.http import HttpResponse
from django.test import Client

from tests import company
from tests.forms import filled, forms
from tests.web.walk import World, signed_in, world
from tocsin.core.actor import SYSTEM
from tocsin.core.models import Event
from tocsin.incidents import commands
from tocsin.incidents import queries as incidents
from tocsin.incidents.iterating import queries as iterating
from tocsin.incidents.models import Incident
from tocsin.statuspages import commands as statuspages
from tocsin.statuspages import parts
from tocsin.statuspages.held import commands as held

pytestmark = pytest.mark.django_db


@pytest.fixture
def there() -> World:
    return world()


@pytest.fixture
def client(there: World) -> Client:
    return signed_in(there.ada)


@pytest.fixture
def incident(there: World, now: dt.datetime) -> Incident:
    products = [there.tickets, there.wallet]
    return commands.declare(
        company.actor(there.ada), summary="Cards fail", severity=1, service=there.checkout, products=products, now=now
    )


Sent = dict[str, list[str]]


def opened(client: Client, path: str) -> Sent:
    """A tab: what its form would send as it stands."""
    return filled(client.get(path).text, f'action="{path}"')


def said(client: Client, path: str, tab: Sent, **typed: str) -> HttpResponse:
    """The tab sent with what was typed into it."""
    return client.post(path, {**tab, **typed})


ASSESS = "/HOT-1/assess"


@pytest.mark.req("ASS-01")
def test_a_stale_tab_of_the_six_questions_adds_and_takes_nothing_away(client: Client, incident: Incident, there: World) -> None:
    first, second = opened(client, ASSESS), opened(client, ASSESS)
    told = {"customers": "both", "seen": "Cards are refused", "support_cases": "7", "factors": "data_loss"}
    assert said(client, ASSESS, first, **told, impact_started_at="2026-11-20 08:40 UTC").status_code == 302
    assert said(client, ASSESS, second, internal_figure="40").status_code == 302
    actor = company.actor(there.ada)
    fresh = Incident.objects.get(pk=incident.pk)
    known = incidents.assessment(actor, fresh)
    assert known is not None
    assert (known.customers, known.seen, known.factors, known.internal_figure) == (
        "both",
        "Cards are refused",
        ["data_loss"],
        "40",
    )
    assert (fresh.support_cases, fresh.impact_started_at is not None) == (7, True)


def test_two_who_change_the_same_answer_are_told(client: Client, incident: Incident, there: World) -> None:
    first, second = opened(client, ASSESS), opened(client, ASSESS)
    assert said(client, ASSESS, first, seen="Cards are refused").status_code == 302
    page = said(client, ASSESS, second, seen="Checkout is slow", external_figure="3 %")
    assert page.status_code == 422
    assert "Somebody else changed this meanwhile, to “Cards are refused”" in page.text
    assert "Checkout is slow" in page.text
    assert said(client, ASSESS, filled(page.text, f'action="{ASSESS}"')).status_code == 302
    known = incidents.assessment(company.actor(there.ada), incident)
    assert known is not None
    assert (known.seen, known.external_figure) == ("Checkout is slow", "3 %")


@pytest.mark.parametrize("shown", ["", "[" * 50_000, "[]", "null"])
def test_a_form_that_does_not_say_what_it_showed_is_taken_as_it_is(client: Client, incident: Incident, shown: str) -> None:
    assert client.post(ASSESS, {"seen": "Cards are refused", "shown": shown}).status_code == 302
    assert "Cards are refused" in client.get(ASSESS).text


def test_a_form_that_lies_about_what_it_showed_is_asked_again(client: Client, incident: Incident) -> None:
    assert client.post(ASSESS, {"seen": "Cards are refused", "shown": '{"seen": [1]}'}).status_code == 422


def test_a_stale_tab_keeps_what_somebody_else_observed(client: Client, incident: Incident, there: World, now: dt.datetime) -> None:
    actor, path = company.actor(there.ada), "/HOT-1/fix"
    page = client.get(path).text
    tab = next(one.fields for one in forms(page) if "observed" in one.fields)
    assert said(client, path, tab, observed="Timeouts", do="behaviour").status_code == 302
    assert said(client, path, tab, expected="An answer in 1 s", do="behaviour").status_code == 302
    kept = iterating.behaviour(actor, incident)
    assert kept is not None
    assert (kept.observed, kept.expected) == ("Timeouts", "An answer in 1 s")


def test_a_stale_tab_of_the_times_changes_the_one_that_was_typed(client: Client, incident: Incident) -> None:
    path = "/HOT-1/times"
    Incident.objects.filter(pk=incident.pk).update(detected_at=incident.detected_at.replace(second=55, microsecond=781000))
    first, second = opened(client, path), opened(client, path)
    assert said(client, path, first, impact_started_at="2026-11-20 08:40 UTC").status_code == 302
    started = Incident.objects.get(pk=incident.pk).impact_started_at
    assert said(client, path, second, impact_ended_at="2026-11-20 09:30 UTC").status_code == 302
    fresh = Incident.objects.get(pk=incident.pk)
    assert (fresh.impact_started_at, fresh.detected_at.second) == (started, 55)
    assert fresh.impact_ended_at is not None
    told = [set(event.data) for event in Event.objects.filter(subject=incident.id, name="incident.times_set")]
    assert all("detected_at" not in one for one in told)


def test_enter_in_the_note_for_a_second_reader_publishes_nothing(client: Client, incident: Incident) -> None:
    page = said(client, "/HOT-1/update", opened(client, "/HOT-1/update"), do="review", to_external="1")
    found = [one for one in forms(page.text) if one.action == "/HOT-1/update"]
    (asking,) = [one for one in found if one.is_typed_into]
    assert [button["value"] for button in asking.buttons] == ["ask"]
    assert not any(one.surprises for one in found)


def test_enter_in_an_answer_saves_and_wakes_nobody(client: Client, incident: Incident) -> None:
    first = next(one for one in forms(client.get(ASSESS).text) if one.action == ASSESS).buttons[0]
    assert {"name", "formaction", "disabled"} & set(first) == set()


COMPOSE = "/HOT-1/update"


def published(client: Client, tab: Sent, **typed: str) -> str:
    """What the review of these words shows; then they are published."""
    page = said(client, COMPOSE, tab, **typed, do="review")
    assert page.status_code == 200, page.context["form"].errors
    sent = next(one for one in forms(page.text) if one.action == COMPOSE and any(b.get("value") == "publish" for b in one.buttons))
    assert said(client, COMPOSE, sent.fields, do="publish").status_code == 302
    return page.text


@pytest.mark.req("FCO-08")
def test_a_part_that_nobody_touched_in_a_stale_composer_stays_down_and_the_review_names_those_that_were(
    client: Client, incident: Incident, there: World, now: dt.datetime
) -> None:
    wallet = statuspages.create_component(SYSTEM, parts.page("external"), name="Wallet", product=there.wallet, now=now)
    tickets = statuspages.create_component(SYSTEM, parts.page("external"), name="Tickets", product=there.tickets, now=now)
    stale = opened(client, COMPOSE)
    assert stale[f"c-{wallet.pk}"] == ["operational"]
    statuspages.set_component_state(SYSTEM, wallet, "major_outage", now=now)
    review = published(client, stale, **{f"c-{tickets.pk}": "partial_outage"})
    assert re.search(r"<b>Tickets</b>: Works → ", review)
    assert "<b>Wallet</b>" not in review
    wallet.refresh_from_db()
    tickets.refresh_from_db()
    assert (wallet.state, tickets.state) == ("major_outage", "partial_outage")


def test_words_that_wait_for_a_resolved_incident_promise_nothing(
    client: Client, incident: Incident, there: World, now: dt.datetime
) -> None:
    actor, words = company.actor(there.ada), {"title": "HOT-1", "body": "Cards fail."}
    held.hold(
        actor,
        incident,
        status="identified",
        internal=words,
        external=None,
        next_update_at=now + dt.timedelta(minutes=40),
        confirmation="one",
        at=now + dt.timedelta(minutes=20),
        now=now,
    )
    assert "Publish now" in client.get("/HOT-1").text
    commands.take_command(actor, incident, now=now)
    facts = {"impact_over": "1", "none_about_to_follow": "1", "owner": there.ada.id, "support_cases": "0", "do": "review"}
    facts |= {f"{name}_unknown": "1" for name in ("impact_started_at", "detected_at", "impact_ended_at")}
    review = client.post("/HOT-1/resolve", facts)
    assert "Confirmed words will not go out" in review.text
    assert "disabled" in next(one for one in forms(review.text) if one.action == "/HOT-1/resolve").buttons[0]
    last = filled(review.text, 'action="/HOT-1/resolve"')
    assert said(client, "/HOT-1/resolve", last, do="resolve").status_code == 302
    room = client.get("/HOT-1").text
    assert "Will not go out" in room
    assert "Publish now" not in room
