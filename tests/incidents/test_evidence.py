"""Before something is restarted: is what shows the cause kept? And the calm words that stand above the fixing."""

from __future__ import annotations

import pytest

from tests.incidents.given import declared, fixing, house, later
from tocsin.core.errors import Invalid
from tocsin.core.models import OutboxMail
from tocsin.incidents import commands, jobs, queries
from tocsin.incidents.iterating import rules
from tocsin.postmortems.models import Action

pytestmark = pytest.mark.django_db


@pytest.mark.req("RES-11")
def test_a_restart_asks_for_evidence_and_what_is_lost_becomes_an_action():
    there = house()
    incident, ana = fixing(there), there.actor("ana")
    theory = commands.add_finding(ana, incident, "theory", "The pool is full", now=later(2))
    with pytest.raises(Invalid) as refused:
        commands.add_finding(ana, incident, "experiment", "Restart one host", about=theory, restarts=True, now=later(3))
    assert (refused.value.field, refused.value.detail) == ("evidence", rules.EVIDENCE_PROMPT)
    given = {"about": theory, "restarts": True, "now": later(3)}
    kept = commands.add_finding(ana, incident, "experiment", "Restart one host", evidence="kept", **given)
    assert (kept.evidence, Action.objects.exists()) == ("kept", False)
    commands.add_finding(ana, incident, "experiment", "Restart the pool", evidence="lost", **given)
    action = Action.objects.get(incident=incident)
    assert (action.title, action.category, action.owner) == ("Measure what was lost by: Restart the pool", "detect", there.ben)
    assert "will be lost by: Restart the pool" in [one.text for one in queries.timeline(ana, incident)]


@pytest.mark.req("RES-11")
def test_a_change_that_restarts_asks_the_same_and_whoever_writes_owns_it_while_nobody_manages():
    there = house()
    incident, ana = declared(there), there.actor("ana")
    for answer in ("", "burnt"):
        with pytest.raises(Invalid) as refused:
            commands.log_change(ana, incident, "Restarted all", revert="no", restarts=True, evidence=answer, now=later(2))
        assert refused.value.field == "evidence"
    commands.log_change(ana, incident, "Restarted all", revert="no", restarts=True, evidence="lost", now=later(2))
    assert Action.objects.get(incident=incident).owner == there.ana
    assert commands.log_change(ana, incident, "Switch off", revert="on", now=later(3)).evidence == ""


@pytest.mark.req("ITR-11", "RES-11")
def test_the_calm_words_are_the_sheets_and_administrators_write_them():
    there = house()
    words = queries.guidance()
    assert words.startswith("Stay calm")
    assert "Restore service first, unless that destroys what shows the cause" in words
    assert "!" not in words
    commands.set_section(there.actor("root"), queries.sheet_section("fix"), text="Breathe. Then look.", now=later(1))
    assert queries.guidance() == "Breathe. Then look."


@pytest.mark.req("ITR-11")
def test_mails_of_the_loop_carry_the_calm_words():
    there = house()
    incident = fixing(there)
    commands.plan_relief(there.actor("ben"), incident, "incident_manager", there.ana, at=later(60), now=later(2))
    while jobs.ask_prompts(later(46)):
        pass
    mails = list(OutboxMail.objects.filter(subject__contains="Hand-over"))
    assert mails
    assert all(queries.guidance() in mail.body for mail in mails)
