"""Incident templates in the browser: kept by managers, filled into the declare form, changed before declaring."""

from __future__ import annotations

import pytest
from django.test import Client

from tests import company
from tests.forms import filled
from tests.web.walk import World, signed_in, world
from tocsin.alerts.commands import open_by_hand
from tocsin.core import clock
from tocsin.core.actor import SYSTEM
from tocsin.core.models import OutboxMail
from tocsin.directory.models import Person
from tocsin.incidents import commands
from tocsin.incidents.models import Incident
from tocsin.incidents.template.models import IncidentTemplate
from tocsin.paging.models import Escalation

pytestmark = pytest.mark.django_db


@pytest.fixture
def there() -> World:
    return world()


@pytest.fixture
def sven() -> Person:
    return company.stakeholder("Sven")


@pytest.fixture
def template(there: World, sven: Person) -> IncidentTemplate:
    zita = company.person("Zita")
    search = company.team("Search", zita)
    company.policy(search, company.schedule(search, zita))
    return commands.create_template(
        SYSTEM,
        team=there.checkout.team,
        name="Cards fail",
        service=there.checkout,
        summary="Card payments fail",
        description="Ask the acquirer first.",
        severity=1,
        products=[there.tickets],
        pages=[search],
        offers=[("incident_manager", there.bo)],
        told=[sven],
        external="Paying by card may fail.",
        audiences=["external"],
        now=clock.now(),
    )


@pytest.fixture
def mia(there: World) -> Client:
    someone = company.person("Mia")
    there.checkout.team.memberships.create(person=someone, is_manager=True)
    return signed_in(someone)


def form_of(client: Client, path: str = "/declare?template=cards-fail") -> dict[str, list[str]]:
    """What a browser sends of the form as the page came; text areas stand apart."""
    page = client.get(path)
    assert page.status_code == 200
    kept = page.context["form"].values
    return filled(page.text, 'action="/declare"') | {name: kept[name] for name in ("description", "internal", "external")}


@pytest.mark.req("PAG-15")
def test_three_interactions_declare_from_a_template_with_everything_it_prepares(there: World, template: IncidentTemplate) -> None:
    client = signed_in(there.ada)
    assert 'href="/declare?template=cards-fail"' in client.get("/declare").text, "the first leads here, the second to the form"
    answer = client.post("/declare", form_of(client) | {"do": "declare"})
    incident = Incident.objects.get()
    assert answer["Location"] == f"/{incident.key}"
    assert (incident.summary, incident.severity, incident.service) == ("Card payments fail", 1, there.checkout)
    assert incident.description == "Ask the acquirer first."
    assert [product.slug for product in incident.products.all()] == ["tickets"]
    steps = [row.snapshot["steps"][0]["targets"][0]["name"] for row in Escalation.objects.filter(subject=incident.id)]
    assert "Search on call" in steps
    assert incident.offers.get().person == there.bo
    assert OutboxMail.objects.filter(to="sven@example.com").count() == 1
    room = client.get(f"/{incident.key}").text
    assert 'href="/templates/cards-fail"' in room
    assert "Told by mail" in room
    compose = client.get(f"/{incident.key}/update").context["form"]
    assert (compose["to_internal"], compose["to_external"]) == (False, True)
    assert compose["external_body"] == "Paying by card may fail."


@pytest.mark.req("PAG-15")
def test_what_is_filled_in_can_be_changed_before_declaring(there: World, template: IncidentTemplate) -> None:
    client = signed_in(there.ada)
    sent = form_of(client) | {"summary": "Refunds fail", "severity": "2", "page": [], "tell": [], "asked": [there.ada.id]}
    client.post("/declare", sent | {"do": "declare"})
    incident = Incident.objects.get()
    assert (incident.summary, incident.severity) == ("Refunds fail", 2)
    assert incident.offers.get().person == there.ada
    assert not OutboxMail.objects.filter(to="sven@example.com").exists()
    asked = [row.snapshot["steps"][0]["targets"][0]["name"] for row in Escalation.objects.filter(subject=incident.id)]
    assert "Search on call" not in asked


def test_the_form_shows_whom_the_template_wakes_and_follows_the_ticks(there: World, template: IncidentTemplate) -> None:
    client = signed_in(there.ada)
    page = client.get("/declare?template=cards-fail").text
    rail = page.split("Who will be woken")[1]
    assert "Zita" in rail
    sent = form_of(client) | {"page": [], "do": "preview"}
    assert "Zita" not in client.post("/declare", sent).text.split("Who will be woken")[1]
    assert not Incident.objects.exists()


