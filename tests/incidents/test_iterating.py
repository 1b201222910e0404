"""Observe, theorise, experiment, repeat: findings, streams of work, the change log, observed and expected."""

from __future__ import annotations

import pytest

from tests import company
from tests.incidents.given import declared, fixing, house, later, resolved
from tocsin.core.errors import Conflict, Invalid, NotAllowed, NotFound, Stale
from tocsin.incidents import commands, queries, verbs
from tocsin.incidents.iterating import queries as found
from tocsin.incidents.iterating import rules
from tocsin.postmortems.models import Postmortem

pytestmark = pytest.mark.django_db


def lines(there, incident):
    return [(line.kind, line.text) for line in queries.timeline(there.actor("ben"), incident)]


@pytest.mark.req("ITR-01", "ITR-02")
def test_an_experiment_that_refutes_disproves_its_theory_and_both_are_told():
    there = house()
    incident, ben = fixing(there), there.actor("ben")
    seen = commands.add_finding(ben, incident, "observation", "5xx on the newest release only", now=later(2))
    theory = commands.add_finding(ben, incident, "theory", "the cache starts empty", about=seen, now=later(3))
    other = commands.add_finding(ben, incident, "theory", "a host is broken", now=later(3))
    tried = commands.add_finding(ben, incident, "experiment", "fill it by hand", about=theory, now=later(4))
    commands.conclude(ben, tried, "inconclusive", now=later(5))
    assert found.finding(ben, incident, theory.number).state == "open"
    commands.conclude(ben, tried, "refutes", outcome="still fails", now=later(6))
    assert found.finding(ben, incident, theory.number).state == "disproven"
    commands.set_theory(ben, other, "proven", now=later(7))
    board = {state: [one.finding.number for one in theories] for state, _, theories in found.board(ben, incident).columns}
    assert board == {"open": [], "proven": [other.number], "disproven": [theory.number]}
    said = lines(there, incident)
    assert ("Experiment", "4 refutes its theory: still fails") in said
    assert ("Theory", "2 disproven, by experiment 4") in said
    assert ("Theory", "2 (of 1): the cache starts empty") in said


@pytest.mark.req("ITR-01")
def test_what_hangs_on_the_wrong_thing_is_refused():
    there = house()
    incident, ben = fixing(there), there.actor("ben")
    seen = commands.add_finding(ben, incident, "observation", "x", now=later(2))
    for kind, about in (("experiment", None), ("experiment", seen), ("observation", seen)):
        with pytest.raises(Invalid) as refused:
            commands.add_finding(ben, incident, kind, "x", about=about, now=later(3))
        assert refused.value.field == "about"
    elsewhere = commands.add_finding(ben, declared(there, severity=3), "observation", "y", now=later(3))
    with pytest.raises(Invalid):
        commands.add_finding(ben, incident, "theory", "x", about=elsewhere, now=later(4))
    with pytest.raises(Invalid):
        commands.conclude(ben, seen, "supports", now=later(5))
    with pytest.raises(Invalid):
        commands.set_theory(ben, seen, "proven", now=later(5))
    with pytest.raises(NotAllowed):
        commands.add_finding(there.actor("sven"), incident, "observation", "x", now=later(5))


@pytest.mark.req("ITR-02")
def test_an_observation_of_the_room_is_taken_to_the_board_once():
    there = house()
    incident, ben = fixing(there), there.actor("ben")
    verbs.perform(ben, incident, "/observe replica 70 min behind", now=later(2))
    (note,) = found.board(ben, incident).notes
    taken = commands.take_note(ben, incident, note.id, now=later(3))
    assert commands.take_note(ben, incident, note.id, now=later(4)).pk == taken.pk
    assert (taken.kind, taken.text, found.board(ben, incident).notes) == ("observation", "replica 70 min behind", ())
    said = commands.say(ben, incident, "hello", now=later(4))
    with pytest.raises(NotFound):
        commands.take_note(ben, incident, said.id, now=later(5))


@pytest.mark.req("ITR-01", "ITR-07", "ITR-03")
def test_the_loop_can_be_typed():
    there = house()
    incident, ben = fixing(there), there.actor("ben")
    typed = (
        "/theory the cache is cold",
        "/experiment #1 warm it",
        "/result #2 supports 5xx fall",
        "/stream Cache",
        "/change warmed\nRevert: ?",
    )
    for minute, line in enumerate(typed, 2):
        verbs.perform(ben, incident, line, now=later(minute))
    assert [(one.kind, one.state) for one in found.findings(ben, incident)] == [("theory", "open"), ("experiment", "supports")]
    assert found.streams(ben, incident).get().title == "Cache"
    verbs.perform(ben, incident, "/revert #1 empty the cache", now=later(9))
    assert found.change(ben, incident, 1).revert == "empty the cache"
    for line in ("/experiment warm it", "/theory", "/result #2 maybe", "/revert empty it", "/result #9 supports", "/theory #x y"):
        with pytest.raises((Invalid, NotFound)):
            verbs.perform(ben, incident, line, now=later(10))


