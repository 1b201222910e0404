"""After the end: nothing rings or reminds any more, and what is left is in one place until it is done."""

from __future__ import annotations

import pytest

from tests import company
from tests.incidents.given import at, escalations, fixing, house, later, resolved
from tocsin.core.errors import Conflict, Invalid, NotAllowed, NotFound
from tocsin.core.models import OutboxMail
from tocsin.incidents import commands, jobs, queries
from tocsin.incidents.cleanup import ports
from tocsin.incidents.cleanup import queries as cleanup
from tocsin.incidents.template import queries as prepared
from tocsin.insights.follow_up import follow_up
from tocsin.paging.jobs import advance
from tocsin.paging.models import Page
from tocsin.postmortems import commands as postmortems
from tocsin.statuspages import commands as statuspages
from tocsin.statuspages import queries as pages

pytestmark = pytest.mark.django_db
TICKET = "https://tracker.example.com/OPS-7"
HOUR = 60


def run_engine(minutes: float) -> None:
    while jobs.ask_prompts(later(minutes)):
        pass
    advance.tick(later(minutes))


@pytest.mark.req("RES-02")
def test_the_emergency_ends_with_resolving_and_no_clock_of_it_runs_on():
    there = house()
    incident, ben = fixing(there), there.actor("ben")
    commands.plan_relief(ben, incident, "incident_manager", there.ana, at=later(5 * HOUR), now=later(2))
    commands.page_team(ben, incident, there.team, now=later(3))
    statuspages.post_update(
        ben,
        incident,
        status="investigating",
        external={"body": "Looking"},
        next_update_at=later(30),
        confirmation="first",
        now=later(4),
    )
    run_engine(5)
    assert queries.commanding() == {there.ben.pk: incident.key}
    assert pages.next_due(incident) == later(30)
    incident = resolved(there, incident, leave_open={"external": "banks catch up"}, now=at(9, 30))
    before = (OutboxMail.objects.count(), Page.objects.count())
    for minutes in (31, 2 * HOUR, 5 * HOUR, 30 * HOUR):
        run_engine(minutes + 60)
    assert (OutboxMail.objects.count(), Page.objects.count()) == before
    assert {one.state for one in escalations(incident)} == {"stopped"}
    assert queries.commanding() == {}
    assert pages.next_due(incident) is None


@pytest.mark.req("RES-02", "RES-03", "RES-10")
def test_what_follows_is_counted_until_it_is_done():
    there = house()
    incident, ben = resolved(there), there.actor("ben")
    assert follow_up(ben, incident).open == 1  # the postmortem
    action = postmortems.add_action(
        ben, incident, title="Repair the ledger", category="repair", link_type="priority", owner=there.ana, now=at(10)
    )
    task = commands.link_task(ben, incident, TICKET, title="Clear the queue", now=at(10))
    case = commands.label_case(ben, incident, "CS-1", customer="Aker", now=at(10))
    found = follow_up(ben, incident)
    assert (found.open, found.open_actions, found.open_tasks, found.unheard) == (4, [action], [task], [case])
    postmortems.complete_action(ben, action, now=at(11))
    commands.complete_task(ben, task, now=at(11))
    commands.follow_up_case(ben, case, now=at(11))
    found = follow_up(ben, incident)
    assert (found.open, found.actions[0].state, found.tasks[0].state) == (1, "done", "done")


@pytest.mark.req("RES-03")
def test_a_task_elsewhere_is_linked_once_and_its_state_kept_by_hand():
    there = house()
    incident, ben = fixing(there), there.actor("ben")
    task = commands.link_task(ben, incident, TICKET, title="Clear the queue", now=later(2))
    assert commands.link_task(ben, incident, TICKET, title="Again", now=later(3)) == task
    done = commands.complete_task(there.actor("ana"), task, now=later(4))
    assert (done.state, done.state_at, done.state_by) == ("done", later(4), there.ana)
    commands.complete_task(ben, task, now=later(5))
    assert cleanup.task(ben, incident, task.id).state_by == there.ana
    assert commands.reopen_task(ben, task, now=later(6)).state == "open"
    lines = [line.text for line in queries.timeline(ben, incident) if line.kind == "Task"]
    assert lines == ["Clear the queue is open", "Clear the queue is done", f"Clear the queue, {TICKET}"]
    commands.unlink_task(ben, task, now=later(7))
    with pytest.raises(NotFound):
        commands.complete_task(ben, task, now=later(8))
    with pytest.raises(NotFound):
        cleanup.task(ben, incident, task.id)


@pytest.mark.parametrize(
    ("url", "title", "field"),
    [("OPS-7", "x", "url"), ("javascript:alert(1)", "x", "url"), ("https://", "x", "url"), (TICKET, "", "title")],
)
def test_a_task_needs_an_address_and_words(url, title, field):
    there = house()
    with pytest.raises(Invalid) as refused:
        commands.link_task(there.actor("ben"), fixing(there), url, title=title, now=later(2))
    assert refused.value.field == field


def test_who_only_reads_links_nothing_and_a_private_incident_shows_nothing():
    there = house()
    incident = fixing(there)
    with pytest.raises(NotAllowed):
        commands.link_task(there.actor("sven"), incident, TICKET, title="x", now=later(2))
    type(incident).objects.filter(pk=incident.pk).update(is_private=True)
    hidden = type(incident).objects.get(pk=incident.pk)
    with pytest.raises(NotFound):
        follow_up(company.actor(company.person("Outsider")), hidden)


class Shelf:
    """A tracker whose tasks lie below one address."""

    name = "Shelf"

    def knows(self, url: str) -> bool:
        return url.startswith("https://shelf.example.com/")

    def look(self, url: str) -> ports.Seen:
        return ports.Seen("x", done=False)


def test_a_tracker_knows_its_own_tasks():
    shelf = Shelf()
    ports.fill_trackers([shelf])
    try:
        assert (ports.tracker_of("https://shelf.example.com/1"), ports.tracker_of(TICKET)) == (shelf, None)
    finally:
        ports.fill_trackers([])


def test_whoever_may_see_an_incident_follows_it_by_mail_and_stops():
    there = house()
    incident, sven = fixing(there), there.actor("sven")
    commands.follow(sven, incident, now=later(2))
    commands.follow(sven, incident, now=later(3))
    assert prepared.followers(sven, incident) == [there.sven]
    told = {"status": "investigating", "internal": {"body": "Looking"}, "next_update_at": later(60)}
    statuspages.post_update(there.actor("ben"), incident, **told, confirmation="1", now=later(4))
    assert OutboxMail.objects.filter(to=there.sven.email, subject__contains=incident.key).count() == 1
    commands.unfollow(sven, incident, now=later(5))
    answers = dict.fromkeys(("impact", "affected", "root_cause", "eta"), "unknown")
    parts = {"opening": "Looking", "current_status": ["a", "b"], "next_steps": ["c", "d"], "place": "here", "answers": answers}
    statuspages.post_update(there.actor("ben"), incident, **{**told, "internal": parts}, confirmation="2", now=later(6))
    assert OutboxMail.objects.filter(to=there.sven.email, subject__contains=incident.key).count() == 1
    with pytest.raises(Conflict):
        commands.follow(sven, fixing(there, drill=True), now=later(7))
