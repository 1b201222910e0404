"""What customers and colleagues read."""

from __future__ import annotations

import datetime as dt
import gzip
import re

import pytest
from django.test import Client

from tests import company
from tests.web.walk import World, signed_in, world
from tocsin.incidents import commands as incidents
from tocsin.incidents.models import Incident
from tocsin.statuspages import commands, queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def there(now: dt.datetime) -> World:
    made = world()
    _told(made, now)
    return made


def _told(made: World, now: dt.datetime) -> None:
    actor = company.actor(made.ada)
    incident = incidents.declare(
        actor, summary="Vault refuses", severity=1, service=made.checkout, products=[made.tickets], now=now
    )
    commands.post_update(
        actor,
        incident,
        status="investigating",
        internal={"body": "The vault <refuses>"},
        external={"body": "Paying by card & wallet fails"},
        next_update_at=now + dt.timedelta(minutes=30),
        confirmation="one",
        now=now,
    )


@pytest.mark.req("ICO-01")
def test_customers_read_their_words_and_none_of_the_house(there: World) -> None:
    answer = Client().get("/status")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Paying by card &amp; wallet fails" in page
    assert "next update by" in page
    for inside in ("HOT-1", "Vault refuses", "vault", "Checkout API", "Ada"):
        assert inside not in page


@pytest.mark.req("U12")
def test_two_problems_of_the_same_name_are_no_two_regions_of_one_name(there: World, now: dt.datetime) -> None:
    """A screen reader lists regions by their names; what may stand there twice is an article."""
    _told(there, now)
    for page in (Client().get("/status"), signed_in(there.ada).get("/status/internal")):
        text = page.content.decode()
        assert text.count("<article ") == 2
        names = re.findall(r'<section[^>]* aria-labelledby="([^"]+)"', text)
        titles = [re.search(rf'id="{name}"[^>]*>(.*?)</h2>', text).group(1) for name in names]  # type: ignore[union-attr]
        assert len(titles) == len(set(titles)) > 0


def test_the_page_is_light_and_asks_for_nothing_else(there: World) -> None:
    answer = Client().get("/status")
    page = answer.content.decode()
    assert "<script" not in page
    assert not answer.cookies
    assert not re.findall(r'src="|@import|url\((?!data:)', page)
    assert re.findall(r'<link rel="([^"]+)"', page) == ["icon", "alternate"]
    assert len(gzip.compress(answer.content)) < 25_000
    policy = answer["Content-Security-Policy"]
    assert "'sha256-" in policy
    assert "unsafe" not in policy


@pytest.mark.req("ICO-01", "DET-09")
def test_colleagues_sign_in_and_read_more(there: World) -> None:
    assert Client().get("/status/internal")["Location"].startswith("/account/login/")
    page = signed_in(company.stakeholder()).get("/status/internal").content.decode()
    assert "The vault &lt;refuses&gt;" in page
    assert "HOT-1" in page
    assert "Paying by card" not in page


@pytest.mark.req("FCO-11")
def test_colleagues_read_who_said_what_when_and_as_what(there: World, now: dt.datetime) -> None:
    incident = Incident.objects.get()
    incidents.take_command(company.actor(there.bo), incident, now=now + dt.timedelta(minutes=5))
    brief = {
        "opening": "Bo knows why.",
        "current_status": ["The vault is full", "Cards are refused"],
        "next_steps": ["Empty it", "Try again"],
        "answers": dict.fromkeys(("impact", "affected", "root_cause", "eta"), "unknown"),
        "place": "here",
    }
    for minute, words in ((6, brief), (40, {"body": "It works"})):
        commands.post_update(
            company.actor(there.bo),
            incident,
            status="resolved" if minute == 40 else "identified",
            internal=words,
            next_update_at=now + dt.timedelta(minutes=minute + 30) if minute != 40 else None,
            confirmation=f"at {minute}",
            now=now + dt.timedelta(minutes=minute),
        )
    page = " ".join(re.sub(r"<[^>]+>", " ", signed_in(company.stakeholder()).get("/status/internal").content.decode()).split())
    first, second, last = page.index("The vault"), page.index("Bo knows why"), page.index("It works")
    assert last < second < first, "newest first"
    assert page.count("Bo, Incident manager") == 2
    recorded = [update.body for update in queries.updates_of(incident).filter(entry__page__audience="internal")]
    assert [recorded[0], recorded[1].partition(".")[0], recorded[2]] == ["It works", "Bo knows why", "The vault <refuses>"]


def test_no_problem_is_said_in_words() -> None:
    assert "Everything works" in Client().get("/status").content.decode()
