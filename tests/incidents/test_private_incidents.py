"""A private incident does not exist for whoever is not part of it."""

from __future__ import annotations

import pytest

from tests import company
from tests.conftest import NOW
from tests.incidents import given
from tocsin.core.errors import Conflict, NotFound
from tocsin.incidents import commands, queries

pytestmark = pytest.mark.django_db


def private(there, **fields):
    return given.declared(there, by="sven", private=True, severity=3, **fields)


@pytest.mark.parametrize(("name", "sees"), [("sven", True), ("root", True), ("ana", False), ("ben", False)])
def test_only_reporter_and_administrators_see_it_at_first(name, sees):
    there = given.house()
    incident = private(there)
    assert queries.incidents(there.actor(name)).exists() is sees
    if sees:
        assert queries.by_key(there.actor(name), incident.key) == incident
    else:
        with pytest.raises(NotFound):
            queries.by_key(there.actor(name), incident.key)


def test_every_verb_answers_not_found_to_an_outsider():
    there = given.house()
    incident = private(there)
    actor = there.actor("ana")
    for deed in (
        lambda: commands.take_command(actor, incident, now=NOW),
        lambda: commands.say(actor, incident, "x", now=NOW),
        lambda: commands.note(actor, incident, kind="status", text="x", now=NOW),
        lambda: commands.set_severity(actor, incident, 2, now=NOW),
        lambda: commands.change_fields(actor, incident, summary="x", now=NOW),
        lambda: commands.set_up(actor, incident, now=NOW),
        lambda: queries.timeline(actor, incident),
        lambda: queries.history(actor, incident),
        lambda: queries.catch_up(actor, incident, now=NOW),
    ):
        with pytest.raises(NotFound):
            deed()


def test_members_and_role_holders_may_see_it():
    there = given.house()
    incident = private(there)
    commands.add_member(there.actor("root"), incident, there.ana, now=NOW)
    commands.assign_role(there.actor("root"), incident, "tech_lead", there.ben, now=NOW)
    assert queries.incidents(there.actor("ana")).exists()
    assert queries.incidents(there.actor("ben")).exists()
    assert not queries.incidents(there.actor("imogen")).exists()


def test_an_alert_of_a_private_incident_does_not_tell_its_key():
    there = given.house()
    alert = company.alert(there.service)
    incident = commands.declare(
        there.actor("sven"), summary="Leak", severity=3, service=there.service, private=True, alerts=[alert], now=NOW
    )
    with pytest.raises(Conflict) as refused:
        given.declared(there, by="ana", alerts=[alert])
    assert incident.key not in refused.value.detail
    assert queries.of_alert(there.actor("ana"), alert) is None
    assert queries.of_alert(there.actor("root"), alert) == incident


def test_counts_and_queues_leave_it_out():
    there = given.house()
    private(there)
    assert queries.open_counts(there.actor("ana"))[3] == 0
    assert queries.queue_counts(there.actor("ana")) == {}
    assert queries.queue_counts(there.actor("root")) == {there.team.id: 1}
