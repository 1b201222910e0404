"""The cheat sheet as a checklist of one incident: who ticked what, what was skipped and why, what comes back."""

from __future__ import annotations

import pytest

from tests.incidents import given
from tocsin.core.errors import Conflict, Invalid, NotAllowed, NotFound
from tocsin.core.models import Event
from tocsin.directory import agreed
from tocsin.directory import commands as directory
from tocsin.incidents import commands, queries
from tocsin.incidents.models import SheetItem

pytestmark = pytest.mark.django_db

SECTIONS = (
    "Connect",
    "Open Communications",
    "Assess",
    "Escalate",
    "Delegate",
    "Periodic Tasks",
    "Communicate",
    "Fix",
    "Resolve",
    "Handover",
    "Backup Systems",
    "IM responsibility",
)


def items(section):
    return list(SheetItem.objects.filter(section=section, removed_at=None))


def line(there, incident, item, *, by="ana", at=5):
    found = [one for part in queries.checklist(there.actor(by), incident, given.later(at)) for one in part.lines]
    return next(one for one in found if one.item == item)


@pytest.mark.req("CHS-01")
def test_a_fresh_sheet_has_the_twelve_sections_in_order():
    assert tuple(section.title for section in queries.sheet()) == SECTIONS


@pytest.mark.req("CHS-03")
def test_connecting_has_four_lines_and_the_last_leads_to_the_backups():
    lines = items("connect")
    assert len(lines) == 4
    for words, item in zip(("VPN", "page", "assigned to you", "backup"), lines, strict=True):
        assert words in item.text
    assert lines[-1].link == "/backups"


@pytest.mark.req("CHS-02")
def test_a_tick_has_a_name_and_a_time_for_everybody_and_stays_on_its_incident():
    there = given.house()
    incident, other = given.fixing(there), given.declared(there)
    item = items("communications")[2]
    mark = commands.tick(there.actor("ben"), incident, item, now=given.later(3))
    assert commands.tick(there.actor("ana"), incident, item, now=given.later(4)) == mark
    seen = line(there, incident, item, by="sven")
    assert (seen.state, seen.who, seen.at) == ("done", "Ben", given.later(3))
    assert line(there, other, item).state == "open"
    commands.untick(there.actor("ana"), incident, item, now=given.later(4))
    assert line(there, incident, item).state == "open"
    names = Event.objects.filter(context=incident.id, name__contains="item").order_by("pk").values_list("name", flat=True)
    assert list(names) == ["incident.item_ticked", "incident.item_unticked"]


@pytest.mark.req("VAL-04", "CHS-02")
def test_departing_from_the_process_needs_a_reason_which_is_on_the_timeline():
    there = given.house()
    incident, item = given.fixing(there), items("assess")[1]
    with pytest.raises(Invalid) as refused:
        commands.skip(there.actor("ben"), incident, item, "  ", now=given.later(2))
    assert refused.value.field == "reason"
    commands.skip(there.actor("ben"), incident, item, "The graphs are down too", now=given.later(2))
    skipped = line(there, incident, item)
    assert (skipped.state, skipped.reason) == ("skipped", "The graphs are down too")
    told = queries.timeline(there.actor("ana"), incident, only="key")
    assert any(one.kind == "Skipped" and "The graphs are down too" in one.text for one in told)
    commands.tick(there.actor("ben"), incident, item, now=given.later(3))
    assert line(there, incident, item).state == "done"


