"""From a draft that fills itself to a published page."""

from __future__ import annotations

import datetime as dt

import pytest

from tests import company
from tests.incidents import given
from tocsin.core.errors import Conflict, Invalid, NotAllowed, NotFound, Stale
from tocsin.core.models import Event
from tocsin.incidents import commands as incidents
from tocsin.postmortems import commands, queries, rules

pytestmark = pytest.mark.django_db


def finished(there, **fields):
    """A resolved Sev 1 with an alert, a change, a decision, an update, and its postmortem."""
    alert = company.alert(there.service, started_at=given.at(8, 15))
    incident = incidents.take_command(there.actor("ben"), given.declared(there, alerts=[alert], **fields), now=given.later(1))
    ben = there.actor("ben")
    incidents.note(ben, incident, kind="decision", text="roll back, keep the evidence", now=given.later(5))
    incidents.note(ben, incident, kind="change", text="rollback to 46.2 started", now=given.later(6))
    incidents.set_severity(ben, incident, 2, now=given.later(7))
    return given.resolved(there, incident, support_cases=14)


@pytest.mark.req("PMO-22")
def test_a_draft_holds_times_severity_critical_moments_and_references():
    there = given.house()
    incident = finished(there)
    draft = incident.postmortem
    assert draft.title == f"{incident.key}: Card payments fail"
    assert "Sev 2" in draft.summary
    assert "The impact lasted 1 h 8 min" in draft.summary
    for words in ("Start of impact: 2026-11-20 08:14 UTC", "Time to detect: 1 min", "Support cases: 14"):
        assert words in draft.impact
    times = [line[:22] for line in draft.timeline.splitlines()]
    assert times == sorted(times)
    for words in ("Impact starts", "Detected", "Declared", "Decision", "rollback to 46.2", "Sev 1 → Sev 2", "Impact ends"):
        assert words in draft.timeline
    assert "rollback to 46.2" in draft.mitigation
    assert "Ben" not in draft.timeline
    assert "Alert #4001" in draft.references


def test_a_draft_says_unknown_where_nothing_is_known():
    there = given.house()
    incident = given.resolved(there, impact_started_at=None, impact_ended_at=None, unknown=["impact_started_at", "impact_ended_at"])
    assert "How long the impact lasted is unknown" in incident.postmortem.summary
    assert "Time to recovery: unknown" in incident.postmortem.impact


@pytest.mark.req("PMO-03")
def test_a_postmortem_has_one_owner_and_never_none():
    there = given.house()
    incident = given.fixing(there, severity=3)
    ben = there.actor("ben")
    with pytest.raises(Invalid) as refused:
        commands.start(ben, incident, owner=None, now=given.later(2))
    assert refused.value.field == "owner"
    postmortem = commands.start(ben, incident, owner=there.ana, now=given.later(2))
    assert commands.start(ben, incident, owner=there.ben, now=given.later(3)) == postmortem
    with pytest.raises(Invalid):
        commands.set_owner(ben, postmortem, None, now=given.later(3))
    postmortem = commands.set_owner(ben, postmortem, there.ben, now=given.later(4))
    data = Event.objects.get(name="postmortem.owner_changed").data
    assert (postmortem.owner, data["old_name"], data["new_name"]) == (there.ben, "Ana", "Ben")


@pytest.mark.req("PMO-05")
def test_it_goes_through_four_states_each_with_its_time():
    there = given.house()
    postmortem = finished(there).postmortem
    ana = there.actor("ana")
    postmortem = commands.request_approval(ana, postmortem, now=given.at(10))
    postmortem = commands.back_to_draft(ana, postmortem, now=given.at(11))
    postmortem = commands.request_approval(ana, postmortem, now=given.at(12))
    postmortem = commands.approve(ana, postmortem, now=given.at(13))
    postmortem = commands.publish(ana, postmortem, now=given.at(14))
    moves = [(move.state, move.at) for move in queries.moves(postmortem)]
    words = ["draft", "in_approval", "draft", "in_approval", "approved", "published"]
    assert moves == list(zip(words, [given.at(9, 30), *(given.at(hour) for hour in range(10, 15))], strict=True))


@pytest.mark.req("PMO-05")
@pytest.mark.parametrize("old", list(rules.STATES))
@pytest.mark.parametrize("new", list(rules.STATES))
def test_only_defined_transitions_are_allowed(old, new):
    allowed = {
        ("draft", "in_approval"),
        ("in_approval", "approved"),
        ("in_approval", "draft"),
        ("approved", "published"),
        ("approved", "draft"),
    }
    if (old, new) in allowed:
        rules.require_transition(old, new)
    else:
        with pytest.raises(Conflict):
            rules.require_transition(old, new)


@pytest.mark.req("PMO-01")
def test_the_export_has_its_four_parts_and_the_actions():
    there = given.house()
    incident = finished(there)
    commands.add_action(
        there.actor("ana"),
        incident,
        title="Make the canary compare | vault requests",
        category="prevent_future",
        link_type="priority",
        owner=there.ana,
        due_on=dt.date(2027, 1, 14),
        now=given.at(10),
    )
    text = queries.export(incident.postmortem)
    for heading in ("## Impact", "## Mitigation and resolution", "## Causes", "## Follow-up actions"):
        assert heading in text
    assert (
        "| x/1 Make the canary compare \\| vault requests | Prevent future incidents | Priority action | Ana | 2027-01-14 | Open |"
        in text
    )


def test_two_who_write_one_postmortem_lose_nothing():
    there = given.house()
    postmortem = finished(there).postmortem
    ana = there.actor("ana")
    commands.change(ana, postmortem, version=postmortem.version, causes="An empty cache", now=given.at(10))
    with pytest.raises(Stale) as refused:
        commands.change(there.actor("ben"), postmortem, version=postmortem.version, causes="The vault", now=given.at(10))
    assert refused.value.current.causes == "An empty cache"


def test_a_published_postmortem_no_longer_changes():
    there = given.house()
    postmortem = finished(there).postmortem
    ana = there.actor("ana")
    for step in (commands.request_approval, commands.approve, commands.publish):
        postmortem = step(ana, postmortem, now=given.at(10))
    with pytest.raises(Conflict):
        commands.change(ana, postmortem, version=postmortem.version, causes="x", now=given.at(11))


def test_reading_and_writing_follow_the_incident():
    there = given.house()
    incident = finished(there)
    incidents.change_fields(there.actor("ben"), incident, private=True, now=given.at(10))
    assert not queries.postmortems(there.actor("sven")).exists()
    assert queries.by_incident(there.actor("ben"), incident)
    with pytest.raises(NotFound):
        commands.change(there.actor("imogen"), queries.by_incident(there.actor("ben"), incident), version=1, now=given.at(10))
    open_one = finished(there).postmortem
    with pytest.raises(NotAllowed):
        commands.publish(there.actor("sven"), open_one, now=given.at(10))


def test_the_library_is_searched_and_what_is_missing_is_listed():
    there = given.house()
    incident = finished(there)
    actor = there.actor("sven")
    assert [row.incident for row in queries.postmortems(actor, q="card payments", state="draft")] == [incident]
    assert not queries.postmortems(actor, q="elsewhere").exists()
    assert list(queries.missing(actor)) == []
    incident.postmortem.delete()
    assert list(queries.missing(actor)) == [incident]
