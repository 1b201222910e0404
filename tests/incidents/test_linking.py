"""Links: typed, seen from both ends, told on both timelines, and never a way to learn of a private incident."""

from __future__ import annotations

import pytest

from tests.incidents import given
from tocsin.alerts import commands as alerts
from tocsin.core.actor import SYSTEM
from tocsin.core.errors import Conflict, Invalid, NotAllowed, NotFound
from tocsin.incidents import commands, queries
from tocsin.incidents.linking import queries as linking
from tocsin.postmortems import commands as postmortems
from tocsin.postmortems.models import Postmortem

pytestmark = pytest.mark.django_db
NOW = given.NOW


@pytest.fixture
def house():
    return given.house()


def said(actor, incident):
    return [(line.words, line.title) for line in linking.links(actor, incident) if line.id]


def story(actor, incident):
    return [line.text for line in queries.timeline(actor, incident) if line.kind == "Link"]


@pytest.mark.req("TRK-08")
@pytest.mark.parametrize(
    ("kind", "here", "there"),
    [
        ("related", "Related to", "Related to"),
        ("repeats", "Repeats", "Repeated by"),
        ("duplicates", "Duplicate of", "Duplicated by"),
        ("caused_by", "Caused by", "Caused"),
        ("follow_up_of", "Follow-up of", "Followed up by"),
    ],
)
def test_two_incidents_show_the_link_at_both_ends_and_in_both_stories(house, kind, here, there):
    ben, first = house.actor("ben"), given.declared(house)
    second = given.declared(house, summary="Cards fail again")
    made = commands.link(ben, second, kind, first.key.lower(), now=NOW)
    assert commands.link(ben, second, kind, first.key, now=NOW) == made, "linked already, it stays"
    assert said(ben, second) == [(here, f"{first.key} Card payments fail")]
    assert said(ben, first) == [(there, f"{second.key} Cards fail again")]
    assert story(ben, second) == [f"{here.lower()} {first.key} Card payments fail"]
    assert story(ben, first) == [f"{there.lower()} {second.key} Cards fail again"]
    commands.unlink(ben, first, made.id, now=NOW)
    assert (said(ben, first), said(ben, second)) == ([], [])
    assert story(ben, first)[0].startswith("no longer ")


@pytest.mark.req("TRK-08")
def test_things_of_the_house_and_elsewhere_show_it_at_both_ends(house):
    ben, incident = house.actor("ben"), given.resolved(house)
    again = given.declared(house, summary="Cards fail again")
    change = alerts.record_change(ben, "Checkout 412", service=house.service, now=NOW)
    action = postmortems.add_action(
        ben, incident, title="Alert on it", category="detect", link_type="improvement", owner=house.ana, now=NOW
    )
    learned = Postmortem.objects.get(incident=incident)
    record = "https://problems.example.com/PRB-7"
    commands.link(ben, again, "causing_change", change.id, now=NOW)
    commands.link(ben, again, "postmortem", incident.key, now=NOW)
    commands.link(ben, again, "cleanup_task", f"x/{action.number}", now=NOW)
    commands.link(ben, again, "support_case", "CS-4711", now=NOW)
    commands.link(ben, again, "problem_record", record, title="Cards, again and again", now=NOW)
    commands.link(ben, incident, "problem_record", record, now=NOW)
    found = {line.kind: line for line in linking.links(ben, again)}
    assert found["causing_change"].title == "Checkout 412"
    assert found["postmortem"].path == f"/{incident.key}/postmortem"
    assert found["cleanup_task"].title == f"x/{action.number} Alert on it"
    assert found["support_case"].title == "CS-4711"
    assert (found["problem_record"].path, found["problem_record"].also) == (record, (incident.key,))
    ends = linking.keys_linking_to(ben, [change.id, learned.id, action.id])
    assert ends == {one: [again.key] for one in (change.id, learned.id, action.id)}
    both = linking.linking_to(ben, record).order_by("id")
    assert [row.incident.key for row in both] == [again.key, incident.key]
    assert {line.kind for line in linking.links(ben, incident)} == {"postmortem", "cleanup_task", "problem_record"}, (
        "its own are there"
    )


