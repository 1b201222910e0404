"""Templates: what a team prepares is carried out when somebody declares from it, and stops nobody from declaring."""

from __future__ import annotations

import dataclasses

import pytest

from tests import company
from tests.conftest import NOW
from tests.incidents.given import House, asked, declared, house, later
from tocsin.core.errors import Conflict, Invalid, NotAllowed
from tocsin.core.models import Event, OutboxMail
from tocsin.directory.models import Person
from tocsin.incidents import commands, permissions
from tocsin.incidents.models import Incident
from tocsin.incidents.queries import timeline
from tocsin.incidents.template import queries
from tocsin.incidents.template.models import IncidentTemplate
from tocsin.incidents.template.preparation import Asked
from tocsin.oncall.models import ServiceCover
from tocsin.statuspages import commands as statuspages
from tocsin.statuspages import queries as pages

pytestmark = pytest.mark.django_db


def template_of(there: House, **fields) -> IncidentTemplate:
    """A template that pages the search team, asks Ben to command, and tells Sven."""
    search = there.extra.get("search")
    if search is None:
        cho = company.person("Cho")
        search = there.extra["search"] = company.team("Search", cho)
        company.policy(search, company.schedule(search, cho))
    given = {
        "team": there.team,
        "name": "Cards fail",
        "service": there.service,
        "summary": "Card payments fail",
        "severity": 1,
        "pages": [search],
        "offers": [("incident_manager", there.ben)],
        "told": [there.sven],
        "internal": "We look at the acquirer first.",
        "external": "Paying by card may fail.",
        "now": NOW,
        **fields,
    }
    return commands.create_template(there.actor("root"), **given)


def started(there: House, template: IncidentTemplate, by: str = "ana", **fields) -> Incident:
    """An incident that is declared from a template as it is, unless said otherwise."""
    prepared = dataclasses.replace(queries.preparation(template, NOW), **fields.pop("changed", {}))
    values = {**queries.presets(template), **fields}
    return commands.declare(there.actor(by), **values, prepared=prepared, now=NOW)


def mails() -> list[tuple[str, str]]:
    return list(OutboxMail.objects.order_by("created_at", "id").values_list("to", "subject"))


@pytest.mark.req("PAG-15")
def test_declaring_from_a_template_pages_asks_tells_and_keeps_the_words():
    there = house()
    wallet = company.product("Wallet")
    incident = started(there, template_of(there, products=[wallet]))
    assert (incident.summary, incident.severity, incident.service) == ("Card payments fail", 1, there.service)
    assert list(incident.products.all()) == [wallet]
    assert asked(incident) == [{"Payments on call"}, {"Payments incident managers"}, {"Search on call"}]
    offer = incident.offers.get()
    assert (offer.role, offer.person) == ("incident_manager", there.ben)
    assert queries.followers(there.actor("ana"), incident) == [there.sven]
    assert ("sven@example.com", f"[{incident.key}] Sev 1: Card payments fail") in mails()
    inside, outside = (pages.draft(incident, audience, "investigating").body for audience in ("internal", "external"))
    assert (inside, outside) == ("We look at the acquirer first.", "Paying by card may fail.")
    said = [line.text for line in timeline(there.actor("ana"), incident) if line.kind == "Prepared"]
    assert said == ["from the template Cards fail, told Sven"]


@pytest.mark.req("PAG-15")
def test_what_is_changed_before_declaring_is_what_happens_and_the_template_stays():
    there = house()
    template = template_of(there)
    changed = {"pages": (), "told": (), "offers": (Asked("tech_lead", there.ana),), "internal": "Other words"}
    incident = started(there, template, summary="Only refunds fail", severity=2, changed=changed)
    assert len(asked(incident)) == 2, "the service's own people and nobody else"
    assert [offer.role for offer in incident.offers.all()] == ["tech_lead"]
    assert "sven@example.com" not in dict(mails())
    assert queries.plan(there.actor("ana"), incident).internal == "Other words"
    commands.change_template(there.actor("root"), template, internal="Later words", now=later(5))
    assert queries.plan(there.actor("ana"), incident).internal == "Other words"


@pytest.mark.req("PAG-15")
def test_whoever_the_service_pages_already_is_not_paged_twice():
    there = house()
    cover = ServiceCover.objects.get(service=there.service)
    incident = started(there, template_of(there, pages=[there.team, cover.policy, there.managers]))
    assert asked(incident) == [{"Payments on call"}, {"Payments incident managers"}]


@pytest.mark.req("PAG-15")
def test_nobody_is_woken_by_a_template_at_sev_3_or_in_a_drill_and_a_drill_mails_nobody():
    there = house()
    template = template_of(there)
    assert asked(started(there, template, severity=3)) == []
    OutboxMail.objects.all().delete()
    drill = started(there, template, drill=True)
    assert asked(drill) == []
    assert mails() == []
    assert drill.offers.count() == 1, "roles are practised"


def test_a_private_incident_is_not_told_to_whom_a_template_for_open_ones_names():
    there = house()
    sven = there.actor("sven")
    hidden = started(there, template_of(there), private=True)
    assert queries.followers(there.actor("ana"), hidden) == []
    assert not permissions.may_see(sven, hidden)
    assert not [to for to, _ in mails() if to == "sven@example.com"]
    meant = started(there, template_of(there, private=True))
    assert meant.is_private
    assert permissions.may_see(sven, meant), "the template was made for private ones"
    subject = next(subject for to, subject in mails() if to == "sven@example.com")
    assert subject == f"[{meant.key}] Sev 1", "its summary stays in its room"
    assert "Card" not in OutboxMail.objects.get(to="sven@example.com").body


