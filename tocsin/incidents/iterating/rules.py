"""Findings, changes, discipline, tiredness: the words and what follows from what. Plain values only."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tocsin.core.errors import Invalid

OBSERVATION, THEORY, EXPERIMENT = "observation", "theory", "experiment"
KINDS: Mapping[str, str] = {OBSERVATION: "Observation", THEORY: "Theory", EXPERIMENT: "Experiment"}
ABOUT: Mapping[str, str] = {OBSERVATION: "", THEORY: OBSERVATION, EXPERIMENT: THEORY}
"""What a finding may hang on."""

OPEN, PROVEN, DISPROVEN = "open", "proven", "disproven"
THEORY_STATES: Mapping[str, str] = {OPEN: "Open", PROVEN: "Proven", DISPROVEN: "Disproven"}
SUPPORTS, REFUTES, INCONCLUSIVE = "supports", "refutes", "inconclusive"
RESULTS: Mapping[str, str] = {SUPPORTS: "Supports it", REFUTES: "Refutes it", INCONCLUSIVE: "Says neither"}

STREAM_STATES: Mapping[str, str] = {"open": "Open", "done": "Done"}

CHECKS: Mapping[str, str] = {
    "communication": "Is everybody told who needs to be, and is the next update on time?",
    "overview": "Are observations, theories and streams of work the current ones?",
    "decisions": "Is it clear what was decided, by whom, and what is waiting for a decision?",
    "changes": "Is every change made on purpose, one at a time, with a way back?",
    "roles": "Does everybody know their role, or is it time to call in others?",
}
"""The discipline checklist of the incident manager: question by name."""

KEPT, LOST = "kept", "lost"
EVIDENCE: Mapping[str, str] = {KEPT: "What we need is kept", LOST: "It will be lost"}
EVIDENCE_PROMPT = (
    "A restart wipes memory, connections and logs that nobody has written down. Take the dump, copy logs and graphs first. "
    "Then say whether what shows the cause is kept, or will be lost."
)
"""Asked before something is restarted."""

REMIND_BEFORE = dt.timedelta(minutes=15)
"""How long before a planned hand-over both sides hear of it."""
PAUSE = dt.timedelta(minutes=30)
"""A break between two roles that is shorter than this is no rest."""
MOST_AWAKE = 96

_REVERT = re.compile(r"^(?P<what>.*?)[\s.;,]*\b(?:how to )?revert:\s*(?P<revert>.+)$", re.IGNORECASE | re.DOTALL)
_HOURS = re.compile(r"(\d{1,3})(?:[.,](\d))?\s*(h|hours?|m|min)?", re.IGNORECASE)


_RESTART = re.compile(r"\b(?:re-?start|re-?boot|re-?set|power[- ]?cycl)\w*", re.IGNORECASE)
CHANGE_LIMIT = 1_000
"""Characters of what was changed, and of the way back."""


def split_change(text: str) -> tuple[str, str]:
    """What was changed and how to take it back, of a note such as `rolled back. Revert: deploy it again`."""
    found = _REVERT.match(text.strip())
    return (found["what"].strip(), found["revert"].strip()) if found and found["what"].strip() else (text.strip(), "")


def restarts(what: str) -> bool:
    """Whether a change speaks of starting something again, and with that of wiping what it knew."""
    return bool(_RESTART.search(what))


def evidence(restarts: bool, answer: str) -> str:
    """What becomes of the evidence; empty for what restarts nothing. Raises Invalid with the prompt when that is not said."""
    if answer and answer not in EVIDENCE:
        raise Invalid(f"Evidence is one of {', '.join(EVIDENCE)}.", field="evidence")
    if restarts and not answer:
        raise Invalid(EVIDENCE_PROMPT, field="evidence")
    return answer if restarts else ""


def hours(words: str, *, field: str) -> dt.timedelta:
    """`14h`, `1.5 h`, `90m`; a bare number is hours. Raises Invalid."""
    found = _HOURS.fullmatch(words.strip())
    if not found:
        raise Invalid("Write hours or minutes: 14h, 90m.", field=field)
    number = float(f"{found[1]}.{found[2] or 0}")
    return dt.timedelta(minutes=number) if (found[3] or "h").lower().startswith("m") else dt.timedelta(hours=number)


@dataclass(frozen=True, slots=True)
class Span:
    """From when until when somebody held a role; `until` is None while they do."""

    since: dt.datetime
    until: dt.datetime | None


def on_it_since(spans: Iterable[Span]) -> dt.datetime | None:
    """Since when somebody has been at work without a rest, None when they hold nothing now."""
    rows = sorted(spans, key=lambda span: span.since)
    held = [span.since for span in rows if span.until is None]
    if not held:
        return None
    since = min(held)
    for span in reversed(rows):
        if span.until is not None and span.since < since <= span.until + PAUSE:
            since = span.since
    return since


@dataclass(frozen=True, slots=True)
class Limits:
    """From when on somebody is tired: time on the incident, time awake."""

    on_it: dt.timedelta
    awake: dt.timedelta


def tired(on_it: dt.timedelta | None, awake: dt.timedelta | None, limits: Limits) -> str:
    """Why somebody needs relief, in words; empty while they do not."""
    reasons = []
    if on_it is not None and on_it >= limits.on_it:
        reasons.append(f"{_hours(on_it)} on it")
    if awake is not None and awake >= limits.awake:
        reasons.append(f"{_hours(awake)} awake")
    return ", ".join(reasons)


def _hours(span: dt.timedelta) -> str:
    return f"{int(span.total_seconds() // 3600)} h"
