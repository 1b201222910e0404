"""The war room in the browser, with script off."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client

from tests import company
from tests.web.walk import World, signed_in, world
from tocsin.collab.documents.models import Section
from tocsin.collab.models import Message
from tocsin.core import clock
from tocsin.core.eventlog import events
from tocsin.incidents import commands
from tocsin.incidents import queries as incidents
from tocsin.incidents.models import Incident, RoleAssignment
from tocsin.paging import commands as paging
from tocsin.paging.jobs import advance
from tocsin.paging.models import Page
from tocsin.web.gate.security import digest_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def there() -> World:
    return world()


@pytest.fixture
def client(there: World) -> Client:
    return signed_in(there.ada)


@pytest.fixture
def incident(there: World, now: dt.datetime) -> Incident:
    made = commands.declare(
        company.actor(there.bo), summary="Cards fail", severity=2, service=there.checkout, products=[there.tickets], now=now
    )
    return Incident.objects.get(pk=made.pk)


def fresh(incident: Incident) -> Incident:
    return Incident.objects.get(pk=incident.pk)


def test_it_carries_the_sheet_that_its_policy_allows(client: Client, incident: Incident) -> None:
    answer = client.get("/HOT-1")
    page = answer.content.decode()
    (style,) = re.findall("<style>(.+?)</style>", page)
    assert f"'sha256-{digest_of(style)}'" in answer["Content-Security-Policy"]
    assert 'rel="stylesheet"' not in page


def test_whoever_has_the_page_asks_for_it_anew_without_the_sheet(client: Client, incident: Incident) -> None:
    """Two hundred viewers do, at each change."""
    again = client.get("/HOT-1", headers={"X-Live": "1"})
    assert "<style" not in again.content.decode(), "an empty one would be refused too"
    assert "sha256" not in again["Content-Security-Policy"]


def test_it_shows_who_what_and_the_next_thing_to_do(client: Client, incident: Incident) -> None:
    page = client.get("/HOT-1").content.decode()
    assert "Cards fail" in page
    assert "nobody yet" in page
    assert "Take command" in page
    assert "First words" in page or "Next update" in page
    for heading in ("State document", "Roles", "People paged", "Links"):
        assert heading in page
    assert f'data-live="{incident.id}"' in page


@pytest.mark.req("TRK-10")
def test_every_act_of_every_stage_is_at_most_two_presses_away(client: Client, incident: Incident, there: World) -> None:
    before = client.get("/HOT-1").text
    assert 'action="/HOT-1/command"' in before, "one press takes command"
    client.post("/HOT-1/command")
    page = client.get("/HOT-1").text
    for act in ("assess", "severity", "update", "page", "roles", "note", "resolve"):
        assert f'href="/HOT-1/{act}"' in page, act
        forms = re.findall(r'<form[^>]*method="post"[^>]*>', client.get(f"/HOT-1/{act}").text)
        own = [form for form in forms if "action=" not in form or f'action="/HOT-1/{act}"' in form]
        assert own, f"the second press of {act}"
    minor = commands.declare(company.actor(there.ada), summary="A report is late", severity=3, now=incident.created_at)
    assert f'action="/{minor.key}/set-up"' in client.get(f"/{minor.key}").text, "one press sets up"


def test_small_letters_lead_to_the_same_room(client: Client, incident: Incident) -> None:
    assert client.get("/hot-1/talk")["Location"] == "/HOT-1/talk"


@pytest.mark.req("OPN-01")
def test_one_press_takes_command(client: Client, incident: Incident, there: World) -> None:
    assert client.post("/HOT-1/command")["Location"] == "/HOT-1"
    now_is = fresh(incident)
    assert now_is.manager == there.ada
    assert now_is.state == "fixing"
    assert "Confirm severity" in client.get("/HOT-1").content.decode()


def test_the_second_to_take_command_is_told_who_has_it(client: Client, incident: Incident, there: World) -> None:
    signed_in(there.bo).post("/HOT-1/command")
    answer = client.post("/HOT-1/command", follow=True)
    assert "Bo is the incident manager" in answer.content.decode()


@pytest.mark.req("TRK-07")
def test_what_is_said_and_noted_stands_in_the_room(client: Client, incident: Incident) -> None:
    client.post("/HOT-1/say", {"text": "Looking at the vault <b>", "client_key": "k1"})
    client.post("/HOT-1/say", {"text": "Looking at the vault <b>", "client_key": "k1"})
    client.post("/HOT-1/say", {"text": "/decision roll back now"})
    assert [message.kind for message in Message.objects.all()] == ["", "decision"]
    page = client.get("/HOT-1").content.decode()
    assert "Looking at the vault &lt;b&gt;" in page
    assert 'Decision:</span>\n<div class="words">roll back now' in page
    talk = client.get("/HOT-1/talk").content.decode()
    assert "roll back now" not in talk
    assert "roll back now" in client.get("/HOT-1/key-events").content.decode()


@pytest.mark.parametrize("text", ["", "   ", "/nonsense", "/sev 9", "/decision", "x" * 8001])
def test_odd_words_are_kept_and_answered(client: Client, incident: Incident, text: str) -> None:
    answer = client.post("/HOT-1/say", {"text": text})
    assert answer.status_code == 422
    assert "Not sent." in answer.content.decode()


def test_a_note_may_be_about_an_earlier_moment(client: Client, incident: Incident) -> None:
    sent = {"kind": "observation", "text": "5xx rises", "at": "20 min ago"}
    assert client.post("/HOT-1/note", sent).status_code == 302
    wrong = client.post("/HOT-1/note", sent | {"at": "sometime"})
    assert wrong.status_code == 422
    assert "is not a time" in wrong.content.decode()
    assert "5xx rises" in wrong.content.decode()


def test_severity_is_confirmed_or_changed(client: Client, incident: Incident) -> None:
    client.post("/HOT-1/severity", {"severity": "2"})
    assert fresh(incident).severity_confirmed_at is not None
    client.post("/HOT-1/severity", {"severity": "1"})
    assert fresh(incident).severity == 1
    assert client.post("/HOT-1/severity", {"severity": "0"}).status_code == 422


def test_roles_are_taken_given_and_handed_over(client: Client, incident: Incident, there: World) -> None:
    client.post("/HOT-1/roles", {"role": "tech_lead", "do": "take"})
    client.post("/HOT-1/roles", {"role": "communications_manager", "do": "assign", "person": there.bo.id})
    held = {(role.role, role.person) for role in RoleAssignment.objects.filter(until__isnull=True)}
    assert held == {("tech_lead", there.ada), ("communications_manager", there.bo)}
    client.post("/HOT-1/roles", {"role": "tech_lead", "do": "hand_over", "person": there.bo.id})
    assert RoleAssignment.objects.filter(role="tech_lead", person=there.bo, until__isnull=True).exists()
    assert client.post("/HOT-1/roles", {"role": "x" * 41, "do": "take"}).status_code == 422
    assert client.post("/HOT-1/roles", {"role": "tech_lead", "do": "assign", "person": "per_none"}).status_code == 422


@pytest.mark.req("OPN-07")
def test_a_section_saved_in_between_shows_both_texts(client: Client, incident: Incident, there: World) -> None:
    client.post("/HOT-1/doc/we_know", {"text": "Mine first", "version": "1"})
    late = signed_in(there.bo).post("/HOT-1/doc/we_know", {"text": "His words", "version": "1"})
    assert late.status_code == 409
    page = late.content.decode()
    assert "Mine first" in page
    assert "His words" in page
    again = signed_in(there.bo).post("/HOT-1/doc/we_know", {"text": "Both", "version": str(late.context["section"].version)})
    assert again.status_code == 302
    assert Section.objects.get(slug="we_know").text == "Both"


@pytest.mark.req("OPN-07")
def test_rows_are_added_to_the_tables(client: Client, incident: Incident) -> None:
    columns = {"when": "09:05", "what": "rollback done", "who": "release tool"}
    assert client.post("/HOT-1/tables/timeline", columns).status_code == 302
    page = client.get("/HOT-1/tables/timeline").content.decode()
    for cell in columns.values():
        assert cell in page
    assert client.post("/HOT-1/tables/timeline", {}).status_code == 422
    assert client.get("/HOT-1/tables/nothing").status_code == 404
    assert client.get("/HOT-1/tables/changes")["Location"] == "/HOT-1/changes"


def test_paging_a_team_first_shows_who_and_their_hour(client: Client, incident: Incident, there: World) -> None:
    before = Page.objects.count()
    shown = client.post("/HOT-1/page", {"target": there.bo.id, "do": "show"}).content.decode()
    assert "Bo" in shown.split("Who will be woken")[-1]
    asked = client.post("/HOT-1/page", {"target": there.bo.id, "do": "page at once"})
    assert asked.status_code == 200, "one person alone is asked about again"
    assert Page.objects.count() == before
    assert client.post("/HOT-1/page", {"target": there.bo.id, "do": "page"}).status_code == 302
    assert events.about(incident.id)[0].name
    assert "called in" in client.get("/HOT-1").content.decode()
    assert client.post("/HOT-1/page", {"target": "", "do": "page"}).status_code == 422


def test_a_page_that_nobody_needs_any_more_says_when_it_was_called_off(client: Client, incident: Incident, there: World) -> None:
    assert client.post("/HOT-1/page", {"target": there.bo.id, "do": "page"}).status_code == 302
    advance.tick(clock.now())
    off_at = clock.now() + dt.timedelta(minutes=3)
    assert paging.stop(incident.id, "enough", now=off_at)
    shown = client.get("/HOT-1").text.partition("People paged")[2]
    (said,) = set(re.findall(r'no longer needed <time datetime="([^"]+)"', shown))
    assert said == clock.rfc3339(off_at.replace(microsecond=0))


@pytest.mark.req("TRK-04")
def test_facts_change_and_the_history_keeps_the_old(client: Client, incident: Incident) -> None:
    sent = {"summary": "All cards fail", "service": "unknown", "source": "monitoring", "version": str(fresh(incident).version)}
    assert client.post("/HOT-1/edit", sent).status_code == 302
    page = client.get("/HOT-1/history").content.decode()
    assert "Cards fail" in page
    assert "All cards fail" in page
    stale = client.post("/HOT-1/edit", sent | {"summary": "Third", "version": "1"})
    assert stale.status_code == 422
    assert "Third" in stale.content.decode()


def test_the_history_says_times_in_the_zone_of_its_reader(client: Client, incident: Incident, there: World) -> None:
    began = dt.datetime(2026, 11, 20, 8, 4, 49, 90_000, tzinfo=dt.UTC)
    for minutes in (0, 5):
        moved = began + dt.timedelta(minutes=minutes)
        commands.set_times(company.actor(there.ada), fresh(incident), impact_started_at=moved, now=incident.created_at)
    seen = {"detected_at": began + dt.timedelta(minutes=9)}
    commands.set_times(company.actor(there.ada), fresh(incident), **seen, now=incident.created_at)
    commands.set_times(company.actor(there.ada), fresh(incident), unknown=seen, now=incident.created_at)
    page = signed_in(there.bo).get("/HOT-1/history").text
    for said in (
        "times in Tokyo",
        ">Fri 20 Nov, 17:04</time></td>",
        ">Fri 20 Nov, 17:09</time></td>",
        ">Fri 20 Nov, 17:13</time></td>",
        ">unknown</td>",
    ):
        assert said in page
    assert "Z</td>" not in page


@pytest.mark.req("MET-02")
def test_times_are_typed_echoed_and_checked(client: Client, incident: Incident) -> None:
    check = client.post("/HOT-1/times", {"impact_started_at": "30 min ago", "detected_at": "20 min ago", "do": "check"})
    assert "Understood as" in check.content.decode()
    assert fresh(incident).impact_started_at is None
    wrong = client.post("/HOT-1/times", {"impact_started_at": "10 min ago", "detected_at": "20 min ago"})
    assert wrong.status_code == 422
    assert "Detection cannot come before" in wrong.content.decode()


@pytest.mark.req("OPN-13")
def test_a_latecomer_finds_room_document_video_and_summary(client: Client, incident: Incident, there: World) -> None:
    commands.change_fields(company.actor(there.bo), incident, video_url="https://video.example.com/hot", now=incident.created_at)
    page = client.get("/HOT-1/catch-up").content.decode()
    assert 'href="/HOT-1/video"' in page
    assert client.get("/HOT-1/video")["Location"] == "https://video.example.com/hot"
    assert "nobody is the incident manager yet" in page
    text = client.get("/HOT-1/text")
    assert text["Content-Type"].startswith("text/plain")
    assert len(text.content) < 10_000
    assert b"HOT-1 Cards fail" in text.content


def test_stakeholders_read_and_ask_but_do_not_run(incident: Incident) -> None:
    reading = signed_in(company.stakeholder())
    page = reading.get("/HOT-1").content.decode()
    assert "Take command" not in page
    assert reading.post("/HOT-1/say", {"text": "Are refunds hit?"}).status_code == 302
    assert reading.post("/HOT-1/command").status_code == 403
    assert reading.post("/HOT-1/doc/we_know", {"text": "x", "version": "1"}).status_code == 403
    assert reading.get("/HOT-1/doc")["Location"] == "/HOT-1#doc", "the topic leads everybody there"
    assert 'id="doc"' in page


def test_a_private_incident_does_not_exist_for_others(there: World, now: dt.datetime) -> None:
    commands.declare(company.actor(there.bo), summary="Secret", severity=3, private=True, now=now)
    stranger = signed_in(there.ada)
    for path in ("", "/text", "/history", "/catch-up", "/update", "/resolve", "/postmortem", "/edit", "/roles", "/doc/we_know"):
        answer = stranger.get(f"/HOT-1{path}")
        assert answer.status_code == 404, path
        assert b"Secret" not in answer.content


def test_the_page_asks_a_fixed_number_of_questions(
    client: Client, incident: Incident, there: World, now: dt.datetime, django_assert_max_num_queries: object
) -> None:
    for number in range(20):
        commands.say(company.actor(there.bo), incident, f"line {number}", now=now)
    with django_assert_max_num_queries(60):  # type: ignore[operator]
        client.get("/HOT-1")
    assert len(incidents.timeline(company.actor(there.ada), incident)) > 20


@pytest.mark.req("TRK-02")
def test_the_list_has_views_and_filters_in_its_address(client: Client, incident: Incident) -> None:
    for address in ("/incidents", "/incidents?state=new", "/incidents?view=all&severity=2&service=checkout-api&q=cards"):
        assert "HOT-1" in client.get(address).content.decode(), address
    for address in ("/incidents?view=mine", "/incidents?view=queue", "/incidents?view=postmortem", "/incidents?severity=1"):
        assert "HOT-1 " not in client.get(address).content.decode(), address
    assert client.get("/incidents?view=zzz&page=-1&severity=x&state=%00&team=%00").status_code == 200