@pytest.mark.req("ITR-03", "DEL-05")
def test_streams_of_work_run_side_by_side_each_with_a_tech_lead():
    there = house()
    incident, ben = fixing(there), there.actor("ben")
    given = {"step": "roll back", "next_steps": "watch", "towards": "payments work again"}
    first = commands.open_stream(ben, incident, "Rollback", lead=there.ana, **given, now=later(2))
    second = commands.open_stream(ben, incident, "Issuer", lead=there.ben, now=later(3))
    assert [(one.title, one.lead.name, one.step) for one in found.streams(ben, incident)] == [
        ("Rollback", "Ana", "roll back"),
        ("Issuer", "Ben", ""),
    ]
    first = commands.change_stream(ben, first, version=1, step="watch", now=later(4))
    with pytest.raises(Stale):
        commands.change_stream(ben, first, version=1, step="x", now=later(5))
    commands.change_stream(ben, second, state="done", now=later(6))
    assert ("Stream", "Rollback: now watch") in lines(there, incident)
    with pytest.raises(Invalid):
        commands.change_stream(ben, first, lead=there.sven, now=later(7))
    resolved(there, incident)
    with pytest.raises(Conflict):
        commands.open_stream(ben, incident, "Late", now=later(40))


@pytest.mark.req("ITR-07")
def test_every_change_has_a_row_and_those_without_a_way_back_are_known():
    there = house()
    incident, ben = fixing(there), there.actor("ben")
    commands.note(ben, incident, kind="change", text="rolled back to 41. Revert: deploy 42 again", now=later(2))
    commands.note(ben, incident, kind="change", text="cache flushed", client_key="once", now=later(3))
    commands.note(ben, incident, kind="change", text="cache flushed", client_key="once", now=later(3))
    words = {"why": "queue grows", "how": "one host after the other"}
    made = commands.log_change(ben, incident, "limit raised", **words, at=later(1), now=later(4))
    rows = list(found.changes(ben, incident))
    assert [(row.number, row.what, row.revert) for row in rows] == [
        (3, "limit raised", ""),
        (1, "rolled back to 41", "deploy 42 again"),
        (2, "cache flushed", ""),
    ]
    assert (made.who, made.why, made.at) == ("Ben", "queue grows", later(1))
    assert len(found.unreverted(rows)) == 2
    commands.state_revert(ben, made, "lower it again", now=later(5))
    assert len(found.unreverted(list(found.changes(ben, incident)))) == 1
    said = lines(there, incident)
    assert ("Change", "limit raised. Why: queue grows. How: one host after the other.") in said
    assert ("Revert", "limit raised: lower it again") in said
    with pytest.raises(Invalid) as refused:
        commands.state_revert(ben, made, " ", now=later(6))
    assert refused.value.field == "revert"


@pytest.mark.req("ITR-05")
def test_observed_and_expected_become_the_fault_of_the_postmortem():
    there = house()
    incident, ben = fixing(there), there.actor("ben")
    commands.describe_behaviour(ben, incident, observed="Cards are refused", now=later(2))
    kept = commands.describe_behaviour(ben, incident, expected="Cards are accepted", now=later(3))
    assert (kept.observed, kept.expected) == ("Cards are refused", "Cards are accepted")
    assert ("Behaviour", "expected: Cards are accepted") in lines(there, incident)
    resolved(there, incident)
    causes = Postmortem.objects.get(incident=incident).causes
    assert "Cards are refused" in causes
    assert "Cards are accepted" in causes


@pytest.mark.req("ITR-01")
def test_a_private_incident_shows_its_findings_to_nobody_else():
    there = house()
    incident = fixing(there, by="ana", private=True)
    otto = company.actor(company.person("Otto"))
    for read in (found.findings, found.board, found.streams, found.changes, found.behaviour, found.checklist):
        with pytest.raises(NotFound):
            read(otto, incident)
    with pytest.raises(NotFound):
        commands.add_finding(otto, incident, "observation", "x", now=later(2))


def test_a_note_says_what_was_changed_and_how_to_take_it_back():
    assert rules.split_change("rolled back. Revert: deploy 42") == ("rolled back", "deploy 42")
    assert rules.split_change("reverted the release") == ("reverted the release", "")
    assert rules.split_change("Revert: x") == ("Revert: x", "")


@pytest.mark.req("ITR-07", "RES-11")
def test_a_typed_change_is_asked_for_its_way_back_and_a_restart_for_its_evidence():
    there = house()
    incident, ben = fixing(there), there.actor("ben")
    done = verbs.perform(ben, incident, "/change warmed the cache", now=later(2))
    assert done.path == f"/{incident.key}/changes?what=warmed+the+cache&revert=&restarts="
    done = verbs.perform(ben, incident, "/change restarted both hosts. Revert: nothing to revert", now=later(3))
    assert done.path.endswith("restarts=1")
    assert not found.changes(ben, incident).exists()
    assert verbs.perform(ben, incident, "/change warmed. Revert: empty it", now=later(4)).path == ""
    assert found.changes(ben, incident).get().revert == "empty it"
    with pytest.raises(Invalid) as refused:
        verbs.perform(ben, incident, "/change " + "x" * 1_001, now=later(5))
    assert refused.value.field == "text"
