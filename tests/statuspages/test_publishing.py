"""One confirmation, both pages, no word where it does not belong."""

from __future__ import annotations

import pytest

from tests import company
from tests.conftest import NOW
from tests.incidents import given
from tocsin.core.errors import Conflict, Invalid, NotAllowed, NotFound
from tocsin.core.models import Event
from tocsin.incidents import commands as incidents
from tocsin.incidents import queries as timeline
from tocsin.statuspages import commands, queries
from tocsin.statuspages.models import Entry, StatusPage, Update

pytestmark = pytest.mark.django_db
INSIDE = {"title": "", "body": "We roll back."}
OUTSIDE = {"title": "Investigating issues with Tickets", "body": "We are looking into it."}
PARTS = {
    "opening": "Cards fail for one in eight.",
    "current_status": ["Rolled back on two hosts", "Errors go down"],
    "next_steps": ["Finish the rollback", "Watch for an hour"],
    "place": "on the internal status page and by email",
    "answers": {"impact": "opening", "affected": "300 customers", "root_cause": "unknown", "eta": "unknown"},
}


def published(there, incident, by="ben", **fields):
    values = {
        "status": "investigating",
        "internal": INSIDE,
        "external": OUTSIDE,
        "next_update_at": given.later(60),
        "confirmation": "form 1",
        "now": given.later(10),
        **fields,
    }
    return commands.post_update(there.actor(by), incident, **values)


@pytest.mark.req("ICO-01")
def test_two_pages_exist_and_words_for_one_do_not_appear_on_the_other():
    there = given.house()
    assert set(StatusPage.objects.values_list("slug", flat=True)) == {"external", "internal"}
    incident = given.fixing(there)
    published(there, incident, external=None)
    assert queries.external_page(given.later(11)).open == ()
    assert len(queries.internal_page(there.actor("sven"), given.later(11)).open) == 1
    published(there, given.fixing(there), internal=None, confirmation="form 2")
    assert len(queries.external_page(given.later(11)).open) == 1
    assert len(queries.internal_page(there.actor("sven"), given.later(11)).open) == 1


@pytest.mark.req("ICO-01", "DET-09")
def test_one_confirmation_speaks_on_both_pages_with_the_key_inside_only():
    there = given.house()
    incident = given.fixing(there)
    said = published(there, incident)
    assert [update.entry.page.audience for update in said.updates] == ["internal", "external"]
    assert said.updates[0].entry.title == f"{incident.key} - Sev 1 - Card payments fail"
    assert incident.key not in said.updates[1].entry.title + said.updates[1].body
    line = timeline.timeline(there.actor("sven"), incident, only="key")[0]
    assert (line.kind, line.text.startswith("Investigating on the internal and external page")) == ("Update", True)


def test_a_double_click_publishes_once_and_both_get_the_first():
    there = given.house()
    incident = given.fixing(there)
    first = published(there, incident)
    second = published(there, incident, by="ana", internal={"title": "", "body": "Other words"})
    assert (first.already, second.already) == (False, True)
    assert {update.id for update in first.updates} == {update.id for update in second.updates}
    assert Update.objects.count() == 2
    assert Event.objects.filter(name="update.published").count() == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"external": {"title": "Issues", "body": "See HOT-7"}}, "external_body"),
        ({"external": {"title": "hot-7 fails", "body": "x"}}, "external_title"),
        ({"external": {"title": "x", "body": " "}}, "external_body"),
        ({"internal": {"title": "x", "body": ""}}, "internal_body"),
        ({"internal": None, "external": None}, "internal"),
        ({"status": "fixed"}, "status"),
        ({"next_update_at": None}, "next_update_at"),
        ({"next_update_at": NOW}, "next_update_at"),
        ({"confirmation": ""}, "confirmation"),
        ({"components": {"cmp_x": "operational"}}, "components"),
    ],
)
def test_a_refused_update_names_its_field_and_says_nothing_anywhere(fields, field):
    there = given.house()
    with pytest.raises(Invalid) as refused:
        published(there, given.fixing(there), **fields)
    assert refused.value.field == field
    assert not Entry.objects.exists()


def test_private_incidents_never_reach_customers():
    there = given.house()
    incident = given.fixing(there, by="root", private=True)
    with pytest.raises(Conflict) as refused:
        published(there, incident, by="root")
    assert refused.value.code == "private_incident"
    published(there, incident, by="root", external=None)
    assert queries.external_page(given.later(11)).open == ()


def test_a_private_incident_is_on_the_internal_page_for_those_who_may_see_it():
    there = given.house()
    incident = given.fixing(there, by="root", private=True)
    published(there, incident, by="root", external=None)
    assert queries.internal_page(there.actor("sven"), given.later(11)).open == ()
    assert len(queries.internal_page(there.actor("root"), given.later(11)).open) == 1
    with pytest.raises(NotFound):
        published(there, incident, by="imogen", confirmation="form 2")