@pytest.mark.req("PAG-15")
def test_who_is_told_hears_what_is_published_inside_once():
    there = house()
    incident = started(there, template_of(there))
    OutboxMail.objects.all().delete()
    words = {"internal": {"body": "We roll back."}, "external": {"body": "Cards may fail."}}
    for _ in range(2):
        statuspages.post_update(
            there.actor("ana"), incident, status="investigating", **words, next_update_at=later(60), confirmation="x", now=later(5)
        )
    assert mails() == [("sven@example.com", f"[{incident.key}] Sev 1 - Card payments fail")]
    assert "We roll back." in OutboxMail.objects.get().body
    assert pages.draft(incident, "internal", "identified").body != "We look at the acquirer first.", "those were the first words"


def test_whoever_left_is_left_out_and_named_and_the_incident_is_declared_all_the_same():
    there = house()
    empty = company.team("Empty")
    template = template_of(there, pages=[there.ana, empty], told=[there.sven])
    Person.objects.filter(pk__in=(there.ben.pk, there.ana.pk)).update(is_active=False)
    fresh = queries.preparation(queries.template(there.actor("root"), template.id), NOW)
    assert (list(fresh.pages), list(fresh.offers)) == ([], [])
    assert len(fresh.left_out) == 3
    assert "Empty has neither an escalation policy nor a schedule" in " ".join(fresh.left_out)
    assert started(there, template, "root").state == "pending"


def test_what_cannot_be_carried_out_stands_in_the_timeline_and_stops_nothing():
    there = house()
    template = template_of(there)
    prepared = {"pages": (company.team("Empty"),), "offers": (Asked("tech_lead", there.sven),)}
    incident = started(there, template, changed=prepared)
    noted = [line.text for line in timeline(there.actor("ana"), incident) if line.kind == "Escalation"]
    assert [text.partition(".")[0] for text in sorted(noted)] == ["Empty was not paged", "Sven was not asked to be tech lead"]


@pytest.mark.req("PAG-15")
def test_a_role_may_wait_for_whoever_is_on_call():
    there = house()
    template = template_of(there, offers=[("incident_manager", there.managers)])
    assert list(queries.preparation(template, NOW).offers) == [Asked("incident_manager", there.ben)]


def test_whoever_only_reports_takes_a_template_as_it_is_or_less_of_it():
    there = house()
    template = template_of(there)
    incident = started(there, template, "sven")
    assert len(asked(incident)) == 3, "the team decided beforehand whom to wake"
    assert len(asked(started(there, template, "sven", changed={"pages": ()}))) == 2
    for more in ({"pages": (there.imogen,)}, {"offers": (Asked("tech_lead", there.ana),)}, {"told": (there.root,)}):
        with pytest.raises(NotAllowed):
            started(there, template, "sven", changed=more)


def test_managers_of_the_team_keep_templates_and_each_change_is_in_the_log():
    there = house()
    template = template_of(there)
    for name in ("ana", "sven"):
        with pytest.raises(NotAllowed):
            commands.create_template(there.actor(name), team=there.team, name="Mine", now=NOW)
        with pytest.raises(NotAllowed):
            commands.change_template(there.actor(name), template, severity=3, now=NOW)
        with pytest.raises(NotAllowed):
            commands.remove_template(there.actor(name), template, now=NOW)
    commands.change_template(there.actor("root"), template, severity=2, told=[], now=later(1))
    commands.change_template(there.actor("root"), template, severity=2, now=later(2))
    assert Event.objects.get(name="template.changed").data["changes"] == ["severity 1 → 2", "tells Sven → none"]
    incident = started(there, template)
    commands.remove_template(there.actor("root"), template, now=later(3))
    kept = queries.plan(there.actor("ana"), Incident.objects.get(pk=incident.pk))
    assert (kept.template, kept.name) == (None, "Cards fail")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": " "}, "name"),
        ({"severity": 4}, "severity"),
        ({"summary": "x" * 201}, "summary"),
        ({"audiences": ["everybody"]}, "audiences"),
        ({"slug": "A B"}, "slug"),
    ],
)
def test_odd_values_are_refused_at_their_field(fields, field):
    with pytest.raises(Invalid) as refused:
        template_of(house(), **fields)
    assert refused.value.field == field


def test_whom_a_line_may_not_name_is_refused_at_its_place():
    there = house()
    theirs = company.service("Search API", company.team("Booking"))
    for fields, field in (
        ({"pages": [there.ana, there.sven]}, "pages.1"),
        ({"offers": [("tech_lead", there.sven)]}, "offers.0"),
        ({"service": theirs}, "service"),
    ):
        with pytest.raises(Invalid) as refused:
            template_of(there, **fields)
        assert refused.value.field == field
    template_of(there)
    with pytest.raises(Conflict):
        template_of(there, slug="cards-fail")


def test_without_a_template_nothing_is_prepared():
    there = house()
    incident = declared(there)
    assert queries.plan(there.actor("ana"), incident) is None
    assert "acquirer" not in pages.draft(incident, "internal", "investigating").body
