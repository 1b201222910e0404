"""Roles offered and accepted by forms and over the API."""

from __future__ import annotations

import pytest
from django.test import Client

from tests import company
from tests.api.caller import Api, refusal
from tests.incidents.given import fixing, house
from tocsin.core import clock
from tocsin.incidents import commands
from tocsin.incidents.models import Incident, RoleOffer
from tocsin.paging.jobs import advance

pytestmark = pytest.mark.django_db


@pytest.mark.req("CHS-07", "CHS-08")
def test_command_is_handed_over_in_five_interactions(client: Client) -> None:
    there = house()
    incident = fixing(there)
    client.force_login(there.ben)
    ben = company.actor(there.ben)
    commands.add_finding(ben, incident, kind="theory", text="the cache is cold", now=clock.now())
    commands.open_stream(ben, incident, "Rollback", lead=there.ana, step="host by host", now=clock.now())
    path = f"/{incident.key}/hand-over"
    shown = client.get(path).text
    assert "Theory 1: the cache is cold" in shown
    assert "Rollback (Ana): host by host" in shown
    assert "Incident manager: Ben" in shown
    form = {"person": there.imogen.id, "called": "yes", "roles": "Ben leaves", "work": "Cards", "next_at": "2100-01-01 08:00"}
    refused = client.post(path, form)
    assert refused.status_code == 422
    assert client.post(path, form | {"next_to": "Ana", "next_at": "2001-01-01 08:00"}).status_code == 422
    assert client.post(path, form | {"next_to": "Ana"}).status_code == 302
    offer = RoleOffer.objects.get()
    answer = f"/{incident.key}/offers/{offer.id}/answer"
    client.force_login(there.imogen)
    assert f"/offers/{offer.id}" in client.get("/").text
    seen = client.get(f"/{incident.key}/offers/{offer.id}").text
    assert "Accept, I am incident manager" in seen
    assert "We have spoken" not in seen
    assert client.post(answer, {"do": "ask", "text": ""}).status_code == 422
    assert client.post(answer, {"do": "ask", "text": "Who speaks to the bank?"}).status_code == 302
    assert f"runs {incident.key}" in client.get("/people?q=Ben").text
    assert client.post(answer, {"do": "accept"}).status_code == 302
    assert f"runs {incident.key}" not in client.get("/people?q=Ben").text
    assert Api(there.ana).get(f"people/{there.imogen.id}/card").json()["status"] == incident.key
    assert Incident.objects.get(pk=incident.pk).manager == there.imogen
    assert client.post(answer, {"do": "accept"}).status_code == 302
    assert "accepted already" in client.get(f"/{incident.key}/offers/{offer.id}").text


@pytest.mark.req("DEL-03", "DEL-04")
def test_a_role_is_offered_on_the_roles_page_and_one_is_made_for_the_incident(client: Client) -> None:
    there = house()
    incident = fixing(there)
    client.force_login(there.ben)
    path = f"/{incident.key}/roles"
    assert client.post(path, {"role": "tech_lead", "about": "database", "person": there.ana.id, "do": "offer"}).status_code == 302
    assert "is asked to be tech lead for database" in client.get(path).text
    assert client.post(path, {"other_role": "Scribe", "person": there.ana.id, "do": "assign"}).status_code == 302
    assert "Scribe" in client.get(f"/{incident.key}").text
    assert client.post(path, {"other_role": "x" * 41, "person": there.ana.id, "do": "assign"}).status_code == 422


@pytest.mark.req("DEL-01", "DEL-03", "CHS-08")
def test_the_api_lists_roles_with_duties_and_takes_offers() -> None:
    there = house()
    incident = fixing(there)
    ben, ana, imogen = Api(there.ben), Api(there.ana), Api(there.imogen)
    roles = {one["role"]: one for one in ben.get("incident-roles").json()}
    assert all(roles[name]["duties"] for name in ("incident_manager", "tech_lead", "communications_manager"))
    base = f"incidents/{incident.key}"
    made = ben.post(f"{base}/offer-role", {"role": "tech_lead", "person": there.ana.email, "about": "database"})
    assert made.status_code == 201
    path = f"{base}/offers/{made.json()['id']}"
    refusal(ben.post(f"{path}/accept"), 403)
    assert ana.post(f"{path}/ask", {"text": "Which one?"}).status_code == 201
    assert ana.get(path).json()["words"][0]["text"] == "Which one?"
    assert ana.post(f"{path}/accept").status_code == 200
    refusal(ana.post(f"{path}/accept"), 409)
    assert ben.get(f"{base}/offers").json()["items"] == []
    manager = {"role": "incident_manager", "person": there.imogen.email}
    assert refusal(ben.post(f"{base}/offer-role", manager), 422)["field"] == "next_at"
    brief = {"next_at": "2100-01-01T08:00:00Z", "next_to": "Ana"}
    handed = ben.post(f"{base}/offer-role", manager | {"brief": brief}).json()
    assert imogen.post(f"{base}/offers/{handed['id']}/accept").json()["manager"]["name"] == "Imogen"


@pytest.mark.req("ESC-05", "ESC-06")
def test_responders_are_listed_and_released_by_a_button_and_over_the_api(client: Client) -> None:
    there = house()
    incident = fixing(there)
    client.force_login(there.ben)
    path = f"/{incident.key}/responders"
    commands.page_team(company.actor(there.ben), incident, there.ana, now=clock.now())
    advance.tick(clock.now())
    assert "Not needed" in client.get(path).text
    assert client.post(path, {"person": there.ana.id}).status_code == 302
    assert "not needed" in client.get(path).text
    ben = Api(there.ben)
    rows = {one["person"]["name"]: one for one in ben.get(f"incidents/{incident.key}/responders").json()}
    assert rows["Ana"]["released_at"]
    refusal(ben.post(f"incidents/{incident.key}/release-responder", {"person": there.ben.email}), 409)
    refusal(ben.post(f"incidents/{incident.key}/release-responder", {"person": "nobody@x.example"}), 422)


@pytest.mark.req("CHS-07", "DEL-02")
def test_whoever_does_not_lead_is_not_told_that_they_do(client: Client) -> None:
    there = house()
    incident = fixing(there)
    client.force_login(there.ana)
    path = f"/{incident.key}/hand-over"
    shown = client.get(path).text
    assert "Ben stays the incident manager until the other accepts. Ben is told that you ask." in shown
    assert "You stay" not in shown
    form = {"person": there.imogen.id, "next_at": "2100-01-01 08:00", "next_to": "Ana"}
    assert "Imogen is asked. Ben stays the incident manager until they accept." in client.post(path, form, follow=True).text
    client.force_login(there.ben)
    assert "You stay the incident manager until the other accepts." in client.get(path).text
