"""JSON from strangers: what Python's parser lets through or chokes on is refused with the place where it stands.

Python accepts NaN, reads `1e999` as infinity, recurses without end, spends seconds on an integer of many digits, and lets
half a character through that only breaks when it is written. All of that is a refusal here, never a fault. A NUL, which PostgreSQL
keeps in no text and nobody types, becomes a blank.
"""

from __future__ import annotations

import json
import re
from typing import Any

from tocsin.core.errors import Refused

DEPTH = 64
DIGITS = 40
_NESTING = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_NUL = r"\u0000"
"""The only way in which JSON may write it."""


class Malformed(Refused):
    """The body cannot be read: 400. `field` is the place, `alerts.0.labels.name`, or `body` for the whole."""

    status = 400
    code = "malformed"


class _Odd:
    """Stands in the document where a number was that we do not take."""

    def __init__(self, why: str) -> None:
        self.why = why


def parse(raw: bytes, *, digits: int = DIGITS) -> Any:
    """The document; no integer may have more than `digits` digits. Raises Malformed."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed(f"The body is not UTF-8: byte {error.start} cannot be read.", field="body") from None
    if depth(text) > DEPTH:
        raise Malformed(f"The body is nested more than {DEPTH} levels deep.", field="body")
    odd: list[_Odd] = []
    document = _load(text, odd, digits)
    if odd or _SURROGATE.search(text):
        _refuse_odd(document, "")
    return _without_nul(document) if _NUL in text else document


def depth(text: str) -> int:
    """How deep brackets nest outside strings; an upper bound when there are few brackets at all."""
    brackets = text.count("[") + text.count("{")
    if brackets <= DEPTH:
        return brackets
    deepest = level = 0
    for token in _NESTING.finditer(text):
        char = text[token.start()]
        if char in "[{":
            level += 1
            deepest = max(deepest, level)
        elif char in "]}":
            level -= 1
    return deepest


def _load(text: str, odd: list[_Odd], most: int) -> Any:
    def note(why: str) -> _Odd:
        odd.append(_Odd(why))
        return odd[-1]

    def integer(digits: str) -> int | _Odd:
        return int(digits) if len(digits.lstrip("-")) <= most else note(f"is an integer of more than {most} digits")

    def decimal(digits: str) -> float | _Odd:
        number = float(digits)
        return note("is too large a number") if number in {float("inf"), float("-inf")} else number

    try:
        return json.loads(
            text, parse_constant=lambda name: note(f"is {name}, which JSON has not"), parse_int=integer, parse_float=decimal
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise Malformed(f"The body is not JSON: {error.msg} at {where}.", field="body") from None


def _refuse_odd(value: Any, place: str) -> None:
    place = place[:200]
    if isinstance(value, _Odd):
        raise Malformed(f"{place or 'The body'} {value.why}.", field=place or "body")
    if isinstance(value, str):
        _refuse_half(value, place)
    elif isinstance(value, dict):
        for key, item in value.items():
            _refuse_half(key, place)
            _refuse_odd(item, f"{place}.{key}" if place else key)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _refuse_odd(item, f"{place}.{index}" if place else str(index))


def _without_nul(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\x00", " ")
    if isinstance(value, dict):
        return {_without_nul(key): _without_nul(item) for key, item in value.items()}
    return [_without_nul(item) for item in value] if isinstance(value, list) else value


def _refuse_half(text: str, place: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Malformed(f"{place or 'The body'} holds half a character (a lone surrogate).", field=place or "body") from None
