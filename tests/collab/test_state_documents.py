"""The state document: sections with a version, tables with the columns of the template."""

from __future__ import annotations

import pytest

from tests import company
from tests.conftest import NOW
from tocsin.collab import rules
from tocsin.collab.documents import commands, queries
from tocsin.core.errors import Invalid, NotAllowed, Stale
from tocsin.core.models import Event

pytestmark = pytest.mark.django_db
SUBJECT = "inc_01k9zzzzzzzzzzzzzzzzzzzzzz"


def opened():
    actor = company.actor(company.person("Ana"))
    return actor, commands.open_document(actor, SUBJECT, "HOT-12 Card payments fail", now=NOW)


@pytest.mark.req("OPN-07")
def test_a_document_begins_with_the_sections_and_tables_of_its_template():
    _, document = opened()
    state = queries.state(SUBJECT)
    assert state.document == document
    assert [section.heading for section in state.sections] == [
        "What customers see",
        "What we know",
        "What we try",
        "Decisions",
        "Open questions",
    ]
    columns = {table.name: [column.title for column in table.columns] for table in state.tables}
    assert columns == {"timeline": ["When", "What happened", "Who or what saw it"]}


@pytest.mark.req("OPN-07")
def test_rows_are_added_to_the_extended_timeline():
    actor, document = opened()
    commands.add_row(actor, document, "timeline", {"when": "02:14", "what": "5xx rises"}, now=NOW)
    (timeline,) = queries.state(SUBJECT).tables
    assert [cells for _, cells in timeline.lines] == [["02:14", "5xx rises", ""]]


@pytest.mark.parametrize(
    ("table", "cells"), [("changes", {"who": "x"}), ("timeline", {"whom": "x"}), ("timeline", {}), ("timeline", {"who": " "})]
)
def test_a_row_that_fits_no_table_is_refused(table, cells):
    with pytest.raises(Invalid):
        rules.row_cells(table, cells)


def test_of_two_who_edit_one_section_the_second_sees_both_texts():
    actor, _ = opened()
    section = queries.section(SUBJECT, "we_know")
    saved = commands.save_section(actor, section, "Started 02:14", version=section.version, now=NOW)
    with pytest.raises(Stale) as refused:
        commands.save_section(actor, section, "Started 02:15", version=section.version, now=NOW)
    assert refused.value.current.text == "Started 02:14"
    saved = commands.save_section(actor, saved, "Started 02:14 or 02:15", version=saved.version, now=NOW)
    assert [row.text for row in queries.revisions(saved)] == ["Started 02:14 or 02:15", "Started 02:14"]
    assert queries.section(SUBJECT, "we_know").updated_by.name == "Ana"


def test_saving_the_same_text_changes_nothing():
    actor, _ = opened()
    section = queries.section(SUBJECT, "decisions")
    once = commands.save_section(actor, section, "roll back", version=1, now=NOW)
    twice = commands.save_section(actor, section, "roll back\r\n", version=1, now=NOW)
    assert once.version == twice.version == 2
    assert Event.objects.filter(name="document.section_saved").count() == 1


def test_whoever_only_reads_may_not_write():
    _, document = opened()
    sven = company.actor(company.stakeholder())
    with pytest.raises(NotAllowed):
        commands.save_section(sven, queries.section(SUBJECT, "decisions"), "x", version=1, now=NOW)
    with pytest.raises(NotAllowed):
        commands.add_row(sven, document, "timeline", {"who": "x"}, now=NOW)


def test_a_document_is_read_in_three_queries(django_assert_num_queries):
    actor, document = opened()
    for number in range(4):
        commands.add_row(actor, document, "timeline", {"what": str(number)}, now=NOW)
    with django_assert_num_queries(3):
        state = queries.state(SUBJECT)
        assert [row.author.name for table in state.tables for row in table.rows] == ["Ana"] * 4
