"""What somebody does by a date."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.incidents import given
from tocsin.core.errors import Conflict, Invalid, NotAllowed, NotFound, Stale
from tocsin.core.models import Event
from tocsin.postmortems import commands, queries, rules

pytestmark = pytest.mark.django_db


def added(there, incident, **fields):
    values = {
        "title": "Block deploys when the canary sees too few payments",
        "category": "prevent_future",
        "link_type": "priority",
        "owner": there.ana,
        "due_on": dt.date(2027, 1, 14),
        "now": given.at(10),
        **fields,
    }
    return commands.add_action(there.actor("ben"), incident, **values)


@pytest.mark.req("ACT-01")
@pytest.mark.parametrize("category", list(rules.CATEGORIES))
def test_each_of_six_categories_is_accepted(category):
    there = given.house()
    assert len(rules.CATEGORIES) == 6
    assert added(there, given.declared(there), category=category).category == category


@pytest.mark.req("ACT-01", "ATR-02")
@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"category": "prevent"}, "category"),
        ({"link_type": "major"}, "link_type"),
        ({"title": ""}, "title"),
        ({"owner": None}, "owner"),
        ({"due_on": "2027-01-14"}, "due_on"),
    ],
)
def test_anything_else_is_refused_by_name(fields, field):
    there = given.house()
    with pytest.raises(Invalid) as refused:
        added(there, given.declared(there), **fields)
    assert refused.value.field == field


@pytest.mark.req("ATR-02")
def test_the_type_of_a_link_is_changed_with_history():
    there = given.house()
    action = added(there, given.declared(there))
    action = commands.change_action(there.actor("ana"), action, link_type="improvement", now=given.at(11))
    event = Event.objects.get(name="action.changed")
    assert (action.link_type, event.data) == ("improvement", {"field": "link_type", "old": "priority", "new": "improvement"})
    assert set(rules.LINK_TYPES) == {"priority", "improvement"}


def test_an_action_is_linked_to_the_postmortem_and_numbered_for_people():
    there = given.house()
    incident = given.resolved(there)
    first, second = added(there, incident), added(there, incident)
    assert (first.postmortem, second.number) == (incident.postmortem, first.number + 1)
    assert queries.action_by_number(there.actor("sven"), first.number) == first
    with pytest.raises(NotFound):
        queries.action_by_number(there.actor("sven"), 9999)


def test_without_a_day_it_is_due_in_eight_weeks_or_sixteen():
    there = given.house()
    incident = given.declared(there)
    assert added(there, incident, due_on=None).due_on == dt.date(2027, 1, 15)
    assert added(there, incident, due_on=None, link_type="improvement").due_on == dt.date(2027, 3, 12)


def test_it_is_done_dropped_and_reopened_never_done_twice():
    there = given.house()
    action = added(there, given.declared(there))
    actor = there.actor("ana")
    action = commands.complete_action(actor, action, now=given.at(11))
    assert (action.state, action.closed_at) == ("done", given.at(11))
    with pytest.raises(Conflict):
        commands.drop_action(actor, action, now=given.at(12))
    action = commands.reopen_action(actor, action, now=given.at(12))
    assert (action.state, action.closed_at) == ("open", None)
    assert commands.drop_action(actor, action, now=given.at(13)).state == "dropped"


def test_a_stale_change_and_a_reader_are_refused():
    there = given.house()
    action = added(there, given.declared(there))
    commands.change_action(there.actor("ana"), action, version=action.version, title="Other", now=given.at(11))
    with pytest.raises(Stale):
        commands.change_action(there.actor("ben"), action, version=action.version, title="Third", now=given.at(11))
    with pytest.raises(NotAllowed):
        commands.complete_action(there.actor("sven"), action, now=given.at(11))


def test_the_board_is_filtered_by_state_and_owner_in_one_query(django_assert_num_queries):
    there = given.house()
    incident = given.declared(there)
    mine, other = added(there, incident), added(there, incident, owner=there.ben, due_on=dt.date(2026, 12, 1))
    actor = there.actor("sven")
    with django_assert_num_queries(1):
        assert [(row.incident.service.team.name, row.owner.name) for row in queries.actions(actor)] == [
            ("Payments", "Ben"),
            ("Payments", "Ana"),
        ]
    assert list(queries.actions(actor, owner=there.ana)) == [mine]
    commands.complete_action(there.actor("ben"), other, now=given.at(11))
    assert list(queries.actions(actor, state="done")) == [other]
