"""Escalating from an incident: the page carries the key, the checklist names everybody, a vendor is one of them."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.test import Client

from tests import company
from tests.api.caller import Api, refusal
from tests.incidents.given import declared, fixing, house, later
from tests.paging.world import HandEngine, Outside
from tocsin.core import clock
from tocsin.directory import commands as directory
from tocsin.incidents import commands, queries

pytestmark = pytest.mark.django_db


@pytest.mark.req("ESC-01")
def test_a_second_teams_page_has_the_key_and_leads_to_the_room_and_the_timeline_says_so(client: Client, mail: Outside):
    there, eve = house(), company.person("Eve")
    team = company.team("Search", eve)
    company.policy(team, company.schedule(team, eve))
    incident, ben = fixing(there), there.actor("ben")
    commands.page_team(ben, incident, team, now=later(2))
    HandEngine().run(later(2))
    page = next(message for _, message in mail.sent if message.to == eve.email)
    assert incident.key in page.subject
    assert incident.key in page.text
    assert f'href="/{incident.key}"' in client.get(urlsplit(page.link).path).text
    assert ("Escalation", "Search called in") in [(one.kind, one.text) for one in queries.timeline(ben, incident)]


@pytest.mark.req("ESC-02")
def test_the_escalation_part_names_everybody_each_with_an_address_that_works(client: Client):
    there = house()
    incident = declared(there)
    client.force_login(there.ben)
    part = next(part for part in queries.checklist(there.actor("ben"), incident, clock.now()) if part.section.slug == "escalate")
    said = " ".join(line.text for line in part.lines).lower()
    for words in ("platform and infrastructure", "other products", "writes to customers", "security", "more incident managers"):
        assert words in said
    for words in ("vendor", "head of engineering", "cto", "founders", "anybody else"):
        assert words in said
    for line in part.lines:
        assert client.get(line.path).status_code == 200, line.path


@pytest.mark.req("ESC-04")
def test_a_vendor_entry_shows_contact_and_procedure_and_is_put_on_the_incident_as_an_escalation(client: Client):
    there = house()
    given = {"phone": "+43 1 555 0100", "support_url": "https://cloud.example/support", "procedure": "Say: business down."}
    vendor = directory.create_vendor(there.actor("root"), name="Cloud", **given, now=later(0))
    incident = declared(there)
    client.force_login(there.ben)
    assert client.get("/go/awshelp")["Location"].endswith("/vendors?q=aws")
    assert f"/v/{vendor.slug}" in client.get("/vendors").text
    shown = client.get(f"/v/{vendor.slug}?incident={incident.key}").text
    assert all(words in shown for words in given.values())
    assert f'<option value="{incident.key}" selected>' in shown
    assert client.post(f"/v/{vendor.slug}/called", {"incident": ""}).status_code == 422
    assert client.post(f"/v/{vendor.slug}/called", {"incident": "HOT-99"}).status_code == 422
    assert client.post(f"/v/{vendor.slug}/called", {"incident": incident.key, "text": "x" * 1_001}).status_code == 422
    assert client.post(f"/v/{vendor.slug}/called", {"incident": incident.key, "text": "case 4711"}).status_code == 302
    lines = [(one.kind, one.text) for one in queries.timeline(there.actor("ben"), incident)]
    assert ("Escalation", "Vendor called: Cloud, +43 1 555 0100. case 4711") in lines
    base = f"incidents/{incident.key}/call-vendor"
    assert Api(there.ben).post(base, {"vendor": "cloud", "text": "they call back"}).status_code == 200
    assert refusal(Api(there.ben).post(base, {"vendor": "nobody"}), 422)["field"] == "vendor"
    client.force_login(there.sven)
    assert "Put it on the incident" not in client.get(f"/v/{vendor.slug}").text
    assert client.post(f"/v/{vendor.slug}/called", {"incident": incident.key}).status_code == 403
