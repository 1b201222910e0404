"""Filling a gateway's templates: each value is escaped for the place where it stands."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from urllib.parse import quote, quote_plus

from tocsin.core.text.substitution import fill

_CONTROL = dict.fromkeys([*range(32), 127], " ")


def url(template: str, values: Mapping[str, str]) -> str:
    """The address; a value can add neither a path segment nor a parameter."""
    return fill(template.strip(), values, escape=lambda value: quote(value, safe=""))


def header(template: str, values: Mapping[str, str]) -> str:
    """A header's value on one line; what is not ASCII is written as RFC 2047 asks."""
    value = " ".join(fill(template, values).translate(_CONTROL).split())[:1000]
    if value.isascii():
        return value
    return f"=?utf-8?B?{base64.b64encode(value.encode('utf-8', 'replace')).decode()}?="


def body(template: str, values: Mapping[str, str], content_type: str) -> str:
    """The body; in JSON a value stays inside its quotes, in a form inside its field."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind.endswith("json") or (not kind and template.lstrip()[:1] in {"{", "["}):
        return fill(template, values, escape=lambda value: json.dumps(value)[1:-1])
    if kind == "application/x-www-form-urlencoded":
        return fill(template, values, escape=quote_plus)
    return fill(template, values)


def content_type(template: str, headers: Mapping[str, str]) -> str:
    """The content type given, or the one that the body looks like."""
    given = {name.lower(): value for name, value in headers.items()}.get("content-type", "")
    if given:
        return given
    return "application/json" if template.lstrip()[:1] in {"{", "["} else "text/plain; charset=utf-8"
