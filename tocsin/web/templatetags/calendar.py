"""What a calendar and its forms repeat hundreds of times on a page, written out directly: a template takes ten times as long."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from tocsin.directory.models import Person
from tocsin.web.pages.lanes import Cell

register = template.Library()


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
def options(people: Iterable[Person], chosen: str = "", but: str = "") -> SafeString:
    """People to choose from; `chosen` and `but`, who is left out, are ids."""
    rows = (f'<option value="{one.id}"{_mark(one, chosen)}>{escape(one.name)}</option>' for one in people if one.id != but)
    return mark_safe("".join(rows))  # noqa: S308  (ids are letters and digits, names are escaped)


def _mark(person: Person, chosen: str) -> str:
    return " selected" if person.id == chosen else ""
