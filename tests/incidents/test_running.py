"""Three states, one incident manager, and a record of who did what."""

from __future__ import annotations

import datetime as dt

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from tests.conftest import NOW
from tests.incidents import given
from tocsin.collab import queries as collab
from tocsin.collab.documents import queries as documents
from tocsin.core.errors import Conflict, Invalid, NotAllowed, NotFound, Stale
from tocsin.directory.models import BackupSystem
from tocsin.incidents import commands, queries, rules, verbs
from tocsin.incidents.models import Incident

pytestmark = pytest.mark.django_db


@pytest.mark.req("TRK-01")
def test_there_are_exactly_three_states_in_order():
    assert rules.STATES == ("pending", "fixing", "resolved")
    allowed = {(old, new) for old in rules.STATES for new in rules.STATES if new in rules.TRANSITIONS[old]}
    assert allowed == {("pending", "fixing"), ("fixing", "resolved")}


@pytest.mark.req("TRK-01")
@pytest.mark.parametrize(
    ("old", "new"), [("pending", "resolved"), ("fixing", "pending"), ("resolved", "fixing"), ("resolved", "pending")]
)
def test_any_other_transition_is_refused(old, new):
    with pytest.raises(Conflict):
        rules.require_transition("HOT-1", old, new, has_manager=True)


@pytest.mark.req("TRK-02")
def test_a_new_incident_is_pending_and_has_no_manager():
    there = given.house()
    incident = given.declared(there)
    assert (incident.state, incident.manager) == ("pending", None)
    actor = there.actor("ana")
    assert list(queries.incidents(actor, state="new")) == list(queries.incidents(actor, state="pending")) == [incident]


@pytest.mark.req("OPN-01", "TRK-03")
def test_taking_command_assigns_moves_to_fixing_and_is_in_the_history():
    there = given.house()
    incident = commands.take_command(there.actor("ben"), given.declared(there), now=given.later(1))
    assert (incident.manager, incident.state, incident.fixing_at) == (there.ben, "fixing", given.later(1))
    history = [(line.what, line.old, line.new) for line in queries.history(there.actor("ana"), incident)]
    assert ("Incident manager", "", "Ben") in history
    assert ("State", "Pending", "Fixing") in history


def test_of_two_who_take_command_one_wins_and_the_other_is_told_who():
    there = given.house()
    incident = given.declared(there)
    commands.take_command(there.actor("ben"), incident, now=given.later(1))
    with pytest.raises(Conflict) as refused:
        commands.take_command(there.actor("ana"), incident, now=given.later(1))
    assert "Ben" in refused.value.detail
    assert refused.value.current.manager == there.ben
    assert commands.take_command(there.actor("ben"), incident, now=given.later(2)).fixing_at == given.later(1)


@pytest.mark.req("TRK-03")
def test_an_incident_in_fixing_is_never_without_a_manager():
    there = given.house()
    incident = given.fixing(there)
    with pytest.raises(Conflict):
        commands.release_role(there.actor("ben"), incident, "incident_manager", now=given.later(2))
    with pytest.raises(IntegrityError), transaction.atomic():
        Incident.objects.filter(pk=incident.pk).update(manager=None)
    with pytest.raises(Conflict):
        rules.require_transition("HOT-1", "pending", "fixing", has_manager=False)


@pytest.mark.req("TRK-03")
def test_handing_over_leaves_exactly_one_manager():
    there = given.house()
    incident = commands.hand_over(there.actor("ben"), given.fixing(there), there.imogen, now=given.later(5))
    assert incident.manager == there.imogen
    held = incident.roles.filter(role="incident_manager")
    assert [(row.person, row.until) for row in held] == [(there.ben, given.later(5)), (there.imogen, None)]


def test_other_roles_may_have_several_holders_and_be_given_up():
    there = given.house()
    incident = given.fixing(there)
    for person in (there.ana, there.imogen, there.ana):
        incident = commands.assign_role(there.actor("ben"), incident, "tech_lead", person, now=given.later(2))
    held = [row.person for row in queries.holders(there.actor("ana"), incident) if row.role == "tech_lead"]
    assert held == [there.ana, there.imogen]
    incident = commands.release_role(there.actor("ana"), incident, "tech_lead", now=given.later(3))
    with pytest.raises(NotFound):
        commands.release_role(there.actor("ana"), incident, "tech_lead", now=given.later(3))
    waiting = [row.role for row in queries.holders(there.actor("ana"), incident) if row.person is None]
    assert waiting == ["communications_manager"]


