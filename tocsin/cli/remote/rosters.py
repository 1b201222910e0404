"""`schedule`: rosters of who is on call, their overrides and swaps. Their layers: `layers`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tocsin.cli.answers import USAGE, fail, say
from tocsin.cli.remote.client import NULL, Remote
from tocsin.cli.remote.declare import Limit, fields, instant, line, noun, plain_verbs, table, verb

schedule = noun("schedule", "Schedules: rosters of who is on call.")

ScheduleName = Annotated[str, typer.Argument(metavar="SCHEDULE", help="Slug or id.", show_default=False)]
Name = Annotated[str, typer.Argument(metavar="NAME", show_default=False)]

named = line("{slug}: {name}")


@verb(schedule, "list", table("slug", "name", "team", "zone", "last_resort"))
def list_schedules(api: Remote, limit: Limit = 200) -> Any:
    """List schedules."""
    return api.listed("schedules", limit=limit)


@verb(schedule, "show", fields)
def show_schedule(api: Remote, wanted: ScheduleName) -> Any:
    """Show one schedule."""
    return api.get("schedules", wanted)


@verb(schedule, "create", named)
def create_schedule(
    api: Remote,
    name: Name,
    team: Annotated[str | None, typer.Option("--team", help="Slug of its team.")] = None,
    zone: Annotated[str, typer.Option("--zone")] = "UTC",
    slug: Annotated[str, typer.Option("--slug")] = "",
) -> Any:
    """Add a schedule."""
    return api.post("schedules", name=name, team=team, zone=zone, slug=slug)


@verb(schedule, "ask-cover", line("asked for {starts_at} to {ends_at}: {id}"))
def ask_cover(
    api: Remote,
    wanted: ScheduleName,
    starts: Annotated[str, typer.Option("--from", help="An instant, or a distance from now.")],
    ends: Annotated[str, typer.Option("--to", help="Likewise.")],
    asked: Annotated[str | None, typer.Option("--ask", help="Mail address; the whole team when left out.")] = None,
    person: Annotated[str | None, typer.Option("--person", help="Whose shift; your own when left out.")] = None,
    note: Annotated[str, typer.Option("--note")] = "",
) -> Any:
    """Ask a colleague, or the team, to take a shift over."""
    span = {"starts_at": instant(starts, "--from"), "ends_at": instant(ends, "--to")}
    return api.post("schedules", wanted, "ask-cover", asked=asked, person=person, note=note, **span)


@verb(schedule, "covers", table("id", "person", "asked", "starts_at", "ends_at", "note"))
def list_covers(api: Remote, wanted: ScheduleName) -> Any:
    """List requests that wait for an answer."""
    return api.get("schedules", wanted, "covers")


@verb(schedule, "answer-cover", line("{state}"))
def answer_cover(
    api: Remote,
    wanted: ScheduleName,
    cover: Annotated[str, typer.Argument(metavar="REQUEST")],
    answer: Annotated[str, typer.Argument(metavar="accept|decline|withdraw")],
) -> Any:
    """Take a shift over, decline, or take your own request back."""
    return api.post("schedules", wanted, "covers", cover, answer)


def _overridden(answer: Any) -> None:
    who = answer["person"]["name"] if answer["person"] else "nobody, on purpose,"
    say(
        f"{answer['id']}: {who} from {answer['starts_at']} to {answer['ends_at']}" + (" in one layer" if answer["rotation"] else "")
    )


@verb(schedule, "add-override", _overridden)
def add_override(
    api: Remote,
    wanted: ScheduleName,
    starts: Annotated[str, typer.Option("--from", help="An instant, or a distance from now.")],
    ends: Annotated[str, typer.Option("--to", help="Likewise.")],
    person: Annotated[str | None, typer.Option("--person", help="Mail address.")] = None,
    nobody: Annotated[bool, typer.Option("--nobody", help="Nobody, on purpose.")] = False,
    layer: Annotated[
        str | None, typer.Option("--layer", help="rot_… as `schedule rotations` shows it: of that layer only.")
    ] = None,
    reason: Annotated[str, typer.Option("--reason")] = "",
) -> Any:
    """Put one person, or nobody on purpose, in instead of the rota for a while."""
    if nobody == (person is not None):
        fail(USAGE, "say either --person or --nobody")
    if layer == "":
        fail(USAGE, "--layer is empty; leave it out for whatever the layers say")
    span = {"starts_at": instant(starts, "--from"), "ends_at": instant(ends, "--to")}
    who = NULL if nobody else person
    return api.post("schedules", wanted, "add-override", person=who, rotation=layer, reason=reason, **span)


@verb(schedule, "remove-override", lambda answer: say("The rota counts again."))
def remove_override(
    api: Remote, wanted: ScheduleName, override: Annotated[str, typer.Argument(metavar="OVERRIDE", help="ovr_…")]
) -> Any:
    """Take an override out; what was, stays."""
    return api.post("schedules", wanted, "overrides", override, "remove")


@verb(schedule, "overrides", table("id", "person", "starts_at", "ends_at", "reason"))
def list_overrides(api: Remote, wanted: ScheduleName) -> Any:
    """List overrides that have not ended."""
    return api.get("schedules", wanted, "overrides")


plain_verbs(schedule, "schedules", "SCHEDULE", named, {"set-last-resort": "Make it the roster that is asked when nobody answers."})
