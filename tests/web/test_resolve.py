"""Resolving in the browser: two confirmations, three times, an owner, the last words."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from tests import company
from tests.web.walk import World, signed_in, world
from tocsin.incidents import commands
from tocsin.incidents.models import Incident
from tocsin.postmortems.models import Postmortem
from tocsin.statuspages import commands as statuspages
from tocsin.statuspages.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def there() -> World:
    return world()


@pytest.fixture
def client(there: World) -> Client:
    return signed_in(there.ada)


@pytest.fixture
def incident(there: World, now: dt.datetime) -> Incident:
    actor = company.actor(there.ada)
    made = commands.declare(actor, summary="Cards fail", severity=2, products=[there.tickets], service=there.checkout, now=now)
    return commands.take_command(actor, made, now=now)


def whole(there: World) -> dict[str, str]:
    return {
        "impact_over": "1",
        "none_about_to_follow": "1",
        "impact_started_at": "70 min ago",
        "detected_at": "60 min ago",
        "impact_ended_at": "10 min ago",
        "support_cases": "3",
        "owner": there.bo.id,
        "do": "review",
    }


def fresh() -> Incident:
    return Incident.objects.get()


@pytest.mark.req("RES-01", "RES-04", "RES-09", "MET-01", "MET-02")
def test_resolved_with_its_times_and_an_owner(client: Client, incident: Incident, there: World) -> None:
    review = client.post("/HOT-1/resolve", whole(there))
    page = review.content.decode()
    assert "10 min" in page
    assert "1 h" in page
    assert fresh().state == "fixing"
    done = client.post("/HOT-1/resolve", dict(review.context["carried"]) | {"do": "resolve"})
    assert done["Location"] == "/HOT-1"
    assert fresh().state == "resolved"
    assert fresh().support_cases == 3
    assert Postmortem.objects.get().owner == there.bo
    assert "Open postmortem" in client.get("/HOT-1").content.decode()


@pytest.mark.req("RES-04")
def test_an_unknown_time_is_an_answer(client: Client, incident: Incident, there: World) -> None:
    sent = whole(there) | {"impact_started_at": "", "impact_started_at_unknown": "1"}
    review = client.post("/HOT-1/resolve", sent)
    client.post("/HOT-1/resolve", dict(review.context["carried"]) | {"do": "resolve"})
    assert fresh().state == "resolved"
    assert fresh().unknown_times == ["impact_started_at"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"impact_over": ""}, "Confirm that the impact"),
        ({"none_about_to_follow": ""}, "Confirm that no further impact"),
        ({"impact_ended_at": ""}, "end of impact is missing"),
        ({"impact_ended_at": "whenever"}, "is not a time"),
        ({"detected_at": "2 h ago"}, "Detection cannot come before"),
        ({"owner": ""}, "owns its postmortem"),
        ({"support_cases": "many"}, "whole number"),
        ({"support_cases": "9" * 30}, "whole number"),
    ],
)
def test_what_is_missing_is_said_at_its_field(
    client: Client, incident: Incident, there: World, change: dict[str, str], words: str
) -> None:
    for verb in ("review", "resolve"):
        answer = client.post("/HOT-1/resolve", whole(there) | change | {"do": verb})
        assert answer.status_code == 422
        assert words in answer.content.decode()
    assert fresh().state == "fixing"


@pytest.mark.req("RES-06", "RES-07")
def test_the_last_words_are_drafted_and_close_the_entries(client: Client, incident: Incident, there: World) -> None:
    statuspages.post_update(
        company.actor(there.ada),
        incident,
        status="investigating",
        internal={"body": "Looking"},
        external={"body": "Looking into it"},
        next_update_at=incident.created_at + dt.timedelta(minutes=30),
        confirmation="first",
        now=incident.created_at,
    )
    review = client.post("/HOT-1/resolve", whole(there))
    drafts = {one.audience: one for one in review.context["closings"]}
    assert "1 h" in drafts["internal"].body
    assert "3 support cases" in drafts["internal"].body
    assert "postmortem will follow" in drafts["external"].body
    sent = dict(review.context["carried"]) | {"do": "resolve", "internal_close": "1", "external_close": "1"}
    sent |= {f"{audience}_{part}": getattr(words, part) for audience, words in drafts.items() for part in ("title", "body")}
    client.post("/HOT-1/resolve", sent | {"external_body": "It works again. A postmortem will follow."})
    assert not Entry.objects.filter(resolved_at=None).exists()
    closing = Entry.objects.get(page__audience="external").updates.first()
    assert closing is not None
    assert closing.body == "It works again. A postmortem will follow."


def test_resolving_twice_tells_the_second(client: Client, incident: Incident, there: World) -> None:
    review = client.post("/HOT-1/resolve", whole(there))
    sent = dict(review.context["carried"]) | {"do": "resolve"}
    client.post("/HOT-1/resolve", sent)
    assert "resolved already" in client.post("/HOT-1/resolve", sent, follow=True).content.decode()


def test_nobody_resolves_what_nobody_leads(client: Client, there: World, now: dt.datetime) -> None:
    commands.declare(company.actor(there.ada), summary="Cards fail", severity=3, now=now)
    review = client.post("/HOT-1/resolve", whole(there))
    answer = client.post("/HOT-1/resolve", dict(review.context["carried"]) | {"do": "resolve"}, follow=True)
    assert "Take command first" in answer.content.decode()
    assert fresh().state == "pending"
