"""`{% line row %}`: a line of an incident's log, drawn once for everybody who sees it alike.

A busy room is asked for by all its readers after every word, and only one of its lines is new. What a line looks like follows from
the values below and nothing else, so the mark-up is kept by those values and can never be stale.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

from django import template
from django.template.loader import get_template
from django.utils.safestring import SafeString

from tocsin.web.frame import reader
from tocsin.web.pages.room.log import Row

register = template.Library()
KEPT = 6_000
"""Lines; about 1.5 KB each."""


@dataclass(frozen=True, slots=True)
class Look:
    """Who sees the line how: the key of its incident, the reader's zone, what they may do with it."""

    key: str
    zone: str
    acts: bool
    may_respond: bool
    own: bool


@register.simple_tag(takes_context=True)
def line(context: template.Context, row: Row) -> SafeString:
    """The `<li>` of a row. `acts` in the context: with what can be done to a message."""
    here = reader.present()
    own = row.said is not None and row.said.author_id == getattr(context["actor"], "id", "")
    look = Look(context["incident"].key, here.zone.key, bool(context.get("acts")), bool(context.get("may_respond")), own)
    html, symbols = drawn(row, look)
    here.symbols |= symbols
    return html


@functools.lru_cache(maxsize=KEPT)
def drawn(row: Row, look: Look) -> tuple[SafeString, frozenset[str]]:
    """The mark-up of a row and the symbols it needs, for whoever has this look; the zone is that of whoever asks."""
    here = reader.present()
    before, here.symbols = here.symbols, set()
    try:
        values = {"row": row, "line": row.line, "said": row.said, "look": look}
        html: SafeString = get_template("incident/_line.html").render(values)  # type: ignore[assignment]
        return html, frozenset(here.symbols)
    finally:
        here.symbols = before
