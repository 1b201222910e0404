"""The six questions about impact: their answers in words, what is a valid one, and which severity they suggest. Plain values only.

Who is hit, inside or outside? What do customers see? How many? Since when? How many support cases? What else is there?
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from tocsin.core.errors import Invalid
from tocsin.core.text import texts
from tocsin.incidents.rules import word_of

CUSTOMERS: Mapping[str, str] = {
    "": "Not known yet",
    "external": "External customers",
    "internal": "Colleagues only",
    "both": "External customers and colleagues",
    "none": "Nobody so far",
}
EXTENTS: Mapping[str, str] = {"": "Not known yet", "none": "None", "some": "Some", "all": "All"}
PUBLIC, SECURITY, DATA_LOSS = "public", "security", "data_loss"
FACTORS: Mapping[str, str] = {
    PUBLIC: "Public attention: press, social media",
    SECURITY: "Security may be concerned",
    DATA_LOSS: "Data is lost, or may be",
}
COINCIDES: Mapping[str, str] = {"": "Not known yet", "yes": "Yes", "no": "No, with none that we know of"}
"""Whether the impact began when something was changed. Yes is said by naming the change."""
FIELDS: Mapping[str, str] = {
    "customers": "Who is hit",
    "seen": "What customers see",
    "internal_extent": "Colleagues hit",
    "internal_figure": "How many colleagues",
    "external_extent": "Customers hit",
    "external_figure": "How many customers",
    "factors": "Other factors",
    "other": "What else there is",
    "coincides": "Began with a change",
}
"""Every answer that is kept with the assessment, in the order of the questions."""

_FIGURE = re.compile(r"(?:about |~)?\d{1,3}(?:[,. ]?\d{3})*(?:\.\d+)? ?%?", re.ASCII)


def checked(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers as they are kept. Raises Invalid with the field for what is no answer."""
    unknown = sorted(answers.keys() - FIELDS.keys())
    if unknown:
        raise Invalid(f"There is no question {unknown[0]}; there are {', '.join(FIELDS)}.", field=unknown[0])
    return {name: _CHECKS[name](value) for name, value in answers.items()}


def _figure(name: str, value: object) -> str:
    text = " ".join(texts.line(value, field=name, limit=20, required=False).split())
    if text and not _FIGURE.fullmatch(text):
        raise Invalid("Write a number or a share, such as 40 or 12 %.", field=name)
    return text


def _factors(value: Iterable[object]) -> list[str]:
    named = {word_of(str(one), FACTORS, "factors") for one in value}
    return [name for name in FACTORS if name in named]


_CHECKS: Mapping[str, Any] = {
    "customers": lambda value: word_of(value, CUSTOMERS, "customers"),
    "seen": lambda value: texts.prose(value, field="seen", limit=4_000),
    "internal_extent": lambda value: word_of(value, EXTENTS, "internal_extent"),
    "internal_figure": lambda value: _figure("internal_figure", value),
    "external_extent": lambda value: word_of(value, EXTENTS, "external_extent"),
    "external_figure": lambda value: _figure("external_figure", value),
    "factors": _factors,
    "other": lambda value: texts.prose(value, field="other", limit=4_000),
    "coincides": lambda value: word_of(value, COINCIDES, "coincides"),
}


def suggested(answers: Mapping[str, Any]) -> tuple[int, str] | None:
    """The severity that the answers speak for, and why; None while they say too little."""
    factors: Collection[str] = answers.get("factors") or ()
    reasons = [FACTORS[name].split(":")[0].lower() for name in (SECURITY, DATA_LOSS) if name in factors]
    if reasons:
        return 1, " and ".join(reasons)
    if answers.get("external_extent") == "all":
        return 1, "all customers are hit"
    if answers.get("external_extent") == "some" or PUBLIC in factors:
        return 2, "customers are hit" if answers.get("external_extent") == "some" else "the public is watching"
    if answers.get("internal_extent") == "all":
        return 2, "all colleagues are hit"
    if answers.get("external_extent") == "none" or answers.get("customers") in {"internal", "none"}:
        return 3, "no customer is hit"
    return None


def extent_words(extent: str, figure: str) -> str:
    """`some, 12 %`, `all`, `not known yet`."""
    words = EXTENTS.get(extent, extent).lower()
    return f"{words}, {figure}" if figure else words


def hit(extent: str, figure: str, who: str) -> str:
    """`12 % of customers`, `40 colleagues`, `some customers`, `all customers, 300`, `no customers`; empty while it is not known."""
    if extent == "none":
        return f"no {who}"
    if extent == "all":
        return f"all {who}, {figure}" if figure else f"all {who}"
    if figure:
        return f"{figure} of {who}" if figure.endswith("%") else f"{figure} {who}"
    return f"some {who}" if extent == "some" else ""


def in_words(name: str, value: Any) -> str:
    """One answer for the timeline and the history."""
    if name == "factors":
        return ", ".join(FACTORS[one].split(":")[0].lower() for one in value if one in FACTORS) or "none"
    words = {"customers": CUSTOMERS, "internal_extent": EXTENTS, "external_extent": EXTENTS, "coincides": COINCIDES}.get(name)
    return words.get(value, value) if words else str(value or "empty")