def test_an_alert_and_a_template_fill_in_one_form(there: World, template: IncidentTemplate) -> None:
    alert = open_by_hand(company.actor(there.ada), there.checkout, "5xx on checkout", now=clock.now())
    client = signed_in(there.ada)
    assert f"/declare?template=cards-fail&amp;alert={alert.number}" in client.get(f"/declare?alert={alert.number}").text
    form = form_of(client, f"/declare?template=cards-fail&alert={alert.number}")
    client.post("/declare", form | {"do": "declare"})
    incident = Incident.objects.get()
    assert (incident.summary, incident.severity, incident.source) == ("5xx on checkout", 1, "monitoring")
    assert incident.alert_links.get().alert == alert


def test_somebody_who_only_reports_uses_it_and_cannot_widen_it(there: World, template: IncidentTemplate, sven: Person) -> None:
    client = signed_in(sven)
    form = form_of(client)
    client.post("/declare", form | {"asked": [there.imogen.id], "page": [*form["page"], there.imogen.id], "do": "declare"})
    incident = Incident.objects.get()
    assert incident.offers.get().person == there.bo
    assert Escalation.objects.filter(subject=incident.id, snapshot__policy="Imogen").count() == 0


def test_a_template_that_is_gone_stops_nobody(there: World, template: IncidentTemplate) -> None:
    client = signed_in(there.ada)
    form = form_of(client)
    commands.remove_template(SYSTEM, template, now=clock.now())
    page = client.get("/declare?template=cards-fail")
    assert page.status_code == 404
    assert 'name="summary"' in page.text
    answer = client.post("/declare", form | {"do": "declare"})
    assert answer.status_code == 422
    assert "removed meanwhile" in answer.text
    assert "Card payments fail" in answer.text
    again = client.post("/declare", filled(answer.text, 'action="/declare"') | {"do": "declare"})
    assert again["Location"] == f"/{Incident.objects.get().key}"


@pytest.mark.req("PAG-15")
def test_a_manager_keeps_one_and_a_change_begins_with_what_is_there(there: World, mia: Client, sven: Person) -> None:
    team = there.checkout.team
    sent = {
        "name": "Cards fail",
        "summary": "Card payments fail",
        "severity": "1",
        "service": "checkout-api",
        "products": ["tickets"],
        "page": [team.id, ""],
        "role": ["tech_lead", ""],
        "asked": [there.ada.id, ""],
        "tell": [sven.id, ""],
        "audiences": ["internal"],
        "internal": "We look.",
    }
    answer = mia.post("/t/payments/templates/new", sent)
    assert answer["Location"] == "/templates/cards-fail"
    shown = mia.get("/templates/cards-fail").text
    for words in ("Tech lead: Ada", "Sven", "We look.", "Payments"):
        assert words in shown
    assert "Cards fail" in mia.get("/s/checkout-api").text
    assert "Cards fail" in mia.get("/t/payments").text
    form = filled(mia.get("/templates/cards-fail/change").text, 'name="page"')
    assert (form["page"], form["role"], form["asked"]) == ([team.id, "", ""], ["tech_lead", "", ""], [there.ada.id, "", ""])
    mia.post("/templates/cards-fail/change", form | {"name": "Cards refused", "page": [], "internal": "Other"})
    fresh = IncidentTemplate.objects.get()
    assert (fresh.name, fresh.slug, fresh.internal) == ("Cards refused", "cards-fail", "Other")
    assert sorted(line.kind for line in fresh.lines.all()) == ["offer", "tell"]


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"name": ""}, "Name must not be empty."),
        ({"severity": "7"}, "Choose Sev 1, 2 or 3."),
        ({"service": "no-such"}, "There is no such service."),
        ({"page": "per_00000000000000000000000000"}, "There is no such person."),
        ({"page": "nonsense"}, "There is no such person."),
        ({"audiences": "everybody"}, "Words are for"),
        ({"summary": "x" * 201}, "Summary may have 200 characters"),
    ],
)
def test_odd_values_are_refused_in_words_and_nothing_typed_is_lost(there: World, mia: Client, sent: dict, words: str) -> None:
    given = {"name": "Cards fail", "severity": "1", "external": "Kept words", **sent}
    answer = mia.post("/t/payments/templates/new", given)
    assert answer.status_code == 422
    assert words in answer.text
    assert "Kept words" in answer.text
    assert not IncidentTemplate.objects.exists()
