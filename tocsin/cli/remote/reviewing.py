"""`communications-review`: walking through how a finished incident was communicated."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tocsin.cli.answers import say
from tocsin.cli.remote.client import Remote
from tocsin.cli.remote.command import Key
from tocsin.cli.remote.declare import Limit, fields, instant, line, noun, table, verb

reviews = noun("communications-review", "Communications reviews: how a finished incident was communicated, walked with a scribe.")

Wanted = Annotated[str, typer.Argument(metavar="REVIEW", help="Id: crv_…", show_default=False)]

_review = line("{id} {state}: {incident}, {lead} leads, {scribe} writes")


@verb(reviews, "list", table("id", "incident", "state", "lead", "scribe", "regroup_on", "next_on"))
def list_reviews(api: Remote, limit: Limit = 50) -> Any:
    """List communications reviews."""
    return api.listed("communications-reviews", limit=limit)


@verb(reviews, "candidates", table("incident", "severity", "resolved_at", "reviewed", "summary"))
def list_candidates(api: Remote) -> Any:
    """List the incidents that were resolved in the last 30 days."""
    return api.get("communications-reviews", "candidates")


@verb(reviews, "start", _review)
def start_review(
    api: Remote,
    incident: Key,
    scribe: Annotated[str | None, typer.Option("--scribe", help="Mail address of whoever writes; left out: you.")] = None,
) -> Any:
    """Begin the review of a finished incident; you lead it."""
    return api.post("communications-reviews", incident=incident, scribe=scribe)


@verb(reviews, "show", fields)
def show_review(api: Remote, wanted: Wanted) -> Any:
    """Show one review."""
    return api.get("communications-reviews", wanted)


def _walk(answer: Any) -> None:
    for one in answer["points"]:
        say(f"{one['at']} {one['kind']} {one['text']}".rstrip())
        for where, body in one["words"].items():
            say(f"  {where}: {body}")
        for note in one["notes"]:
            say(f"  note: {note['text']}")
    for note in answer["notes"]:
        say(f"{note['at']} note: {note['text']}")
    for one in answer["actions"]:
        owner = f"{one['owner']['name']}, due {one['due_on']}"
        say(f"x/{one['number']} {one['kind']}: {one['title']} ({owner}; next: {one['next_step']})")


@verb(reviews, "walk", _walk)
def get_walk(api: Remote, wanted: Wanted) -> Any:
    """Show what was known and told, from the first alert to the last words to customers, with notes and actions."""
    return api.get("communications-reviews", wanted, "walk")


@verb(reviews, "note", line("noted at {at}"))
def note_review(
    api: Remote,
    wanted: Wanted,
    text: Annotated[str, typer.Argument(metavar="TEXT", show_default=False)],
    at: Annotated[str, typer.Option("--at", help="The instant that it is about, as walk shows it.", show_default=False)],
    about: Annotated[str, typer.Option("--about", help="What happened then; may stay empty.")] = "",
) -> Any:
    """Write down what was said about an instant of the incident."""
    return api.post("communications-reviews", wanted, "note", text=text, at=instant(at, "--at"), about=about)


@verb(reviews, "add-action", line("x/{number} {title} ({owner}, due {due_on})"))
def add_action(
    api: Remote,
    wanted: Wanted,
    title: Annotated[str, typer.Argument(metavar="TITLE", show_default=False)],
    kind: Annotated[str, typer.Option("--kind", help="people, process or technology.", show_default=False)],
    next_step: Annotated[str, typer.Option("--next", help="The first thing that its owner does.", show_default=False)],
    owner: Annotated[str | None, typer.Option("--owner", help="Mail address; left out: you.")] = None,
    due_on: Annotated[str | None, typer.Option("--due", help="A day, such as 2027-01-14; left out: in four weeks.")] = None,
) -> Any:
    """Agree on an action; it is on the board like any other."""
    plain = {"title": title, "kind": kind, "next_step": next_step, "owner": owner, "due_on": due_on}
    return api.post("communications-reviews", wanted, "add-action", **plain)


@verb(reviews, "complete", line("completed; regroup on {regroup_on}, the next review on {next_on}"))
def complete_review(
    api: Remote,
    wanted: Wanted,
    regroup_on: Annotated[str | None, typer.Option("--regroup", help="A day; left out: in four weeks.")] = None,
    next_on: Annotated[str | None, typer.Option("--next", help="A day; left out: after so many months.")] = None,
    every_months: Annotated[int, typer.Option("--months", min=1, max=12, help="How often reviews come back.")] = 3,
) -> Any:
    """Complete a review. On both days people get a mail; of the next review again until one is completed."""
    days = {"regroup_on": regroup_on, "next_on": next_on, "every_months": every_months}
    return api.post("communications-reviews", wanted, "complete", **days)