def test_roles_are_for_active_responders():
    there = given.house()
    incident = given.fixing(there)
    with pytest.raises(Invalid):
        commands.assign_role(there.actor("ben"), incident, "tech_lead", there.sven, now=NOW)
    with pytest.raises(Invalid):
        commands.assign_role(there.actor("ben"), incident, " ", there.ana, now=NOW)


@pytest.mark.req("DEL-08")
def test_the_incident_manager_needs_no_leave_for_anything_and_a_viewer_changes_no_role():
    there = given.house()
    incident, ben = given.fixing(there), there.actor("ben")
    assert (ben.roles, ben.manages) == ({"responder"}, frozenset()), "nothing but a responder who took command"
    assert [verb.name for verb in verbs.VERBS if not verb.allows(ben, incident)] == []
    commands.page_team(ben, incident, there.imogen, now=NOW)
    commands.set_severity(ben, incident, 2, now=NOW)
    commands.assign_role(ben, incident, "tech_lead", there.ana, now=NOW)
    commands.release_role(ben, incident, "tech_lead", there.ana, now=NOW)
    commands.offer_role(ben, incident, "communications_manager", there.ana, now=NOW)
    commands.change_fields(ben, incident, summary="Other words", private=True, now=NOW)
    commands.add_member(ben, incident, there.sven, now=NOW)
    sven = there.actor("sven")
    for role in ("incident_manager", "tech_lead", "scribe"):
        for act in (commands.assign_role, commands.offer_role):
            with pytest.raises(NotAllowed):
                act(sven, incident, role, there.ana, now=NOW)
    with pytest.raises(NotAllowed):
        commands.hand_over(sven, incident, there.ana, now=NOW)
    assert given.resolved(there, incident).state == "resolved"


def test_a_stakeholder_reads_asks_and_steers_nothing():
    there = given.house()
    incident = given.fixing(there)
    actor = there.actor("sven")
    assert commands.say(actor, incident, "Is the booking office hit too?", now=NOW).text
    for deed in (
        lambda: commands.take_command(actor, incident, now=NOW),
        lambda: commands.set_severity(actor, incident, 2, now=NOW),
        lambda: commands.note(actor, incident, kind="observation", text="x", now=NOW),
        lambda: commands.change_fields(actor, incident, summary="x", now=NOW),
        lambda: commands.resolve(actor, incident, impact_over=True, none_about_to_follow=True, now=NOW),
    ):
        with pytest.raises(NotAllowed):
            deed()


@pytest.mark.req("TRK-04")
def test_each_changed_field_is_in_the_history_with_actor_old_new_and_time():
    there = given.house()
    incident = given.declared(there)
    incident = commands.change_fields(
        there.actor("ben"), incident, summary="Cards and wallets fail", support_cases=14, service=None, now=given.later(4)
    )
    incident = commands.set_severity(there.actor("ben"), incident, 2, now=given.later(5))
    lines = {line.what: line for line in queries.history(there.actor("ana"), incident)}
    assert (lines["Summary"].old, lines["Summary"].new) == ("Card payments fail", "Cards and wallets fail")
    assert (lines["Summary"].actor_name, lines["Summary"].at) == ("Ben", given.later(4))
    assert (lines["Support cases"].old, lines["Support cases"].new) == ("0", "14")
    assert (lines["Faulty service"].old, lines["Faulty service"].new) == ("Checkout API", "")
    assert (lines["Severity"].old, lines["Severity"].new) == ("Sev 1", "Sev 2")


def test_a_stale_edit_is_refused_with_the_present_incident():
    there = given.house()
    incident = given.declared(there)
    commands.change_fields(there.actor("ben"), incident, expected_version=incident.version, summary="First", now=NOW)
    with pytest.raises(Stale) as refused:
        commands.change_fields(there.actor("ana"), incident, expected_version=incident.version, summary="Second", now=NOW)
    assert refused.value.current.summary == "First"


def test_unknown_fields_and_wrong_values_are_named():
    there = given.house()
    incident = given.declared(there)
    for field, value in {
        "state": "resolved",
        "support_cases": -1,
        "summary": "",
        "source": "rumour",
        "video_url": "javascript:alert(1)",
    }.items():
        with pytest.raises(Invalid) as refused:
            commands.change_fields(there.actor("ana"), incident, now=NOW, **{field: value})
        assert refused.value.field == field


