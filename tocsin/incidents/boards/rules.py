"""What a dashboard may filter by, and which pages may frame a list. Plain values only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from tocsin.core.errors import Invalid
from tocsin.incidents.rules import FIXING, PENDING, SEVERITIES, STATE_WORDS, joined

STATES = (PENDING, FIXING)
"""A dashboard shows what is in progress, so resolved is none of its states."""
_MOST_ORIGINS = 10
_ORIGIN = re.compile(r"https?://[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::[0-9]{1,5})?")


def severities(wanted: Iterable[object]) -> list[int]:
    """Sorted, each once. Raises Invalid."""
    found = list(wanted)
    if any(isinstance(one, bool) or one not in SEVERITIES for one in found):
        raise Invalid("Severities are 1, 2 and 3.", field="severities")
    return sorted({int(str(one)) for one in found})


def states(wanted: Iterable[str]) -> list[str]:
    """In the order of an incident's life, each once. Raises Invalid."""
    found = set(wanted)
    if found - set(STATES):
        raise Invalid(f"What is in progress is {joined(list(STATES))}.", field="states")
    return [state for state in STATES if state in found]


def origins(wanted: Sequence[str]) -> list[str]:
    """Who may frame a list, as a content policy names them: `https://wiki.example.com`. No wildcard, no path. Raises Invalid."""
    found = list(dict.fromkeys(one.strip().lower().rstrip("/") for one in wanted if one.strip()))
    for one in found:
        if not _ORIGIN.fullmatch(one) or ".." in one:
            raise Invalid(f"“{one[:80]}” is not the beginning of an address, such as https://wiki.example.com.", field="origins")
    if len(found) > _MOST_ORIGINS:
        raise Invalid(f"At most {_MOST_ORIGINS} houses may frame a list.", field="origins")
    return found


def words(filters: Mapping[str, Sequence[object]]) -> str:
    """The filters in a sentence: `Sev 1 and 2, Checkout, fixing`; `everything in progress` without any."""
    said = [joined([str(one) for one in filters[name]]) for name in ("products", "services", "teams") if filters[name]]
    if filters["severities"]:
        said.insert(0, f"Sev {joined([str(one) for one in filters['severities']])}")
    said += [joined([STATE_WORDS[str(one)].lower() for one in filters["states"]])] if filters["states"] else []
    return ", ".join(said) or "everything in progress"


def differences(before: Mapping[str, object], after: Mapping[str, object]) -> list[str]:
    """What an edit changed, for the audit log: `severities 1 → 1, 2`."""
    return [f"{name} {_said(before[name])} → {_said(after[name])}" for name in before if before[name] != after[name]]


def _said(value: object) -> str:
    return ", ".join(str(one) for one in value) or "any" if isinstance(value, list) else str(value) or "none"
