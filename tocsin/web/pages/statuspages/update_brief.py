"""The parts of a follow-up in the composer: the opening, two lists, and the questions that are answered before it goes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from tocsin.incidents.models import Incident
from tocsin.statuspages.briefs import queries, rules
from tocsin.web.forms.typed import Typed

KNOWN = "known"
_LISTS = (rules.CURRENT, rules.NEXT_STEPS)
_PARTS = (rules.OPENING, *_LISTS)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as the form shows it."""

    name: str
    words: str
    unknown: str
    choice: str
    text: str
    error: str
    in_opening: bool


def begin(incident: Incident) -> dict[str, Any]:
    """The form's fields for a follow-up to begin with."""
    return _fields(queries.begun(incident))


def taken_back(words: dict[str, Any]) -> dict[str, Any]:
    """The form's fields for a follow-up that was confirmed and did not go out."""
    return _fields(_brief(words))


def parted(text: str) -> dict[str, Any]:
    """The form's fields for a whole text that becomes a follow-up; parts that it does not hold are left out."""
    brief = rules.parted(text)
    lists = {name: "\n".join(getattr(brief, name)) for name in _LISTS if getattr(brief, name)}
    return {"opening": brief.opening, **lists}


def _fields(brief: rules.Brief) -> dict[str, Any]:
    fields: dict[str, Any] = {"opening": brief.opening, "place": brief.place}
    fields |= {"current_status": "\n".join(brief.current_status), "next_steps": "\n".join(brief.next_steps)}
    for name in rules.QUESTIONS:
        answer = brief.answers.get(name, "")
        word = answer in {"", rules.UNKNOWN, rules.IN_OPENING}
        fields |= {name: answer if word else KNOWN, f"{name}_text": "" if word else answer}
    return fields


def read(form: Typed) -> dict[str, Any]:
    """The parts as the command takes them."""
    written_whole = "" if form.has("opening") else form.text("internal_body", longest=2_000, lines=True)
    form.text("opening", longest=2_000, lines=True)
    if written_whole:  # somebody was faster: what was meant as the first message becomes the opening of a follow-up
        form.values |= {"opening": written_whole, "place": rules.PLACE}
    words: dict[str, Any] = {"opening": " ".join(form["opening"].split())}
    words |= {name: list(rules.lines(form.text(name, longest=4_000, lines=True))) for name in _LISTS}
    words["place"] = form["place"] if written_whole else form.text("place", longest=200)
    answers = {}
    for name in rules.QUESTIONS:
        choice, text = form.text(name, longest=20), form.text(f"{name}_text", longest=1_000)
        if text and not choice:
            choice = form.values[name] = KNOWN
        answers[name] = text if choice == KNOWN else choice if choice in {rules.UNKNOWN, rules.IN_OPENING} else ""
    return words | {"answers": answers, "accepted": [part for part in _PARTS if form.ticked(f"accept_{part}")]}


def check(form: Typed, words: dict[str, Any]) -> None:
    """Note what would be refused, and each warning that is not accepted, at its field."""
    brief = _brief(words)
    for name, wrong in (rules.unaccepted(brief) | rules.problems(brief, last=False)).items():
        form.errors.setdefault(name, wrong)


def letter(words: dict[str, Any], promised: dt.datetime | None) -> str:
    """The text as it will be read."""
    return rules.written(_brief(words), promised)


def shown(form: Typed) -> dict[str, Any]:
    """What the template needs besides the fields: the questions, the counts and the warnings."""
    brief = _brief(read_again(form))
    asked = [_asked(form, name, question) for name, question in rules.QUESTIONS.items()]
    missing = [one.words.lower() for one in asked if not brief.answers.get(one.name)]
    return {
        "questions": asked,
        "answered": len(asked) + bool(brief.place) - len(missing),
        "warned": rules.warnings(brief),
        "sentences": rules.sentences(brief.opening),
        "lines": {name: len(getattr(brief, name)) for name in _LISTS},
    }


def read_again(form: Typed) -> dict[str, Any]:
    """The parts of a form that was filled or begun already."""
    answers = {name: form[f"{name}_text"] if form[name] == KNOWN else form[name] for name in rules.QUESTIONS}
    words = {"opening": " ".join(str(form["opening"]).split()), "place": form["place"], "answers": answers}
    words |= {name: list(rules.lines(str(form[name]))) for name in _LISTS}
    return words | {"accepted": [part for part in _PARTS if form[f"accept_{part}"]]}


def carried(form: Typed) -> list[tuple[str, str]]:
    """The parts as hidden fields."""
    names = (*_PARTS, "place", *rules.QUESTIONS, *(f"{name}_text" for name in rules.QUESTIONS))
    ticks = [(f"accept_{part}", "1") for part in _PARTS if form[f"accept_{part}"]]
    return [(name, form[name]) for name in names] + ticks


def _asked(form: Typed, name: str, question: rules.Question) -> Asked:
    return Asked(
        name,
        question.asked,
        question.unknown,
        form[name],
        form[f"{name}_text"],
        form.errors.get(name, ""),
        in_opening=name == rules.IMPACT,
    )


def _brief(words: dict[str, Any]) -> rules.Brief:
    return rules.Brief(
        words["opening"],
        tuple(words["current_status"]),
        tuple(words["next_steps"]),
        words["place"],
        words["answers"],
        frozenset(words["accepted"]),
    )