def test_an_incident_that_becomes_private_leaves_the_public_page():
    there = given.house()
    incident = given.fixing(there)
    published(there, incident)
    incidents.change_fields(there.actor("ben"), incident, private=True, now=given.later(12))
    assert queries.external_page(given.later(13)).open == ()


def test_a_stakeholder_does_not_speak_for_the_company():
    there = given.house()
    with pytest.raises(NotAllowed):
        published(there, given.fixing(there), by="sven")


@pytest.mark.req("FCO-07")
def test_updates_of_one_incident_share_one_entry_in_order_with_the_last_status():
    there = given.house()
    incident = given.fixing(there)
    published(there, incident)
    found = {"title": "", "body": "Found."}
    published(there, incident, status="identified", confirmation="form 2", internal=PARTS, external=found, now=given.later(20))
    (view,) = queries.external_page(given.later(21)).open
    assert [update.body for update in view.updates] == ["Found.", "We are looking into it."]
    assert (view.status_words, view.entry.title) == ("Identified", "Investigating issues with Tickets")
    assert queries.last_update(incident, "external").body == "Found."


def test_the_next_words_are_due_as_promised_or_half_an_hour_after_a_major_begins():
    there = given.house()
    incident = given.fixing(there)
    assert queries.next_due(incident) == given.later(30)
    published(there, incident)
    assert queries.next_due(incident) == given.later(60)
    quiet = given.declared(there, severity=3)
    assert queries.next_dues([incident, quiet]) == {incident.id: given.later(60)}


def test_components_follow_the_update_and_work_again_when_nothing_else_holds_them():
    there = given.house()
    page = queries.page("external")
    root = there.actor("root")
    card = commands.create_component(root, page, name="Paying by card", now=NOW)
    one, two = given.fixing(there), given.fixing(there)
    published(there, one, components={card.id: "partial_outage"})
    published(there, two, components={card.id: "major_outage"}, confirmation="form 2")
    assert queries.external_page(given.later(11)).verdict == "A part of the service is down"
    last = {"status": "resolved", "next_update_at": None}
    published(there, two, confirmation="form 3", **last)
    assert queries.components("external").get().state == "major_outage"
    published(there, one, confirmation="form 4", **last)
    assert queries.external_page(given.later(11)).verdict == "Everything works"
    with pytest.raises(NotAllowed):
        commands.create_component(there.actor("ben"), page, name="Search", now=NOW)


@pytest.mark.req("RES-06", "RES-07")
def test_resolving_closes_every_entry_with_the_drafted_words_when_confirmed():
    there = given.house()
    incident = given.fixing(there)
    incidents.change_fields(there.actor("ben"), incident, products=[company.product("Tickets")], now=given.later(2))
    published(there, incident)
    given.resolved(there, incident, final={}, support_cases=14, now=given.later(40))
    last = {update.entry.page.slug: update for update in queries.updates_of(incident).reverse()}
    assert {update.entry.status for update in last.values()} == {"resolved"}
    assert "1 h 8 min" in last["internal"].body
    assert "14 support cases" in last["internal"].body
    assert last["external"].body == "Service is restored for Tickets. A postmortem will follow."
    assert not queries.open_entries(incident).exists()


@pytest.mark.req("RES-08")
def test_an_open_entry_keeps_an_incident_from_being_resolved_until_somebody_says_why_it_stays():
    there = given.house()
    incident = given.fixing(there)
    published(there, incident)
    with pytest.raises(Invalid) as refused:
        given.resolved(there, incident, now=given.later(40))
    assert (refused.value.field, "The internal page and the external page" in refused.value.detail) == ("final", True)
    with pytest.raises(Invalid) as refused:
        given.resolved(there, incident, leave_open={"external": "banks catch up"}, now=given.later(40))
    assert "The internal page still speaks" in refused.value.detail
    assert timeline.by_key(there.actor("ana"), incident.key).state == "fixing"
    incident = given.resolved(there, incident, final={}, leave_open={"external": "banks catch up"}, now=given.later(40))
    (left,) = queries.left_open(incident)
    assert (left.page.audience, left.left_open_why, left.left_open_by) == ("external", "banks catch up", there.ben)
    lines = [line.text for line in timeline.timeline(there.actor("ana"), incident)]
    assert "the external page stays open: banks catch up" in lines
    with pytest.raises(Conflict):
        published(there, incident, confirmation="late", now=given.later(41), next_update_at=given.later(99))


