"""Composing an update: drafts, the exact words, one confirmation."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from tests import company
from tests.web.walk import World, signed_in, world
from tocsin.incidents import commands
from tocsin.incidents.models import Incident
from tocsin.statuspages.models import Update

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


def draft(client: Client) -> dict[str, str]:
    """The composer's form as it is offered."""
    values = client.get("/HOT-1/update").context["form"].values
    kept = {name: value for name, value in values.items() if isinstance(value, str)}
    return kept | {"to_internal": "1", "to_external": "1", "seen": ""}


def confirmed(client: Client, form: dict[str, str]) -> dict[str, str]:
    """The review page's hidden fields: what the one press sends."""
    page = client.post("/HOT-1/update", form | {"do": "review"})
    assert page.status_code == 200, page.context["form"].errors
    context = page.context
    return dict(context["carried"]) | {"confirmation": context["confirmation"], "seen": context["seen"], "do": "publish"}


@pytest.mark.req("ICO-02", "ICO-03", "ICO-04", "ICO-05")
def test_the_first_words_are_drafted(client: Client, incident: Incident) -> None:
    form = draft(client)
    assert form["internal_title"] == "HOT-1 - Sev 1 - Cards fail"
    assert "Tickets and Wallet" in form["internal_body"]
    assert form["external_title"] == "Investigating issues with Tickets and Wallet"
    assert "HOT-1" not in form["external_title"] + form["external_body"]
    assert form["next"] == "in 30 min"


def test_the_review_shows_the_exact_words_and_publishes_nothing(client: Client, incident: Incident) -> None:
    page = client.post("/HOT-1/update", draft(client) | {"external_body": "Cards fail for some.", "do": "review"}).content.decode()
    assert "Publish this inside and to customers?" in page
    assert "Cards fail for some." in page
    assert not Update.objects.exists()


@pytest.mark.req("ICO-01")
def test_one_confirmation_reaches_both_pages(client: Client, incident: Incident) -> None:
    sent = confirmed(client, draft(client))
    assert client.post("/HOT-1/update", sent)["Location"] == "/HOT-1"
    assert {update.entry.page.audience for update in Update.objects.all()} == {"internal", "external"}
    assert "Public: investigating" in client.get("/HOT-1").content.decode()


def test_pressing_twice_publishes_once_and_says_so(client: Client, incident: Incident) -> None:
    sent = confirmed(client, draft(client))
    client.post("/HOT-1/update", sent)
    again = client.post("/HOT-1/update", sent, follow=True)
    assert "confirmed already" in again.content.decode()
    assert Update.objects.count() == 2


def answered(form: dict[str, str]) -> dict[str, str]:
    """The same follow-up with every question answered."""
    said = {"opening": "Cards fail for some.", "current_status": "One\nTwo", "next_steps": "Three\nFour", "impact": "opening"}
    return form | said | {"affected": "known", "affected_text": "300 customers", "root_cause": "unknown", "eta": "unknown"}


def test_whoever_comes_second_reads_the_first_before_confirming(client: Client, incident: Incident, there: World) -> None:
    mine = confirmed(client, draft(client) | {"internal_body": "My own words."})
    other = signed_in(there.bo)
    other.post("/HOT-1/update", confirmed(other, draft(other) | {"internal_body": "Bo was faster"}))
    answer = client.post("/HOT-1/update", mine)
    assert answer.status_code == 422
    assert "Bo was faster" in answer.content.decode()
    assert answer.context["form"]["opening"] == "My own words."
    assert Update.objects.count() == 2
    follow_up = answered(draft(client)) | {"seen": answer.context["seen"]}
    assert client.post("/HOT-1/update", confirmed(client, follow_up)).status_code == 302
    assert Update.objects.count() == 4


def test_words_that_were_confirmed_in_the_same_form_are_read_again_when_somebody_spoke(
    client: Client, incident: Incident, there: World
) -> None:
    client.post("/HOT-1/update", confirmed(client, draft(client)))
    mine, other = confirmed(client, answered(draft(client))), signed_in(there.bo)
    other.post("/HOT-1/update", confirmed(other, answered(draft(other)) | {"opening": "Bo was faster."}))
    again = client.post("/HOT-1/update", mine)
    assert again.status_code == 200
    assert "Bo was faster" in again.content.decode()
    second = dict(again.context["carried"]) | {"confirmation": again.context["confirmation"], "seen": again.context["seen"]}
    assert client.post("/HOT-1/update", second | {"do": "publish"}).status_code == 302


@pytest.mark.req("FCO-02", "FCO-03", "FCO-05", "FCO-06")
def test_a_follow_up_goes_when_five_questions_are_answered_and_its_warnings_accepted(client: Client, incident: Incident) -> None:
    client.post("/HOT-1/update", confirmed(client, draft(client)))
    form = draft(client) | {"seen": Update.objects.first().id}
    page = client.post("/HOT-1/update", form | {"opening": "A. B. C.", "do": "review"})
    assert page.status_code == 422
    assert {"opening", "current_status", "next_steps", "affected", "root_cause", "eta"} <= set(page.context["form"].errors)
    assert "The root cause is currently unknown." in page.content.decode()
    form = answered(form) | {"next_steps": "Only one"}
    page = client.post("/HOT-1/update", form | {"do": "review"})
    assert list(page.context["form"].errors) == ["next_steps"]
    assert "accept_next_steps" in page.content.decode()
    sent = confirmed(client, form | {"accept_next_steps": "1"})
    assert client.post("/HOT-1/update", sent).status_code == 302
    kept = Update.objects.filter(entry__page__audience="internal").first()
    assert kept.brief["answers"]["affected"] == "300 customers"
    assert kept.brief["accepted"] == ["next_steps"]
    assert "When it will be fixed is currently unknown." in kept.body


