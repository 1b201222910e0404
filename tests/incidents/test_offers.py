"""Roles that are offered, accepted, declined; the hand-over of the incident manager."""

from __future__ import annotations

import datetime as dt

import pytest

from tests import company
from tests.incidents.given import declared, fixing, house, later
from tocsin.collab.models import Room
from tocsin.core.errors import Conflict, Invalid, NotAllowed, NotFound
from tocsin.core.models import OutboxMail
from tocsin.incidents import commands, queries
from tocsin.incidents.models import Incident, RoleOffer
from tocsin.paging.jobs import advance

pytestmark = pytest.mark.django_db
BRIEF = {"called": True, "roles": "Ben leaves", "work": "Cards", "next_to": "not known yet", "next_at": later(600)}


@pytest.mark.req("DEL-03")
def test_a_role_is_held_only_when_it_was_accepted():
    there = house()
    incident, ben, ana = fixing(there), there.actor("ben"), there.actor("ana")
    offer = commands.offer_role(ben, incident, "tech_lead", there.ana, now=later(2))
    assert commands.offer_role(ben, incident, "tech_lead", there.ana, now=later(3)) == offer
    assert OutboxMail.objects.filter(to=there.ana.email, subject__contains="asks you to be tech lead").count() == 1
    assert not incident.roles.filter(person=there.ana, until__isnull=True).exists()
    assert queries.my_offers(ana) == [offer]
    with pytest.raises(NotAllowed):
        commands.accept_offer(ben, offer, now=later(4))
    commands.accept_offer(ana, offer, now=later(5))
    assert incident.roles.get(person=there.ana).since == later(5)
    assert RoleOffer.objects.get().answered_at == later(5)
    with pytest.raises(Conflict):
        commands.accept_offer(ana, offer, now=later(6))
    assert queries.my_offers(ana) == []


@pytest.mark.req("CHS-07", "CHS-08", "OPN-12", "DEL-02")
def test_the_hand_over_switches_everything_at_acceptance_and_nothing_before():
    there = house()
    incident, ben, imogen = fixing(there), there.actor("ben"), there.actor("imogen")
    with pytest.raises(Invalid) as refused:
        commands.offer_role(ben, incident, "incident_manager", there.imogen, brief={**BRIEF, "next_at": None}, now=later(2))
    assert refused.value.field == "next_at"
    with pytest.raises(Invalid) as refused:
        commands.offer_role(ben, incident, "incident_manager", there.imogen, brief={**BRIEF, "next_to": " "}, now=later(2))
    assert refused.value.field == "next_to"
    offer = commands.offer_role(ben, incident, "incident_manager", there.imogen, brief=BRIEF, now=later(2))
    commands.ask_about_offer(imogen, offer, "Who speaks to the bank?", now=later(3))
    commands.ask_about_offer(ben, offer, "Ana does.", now=later(4))
    assert [word.text for word in queries.offer(ben, incident, offer.id).words.all()] == ["Who speaks to the bank?", "Ana does."]
    assert Incident.objects.get(pk=incident.pk).manager == there.ben
    assert queries.commanding() == {there.ben.id: incident.key}
    commands.accept_offer(imogen, offer, now=later(5))
    assert Incident.objects.get(pk=incident.pk).manager == there.imogen
    assert queries.commanding() == {there.imogen.id: incident.key}
    assert "Incident manager: Imogen" in Room.objects.get(subject=incident.id).topic
    assert incident.roles.filter(role="incident_manager", until__isnull=True).count() == 1


def test_two_who_are_asked_to_take_command_end_with_one():
    there = house()
    incident, ben = fixing(there), there.actor("ben")
    first = commands.offer_role(ben, incident, "incident_manager", there.imogen, brief=BRIEF, now=later(2))
    second = commands.offer_role(ben, incident, "incident_manager", there.ana, brief=BRIEF, now=later(2))
    commands.accept_offer(there.actor("imogen"), first, now=later(3))
    with pytest.raises(Conflict):
        commands.accept_offer(there.actor("ana"), second, now=later(4))
    assert Incident.objects.get(pk=incident.pk).manager == there.imogen