@pytest.mark.req("RES-08")
def test_what_was_left_open_is_closed_afterwards_in_one_act():
    there = given.house()
    incident = given.fixing(there)
    published(there, incident)
    why = {"internal": "numbers follow", "external": "banks catch up"}
    incident = given.resolved(there, incident, leave_open=why, now=given.later(40))
    words = {"external": {"title": "", "body": "All banks have caught up."}}
    act = {"final": words, "kept": {}, "confirmation": "once", "now": given.later(90)}
    with pytest.raises(Conflict):
        commands.say_last_words(there.actor("ben"), given.fixing(there), **act)
    done = commands.say_last_words(there.actor("ben"), incident, **act)
    assert done is not None
    assert len(done.updates) == 2
    assert not queries.open_entries(incident).exists()
    assert queries.last_update(incident, "external").body == "All banks have caught up."
    assert commands.say_last_words(there.actor("ben"), incident, **act) is None


@pytest.mark.req("RES-08")
def test_a_reason_needs_words_and_an_entry_that_is_open():
    there = given.house()
    incident = given.fixing(there)
    for why in ({"external": "banks"}, {"intranet": "banks"}):
        with pytest.raises(Invalid) as refused:
            given.resolved(there, incident, final={}, leave_open=why)
        assert refused.value.field == "leave_open"
    published(there, incident)
    with pytest.raises(Invalid):
        given.resolved(there, incident, final={}, leave_open={"external": " "}, now=given.later(40))


def test_what_customers_may_not_read_any_more_hinders_nobody():
    there = given.house()
    incident = given.fixing(there)
    published(there, incident)
    type(incident).objects.filter(pk=incident.pk).update(is_private=True)
    given.resolved(there, incident, final={}, now=given.later(40))
    assert {entry.page.audience for entry in queries.open_entries(incident)} == {"external"}
    assert queries.left_open(type(incident).objects.get(pk=incident.pk)) == []


def test_own_last_words_are_published_as_confirmed():
    there = given.house()
    incident = given.fixing(there)
    published(there, incident)
    words = {"external": {"title": "", "body": "All cards work again."}}
    given.resolved(there, incident, final=words, now=given.later(40))
    assert queries.last_update(incident, "external").body == "All cards work again."


def test_last_words_with_a_key_keep_the_incident_unresolved():
    there = given.house()
    incident = given.fixing(there)
    published(there, incident)
    with pytest.raises(Invalid):
        given.resolved(there, incident, final={"external": {"body": f"{incident.key} is over"}}, now=given.later(40))
    assert timeline.by_key(there.actor("ana"), incident.key).state == "fixing"


def test_a_page_costs_the_same_however_much_it_shows(django_assert_num_queries):
    there = given.house()
    for number in range(3):
        published(there, given.fixing(there), confirmation=f"form {number}")
    with django_assert_num_queries(7):
        page = queries.external_page(given.later(11))
        assert [(view.entry.title, len(view.updates), view.parts) for view in page.open]


@pytest.mark.req("FCO-01", "FCO-05", "FCO-06")
def test_a_follow_up_inside_keeps_its_answers_and_writes_out_what_is_unknown():
    there = given.house()
    incident = given.fixing(there)
    published(there, incident)
    told = published(there, incident, internal=PARTS, external=None, confirmation="form 2", now=given.later(20)).first
    kept = Update.objects.get(pk=told.pk)
    assert kept.entry.title == f"{incident.key} - Sev 1 - Card payments fail"
    assert (kept.brief["answers"]["affected"], kept.brief["accepted"]) == ("300 customers", [])
    for words in (
        "Cards fail for one in eight.\n\n",
        "- Errors go down\n",
        "root cause is currently unknown",
        "by 10:00 UTC on 20 November",
    ):
        assert words in kept.body


@pytest.mark.req("FCO-02", "FCO-03", "FCO-04", "FCO-05")
@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"opening": ""}, "opening", "invalid"),
        ({"opening": "A. B. C."}, "opening", "accept_warning"),
        ({"current_status": ["One"]}, "current_status", "accept_warning"),
        ({"next_steps": ["1", "2", "3", "4", "5"]}, "next_steps", "accept_warning"),
        ({"place": " "}, "place", "invalid"),
        ({"answers": {**PARTS["answers"], "root_cause": ""}}, "root_cause", "invalid"),
        ({"answers": {**PARTS["answers"], "mood": "x"}}, "answers", "invalid"),
        ({"body": "As well"}, "internal_body", "invalid"),
    ],
)
def test_a_follow_up_inside_is_refused_at_its_field(change, field, code):
    there = given.house()
    incident = given.fixing(there)
    published(there, incident)
    with pytest.raises(Invalid) as refused:
        published(there, incident, internal={**PARTS, **change}, confirmation="form 2", now=given.later(20))
    assert (refused.value.field, refused.value.code) == (field, code)
    if code == "accept_warning":
        accepted = {**PARTS, **change, "accepted": [field]}
        published(there, incident, internal=accepted, confirmation="form 3", now=given.later(21))


def test_a_follow_up_inside_as_one_text_is_asked_for_its_parts():
    there = given.house()
    incident = given.fixing(there)
    published(there, incident)
    with pytest.raises(Invalid) as refused:
        published(there, incident, confirmation="form 2")
    assert refused.value.field == "opening"
