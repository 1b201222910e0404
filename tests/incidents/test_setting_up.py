"""One act makes room, video call and state document; doing it again adds only what is missing."""

from __future__ import annotations

import pytest

from tests.incidents.given import declared, house, later
from tocsin.collab.documents.models import Document
from tocsin.collab.models import Room
from tocsin.core.errors import Invalid
from tocsin.incidents import commands, ports
from tocsin.incidents.models import Incident
from tocsin.integrations.video.address import Rooms

pytestmark = pytest.mark.django_db


@pytest.fixture
def jitsi():
    ports.fill_video(Rooms("https://meet.example.com/{room}"))
    yield
    ports.fill_video(Rooms(""))


@pytest.mark.req("OPN-02", "OPN-03", "OPN-04", "SYS-08")
def test_a_major_incident_has_a_room_a_document_and_a_video_call_that_nobody_guesses(jitsi):
    there = house()
    incident = declared(there)
    assert Room.objects.get(subject=incident.id).name == incident.key
    assert Document.objects.filter(subject=incident.id).count() == 1
    address = f"https://meet.example.com/{incident.key.lower()}-"
    assert incident.video_url.startswith(address)
    assert len(incident.video_url) == len(address) + 10
    assert incident.video_url in Room.objects.get(subject=incident.id).topic
    assert incident.video_url != declared(there).video_url


@pytest.mark.req("OPN-03")
def test_what_failed_is_made_up_for_by_hand_or_by_trying_again_and_nothing_twice():
    there = house()
    incident, ben = declared(there), there.actor("ben")
    assert incident.video_url == ""
    ports.fill_video(Rooms("https://bridge.example.com/war"))
    try:
        again = commands.set_up(ben, incident, now=later(5))
        assert again.video_url == "https://bridge.example.com/war"
        version = commands.set_up(ben, incident, now=later(6)).version
        assert version == again.version, "the third time changes nothing"
        by_hand = commands.change_fields(ben, incident, video_url="https://other.example.com/x", now=later(7))
        assert commands.set_up(ben, by_hand, now=later(8)).video_url == "https://other.example.com/x"
    finally:
        ports.fill_video(Rooms(""))
    assert Room.objects.filter(subject=incident.id).count() == 1


@pytest.mark.req("OPN-06")
def test_people_may_meet_in_a_room_of_the_house():
    there = house()
    incident, ben = declared(there), there.actor("ben")
    for address in ("javascript:alert(1)", "ftp://x", "//evil.example/x", "data:text/html,x"):
        with pytest.raises(Invalid) as refused:
            commands.change_fields(ben, incident, video_url=address, now=later(2))
        assert refused.value.field == "video_url"
    commands.change_fields(ben, incident, video_url="Room Danube, third floor", now=later(2))
    fresh = Incident.objects.get(pk=incident.pk)
    assert (fresh.video_url, fresh.video_link) == ("Room Danube, third floor", "")
