"""A document as one HTML file that opens in any browser, and back."""

from __future__ import annotations

from html import escape
from html.parser import HTMLParser

from tocsin.collab import rules
from tocsin.collab.documents.portable.carried import INTRODUCTION, Carried, CarriedRow, Shape, instant, stamp
from tocsin.core.errors import Invalid

_STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%}th,td{border:1px solid #888;padding:.25rem .5rem;text-align:left;vertical-align:top}"
    ".text,td{white-space:pre-wrap;overflow-wrap:anywhere}.scroll{overflow-x:auto}"
)


def to_html(carried: Carried) -> str:
    """The whole document as a file of its own."""
    title = escape(carried.title)
    parts = [
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style></head><body>',
        f"<h1>{title}</h1>\n<p>{escape(INTRODUCTION.format(at=carried.at))}</p>",
    ]
    for slug, text in carried.sections.items():
        parts.append(
            f'<h2>{escape(carried.shape.headings[slug])}</h2>\n<div class="text" data-section="{escape(slug)}">{escape(text)}</div>'
        )
    for name, table in carried.shape.tables.items():
        heads = "".join(f'<th scope="col">{escape(title)}</th>' for title in [*(one.title for one in table.columns), "Added"])
        lines = "\n".join(_row(row, [column.name for column in table.columns]) for row in carried.of(name))
        parts.append(
            f'<h2>{escape(table.title)}</h2>\n<div class="scroll"><table data-table="{name}">'
            f"<thead><tr>{heads}</tr></thead><tbody>\n{lines}\n</tbody></table></div>"
        )
    return "\n".join([*parts, "</body></html>\n"])


def from_html(text: str, shape: Shape) -> Carried:
    """What `to_html` wrote, perhaps written in since. Raises Invalid for a section, table or column that the document lacks."""
    reader = _Reader(Carried(shape))
    reader.feed(text.replace("\r\n", "\n"))
    reader.close()
    if not reader.carried.sections and not reader.carried.rows:
        raise Invalid("This file holds no state document that Tocsin wrote.", field="file")
    return reader.carried


def _row(row: CarriedRow, names: list[str]) -> str:
    cells = "".join(f'<td data-column="{name}">{escape(row.cells.get(name, ""))}</td>' for name in names)
    when = f'<time datetime="{stamp(row.at)}">{stamp(row.at)}</time>' if row.at else ""
    added = f"<td>{escape(f'{row.author} '.lstrip())}{when}</td>"
    return f'<tr data-row="{escape(row.id)}" data-author="{escape(row.author)}">{cells}{added}</tr>'


class _Reader(HTMLParser):
    """Follows sections, rows and columns by the marks that `to_html` gave them."""

    def __init__(self, carried: Carried) -> None:
        super().__init__(convert_charrefs=True)
        self.carried = carried
        self._table = ""
        self._row: dict[str, str] | None = None
        self._marks: dict[str, str] = {}
        self._at = ""
        self._into = ""
        self._words = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "br":
            self._words += "\n"
        elif tag == "div" and "data-section" in given:
            self._begin(given["data-section"])
        elif tag == "table" and "data-table" in given:
            self._table = given["data-table"]
        elif tag == "tr" and self._table:
            self._row, self._marks, self._at = {}, given, ""
        elif tag == "td" and self._row is not None and "data-column" in given:
            self._begin(given["data-column"])
        elif tag == "time":
            self._at = given.get("datetime", "")

    def handle_data(self, data: str) -> None:
        if self._into:
            self._words += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "div" and self._into and self._row is None:
            if self._into not in self.carried.shape.headings:
                raise Invalid(f"This document has no section {self._into[:80]}.", field="file")
            self.carried.sections[self._into] = self._words
            self._into = ""
        elif tag == "td" and self._into and self._row is not None:
            self._row[self._into] = self._words
            self._into = ""
        elif tag == "tr":
            self._keep()
        elif tag == "table":
            self._table = ""

    def _begin(self, into: str) -> None:
        self._into, self._words = into, ""

    def _keep(self) -> None:
        cells, self._row = self._row, None
        if not cells or not any(text.strip() for text in cells.values()):
            return
        table = self.carried.shape.tables.get(self._table)
        if table is None:
            raise Invalid(f"This document has no table {self._table[:80]}.", field="file")
        filled = rules.in_columns(table, cells)
        marks = self._marks
        row = CarriedRow(self._table, filled, marks.get("data-row", ""), marks.get("data-author", ""), instant(self._at))
        self.carried.rows.append(row)