def test_last_words_chosen_in_the_form_of_a_follow_up_are_drafted_and_read_first(client: Client, incident: Incident) -> None:
    client.post("/HOT-1/update", confirmed(client, draft(client)))
    page = client.post("/HOT-1/update", draft(client) | {"internal_body": "", "status": "resolved", "do": "review"})
    assert page.status_code == 422
    sent = {name: value for name, value in draft(client).items() if name != "internal_body"}
    page = client.post("/HOT-1/update", sent | {"status": "resolved", "do": "review"})
    assert "HOT-1 is resolved" in page.context["form"]["internal_body"]


@pytest.mark.req("FCO-08")
def test_words_for_customers_are_hinted_at_and_may_go(client: Client, incident: Incident) -> None:
    page = client.post("/HOT-1/update", draft(client) | {"external_body": "Ada restarts pay-03. One. Two.", "do": "review"})
    assert page.status_code == 200
    assert [hint.partition("; ")[0] for hint in page.context["hints"]] == [
        "“pay-03” looks like the name of a host.",
        "“Ada” is somebody of the house.",
        "3 sentences",
    ]


def test_the_promised_time_is_the_one_that_was_read(client: Client, incident: Incident) -> None:
    page = client.post("/HOT-1/update", draft(client) | {"do": "review"})
    promised = page.context["form"]["next_at"]
    sent = dict(page.context["carried"]) | {"confirmation": page.context["confirmation"], "seen": "", "do": "publish"}
    client.post("/HOT-1/update", sent)
    assert abs(Update.objects.first().next_update_at - promised) < dt.timedelta(seconds=1)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"next": ""}, "Say when the next update comes"),
        ({"next": "later"}, "is not a time"),
        ({"next": "20 min ago"}, "must lie in the future"),
        ({"external_body": "See HOT-1"}, "Take it out of the text for customers"),
        ({"internal_body": " "}, "Write the message"),
        ({"status": "fine"}, "Choose a status"),
        ({"to_internal": "", "to_external": ""}, "Choose who this is for"),
        ({"internal_title": "x" * 400}, "Too long"),
    ],
)
def test_what_is_missing_is_said_and_the_words_are_kept(
    client: Client, incident: Incident, change: dict[str, str], words: str
) -> None:
    form = draft(client) | {"external_body": "Kept words."} | change
    for verb in ("review", "publish"):
        answer = client.post("/HOT-1/update", form | {"do": verb, "confirmation": "c"})
        assert answer.status_code == 422
        page = answer.content.decode()
        assert words in page
        assert form["external_body"] in page
    assert not Update.objects.exists()


def test_going_back_keeps_the_words(client: Client, incident: Incident) -> None:
    carried = confirmed(client, draft(client) | {"internal_body": "My own words"})
    page = client.post("/HOT-1/update", carried | {"do": "edit"})
    assert page.status_code == 200
    assert "My own words" in page.content.decode()
    assert not Update.objects.exists()


def test_private_incidents_never_reach_customers(there: World, client: Client, now: dt.datetime) -> None:
    commands.declare(company.actor(there.ada), summary="Secret", severity=3, private=True, now=now)
    page = client.get("/HOT-1/update").content.decode()
    assert "to_external" not in page
    form = {"status": "investigating", "to_external": "1", "external_body": "Out", "next": "in 30 min", "confirmation": "c"}
    answer = client.post("/HOT-1/update", form | {"do": "publish", "seen": ""})
    assert answer.status_code == 422
    assert not Update.objects.exists()


@pytest.mark.req("VAL-07")
def test_in_a_drill_words_are_kept_to_be_read_aloud_and_nothing_is_published(
    there: World, client: Client, now: dt.datetime
) -> None:
    drill = commands.declare(company.actor(there.ada), summary="Fire on deck", severity=3, drill=True, now=now)
    assert drill.key == "DRILL-1"
    page = client.get("/DRILL-1/update").content.decode()
    assert "This is a drill" in page
    assert "Keep the draft" in page
    form = {
        "status": "investigating",
        "to_internal": "1",
        "internal_title": "T",
        "internal_body": "We are on it.",
        "next": "in 30 min",
    }
    for verb in ("review", "publish"):
        answer = client.post("/DRILL-1/update", form | {"do": verb, "seen": "", "confirmation": "c"})
        assert answer["Location"] == "/DRILL-1/drafts"
    assert not Update.objects.exists()
    shown = client.get("/DRILL-1/drafts").content.decode()
    assert "We are on it." in shown
    draft = drill.drill_drafts.first()
    client.post(f"/DRILL-1/drafts/{draft.id}", {"text": "Who is hit? I could not tell."})
    assert "Who is hit?" in client.get("/DRILL-1/drafts").content.decode()
