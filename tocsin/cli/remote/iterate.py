"""`incident …`: the board, streams of work, the change log, the regular question, hours and relief."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tocsin.cli.remote.client import Remote
from tocsin.cli.remote.command import Key, Person, Role
from tocsin.cli.remote.declare import fields, instant, line, table, verb
from tocsin.cli.remote.offers import incident

Number = Annotated[int, typer.Argument(metavar="NUMBER", min=1, show_default=False)]
Text = Annotated[str, typer.Argument(metavar="TEXT", show_default=False)]
About = Annotated[int | None, typer.Option("--about", help="Number of the observation or theory that it is about.")]
Lead = Annotated[str | None, typer.Option("--lead", help="Tech lead: mail address or id.")]
Step = Annotated[str | None, typer.Option("--step", help="What is done now.")]
NextSteps = Annotated[str | None, typer.Option("--next", help="What comes next.")]
Restarts = Annotated[bool, typer.Option("--restarts", help="It restarts or resets something; say --evidence.")]
Evidence = Annotated[str, typer.Option("--evidence", help="What shows the cause is kept, or lost.")]
Towards = Annotated[str | None, typer.Option("--towards", help="How it moves towards resolution.")]

_finding = line("{number} {kind} {state}: {text}")
_stream = line("{number} {title}, {state}: {step}")
_change = line("{number} {what} (revert: {revert})")


@verb(incident, "findings", table("number", "kind", "about", "state", "text"))
def list_findings(api: Remote, wanted: Key) -> Any:
    """Observations, theories and experiments."""
    return api.get("incidents", wanted, "findings")


@verb(incident, "add-finding", _finding)
def add_finding(
    api: Remote,
    wanted: Key,
    text: Text,
    kind: Annotated[str, typer.Option("--kind", help="observation, theory or experiment.")] = "observation",
    about: About = None,
    restarts: Restarts = False,
    evidence: Evidence = "",
) -> Any:
    """Put an observation, a theory or an experiment on the board."""
    given = {"kind": kind, "text": text, "about": about, "restarts": restarts, "evidence": evidence}
    return api.post("incidents", wanted, "add-finding", **given)


@verb(incident, "take-note", _finding)
def take_note(api: Remote, wanted: Key, message: Annotated[str, typer.Argument(metavar="MESSAGE", show_default=False)]) -> Any:
    """Take an observation that was noted in the room onto the board."""
    return api.post("incidents", wanted, "take-note", message=message)


@verb(incident, "conclude", _finding)
def conclude(
    api: Remote,
    wanted: Key,
    number: Number,
    result: Annotated[str, typer.Option("--result", help="supports, refutes or inconclusive.")],
    outcome: Annotated[str, typer.Option("--outcome", help="What came of it.")] = "",
) -> Any:
    """Write down what came of an experiment. One that refutes its theory disproves it."""
    return api.post("incidents", wanted, "findings", str(number), "conclude", result=result, outcome=outcome)


@verb(incident, "set-theory", _finding)
def set_theory(
    api: Remote, wanted: Key, number: Number, state: Annotated[str, typer.Option("--state", help="open, proven or disproven.")]
) -> Any:
    """A theory is proven, disproven, or open again."""
    return api.post("incidents", wanted, "findings", str(number), "set-theory", state=state)


@verb(incident, "streams", table("number", "title", "state", "step", "next_steps"))
def list_streams(api: Remote, wanted: Key) -> Any:
    """Streams of work."""
    return api.get("incidents", wanted, "streams")


@verb(incident, "open-stream", _stream)
def open_stream(
    api: Remote, wanted: Key, title: Text, lead: Lead = None, step: Step = "", next_steps: NextSteps = "", towards: Towards = ""
) -> Any:
    """Begin a stream of work."""
    given = {"step": step, "next_steps": next_steps, "towards": towards}
    return api.post("incidents", wanted, "open-stream", title=title, lead=lead, **given)


@verb(incident, "change-stream", _stream)
def change_stream(
    api: Remote,
    wanted: Key,
    number: Number,
    title: Annotated[str | None, typer.Option("--title")] = None,
    lead: Lead = None,
    step: Step = None,
    next_steps: NextSteps = None,
    towards: Towards = None,
    state: Annotated[str | None, typer.Option("--state", help="open or done.")] = None,
) -> Any:
    """Change a stream of work; what is left out stays."""
    given = {"title": title, "lead": lead, "step": step, "next_steps": next_steps, "towards": towards, "state": state}
    return api.post("incidents", wanted, "streams", str(number), "change", **given)


@verb(incident, "changes", table("number", "at", "who", "what", "revert"))
def list_changes(api: Remote, wanted: Key) -> Any:
    """The change log."""
    return api.get("incidents", wanted, "changes")


@verb(incident, "log-change", _change)
def log_change(
    api: Remote,
    wanted: Key,
    what: Text,
    revert: Annotated[str, typer.Option("--revert", help="How it is taken back.")] = "",
    why: Annotated[str, typer.Option("--why")] = "",
    how: Annotated[str, typer.Option("--how")] = "",
    who: Annotated[str, typer.Option("--who", help="Who made it, if not you.")] = "",
    at: Annotated[str, typer.Option("--at", help="When, if not now: an instant, or -10m.")] = "",
    restarts: Restarts = False,
    evidence: Evidence = "",
) -> Any:
    """Log a change. Without --revert it is asked for until somebody says it."""
    given = {"what": what, "revert": revert, "why": why, "how": how, "who": who, "restarts": restarts, "evidence": evidence}
    return api.post("incidents", wanted, "log-change", **given, at=instant(at, "--at"))


@verb(incident, "state-revert", _change)
def state_revert(api: Remote, wanted: Key, number: Number, revert: Text) -> Any:
    """Say how a change is taken back."""
    return api.post("incidents", wanted, "changes", str(number), "state-revert", revert=revert)


@verb(incident, "pace", fields)
def show_pace(api: Remote, wanted: Key) -> Any:
    """The regular question, who is at work since when, planned relief."""
    return api.get("incidents", wanted, "pace")


@verb(incident, "no-change", fields)
def no_change(api: Remote, wanted: Key) -> Any:
    """Impact and severity have not changed."""
    return api.post("incidents", wanted, "no-change")


@verb(incident, "declare-awake", fields)
def declare_awake(
    api: Remote,
    wanted: Key,
    hours: Annotated[float, typer.Argument(metavar="HOURS", min=0, max=96, show_default=False)],
    person: Person = "",
) -> Any:
    """Say for how long somebody has been awake."""
    return api.post("incidents", wanted, "declare-awake", hours=hours, person=person or None)


@verb(incident, "plan-relief", fields)
def plan_relief(
    api: Remote,
    wanted: Key,
    role: Role,
    person: Annotated[str, typer.Option("--person", help="Mail address or id.")],
    at: Annotated[str, typer.Option("--at", help="An instant, or a distance from now such as 2h.")],
) -> Any:
    """Plan who takes over a role next, and when."""
    return api.post("incidents", wanted, "plan-relief", role=role, person=person, at=instant(at, "--at"))


@verb(incident, "cancel-relief", fields)
def cancel_relief(api: Remote, wanted: Key, role: Role) -> Any:
    """Nobody takes this role over for now."""
    return api.post("incidents", wanted, "cancel-relief", role=role)


@verb(incident, "behaviour", fields)
def show_behaviour(api: Remote, wanted: Key) -> Any:
    """What the system does, and what it should do."""
    return api.get("incidents", wanted, "behaviour")


@verb(incident, "describe-behaviour", fields)
def describe_behaviour(
    api: Remote,
    wanted: Key,
    observed: Annotated[str | None, typer.Option("--observed")] = None,
    expected: Annotated[str | None, typer.Option("--expected")] = None,
) -> Any:
    """Say what the system does and what it should do; what is left out stays."""
    return api.post("incidents", wanted, "describe-behaviour", observed=observed, expected=expected)


@verb(incident, "discipline", table("name", "at", "by", "question"))
def show_discipline(api: Remote, wanted: Key) -> Any:
    """The discipline checklist with the last time of each question."""
    return api.get("incidents", wanted, "discipline")


@verb(incident, "check", table("name", "at", "by", "question"))
def check(
    api: Remote, wanted: Key, questions: Annotated[list[str], typer.Argument(metavar="QUESTION...", show_default=False)]
) -> Any:
    """Answer questions of the discipline checklist with yes."""
    return api.post("incidents", wanted, "check", questions=questions)
