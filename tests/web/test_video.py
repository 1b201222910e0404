"""Following the link to the video call: signed in, a token of one's own, nothing of it in any page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.test import Client

from tests import company
from tests.web.walk import World, signed_in, world
from tocsin.incidents import commands, ports
from tocsin.incidents.models import Incident
from tocsin.integrations.video.address import Rooms

pytestmark = pytest.mark.django_db


@pytest.fixture
def there() -> World:
    return world()


@pytest.fixture
def incident(there: World, now: dt.datetime) -> Iterator[Incident]:
    ports.fill_video(Rooms("https://meet.example.com/{room}", app_id="tocsin", secret="s" * 20))
    made = commands.declare(company.actor(there.ada), summary="Cards fail", severity=2, service=there.checkout, now=now)
    yield made
    ports.fill_video(Rooms(""))


@pytest.mark.req("SYS-08")
def test_whoever_follows_the_link_enters_with_a_token_of_their_own(there: World, incident: Incident) -> None:
    ada = signed_in(there.ada)
    assert "jwt=" not in ada.get("/HOT-1").content.decode()
    assert 'href="/HOT-1/video"' in ada.get("/HOT-1").content.decode()
    answer = ada.get("/HOT-1/video")
    assert answer["Location"].startswith(f"{Incident.objects.get().video_url}?jwt=ey")
    assert (answer["Cache-Control"], answer["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert signed_in(there.bo).get("/HOT-1/video")["Location"] != answer["Location"]
    assert "/account/login/" in Client().get("/HOT-1/video")["Location"]


def test_only_the_room_of_the_incident_gets_a_token(there: World, incident: Incident, now: dt.datetime) -> None:
    for typed, leads in (("https://meet.example.com/board", "https://meet.example.com/board"), ("Room 4", "/HOT-1")):
        commands.change_fields(company.actor(there.ada), incident, video_url=typed, now=now)
        assert signed_in(there.ada).get("/HOT-1/video")["Location"] == leads
