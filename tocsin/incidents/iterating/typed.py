"""What is typed into the room about findings, streams, changes and pace. Each answers with a sentence, or raises Invalid."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from tocsin.core.actor import Actor
from tocsin.core.errors import Invalid
from tocsin.incidents import commands
from tocsin.incidents.iterating import queries, rules
from tocsin.incidents.models import Incident
from tocsin.incidents.queries import meant


def _numbered(words: str, example: str) -> tuple[int | None, str]:
    """A number that a text may begin with, and the rest: `#3 the cache was empty`."""
    first, _, rest = words.partition(" ")
    number = first.removeprefix("#")
    if first.startswith("#") and not (number.isascii() and number.isdigit() and len(number) <= 9):
        raise Invalid(f"Write it like this: {example}.", field="text")
    return (int(number), rest.strip()) if first.startswith("#") else (None, words)


def finding(kind: str, example: str) -> Callable[[Actor, Incident, str, dt.datetime], str]:
    """`/theory #1 TEXT`, `/experiment #2 TEXT`: the number is that of what it is about."""

    def run(actor: Actor, incident: Incident, words: str, now: dt.datetime) -> str:
        number, text = _numbered(words, example)
        if not text or (kind == rules.EXPERIMENT and number is None):
            raise Invalid(f"Write it like this: {example}.", field="text")
        about = queries.finding(actor, incident, number) if number is not None else None
        made = commands.add_finding(actor, incident, kind, text, about=about, now=now)
        return f"{rules.KINDS[kind]} {made.number} is on the board."

    return run


def result(actor: Actor, incident: Incident, words: str, now: dt.datetime) -> str:
    """`/result #3 refutes WORDS`."""
    number, rest = _numbered(words, "/result #3 refutes")
    word, _, outcome = rest.partition(" ")
    if number is None or word.lower() not in rules.RESULTS:
        raise Invalid("Write the number and supports, refutes or inconclusive: /result #3 refutes.", field="text")
    experiment = queries.finding(actor, incident, number)
    commands.conclude(actor, experiment, word.lower(), outcome=outcome.strip(), now=now)
    return f"Experiment {number} {word.lower()}."


def stream(actor: Actor, incident: Incident, words: str, now: dt.datetime) -> str:
    """`/stream TITLE`."""
    made = commands.open_stream(actor, incident, words, now=now)
    return f"Stream of work {made.number} is open."


def revert(actor: Actor, incident: Incident, words: str, now: dt.datetime) -> str:
    """`/revert #2 TEXT`: how change 2 is taken back."""
    number, text = _numbered(words, "/revert #2 deploy release 41 again")
    if number is None:
        raise Invalid("Write the number of the change: /revert #2 deploy release 41 again.", field="text")
    commands.state_revert(actor, queries.change(actor, incident, number), text, now=now)
    return f"Change {number} can be reverted."


def unsaid(words: str) -> dict[str, str]:
    """What a typed change leaves open, as the first words of the form that asks it: the way back, and what a restart destroys."""
    what, back = rules.split_change(words)
    if not what or (back and not rules.restarts(what)):
        return {}
    if len(what) > rules.CHANGE_LIMIT or len(back) > rules.CHANGE_LIMIT:
        raise Invalid(f"Say what was changed in {rules.CHANGE_LIMIT:,} characters; the rest belongs into a message.", field="text")
    return {"what": what, "revert": back, "restarts": "1" if rules.restarts(what) else ""}


def no_change(actor: Actor, incident: Incident, words: str, now: dt.datetime) -> str:
    """`/same`."""
    commands.no_change(actor, incident, now=now)
    return "Impact and severity have not changed."


def awake(actor: Actor, incident: Incident, words: str, now: dt.datetime) -> str:
    """`/awake 14h`, `/awake 14h @mei`."""
    hours, _, name = words.partition(" ")
    person = meant.person_called(name) if name.strip() else None
    commands.declare_awake(actor, incident, rules.hours(hours, field="text"), person=person, now=now)
    return "Written down."
