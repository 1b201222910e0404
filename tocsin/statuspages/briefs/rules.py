"""The parts of a follow-up, the five questions that it answers, and what the words for customers should not hold.

A problem refuses the words; a warning has to be accepted by whoever sends them; a hint is only said.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from tocsin.statuspages import rules

UNKNOWN, IN_OPENING = "unknown", "opening"
"""Answers that are no text of their own: nobody knows yet; the opening says it."""

PLACE = "on the internal status page and by email"
IMPACT, AFFECTED, CAUSE, ETA = "impact", "affected", "root_cause", "eta"
OPENING, CURRENT, NEXT_STEPS = "opening", "current_status", "next_steps"

_SENTENCES = 2
_FEWEST, _MOST = 2, 4


@dataclass(frozen=True, slots=True)
class Question:
    """One of the five: how it is asked, how an answer is written into the text, and how it is written that nobody knows."""

    asked: str
    known: str
    unknown: str


QUESTIONS: Mapping[str, Question] = {
    IMPACT: Question("What customers feel", "Customer impact: {}", "The actual customer impact is currently unknown."),
    AFFECTED: Question(
        "How many, outside and inside",
        "Affected: {}",
        "The number of internal and external customers affected is currently unknown.",
    ),
    CAUSE: Question("Root cause", "Root cause: {}", "The root cause is currently unknown."),
    ETA: Question("When it will be fixed", "Expected fix: {}", "When it will be fixed is currently unknown."),
}
"""The fifth question, when and where the next update comes, is answered by the promise and its place."""


@dataclass(frozen=True, slots=True)
class Brief:
    """A follow-up to the company in its parts. `answers` by question; `accepted` names the parts whose warning was read."""

    opening: str
    current_status: tuple[str, ...] = ()
    next_steps: tuple[str, ...] = ()
    place: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    accepted: frozenset[str] = frozenset()


def lines(text: str) -> tuple[str, ...]:
    """What somebody wrote as one line each, with or without bullets in front."""
    return tuple(words for line in text.splitlines() if (words := line.strip().removeprefix("-").removeprefix("*").strip()))


def sentences(text: str) -> int:
    """How many sentences; a text without an end counts as one."""
    return len([part for part in re.split(r"[.!?…]+(?:\s+|$)", text.strip()) if part.strip()])


def parted(text: str) -> Brief:
    """The parts of a text that is written as `written` writes it: an opening, then lists below their headings. No answers."""
    found: dict[str, list[str]] = {OPENING: [], CURRENT: [], NEXT_STEPS: []}
    part = OPENING
    for line in (one.strip() for one in text.splitlines()):
        heading = line.rstrip(":").lower().replace(" ", "_") if line.endswith(":") else ""
        if heading in (CURRENT, NEXT_STEPS):
            part = heading
        elif line:
            found[part].append(line)
    return Brief(" ".join(found[OPENING]), lines("\n".join(found[CURRENT])), lines("\n".join(found[NEXT_STEPS])))


def problems(brief: Brief, *, last: bool) -> dict[str, str]:
    """What is missing, by field: no words can go like this. The last words promise no next ones."""
    found = {}
    if not brief.opening:
        found[OPENING] = "Begin with one or two sentences: where we stand and what it does to customers."
    for name in brief.answers:
        if name not in QUESTIONS:
            found["answers"] = f"There is no question “{name}”. There are {', '.join(QUESTIONS)}."
    for name, question in QUESTIONS.items():
        answer = brief.answers.get(name, "")
        if not answer or (answer == IN_OPENING and name != IMPACT):
            found[name] = f"{question.asked}: answer it, or say that it is currently unknown. Readers take silence for an answer."
    if not brief.place and not last:
        found["place"] = f"Say where the next update comes, such as “{PLACE}”."
    return found


def warnings(brief: Brief) -> dict[str, str]:
    """What readers will stumble over, by part, accepted or not."""
    found = {}
    if sentences(brief.opening) > _SENTENCES:
        found[OPENING] = f"The opening has {sentences(brief.opening)} sentences; one or two are read."
    for name, heading, said in (
        (CURRENT, "Current status", brief.current_status),
        (NEXT_STEPS, "Next steps", brief.next_steps),
    ):
        if not _FEWEST <= len(said) <= _MOST:
            found[name] = f"{heading} has {len(said)} {'line' if len(said) == 1 else 'lines'}; two to four are wanted."
    return found


def unaccepted(brief: Brief) -> dict[str, str]:
    """The warnings that whoever sends this has not accepted."""
    return {name: words for name, words in warnings(brief).items() if name not in brief.accepted}


def written(brief: Brief, next_update_at: dt.datetime | None) -> str:
    """The text that readers get. What is not answered yet is written as unknown, for a draft to be read."""
    parts = [brief.opening, _list("Current status", brief.current_status), _list("Next steps", brief.next_steps)]
    parts.append("\n".join(_answer(question, brief.answers.get(name, "")) for name, question in QUESTIONS.items()).strip())
    if next_update_at is not None:
        at = next_update_at.astimezone(dt.UTC)
        parts.append(f"The next update comes by {at:%H:%M} UTC on {at.day} {at:%B} {brief.place}.")
    return "\n\n".join(part for part in parts if part)


def _list(heading: str, said: Iterable[str]) -> str:
    items = "\n".join(f"- {line}" for line in said)
    return f"{heading}:\n{items}" if items else ""


def _answer(question: Question, answer: str) -> str:
    if answer == IN_OPENING:
        return ""
    return question.unknown if answer in {"", UNKNOWN} else _ended(question.known.format(answer))


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def begun(facts: rules.Facts, said: Mapping[str, str], before: Mapping[str, str]) -> Brief:
    """A follow-up to begin with: what the state document says, what was assessed, what the last follow-up answered.

    `said` are sections of the document by slug. What nobody knows stays unanswered: that is asked of a person.
    """
    opening = " ".join((said.get("customers_see", "").strip() or facts.seen).split())
    hit = [words for words in (facts.hit_outside, facts.hit_inside) if words]
    answers = {name: before[name] for name in (CAUSE, ETA) if before.get(name, UNKNOWN) not in {"", UNKNOWN}}
    if opening:
        answers[IMPACT] = IN_OPENING
    if hit:
        answers[AFFECTED] = " and ".join(hit)
    return Brief(opening, lines(said.get("we_know", "")), lines(said.get("we_try", "")), PLACE, answers)


_HOST = re.compile(
    r"\b(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}\b|\b[a-z][a-z0-9]*(?:-[a-z0-9]+)*-?\d{2,}\b|\b\d{1,3}(?:\.\d{1,3}){3}\b"
)


def hints(text: str, people: Collection[str] = ()) -> list[str]:
    """What customers would stumble over in a text, in sentences: hosts, names of people, more than two sentences."""
    found = [f"“{host}” looks like the name of a host." for host in dict.fromkeys(_HOST.findall(text))]
    found += [
        f"“{name}” is somebody of the house."
        for name in people
        if name and re.search(rf"\b{re.escape(name)}\b", text, re.IGNORECASE)
    ]
    if sentences(text) > _SENTENCES:
        found.append(f"{sentences(text)} sentences; customers read one or two: is it fixed, and when will it be.")
    return found
