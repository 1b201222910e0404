"""Message templates: words with slots, what they may hold for whom, and what an incident makes of them."""

from __future__ import annotations

import pytest

from tests import company
from tests.conftest import NOW
from tests.hostile import NASTY
from tests.incidents.given import at, declared, fixing, house, later
from tests.statuspages.test_publishing import published
from tocsin.core.errors import Conflict, Invalid, NotAllowed
from tocsin.core.models import Event
from tocsin.incidents import commands as incidents
from tocsin.statuspages import rules as pages
from tocsin.statuspages.briefs import rules as briefs
from tocsin.statuspages.messages import commands, queries, rules


def written(there, **fields):
    given = {"name": "Cause found", "audience": "external", "body": "We know why {{ products }} fail.", **fields}
    return commands.create_template(there.actor("root"), **given, now=NOW)


@pytest.mark.parametrize(
    ("audience", "text", "says"),
    [
        ("internal", "{{ nobody }}", "There is no slot {{ nobody }}. There are products"),
        ("external", "See {{ key }}", "not for customers"),
        ("external", "{{ Products }}", "written like {{ products }}"),
        ("internal", "{{ key.pk }}", "written like"),
        ("team", "{% if key %}", None),
        ("team", "{{ key }} and {{key}}", None),
    ],
)
def test_a_slot_that_its_audience_may_not_have_is_refused_with_the_list(audience, text, says):
    if says is None:
        rules.check_slots(text, audience, "body")
        return
    with pytest.raises(Invalid) as refused:
        rules.check_slots(text, audience, "body")
    assert says in refused.value.detail
    assert refused.value.field == "body"
    assert ("manager" in refused.value.detail) == (audience != "external")


def test_what_nobody_knows_is_written_as_unknown_and_named():
    facts = pages.Facts(key="HOT-1", severity=1, summary="Cards fail", products=("Tickets", "Wallet"))
    known = rules.Known(facts, next_update_at=at(18, 30))
    said = rules.filled("external", "{{ products }}", "Since {{ started }}. Next words {{ next_update }}.", known)
    assert said.title == "Tickets and Wallet"
    assert said.body == f"Since currently unknown. Next words 18:30 UTC on {NOW.day} {NOW:%B}."
    assert said.unknown == ("started",)


def test_a_value_that_looks_like_a_slot_stays_as_it_is():
    facts = pages.Facts(key="HOT-1", severity=1, summary="{{ key }} {{ link }}")
    assert rules.filled("internal", "", "{{ summary }}", rules.Known(facts)).body == "{{ key }} {{ link }}"


def test_a_text_that_is_written_like_a_follow_up_becomes_its_parts():
    brief = briefs.parted("Cards fail.\nFor some.\n\nCurrent status:\n- Two hosts\n- Errors fall\n\nNext steps:\n- Watch\n")
    assert (brief.opening, brief.current_status, brief.next_steps) == (
        "Cards fail. For some.",
        ("Two hosts", "Errors fall"),
        ("Watch",),
    )


@pytest.mark.req("ICO-11")
@pytest.mark.django_db
def test_a_template_is_written_down_and_filled_in_from_an_incident():
    there = house()
    there.service.products.add(company.product("Tickets"))
    body = "{{ key }} ({{ severity }}): {{ service }} of {{ team }}, led by {{ manager }}. {{ link }}"
    template = written(there, audience="internal", title="{{ key }} - {{ summary }}", body=body)
    incident = fixing(there)
    said = queries.filled(there.actor("ben"), incident, template, status="investigating", next_update_at=later(30))
    assert said.title == f"{incident.key} - Card payments fail"
    assert said.body.startswith(f"{incident.key} (Sev 1): Checkout API of Payments, led by Ben. http")
    assert said.unknown == ()
    assert Event.objects.get(name="message_template.created").data["slug"] == "cause-found"


@pytest.mark.django_db
def test_the_templates_offered_fit_the_words_that_come_next():
    there = house()
    for name, stage in (("First", "first"), ("Between", "between"), ("Last", "last"), ("Any", "")):
        written(there, name=name, stage=stage)
    incident = fixing(there)
    assert [one.name for one in queries.fitting(incident, "investigating")["external"]] == ["Any", "First"]
    published(there, incident)
    assert [one.name for one in queries.fitting(incident, "identified")["external"]] == ["Any", "Between"]
    assert [one.name for one in queries.fitting(incident, "resolved")["external"]] == ["Any", "Last"]


@pytest.mark.django_db
def test_another_audience_has_to_fit_the_slots_that_stand_there():
    there = house()
    template = written(there, audience="team", body="{{ key }}: who looks?")
    with pytest.raises(Invalid, match="not for customers"):
        commands.change_template(there.actor("root"), template, audience="external", now=NOW)
    changed = commands.change_template(there.actor("root"), template, body="Who looks?", audience="external", now=NOW)
    assert changed.audience == "external"
    assert len(Event.objects.get(name="message_template.changed").data["changes"]) == 2
    with pytest.raises(Conflict, match="taken"):
        written(there, slug="cause-found")
    commands.remove_template(there.actor("root"), changed, now=NOW)
    assert not queries.templates().exists()


@pytest.mark.django_db
def test_only_administrators_keep_them_and_customers_hear_nothing_of_private_incidents():
    there = house()
    with pytest.raises(NotAllowed):
        commands.create_template(there.actor("ben"), name="x", audience="team", body="x", now=NOW)
    incident = incidents.declare(there.actor("ana"), summary="Breach", severity=3, private=True, now=NOW)
    with pytest.raises(Conflict, match="private"):
        queries.filled(there.actor("ana"), incident, written(there), status="investigating")


@pytest.mark.django_db
@pytest.mark.parametrize("nasty", NASTY[:6])
def test_hostile_words_stay_words(nasty):
    there = house()
    template = written(there, audience="team", body=f"{nasty} {{{{ summary }}}}")
    incident = declared(there, summary=nasty.replace("\n", " "), severity=3)
    said = queries.filled(there.actor("ana"), incident, template, status="investigating")
    assert said.body == f"{nasty} {incident.summary}"
