"""A document as Markdown: a heading for each section with its text as it is, a table for each table.

A line of a text that looks like one of our headings has a backslash before it; in cells `|`, `\\` and `<br>` have one, and a line
break is `<br>`. So what was written is what is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tocsin.collab.documents.portable.carried import INTRODUCTION, Carried, CarriedRow, Shape, instant, stamp
from tocsin.collab.rules import Table
from tocsin.core.errors import Invalid

_ESCAPED = re.compile(r"(\\*)(#)")
_EXTRA = ("Added by", "Added", "Row")


def to_markdown(carried: Carried) -> str:
    """The whole document, ending with a line break."""
    parts = [f"# {carried.title}\n\n{INTRODUCTION.format(at=carried.at)}\n"]
    for slug, text in carried.sections.items():
        words = "\n".join(_ESCAPED.sub(r"\\\g<0>", line, count=1) if _ESCAPED.match(line) else line for line in text.split("\n"))
        parts.append(f"## {carried.shape.headings[slug]}\n\n{words}\n")
    for name, table in carried.shape.tables.items():
        titles = [*(column.title for column in table.columns), *_EXTRA]
        lines = [_line(titles), "|" + "---|" * len(titles)]
        for row in carried.of(name):
            cells = [row.cells.get(column.name, "") for column in table.columns]
            lines.append(_line([_escape(cell) for cell in (*cells, row.author, stamp(row.at), row.id)]))
        parts.append(f"## {table.title}\n\n" + "\n".join(lines) + "\n")
    return "\n".join(parts)


def from_markdown(text: str, shape: Shape) -> Carried:
    """What `to_markdown` wrote, perhaps written in since, of a document of that shape.

    Raises Invalid for a heading or a column that the document does not have.
    """
    carried = Carried(shape)
    slugs = {title: slug for slug, title in shape.headings.items()}
    tables = {table.title: table for table in shape.tables.values()}
    for title, lines in _chapters(text.replace("\r\n", "\n").split("\n")):
        if title is None:
            carried.title = next((line[2:].strip() for line in lines if line.startswith("# ")), "")
        elif title in slugs:
            carried.sections[slugs[title]] = _words(lines)
        elif title in tables:
            carried.rows += _rows(tables[title], lines)
        else:
            raise Invalid(f"“{title[:80]}” is no section and no table of this document.", field="file")
    return carried


def _chapters(lines: list[str]) -> Iterator[tuple[str | None, list[str]]]:
    title: str | None = None
    inside: list[str] = []
    for line in lines:
        if line.startswith("## "):
            yield title, inside
            title, inside = line[3:].strip(), []
        else:
            inside.append(line)
    yield title, inside


def _words(lines: list[str]) -> str:
    """A section's text without the empty line before and after it, and without our backslashes."""
    inside = lines[1:] if lines and not lines[0].strip() else lines
    inside = inside[:-1] if inside and not inside[-1] else inside
    return "\n".join(line[1:] if line.startswith("\\") and _ESCAPED.match(line) else line for line in inside)


def _rows(table: Table, lines: list[str]) -> Iterator[CarriedRow]:
    filled = [line for line in lines if line.strip()]
    if not filled:
        return
    names = {column.title: column.name for column in table.columns}
    titles = _cells(filled[0])
    for title in titles:
        if title not in names and title not in _EXTRA:
            raise Invalid(f"The table “{table.title}” has no column “{title[:80]}”.", field="file")
    for line in filled[2:]:
        found = dict(zip(titles, _cells(line), strict=False))
        cells = {names[title]: cell for title, cell in found.items() if title in names}
        if any(cells.values()):
            yield CarriedRow(table.name, cells, found.get("Row", ""), found.get("Added by", ""), instant(found.get("Added", "")))


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _escape(cell: str) -> str:
    return cell.replace("\\", "\\\\").replace("|", "\\|").replace("<br>", "\\<br>").replace("\n", "<br>")


def _cells(line: str) -> list[str]:
    """The cells of a row, their escapes undone."""
    cells, cell, place = [], "", 0
    inner = line.strip().removeprefix("|")
    while place < len(inner):
        if inner[place] == "\\" and place + 1 < len(inner):
            cell, place = cell + inner[place + 1], place + 2
        elif inner.startswith("<br>", place):
            cell, place = cell + "\n", place + 4
        elif inner[place] == "|":
            cells.append(cell.strip())
            cell, place = "", place + 1
        else:
            cell, place = cell + inner[place], place + 1
    return [*cells, cell.strip()] if cell.strip() else cells