@pytest.mark.req("DEL-04", "DEL-05", "DEL-06", "DEL-07")
def test_roles_of_one_incident_streams_and_split_communications_are_in_the_topic():
    there = house()
    incident, ben = fixing(there), there.actor("ben")
    dana = company.person("Dana")
    commands.assign_role(ben, incident, "Scribe", there.ana, now=later(2))
    commands.assign_role(ben, incident, "tech_lead", there.ana, about="database", now=later(2))
    commands.assign_role(ben, incident, "Tech lead", dana, about="payments", now=later(2))
    commands.assign_role(ben, incident, "internal_communications", there.imogen, now=later(2))
    commands.assign_role(ben, incident, "external_communications", dana, now=later(2))
    commands.assign_role(ben, incident, "backup_manager", there.imogen, now=later(2))
    topic = Room.objects.get(subject=incident.id).topic
    assert topic.index("Incident manager: Ben") < topic.index("Backup incident manager: Imogen") < topic.index("Tech lead: Ana")
    assert "Tech lead: Ana (database)" in topic
    assert "Tech lead: Dana (payments)" in topic
    assert "Scribe: Ana" in topic
    held = [(one.role, one.person.name if one.person else None) for one in queries.holders(ben, incident)]
    assert ("communications_manager", None) not in held, "split communications leave no empty place"
    commands.release_role(ben, incident, "Scribe", there.ana, now=later(3))
    assert "Scribe" not in Room.objects.get(subject=incident.id).topic
    with pytest.raises(Invalid) as refused:
        commands.assign_role(ben, incident, "x" * 41, there.ana, now=later(4))
    assert refused.value.field == "role"


def test_an_offer_is_declined_withdrawn_and_over_when_the_incident_is():
    there = house()
    incident, ben = fixing(there), there.actor("ben")
    offer = commands.offer_role(ben, incident, "tech_lead", there.ana, now=later(2))
    assert commands.decline_offer(there.actor("ana"), offer, now=later(3)).state == RoleOffer.DECLINED
    again = commands.offer_role(ben, incident, "tech_lead", there.ana, now=later(4))
    assert commands.withdraw_offer(ben, again, now=later(5)).state == RoleOffer.WITHDRAWN
    with pytest.raises(Conflict):
        commands.ask_about_offer(ben, again, "Why?", now=later(6))
    open_one = commands.offer_role(ben, incident, "tech_lead", there.ana, now=later(7))
    times = {"impact_started_at": later(0), "impact_ended_at": later(8) - dt.timedelta(seconds=1)}
    commands.resolve(ben, incident, impact_over=True, none_about_to_follow=True, postmortem_owner=there.ben, **times, now=later(8))
    with pytest.raises(Conflict):
        commands.accept_offer(there.actor("ana"), open_one, now=later(9))
    assert queries.my_offers(there.actor("ana")) == []


def test_whoever_is_asked_sees_the_private_incident_and_others_do_not():
    there = house()
    incident = declared(there, by="ben", private=True)
    offer = commands.offer_role(there.actor("ben"), incident, "tech_lead", there.ana, now=later(2))
    assert queries.offer(there.actor("ana"), incident, offer.id) == offer
    with pytest.raises(NotFound):
        queries.offer(there.actor("imogen"), incident, offer.id)
    assert "Card payments" not in OutboxMail.objects.get(to=there.ana.email, subject__contains="asks you").body


@pytest.mark.req("ESC-05", "ESC-06")
def test_whoever_was_called_in_has_three_times_and_may_be_released_with_thanks():
    there = house()
    incident, ben = fixing(there), there.actor("ben")
    commands.page_team(ben, incident, there.ana, now=later(2))
    advance.tick(later(2))
    commands.be_here(there.actor("ana"), incident, now=later(5))
    rows = {one.name: one for one in queries.responders(ben, incident, later(6))}
    assert (rows["Ana"].paged_at, rows["Ana"].joined_at, rows["Ana"].released_at) == (later(2), later(5), None)
    assert rows["Ana"].delay == later(5) - later(2)
    commands.release_responder(ben, incident, there.ana, now=later(7))
    commands.release_responder(ben, incident, there.ana, now=later(8))
    rows = {one.name: one for one in queries.responders(ben, incident, later(9))}
    assert rows["Ana"].released_at == later(7)
    with pytest.raises(Conflict):
        commands.release_responder(ben, incident, there.ben, now=later(9))


@pytest.mark.req("DEL-02")
def test_an_incident_manager_hears_that_somebody_else_gives_the_command_away():
    there = house()
    incident, ana = fixing(there), there.actor("ana")
    commands.offer_role(ana, incident, "incident_manager", there.imogen, brief=BRIEF, now=later(2))
    told = OutboxMail.objects.get(to=there.ben.email, subject__contains="take over from you")
    assert "Ana asks Imogen to be incident manager" in told.body
    assert "You are until Imogen accepts" in told.body
    commands.offer_role(there.actor("ben"), incident, "incident_manager", there.ana, brief=BRIEF, now=later(3))
    assert OutboxMail.objects.filter(subject__contains="take over from you").count() == 1
