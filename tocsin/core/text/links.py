"""Where a link may lead: a path of ours, or an address elsewhere. Never a script, never another host in disguise."""

from __future__ import annotations

from tocsin.core.errors import Invalid
from tocsin.core.text import texts


def target(text: object, *, field: str, limit: int = 500, required: bool = True) -> str:
    """A path such as `/oncall` or an http(s) address, on one line. Raises Invalid."""
    words = texts.line(text, field=field, limit=limit, required=required)
    own_path = words.startswith("/") and not words.startswith(("//", "/\\"))
    if words and not own_path and not words.startswith(("https://", "http://")):
        detail = f"A {field.replace('_', ' ')} is a path such as /oncall, or an address that starts with https://."
        raise Invalid(detail, field=field)
    return words
