"""A state document goes out to a file and comes back: nothing of its text and no row is lost or doubled."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import company
from tests.conftest import NOW
from tocsin.collab import rules
from tocsin.collab.documents import commands, queries
from tocsin.collab.documents.models import TableRow
from tocsin.collab.documents.portable import Carried, CarriedRow, Shape, carry, from_html, from_markdown, to_html, to_markdown
from tocsin.core.errors import Invalid, NotAllowed
from tocsin.core.models import Event

SUBJECT = "inc_01k9zzzzzzzzzzzzzzzzzzzzzz"
HEADINGS = {heading.slug: heading.title for heading in rules.STATE_DOCUMENT.headings}
OTHER = rules.Table("plans", "Plans for later", (rules.Column("who", "Who"), rules.Column("plan", "What then")))
SHAPE = Shape(HEADINGS, {OTHER.name: OTHER, **rules.TABLES})
FORMATS = {"markdown": (to_markdown, from_markdown), "html": (to_html, from_html)}

mean = st.sampled_from(
    ["## Decisions", "# x", "\\# y", "\\", "|", "<br>", "a|b", "\\|", "<td>", "&lt;", "- item", "", " ", "é😀", "\u2028"]
)
words = st.lists(mean | st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=8), max_size=6).map("\n".join)
cells = words.map(str.strip)


@pytest.mark.req("SYS-20")
@pytest.mark.parametrize("name", FORMATS)
@given(
    texts=st.lists(words, min_size=5, max_size=5),
    rows=st.lists(st.tuples(st.sampled_from(list(SHAPE.tables)), cells, cells), max_size=4),
)
def test_whatever_was_written_comes_back_as_it_was(name, texts, rows):
    write, read = FORMATS[name]
    out = Carried(SHAPE, "HOT-12 It fails", "2026-11-20T09:00:00Z", dict(zip(HEADINGS, texts, strict=True)))
    for number, (table, first, last) in enumerate(rows):
        names = [column.name for column in SHAPE.tables[table].columns]
        filled = dict.fromkeys(names, "") | {names[0]: first or "x", names[-1]: last}
        out.rows.append(CarriedRow(table, filled, f"row_{number}", "Ana | Lima", NOW + dt.timedelta(seconds=number)))
    back = read(write(out), SHAPE)
    assert back.sections == out.sections
    by_table = [row for table in SHAPE.tables for row in out.of(table)]
    kept = [(row.table, row.cells, row.id, row.author, row.at) for row in back.rows]
    assert kept == [(row.table, row.cells, row.id, row.author, row.at) for row in by_table]


def filled_document():
    actor = company.actor(company.person("Ana"))
    document = commands.open_document(actor, SUBJECT, "HOT-12 Card payments fail", now=NOW)
    commands.save_section(actor, queries.section(SUBJECT, "we_know"), "Started 02:14\n## not a heading", version=1, now=NOW)
    commands.add_row(actor, document, "timeline", {"when": "02:10", "what": "a | b", "who": "release 3\nthen 2"}, now=NOW)
    commands.add_row(actor, document, "timeline", {"when": "02:10", "what": "a | b", "who": "release 3\nthen 2"}, now=NOW)
    commands.add_row(actor, document, "timeline", {"when": "02:14", "what": "5xx rises"}, now=NOW)
    return actor, document


def carried_out(document):
    return carry(document, document.sections.all(), document.rows.select_related("author"), NOW)


@pytest.mark.django_db
@pytest.mark.req("SYS-20")
@pytest.mark.parametrize("name", FORMATS)
def test_bringing_a_document_back_changes_nothing_and_loses_no_row(name):
    actor, document = filled_document()
    write, read = FORMATS[name]
    before = carried_out(document)
    events = Event.objects.count()
    brought = commands.bring_in(actor, document, read(write(before), SHAPE), now=NOW)
    assert (brought.sections, brought.added, brought.changed) == (0, 0, 0)
    assert carried_out(document) == before
    assert Event.objects.count() == events


@pytest.mark.django_db
@pytest.mark.req("SYS-20")
@pytest.mark.parametrize("name", FORMATS)
def test_a_document_that_was_lost_is_whole_again_from_its_file(name):
    actor, document = filled_document()
    write, read = FORMATS[name]
    file, before = write(carried_out(document)), carried_out(document)
    document.delete()
    anew = commands.open_document(actor, SUBJECT, "HOT-12 Card payments fail", now=NOW)
    brought = commands.bring_in(actor, anew, read(file, SHAPE), now=NOW)
    assert (brought.sections, brought.added, brought.changed) == (1, 3, 0)
    after = carried_out(anew)
    assert after.sections == before.sections
    assert sorted((row.table, *row.cells.values()) for row in after.rows) == sorted(
        (row.table, *row.cells.values()) for row in before.rows
    )
    again = commands.bring_in(actor, anew, after, now=NOW)
    assert (again.sections, again.added, again.changed) == (0, 0, 0)


@pytest.mark.django_db
def test_what_was_written_into_the_file_is_taken_over():
    actor, document = filled_document()
    file = to_markdown(carried_out(document)).replace("Started 02:14", "Started 02:15").replace("5xx rises", "5xx fell")
    file = file.replace("|---|---|---|---|---|---|\n", "|---|---|---|---|---|---|\n| 02:13 | new row | Mei |\n", 1)
    brought = commands.bring_in(actor, document, from_markdown(file, SHAPE), now=NOW)
    assert (brought.sections, brought.added, brought.changed) == (1, 1, 1)
    assert queries.section(SUBJECT, "we_know").text.startswith("Started 02:15")
    assert Event.objects.filter(name="document.row_changed").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("read", "file"),
    [
        (from_markdown, "## Secrets\n\nx\n"),
        (from_markdown, "## Extended timeline\n\n| Whom |\n|---|\n| x |\n"),
        (from_html, "<p>something else</p>"),
        (from_html, '<div data-section="secrets">x</div>'),
        (from_html, '<table data-table="wishes"><tr><td data-column="who">x</td></tr></table>'),
    ],
)
def test_a_file_that_is_none_of_ours_is_refused_with_a_sentence(read, file):
    with pytest.raises(Invalid) as refused:
        read(file, SHAPE)
    assert refused.value.detail.endswith(".")


@pytest.mark.django_db
def test_a_file_that_fits_in_part_changes_nothing_at_all():
    actor, document = filled_document()
    carried = Carried(SHAPE, sections={"we_know": "other"}, rows=[CarriedRow("timeline", {"who": "x" * 2000})])
    with pytest.raises(Invalid):
        commands.bring_in(actor, document, carried, now=NOW)
    assert queries.section(SUBJECT, "we_know").text.startswith("Started 02:14")


@pytest.mark.django_db
@pytest.mark.req("OPN-07")
def test_a_row_is_completed_later_and_what_it_said_is_on_record():
    actor, document = filled_document()
    row = commands.add_row(actor, document, "timeline", {"who": "Ana", "what": "rollback"}, now=NOW)
    changed = commands.change_row(actor, row, {"when": "02:14"}, now=NOW)
    assert (changed.cells["what"], changed.cells["when"]) == ("rollback", "02:14")
    assert Event.objects.get(name="document.row_changed").data["old"]["when"] == ""
    with pytest.raises(NotAllowed):
        commands.change_row(company.actor(company.stakeholder()), row, {"when": "x"}, now=NOW)
    assert TableRow.objects.get(pk=row.pk).cells["when"] == "02:14"
