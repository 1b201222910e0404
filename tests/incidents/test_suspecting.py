"""Changes near the start of the impact: listed nearest first, suspected with the way back, or said to be none of them."""

from __future__ import annotations

import datetime as dt

import pytest

from tests import company
from tests.incidents.given import at, declared, fixing, house, later, resolved
from tocsin.alerts import commands as alerts
from tocsin.alerts.models import ChangeEvent
from tocsin.core.errors import Conflict, Invalid, NotAllowed, NotFound
from tocsin.incidents import commands, queries
from tocsin.incidents.iterating import queries as loop
from tocsin.postmortems.models import Postmortem

pytestmark = pytest.mark.django_db

START = at(8, 14)


def told(there, minutes: float, what: str = "Checkout 412", **more) -> ChangeEvent:
    """A change that a release told of, so many minutes before the impact."""
    given = {"service": there.service, "source": "deploy", "link": "https://deploy.example/412", **more}
    return alerts.record_change(there.actor("ana"), what, at=START - dt.timedelta(minutes=minutes), now=later(0), **given)


def hit(there, **fields):
    return fixing(there, impact_started_at=START, **fields)


@pytest.mark.req("ASS-11")
def test_a_deployment_three_minutes_before_the_start_is_first_and_suspected_with_its_way_back():
    there = house()
    told(there, 300, "Price list"), told(there, 26 * 60, "The day before"), told(there, -20, "New banner on", source="switch")
    change = told(there, 3)
    incident, ben = hit(there), there.actor("ben")
    found = queries.near(ben, incident)
    assert [(one.line.what, one.before.total_seconds() / 60) for one in found.changes] == [
        ("Checkout 412", 3),
        ("New banner on", -20),
        ("Price list", 300),
    ]
    assert (found.known, found.since) == (True, START)
    cause = commands.suspect_change(ben, incident, change.id, rollback="deploy 411 again", now=later(3))
    assert (cause.what, cause.at, cause.service, cause.link) == ("Checkout 412", change.at, "Checkout API", change.link)
    line = next(one for one in queries.timeline(ben, incident) if one.kind == "Suspected cause")
    assert (line.text, line.path) == ("Checkout 412, 3 min before the impact. Roll back: deploy 411 again", change.link)
    assert queries.answers(queries.assessment(ben, incident))["coincides"] == "yes"
    assert [one.rollback for one in loop.loop(ben, incident, (), later(4)).suspected] == ["deploy 411 again"]
    assert ("Began with a change", "Not known yet", "Yes") in [
        (one.what, one.old, one.new) for one in queries.history(ben, incident)
    ]
    resolved(there, incident)
    draft = Postmortem.objects.get(incident=incident)
    assert "08:11 UTC in Checkout API: Checkout 412 (https://deploy.example/412). Rolled back by: deploy 411 again" in draft.causes
    assert "**Suspected cause**" in draft.timeline


@pytest.mark.req("ASS-11")
def test_it_is_recorded_too_that_the_start_coincides_with_no_change():
    there = house()
    incident, ben = hit(there), there.actor("ben")
    commands.assess(ben, incident, coincides="no", now=later(3))
    assert any("began with a change: No, with none that we know of" in one.text for one in queries.timeline(ben, incident))
    resolved(there, incident)
    assert "coincides with no change" in Postmortem.objects.get(incident=incident).causes


def test_a_suspicion_is_changed_and_taken_back_and_never_contradicted():
    there = house()
    change, incident, ben = told(there, 3), hit(there), there.actor("ben")
    for rollback in ("", "", "deploy 411 again"):
        commands.suspect_change(ben, incident, change.id, rollback=rollback, now=later(3))
    assert incident.suspected_causes.get().rollback == "deploy 411 again"
    assert sum(one.kind == "Suspected cause" for one in queries.timeline(ben, incident)) == 2
    with pytest.raises(Conflict) as refused:
        commands.assess(ben, incident, coincides="no", now=later(4))
    assert refused.value.field == "coincides"
    commands.clear_suspect(ben, incident, change.id, now=later(5))
    assert queries.answers(queries.assessment(ben, incident))["coincides"] == ""
    with pytest.raises(NotFound):
        commands.clear_suspect(ben, incident, change.id, now=later(6))
    with pytest.raises(Invalid) as refused:
        commands.assess(ben, incident, coincides="yes", now=later(7))
    assert refused.value.field == "coincides"


def test_without_a_start_the_detection_counts_and_says_so():
    there = house()
    told(there, 3)
    found = queries.near(there.actor("ben"), declared(there, detected_at=at(8, 30)))
    assert (found.known, [one.before for one in found.changes]) == (False, [dt.timedelta(minutes=19)])


def test_the_response_is_no_cause_and_private_words_are_not_brought_along():
    there = house()
    ben, root = there.actor("ben"), there.actor("root")
    incident = hit(there)
    own = commands.log_change(ben, incident, "Rolled back", revert="forward", at=at(8, 20), now=later(2))
    ids = []
    for fields in ({"private": True}, {"drill": True}):
        other = declared(there, by="root", **fields)
        ids.append(commands.log_change(root, other, "Hush", revert="no", at=at(8, 10), now=later(2)).id)
    open_one = commands.log_change(ben, declared(there), "Index dropped", revert="no", at=at(8, 5), now=later(2))
    assert [one.line.id for one in queries.near(root, incident).changes] == [open_one.id]
    for wanted in (*ids, own.id, "chg_nothing"):
        with pytest.raises(NotFound):
            commands.suspect_change(root, incident, wanted, now=later(3))
    assert commands.suspect_change(ben, incident, open_one.id, now=later(3)).what == "Index dropped"


def test_only_responders_who_may_see_it_suspect():
    there = house()
    change = told(there, 3)
    with pytest.raises(NotAllowed):
        commands.suspect_change(there.actor("sven"), hit(there), change.id, now=later(3))
    hidden = declared(there, private=True)
    stranger = company.actor(company.person("Otto"))
    for look in (queries.near, queries.suspected):
        with pytest.raises(NotFound):
            look(stranger, hidden)
