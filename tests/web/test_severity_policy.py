"""What follows from a severity, and what helps to choose one: the agreed page, the service's words, clocks or a queue."""

from __future__ import annotations

import pytest
from django.test import Client

from tests import company
from tests.api.caller import Api, refusal
from tests.conftest import NOW
from tests.incidents.given import House, declared, house
from tocsin.core import clock
from tocsin.incidents import commands

pytestmark = pytest.mark.django_db

GUIDANCE = "Sev 1 from 5 % refused cards on."


@pytest.fixture
def there() -> House:
    return house()


@pytest.mark.req("ASS-06")
def test_page_and_api_show_three_with_examples_and_which_are_major(client: Client, there: House) -> None:
    client.force_login(there.sven)
    shown = client.get("/severity").text
    levels = Api(there.ben).get("severities").json()["items"]
    assert {level["number"]: level["is_major"] for level in levels} == {1: True, 2: True, 3: False}
    for level in levels:
        assert level["examples"].splitlines()[0] in shown


@pytest.mark.req("ASS-07")
def test_the_short_link_leads_to_the_matrix_which_is_edited_and_signed(client: Client, there: House) -> None:
    client.force_login(there.root)
    assert client.get("/go/severity")["Location"].endswith("/severity")
    form = {"number": "1", "name": "Critical", "meaning": "All stands still.", "examples": "Nobody can pay\nAll is down"}
    assert client.post("/admin/severities", form | {"meaning": ""}).status_code == 422
    assert client.post("/admin/severities", form).status_code == 302
    assert client.post("/severity/sign", {"team": "payments", "version": "1"}).status_code == 422
    assert client.post("/severity/sign", {"team": "nobody", "version": "2"}).status_code == 422
    assert client.post("/severity/sign", {"team": "payments", "version": "2"}).status_code == 302
    shown = client.get("/severity").text
    for words in ("All stands still.", "<li>All is down</li>", "version 2", "Payments", "agrees", "Root"):
        assert words in shown
    client.force_login(there.sven)
    assert client.post("/severity/sign", {"team": "payments", "version": "2"}).status_code == 403


@pytest.mark.req("ASS-07")
def test_the_api_signs_a_version(there: House) -> None:
    root = Api(there.root)
    root.post("severities/3/set-meaning", {"name": "Minor", "meaning": "Few notice.", "examples": "A late report"})
    found = root.get("severities/agreement").json()
    assert (found["version"], found["waiting"], found["severities"][2]["examples"]) == (2, ["payments"], "A late report")
    assert refusal(root.post("severities/sign", {"team": "payments", "version": 1}), 409)["field"] == "version"
    refusal(root.post("severities/sign", {"team": "nobody"}), 422)
    signed = root.post("severities/sign", {"team": "payments"}).json()
    assert ([one["team"] for one in signed["signed"]], signed["waiting"]) == (["payments"], [])
    refusal(Api(there.ben).post("severities/sign", {"team": "payments"}), 403)


@pytest.mark.req("ASS-10")
def test_a_services_words_stand_where_its_severity_is_picked(client: Client, there: House) -> None:
    client.force_login(there.root)
    form = {"name": "Checkout API", "team": "payments", "severity_guidance": GUIDANCE}
    assert client.post("/s/checkout-api/change", form | {"severity_guidance": "x" * 1_001}).status_code == 422
    assert client.post("/s/checkout-api/change", form).status_code == 302
    incident = declared(there, severity=2)
    note = '<div class="letter prose gapped if-major" data-of="checkout-api"'
    assert f"{note}>" in client.get("/declare?service=checkout-api").text
    assert f"{note} hidden>" in client.get("/declare").text
    preview = client.post("/declare", {"do": "preview", "service": "checkout-api", "severity": "1"}).text
    assert f"{note}>" in preview
    for page in ("/s/checkout-api", f"/{incident.key}/assess", f"/{incident.key}/severity"):
        assert GUIDANCE in client.get(page).text
    root = Api(there.root)
    assert root.get("services/checkout-api").json()["severity_guidance"] == GUIDANCE
    etag = root.get("services/checkout-api")["ETag"]
    changed = root.patch("services/checkout-api", {"severity_guidance": ""}, if_match=etag).json()
    assert changed["severity_guidance"] == ""


@pytest.mark.req("ASS-09")
@pytest.mark.parametrize("severity", [1, 2, 3])
def test_a_major_incident_runs_by_the_clock_and_a_minor_one_waits_in_a_queue(client: Client, there: House, severity: int) -> None:
    client.force_login(there.ben)
    incident = commands.take_command(company.actor(there.ben), declared(there, severity=severity, now=clock.now()), now=clock.now())
    shown = {page: client.get(f"/{incident.key}{page}").text for page in ("", "/checklist", "/fix")}
    clocks = ('role="timer"' in shown[""], "due again" in shown["/checklist"] or "due since" in shown["/checklist"])
    asks = "The question comes" in shown["/fix"]
    if severity < 3:
        assert (*clocks, asks) == (True, True, True)
        assert "Plan the next hand-over" in shown[""]
        assert "Worked on day and night until it is resolved" in shown[""]
    else:
        assert (*clocks, asks) == (False, False, False)
        assert "/relief" not in shown[""]
        assert "In the queue of" in shown[""]
        assert "taken up in working hours" in shown[""]


@pytest.mark.req("OPN-14")
def test_opening_communications_shows_video_and_room_side_by_side(client: Client, there: House) -> None:
    client.force_login(there.ben)
    incident = declared(there)
    commands.change_fields(company.actor(there.ben), incident, video_url="https://video.example/hot", now=NOW)
    shown = client.get(f"/{incident.key}/checklist").text
    section = shown[shown.index('id="communications"') :].split("</section>")[0]
    assert "Video to understand each other fast" in section
    assert f'href="/{incident.key}/video"' in section
    assert f'href="/{incident.key}">The room' in section


@pytest.mark.req("ITR-11")
def test_the_fix_page_shows_the_calm_words_as_administrators_wrote_them(client: Client, there: House) -> None:
    client.force_login(there.ben)
    incident = commands.take_command(company.actor(there.ben), declared(there), now=NOW)
    assert "Stay calm" in client.get(f"/{incident.key}/fix").text
    Api(there.root).post("cheat-sheet/sections/fix/change", {"text": "Breathe."})
    shown = client.get(f"/{incident.key}/fix").text
    assert "Breathe." in shown
    assert "Stay calm" not in shown
    refusal(Api(there.ben).post("cheat-sheet/sections/fix/change", {"text": "Run"}), 403)
