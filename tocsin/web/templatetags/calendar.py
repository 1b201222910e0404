"""What a calendar and its forms repeat hundreds of times on a page, written out directly: a template takes ten times as long."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from tocsin.directory.models import Person
from tocsin.oncall.queries import Shift
from tocsin.web.frame import words
from tocsin.web.pages.oncall.lanes import MONTH, Cell, Sheet
from tocsin.web.templatetags.tocsin import clock, st

register = template.Library()


@register.simple_tag
def heads(sheet: Sheet, today: dt.date) -> SafeString:
    """The days above a calendar: `Mon 23` of a fortnight, `Mo 23` of a month."""
    short = len(sheet.days) == MONTH
    return mark_safe("".join(_head(day, sheet.slots, short=short, today=day == today) for day in sheet.days))  # noqa: S308


def _head(day: dt.date, slots: int, *, short: bool, today: bool) -> str:
    name, number, month = words.date(day).split()
    words_of = f"{name[:2]} {number}{f' {month}' if day.day == 1 else ''}" if short else f"{name} {number}"
    mark = ' class="today"' if today else ""
    return f'<th scope="col" colspan="{slots}" data-day="{day.isoformat()}"{mark}>{words_of}</th>'


@register.simple_tag
def cells(row: Iterable[Cell]) -> SafeString:
    """The cells of one lane."""
    return mark_safe("".join(f'<td colspan="{cell.span}">{_inside(cell)}</td>' for cell in row))  # noqa: S308  (escaped below)


def _inside(cell: Cell) -> str:
    if cell.kind == "gap":
        return f'<span class="gap">{"Gap" if cell.span > 2 else "!"}<span class="sr">, nobody</span></span>'
    if not cell.kind:
        return ""
    kind = "" if cell.kind == "other" else f' class="{cell.kind}"'
    return f'<span{kind} title="{escape(cell.title)}">{escape(cell.label)}</span>'


@register.simple_tag
def rows(shifts: Iterable[tuple[Shift, list[str]]]) -> SafeString:
    """Shifts with the names of their people as rows of a table: from, until, who."""
    return mark_safe("".join(_row(shift, names) for shift, names in shifts))  # noqa: S308  (escaped below)


def _row(shift: Shift, names: list[str]) -> str:
    nobody = st("gap", "Nobody") if shift.gap else '<span class="dim">nobody, on purpose</span>'
    who = escape(words.listed(names)) if names else nobody
    return f'<tr><td class="nw">{clock(shift.start)}</td><td class="nw">{clock(shift.end)}</td><td class="top">{who}</td></tr>'


@register.simple_tag
def options(people: Iterable[Person], chosen: str = "", but: str = "") -> SafeString:
    """People to choose from; `chosen` and `but`, who is left out, are ids."""
    rows = (f'<option value="{one.id}"{_mark(one, chosen)}>{escape(one.name)}</option>' for one in people if one.id != but)
    return mark_safe("".join(rows))  # noqa: S308  (ids are letters and digits, names are escaped)


def _mark(person: Person, chosen: str) -> str:
    return " selected" if person.id == chosen else ""