@pytest.mark.req("OPN-10")
@pytest.mark.req("OPN-11")
def test_the_topic_of_the_room_follows_severity_summary_roles_and_links():
    there = given.house()
    incident = given.fixing(there)
    commands.set_severity(there.actor("ben"), incident, 2, now=NOW)
    commands.change_fields(there.actor("ben"), incident, summary="Cards and wallets fail", now=NOW)
    commands.assign_role(there.actor("ben"), incident, "tech_lead", there.ana, now=NOW)
    topic = collab.room(incident.id).topic
    page = f"{settings.TOCSIN.base_url}/{incident.key}"
    facts = f"{incident.key} · Sev 2 · Cards and wallets fail · Fixing · Incident manager: Ben · Tech lead: Ana"
    assert topic == f"{facts} · {page} · {page}/doc"
    commands.change_fields(there.actor("ben"), incident, video_url="https://bridge.example.com/912", now=NOW)
    commands.hand_over(there.actor("ben"), incident, there.imogen, now=NOW)
    topic = collab.room(incident.id).topic
    links = f"{page} · https://bridge.example.com/912 · {page}/doc"
    assert topic.endswith(f"· Incident manager: Imogen · Tech lead: Ana · {links}")
    assert documents.document(incident.id).title == f"{incident.key} Cards and wallets fail"


@pytest.mark.req("OPN-13")
def test_knowing_only_the_key_one_reaches_room_document_and_a_summary():
    there = given.house()
    key = given.fixing(there).key
    actor = there.actor("sven")
    incident = queries.by_key(actor, key.lower())
    assert collab.room(incident.id).name == key
    assert documents.document(incident.id)
    summary = queries.catch_up(actor, incident, now=NOW)
    assert summary.sentence == f"{key}, Sev 1, fixing: Card payments fail. For now Ben is the incident manager."
    assert [line.kind for line in summary.since][:2] == ["Status", "Role"]
    with pytest.raises(NotFound):
        queries.by_key(actor, "HOT-99999")


def test_the_list_is_filtered_by_state_severity_service_and_words():
    there = given.house()
    one, two = given.declared(there), given.declared(there, severity=3, service=None, summary="Search is slow")
    actor = there.actor("ana")
    assert list(queries.incidents(actor)) == [two, one]
    assert list(queries.incidents(actor, severity=3)) == [two]
    assert list(queries.incidents(actor, service=there.service)) == [one]
    assert list(queries.incidents(actor, q="search slow")) == [two]
    assert list(queries.incidents(actor, q=one.key.lower())) == [one]
    assert list(queries.incidents(actor, state="resolved")) == []
    assert queries.open_counts(actor) == {1: 1, 2: 0, 3: 1}
    with pytest.raises(Invalid):
        queries.incidents(actor, state="burning")


def test_reading_a_list_costs_the_same_however_long_it_is(django_assert_num_queries):
    there = given.house()
    for _ in range(5):
        given.declared(there, severity=3)
    actor = there.actor("ana")
    with django_assert_num_queries(2):
        assert [(row.service.team.name, list(row.products.all())) for row in queries.incidents(actor)]


def test_times_may_be_set_and_corrected_while_the_incident_runs():
    there = given.house()
    incident = given.fixing(there)
    incident = commands.set_times(there.actor("ben"), incident, impact_started_at=given.at(8, 14), now=given.later(2))
    assert queries.ttd(incident) == dt.timedelta(minutes=46)
    with pytest.raises(Invalid) as refused:
        commands.set_times(there.actor("ben"), incident, impact_ended_at=given.at(8, 0), now=given.later(2))
    assert refused.value.field == "impact_ended_at"
    with pytest.raises(Invalid) as refused:
        commands.set_times(there.actor("ben"), incident, detected_at=given.at(23), now=given.later(2))
    assert refused.value.field == "detected_at"


@pytest.mark.req("OPN-10")
def test_the_longest_topic_is_not_cut_and_leads_to_the_state_document_of_the_backup():
    there = given.house()
    incident = given.fixing(there, summary="S" * 200)
    for number in range(6):
        commands.assign_role(there.actor("ben"), incident, f"{'Scribe of many words':<30}{number}", there.ana, now=NOW)
    commands.change_fields(there.actor("ben"), incident, video_url="https://bridge.example.com/" + "v" * 270, now=NOW)
    topic = collab.room(incident.id).topic
    assert "S" * 200 in topic
    assert "v" * 270 in topic
    assert topic.endswith("/doc")
    assert topic.index("Incident manager: Ben") < topic.index("Scribe")
    backup = BackupSystem.objects.get(kind="state_document")
    backup.name, backup.link = "Wiki", "https://wiki.example.com/isd"
    backup.save()
    commands.mark_down(there.actor("ben"), incident, backup, now=NOW)
    assert collab.room(incident.id).topic.endswith("https://wiki.example.com/isd")
    commands.mark_up(there.actor("ben"), incident, "state_document", now=NOW)
    assert collab.room(incident.id).topic.endswith("/doc")