def test_a_private_end_is_known_to_those_who_may_know_of_it_and_to_nobody_else(house):
    root, sven = house.actor("root"), house.actor("sven")
    public = given.declared(house)
    private = given.declared(house, by="root", private=True, summary="Breach")
    commands.link(root, private, "caused_by", public.key, now=NOW)
    assert len(said(root, public)) == 1
    assert said(sven, public) == []
    assert story(sven, public) == []
    assert story(root, private) == [f"caused by {public.key} Card payments fail"]
    commands.link(root, public, "related", private.key, now=NOW)
    assert said(sven, public) == []
    assert "Breach" not in " ".join(line.text for line in queries.timeline(sven, public))
    (link,) = public.links.all()
    with pytest.raises(NotFound):
        linking.link(sven, public, link.id)
    with pytest.raises(Invalid) as refusal:
        commands.link(house.actor("ana"), public, "related", private.key, now=NOW)
    assert refusal.value.field == "target"
    assert "Breach" not in refusal.value.detail


def test_what_becomes_private_later_is_gone_from_the_other_story(house):
    ben, sven = house.actor("ben"), house.actor("sven")
    first, second = given.declared(house), given.declared(house, summary="Vouchers fail")
    commands.link(ben, first, "related", second.key, now=NOW)
    assert len(story(sven, first)) == 1
    commands.change_fields(house.actor("ana"), second, private=True, now=NOW)
    assert (said(sven, first), story(sven, first)) == ([], [])
    assert not [line for line in queries.history(sven, first) if "Vouchers" in line.new]


def test_the_postmortem_and_the_actions_of_a_private_incident_are_not_told(house):
    root, sven = house.actor("root"), house.actor("sven")
    public = given.declared(house)
    private = given.declared(house, by="root", private=True, summary="Breach")
    action = postmortems.add_action(
        root, private, title="Close the hole", category="repair", link_type="priority", owner=house.root, now=NOW
    )
    commands.link(root, public, "cleanup_task", str(action.number), now=NOW)
    assert len(said(root, public)) == 1
    assert (said(sven, public), story(sven, public)) == ([], [])


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        ("related", "HOT-999"),
        ("related", "https://example.com/"),
        ("nosuch", "HOT-1"),
        ("causing_change", "chg_00000000000000000000000000"),
        ("postmortem", "nonsense"),
        ("cleanup_task", "x/999999"),
        ("cleanup_task", "a task"),
        ("problem_record", "PRB-7"),
        ("problem_record", "https://"),
        ("problem_record", "https://[::1"),
        ("problem_record", "https://example.com/" + "x" * 500),
        ("related", ""),
    ],
)
def test_what_cannot_be_linked_is_refused_by_name(house, kind, target):
    incident = given.declared(house)
    with pytest.raises(Invalid) as refusal:
        commands.link(house.actor("ben"), incident, kind, target, now=NOW)
    assert refusal.value.field in {"kind", "target"}


def test_not_with_itself_not_round_in_a_circle_and_not_by_somebody_who_only_reads(house):
    ben, first = house.actor("ben"), given.declared(house)
    second = given.declared(house)
    with pytest.raises(Invalid):
        commands.link(ben, first, "repeats", first.key, now=NOW)
    commands.link(ben, first, "repeats", second.key, now=NOW)
    with pytest.raises(Conflict):
        commands.link(ben, second, "repeats", first.key, now=NOW)
    with pytest.raises(NotAllowed):
        commands.link(house.actor("sven"), first, "related", second.key, now=NOW)
    commands.link(SYSTEM, first, "related", second.key, now=NOW)
    commands.link(SYSTEM, second, "related", first.key, now=NOW)
    assert first.links.filter(kind="related").count() + second.links.filter(kind="related").count() == 1
