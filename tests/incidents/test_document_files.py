"""The state document of an incident with its changes and streams of work: out to a file and back in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.incidents.given import fixing, house, later, resolved
from tocsin.collab.documents import portable, queries
from tocsin.core.errors import Conflict, Invalid, NotAllowed
from tocsin.core.models import Event
from tocsin.incidents import commands
from tocsin.incidents.iterating import document
from tocsin.incidents.iterating import queries as work

pytestmark = pytest.mark.django_db
FORMATS = {"markdown": (portable.to_markdown, portable.from_markdown), "html": (portable.to_html, portable.from_html)}


def worked_on():
    """An incident with a change that says everything, one that does not, and two streams of work."""
    there = house()
    incident, ben = fixing(there), there.actor("ben")
    words = {"why": "5xx | rises", "how": "- by hand\n- twice", "revert": "deploy 42", "who": "Mei of the network team"}
    commands.log_change(ben, incident, "rolled back to 41", **words, at=later(3), now=later(5))
    commands.log_change(ben, incident, "cache emptied", now=later(6))
    commands.open_stream(
        ben, incident, "Rollback", lead=there.ana, step="two hosts", next_steps="all", towards="it ends", now=later(7)
    )
    done = commands.open_stream(ben, incident, "Issuer", now=later(8))
    commands.change_stream(ben, done, state="done", now=later(9))
    return there, incident, ben


def carried(actor, incident):
    return document.carried(actor, incident, queries.state(incident.id), later(30))


def changes(actor, incident):
    return [document.change_cells(one) for one in work.changes(actor, incident)]


def streams(actor, incident):
    return [document.stream_cells(one) for one in work.streams(actor, incident)]


def altered(found, row_id, **cells):
    rows = [replace(row, cells={**row.cells, **cells}) if row.id == row_id else row for row in found.rows]
    return replace(found, rows=rows)


@pytest.mark.req("OPN-07", "SYS-20")
@pytest.mark.parametrize("name", FORMATS)
def test_a_file_holds_who_what_when_how_why_and_the_way_back_and_changes_nothing_when_it_comes_back(name):
    _, incident, ben = worked_on()
    write, read = FORMATS[name]
    out = carried(ben, incident)
    file = write(out)
    for title in ("Who", "What", "When", "How", "Why", "How to revert", "Stream of work", "Tech lead", "Extended timeline"):
        assert title in file
    assert 'datetime=""' not in file
    back = read(file, out.shape)
    assert back.rows == [row for table in out.shape.tables for row in out.of(table)]
    events, before = Event.objects.count(), (changes(ben, incident), streams(ben, incident))
    brought = commands.bring_in_document(ben, incident, back, now=later(31))
    assert (brought.sections, brought.added, brought.changed) == (0, 0, 0)
    assert (changes(ben, incident), streams(ben, incident)) == before
    assert Event.objects.count() == events


@pytest.mark.req("SYS-20")
@pytest.mark.parametrize("name", FORMATS)
def test_what_was_kept_in_a_file_is_brought_into_another_incident_without_loss(name):
    there, incident, ben = worked_on()
    write, read = FORMATS[name]
    file, other = write(carried(ben, incident)), fixing(there)
    brought = commands.bring_in_document(ben, other, read(file, carried(ben, other).shape), now=later(31))
    assert brought.added == 4
    assert changes(ben, other) == changes(ben, incident)
    assert streams(ben, other) == streams(ben, incident)


def test_a_file_may_say_how_a_change_is_reverted_and_what_a_stream_does_now():
    there, incident, ben = worked_on()
    found = carried(ben, incident)
    second, stream = work.change(ben, incident, 2), work.stream(ben, incident, 1)
    found = altered(altered(found, second.id, revert="fill it again"), stream.id, lead="Ben", step="all hosts", state="done")
    brought = commands.bring_in_document(ben, incident, found, now=later(31))
    assert (brought.added, brought.changed) == (0, 2)
    assert work.change(ben, incident, 2).revert == "fill it again"
    stream = work.stream(ben, incident, 1)
    assert (stream.lead, stream.step, stream.state, stream.towards) == (there.ben, "all hosts", "done", "it ends")


@pytest.mark.parametrize(
    ("which", "cells", "word"),
    [
        ("change", {"what": "nothing was done"}, "stands in the log"),
        ("change", {"when": "2026-01-01T00:00:00Z"}, "stands in the log"),
        ("change", {"when": "yesterday"}, "2026-11-20T09:00:00Z"),
        ("stream", {"lead": "Nobody Known"}, "Nobody Known"),
        ("stream", {"state": "asleep"}, "Open or Done"),
    ],
)
def test_a_file_that_rewrites_the_log_or_names_nobody_is_refused_and_nothing_of_it_is_taken(which, cells, word):
    _, incident, ben = worked_on()
    row = work.change(ben, incident, 1) if which == "change" else work.stream(ben, incident, 1)
    found = altered(carried(ben, incident), row.id, **cells)
    found.sections["we_know"] = "from the file"
    with pytest.raises(Invalid, match=word) as refused:
        commands.bring_in_document(ben, incident, found, now=later(31))
    assert refused.value.field == "file"
    assert queries.section(incident.id, "we_know").text == ""


def test_after_the_end_the_log_is_completed_but_no_stream_begins():
    there, incident, ben = worked_on()
    resolved(there, incident)
    found = carried(ben, incident)
    late = portable.CarriedRow("changes", {"what": "flag off", "who": "Ben"})
    assert commands.bring_in_document(ben, incident, replace(found, rows=[*found.rows, late]), now=later(90)).added == 1
    late = portable.CarriedRow("streams", {"title": "Afterwards"})
    with pytest.raises(Conflict):
        commands.bring_in_document(ben, incident, replace(found, rows=[late]), now=later(91))


def test_whoever_only_reads_brings_nothing_in():
    there, incident, ben = worked_on()
    with pytest.raises(NotAllowed):
        commands.bring_in_document(there.actor("sven"), incident, carried(ben, incident), now=later(31))


@pytest.mark.req("ITR-07")
def test_a_change_that_somebody_else_made_says_who():
    there, incident, ben = worked_on()
    first, second = work.changes(ben, incident)
    assert (first.who, first.by) == ("Mei of the network team", there.ben)
    assert second.who == ben.name