def test_whoever_only_reads_ticks_nothing_and_a_private_incident_does_not_exist():
    there = given.house()
    item = items("connect")[0]
    with pytest.raises(NotAllowed):
        commands.tick(there.actor("sven"), given.fixing(there), item, now=given.later(2))
    hidden = given.declared(there, by="root", private=True)
    for attempt in (
        lambda: commands.tick(there.actor("imogen"), hidden, item, now=given.later(2)),
        lambda: commands.skip(there.actor("imogen"), hidden, item, "x", now=given.later(2)),
        lambda: commands.untick(there.actor("imogen"), hidden, item, now=given.later(2)),
        lambda: queries.checklist(there.actor("imogen"), hidden, given.later(2)),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_what_tocsin_sees_is_ticked_by_itself():
    there = given.house()
    incident = given.fixing(there)
    command = items("connect")[2]
    seen = line(there, incident, command)
    assert (seen.state, seen.seen, seen.who, seen.at) == ("done", True, "Tocsin", incident.fixing_at)


@pytest.mark.req("CHS-06")
def test_periodic_tasks_come_back_at_their_interval_with_a_way_to_do_them():
    there = given.house()
    pending, incident = given.declared(there), given.fixing(there)
    actor = there.actor("ben")
    assert queries.prompts(queries.checklist(actor, pending, given.later(600))) == []

    def due(minutes):
        prompts = queries.prompts(queries.checklist(actor, incident, given.later(minutes)))
        return {one.item.position: one.path for one in prompts if one.is_due}

    assert due(15) == {}
    assert due(121) == {
        0: f"/{incident.key}/update",
        1: f"/{incident.key}#doc",
        2: f"/{incident.key}/note",
        3: f"/{incident.key}/severity",
        4: f"/{incident.key}/relief",
        5: f"/{incident.key}/relief",
    }
    communicate = items("periodic")[0]
    assert line(there, incident, communicate, at=31).is_due
    commands.tick(actor, incident, communicate, now=given.later(31))
    again = line(there, incident, communicate, at=32)
    assert (again.is_due, again.state, again.due_at) == (False, "done", given.later(61))
    commands.tick(actor, incident, communicate, now=given.later(62))
    assert incident.marks.filter(item=communicate).count() == 2
    incident = given.resolved(there, incident, now=given.later(63))
    assert due(600) == {}


@pytest.mark.req("SYS-23")
def test_an_administrator_changes_a_line_and_every_live_checklist_shows_it():
    there = given.house()
    incident, item = given.fixing(there), items("connect")[0]
    commands.change_item(
        there.actor("root"), item, text="Connect to WireGuard", link="https://vpn.example.com/help", now=given.later(2)
    )
    changed = line(there, incident, item)
    assert (changed.text, changed.path) == ("Connect to WireGuard", "https://vpn.example.com/help")
    added = commands.add_item(there.actor("root"), item.section, "Badge in hand", now=given.later(2))
    assert line(there, incident, added).state == "open"
    with pytest.raises(NotAllowed):
        commands.change_item(there.actor("ben"), item, text="Nothing", now=given.later(2))


def test_a_line_taken_off_stays_where_it_was_ticked():
    there = given.house()
    incident, other, item = given.fixing(there), given.declared(there), items("connect")[0]
    commands.tick(there.actor("ben"), incident, item, now=given.later(2))
    commands.remove_item(there.actor("root"), item, now=given.later(3))
    assert line(there, incident, item).state == "done"
    assert item not in [one.item for part in queries.checklist(there.actor("ana"), other, given.later(4)) for one in part.lines]
    with pytest.raises(NotFound):
        commands.remove_item(there.actor("root"), item, now=given.later(4))


@pytest.mark.parametrize("link", ["javascript:alert(1)", "//evil.example", "..", ".evil"])
def test_a_line_leads_nowhere_dangerous(link):
    there = given.house()
    with pytest.raises(Invalid) as refused:
        commands.add_item(there.actor("root"), queries.sheet_section("fix"), "x", link=link, now=given.later(1))
    assert refused.value.field == "link"


@pytest.mark.req("CHS-12")
def test_the_first_command_of_somebody_is_known():
    there = given.house()
    given.fixing(there)
    assert queries.is_first_command(there.actor("ben"))
    given.fixing(there)
    assert not queries.is_first_command(there.actor("ben"))
    text = queries.sheet_section("responsibility").text
    for words in ("before all other work", "take people away", "bring order"):
        assert words in text


@pytest.mark.req("SYS-21")
def test_marking_the_primary_down_moves_the_call_and_is_on_the_timeline():
    there = given.house()
    incident = commands.change_fields(
        there.actor("ben"), given.fixing(there), video_url="https://meet.example.com/1", now=given.later(2)
    )
    backup = agreed.backup_system("video")
    with pytest.raises(Conflict, match="Nobody has named"):
        commands.mark_down(there.actor("ben"), incident, backup, now=given.later(3))
    directory.set_backup_system(
        there.actor("root"), backup, name="Spare call", link="https://spare.example.com", now=given.later(3)
    )
    backup = agreed.backup_system("video")
    used = commands.mark_down(there.actor("ben"), incident, backup, now=given.later(4))
    assert commands.mark_down(there.actor("ana"), incident, backup, now=given.later(5)) == used
    incident.refresh_from_db()
    assert incident.video_url == "https://spare.example.com"
    assert [one.name for one in queries.fallbacks(there.actor("sven"), incident)] == ["Spare call"]
    told = [one.text for one in queries.timeline(there.actor("ana"), incident, only="key")]
    assert "primary video call is down, we use Spare call https://spare.example.com" in told
    commands.mark_up(there.actor("ben"), incident, "video", now=given.later(9))
    incident.refresh_from_db()
    assert incident.video_url == "https://meet.example.com/1"
    assert queries.fallbacks(there.actor("sven"), incident) == []


def test_a_checklist_costs_the_same_however_often_it_was_ticked(django_assert_num_queries):
    there = given.house()
    incident, actor = given.fixing(there), there.actor("ben")
    for item in SheetItem.objects.all():
        commands.tick(actor, incident, item, now=given.later(2))
    with django_assert_num_queries(4):
        queries.checklist(actor, incident, given.later(3))


def test_drills_have_numbers_of_their_own():
    there = given.house()
    assert [given.declared(there, drill=drill).key for drill in (False, True, False, True)] == [
        "HOT-1",
        "DRILL-1",
        "HOT-2",
        "DRILL-2",
    ]
