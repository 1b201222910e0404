"""Words that people hand in: trimmed, capped, free of what no database stores."""

from __future__ import annotations

import re

from tocsin.core.errors import Invalid

_SPACES = re.compile(r"\s+")
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Embeddings, overrides and isolates turn round what stands after them on a page; a line of words needs none. Marks may stay."""
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def line(text: object, *, field: str, limit: int, required: bool = True) -> str:
    """One line: white space folded, ends trimmed, no direction controls. Raises Invalid when empty though required, or too long."""
    return _checked(_SPACES.sub(" ", _DIRECTION.sub("", _storable(text, field))).strip(), field, limit, required)


def prose(text: object, *, field: str, limit: int, required: bool = False) -> str:
    """Several lines: line ends made equal, ends trimmed. Raises Invalid as `line` does."""
    lines = _storable(text, field).replace("\r\n", "\n").replace("\r", "\n")
    return _checked(lines.strip(), field, limit, required)


def without_controls(text: str) -> str:
    """Control characters become blanks, as `line` and `prose` make them: a NUL is what no database stores."""
    return _CONTROL.sub(" ", text)


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters, the cut marked with an ellipsis."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def _storable(text: object, field: str) -> str:
    if not isinstance(text, str):
        raise Invalid(f"{_name(field)} must be text.", field=field)
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise Invalid(f"{_name(field)} holds half a character (a lone surrogate).", field=field)
    return without_controls(text)


def _checked(text: str, field: str, limit: int, required: bool) -> str:
    if required and not text:
        raise Invalid(f"{_name(field)} must not be empty.", field=field)
    if len(text) > limit:
        raise Invalid(f"{_name(field)} may have {limit:,} characters, this has {len(text):,}.", field=field)
    return text


def _name(field: str) -> str:
    return field.replace("_", " ").replace(".", " ").capitalize()
