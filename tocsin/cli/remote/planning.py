"""`maintenance`: work that is told before it begins; of `status` the verbs on past incidents written down afterwards."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tocsin.cli.answers import USAGE, fail, say
from tocsin.cli.remote.client import Remote
from tocsin.cli.remote.declare import Limit, fields, instant, line, noun, table, verb
from tocsin.cli.remote.learning import status

maintenance = noun("maintenance", "Planned work: what readers are told before something is changed on purpose.")

Wanted = Annotated[str, typer.Argument(metavar="MAINTENANCE", help="mnt_…, as `maintenance list` lists them.", show_default=False)]
SeriesName = Annotated[str, typer.Argument(metavar="SERIES", help="mns_…", show_default=False)]
Title = Annotated[str, typer.Argument(metavar="TITLE", show_default=False)]
Text = Annotated[str, typer.Option("--body", help="What readers will notice.")]
Words = Annotated[str, typer.Option("--body", help="Words for readers; left out: a sentence that fits.")]
Start = Annotated[str, typer.Option("--from", help="2026-12-05T22:00:00Z, or a distance such as 2d.")]
End = Annotated[str, typer.Option("--until", help="2026-12-05T23:30:00Z, or a distance such as 3d.")]
PageName = Annotated[str, typer.Option("--page", help="external, internal, or the slug of a page.")]
PartNames = Annotated[list[str] | None, typer.Option("--part", help="cmp_…, as `status show` lists them; may be repeated.")]
Begins = Annotated[bool, typer.Option("--begins/--begun-by-hand", help="Whether it begins by itself at its time.")]
Ends = Annotated[bool, typer.Option("--ends/--ended-by-hand", help="Whether it ends by itself at its time.")]

Reminds = Annotated[bool, typer.Option("--remind/--no-reminder", help="Whether subscribers are told once more an hour before.")]


def _planned(answer: Any) -> None:
    say(f"{answer['id']} {answer['state']}: {answer['title']}, {answer['starts_at']} to {answer['ends_at']}")
    for words in answer["warnings"]:
        say(f"Beware: {words}")


@verb(maintenance, "list", table("id", "state", "starts_at", "ends_at", "title", "overdue"))
def list_maintenances(
    api: Remote,
    state: Annotated[str, typer.Option("--state", help="open, scheduled, in_progress, verifying, completed or cancelled.")] = "",
    limit: Limit = 50,
) -> Any:
    """List planned work, the latest planned first."""
    return api.listed("maintenances", limit=limit, state=state)


@verb(maintenance, "show", fields)
def show_maintenance(api: Remote, wanted: Wanted) -> Any:
    """Show one planned work with all that was said."""
    return api.get("maintenances", wanted)


@verb(maintenance, "plan", _planned)
def plan(
    api: Remote,
    title: Title,
    body: Text,
    start: Start,
    end: End,
    part: PartNames = None,
    page: PageName = "external",
    begins: Begins = True,
    ends: Ends = True,
    reminds: Reminds = True,
) -> Any:
    """Plan work and tell whoever wants to hear of its parts."""
    return api.post("maintenances", **_plan(title, body, start, end, part, page, begins, ends), reminds=reminds)


@verb(maintenance, "repeat", line("{id}: {title}, {words}; next {next_at}"))
def repeat(
    api: Remote,
    title: Title,
    body: Text,
    start: Start,
    end: End,
    rule: Annotated[str, typer.Option("--rule", help="FREQ=WEEKLY;BYDAY=SU, FREQ=MONTHLY;BYDAY=1SU; INTERVAL, COUNT, UNTIL.")],
    zone: Annotated[str, typer.Option("--zone", help="Such as Europe/Vienna: 02:00 stays 02:00 there.")],
    part: PartNames = None,
    page: PageName = "external",
    begins: Begins = True,
    ends: Ends = True,
    reminds: Reminds = True,
) -> Any:
    """Plan work that comes again; --from and --until are those of the first time."""
    given = _plan(title, body, start, end, part, page, begins, ends)
    return api.post("maintenance-series", **given, reminds=reminds, rule=rule, zone=zone)


def _plan(
    title: str, body: str, start: str, end: str, part: list[str] | None, page: str, begins: bool, ends: bool
) -> dict[str, Any]:
    return {
        "title": title,
        "body": body,
        "starts_at": instant(start, "--from"),
        "ends_at": instant(end, "--until"),
        "parts": part or [],
        "page": page,
        "begins_by_itself": begins,
        "ends_by_itself": ends,
    }


@verb(maintenance, "begin", _planned)
def begin(api: Remote, wanted: Wanted, body: Words = "") -> Any:
    """It begins: its parts are under maintenance."""
    return api.post("maintenances", wanted, "begin", body=body)


@verb(maintenance, "verify", _planned)
def verify(api: Remote, wanted: Wanted, body: Words = "") -> Any:
    """The work is done and looked at."""
    return api.post("maintenances", wanted, "verify", body=body)


@verb(maintenance, "complete", _planned)
def complete(api: Remote, wanted: Wanted, body: Words = "") -> Any:
    """It is over."""
    return api.post("maintenances", wanted, "complete", body=body)


@verb(maintenance, "cancel", _planned)
def cancel(api: Remote, wanted: Wanted, body: Words = "") -> Any:
    """Call it off, or break it off; of a series this time alone."""
    return api.post("maintenances", wanted, "cancel", body=body)


@verb(maintenance, "say", _planned)
def say_something(api: Remote, wanted: Wanted, body: Annotated[str, typer.Argument(metavar="TEXT", show_default=False)]) -> Any:
    """Tell readers how it goes."""
    return api.post("maintenances", wanted, "say", body=body)


@verb(maintenance, "move", _planned)
def move(api: Remote, wanted: Wanted, start: Start = "", end: End = "", body: Words = "") -> Any:
    """Move it, or extend what has begun; a start alone keeps the length."""
    if not start and not end:
        fail(USAGE, "say when with --from, --until, or both")
    times = {"starts_at": instant(start, "--from"), "ends_at": instant(end, "--until")}
    return api.post("maintenances", wanted, "move", **times, body=body)


@verb(maintenance, "change", _planned)
def change(
    api: Remote,
    wanted: Wanted,
    title: Annotated[str | None, typer.Option("--title")] = None,
    body: Annotated[str | None, typer.Option("--body", help="What readers will notice.")] = None,
    part: PartNames = None,
    reminds: Annotated[bool | None, typer.Option("--remind/--no-reminder", help="An hour before.")] = None,
    words: Annotated[str, typer.Option("--say", help="Tells subscribers of it; left out: they hear nothing.")] = "",
) -> Any:
    """Change its title, words or parts; what is left out stays."""
    given = {"title": title, "body": body, "parts": part, "reminds": reminds}
    return api.post(
        "maintenances", wanted, "change", **{name: value for name, value in given.items() if value is not None}, say=words
    )


@verb(maintenance, "series", table("id", "title", "words", "next_at", "ended_at"))
def list_series(api: Remote, limit: Limit = 50) -> Any:
    """List work that comes again."""
    return api.listed("maintenance-series", limit=limit)


@verb(maintenance, "end-series", line("{title} comes no more."))
def end_series(api: Remote, wanted: SeriesName) -> Any:
    """End a series; what is still to come of it is called off."""
    return api.post("maintenance-series", wanted, "end")


_HOW = "PART=STATE: cmp_… and degraded_performance, partial_outage or major_outage; may be repeated."


@verb(status, "backfill", line("Written down, nobody was mailed: {id} {title}"))
def backfill(
    api: Remote,
    title: Title,
    body: Annotated[str, typer.Option("--body", help="What readers noticed, and why.")],
    start: Annotated[str, typer.Option("--from", help="When it began: 2026-11-18T14:00:00Z, or a distance such as -3d.")],
    end: Annotated[str, typer.Option("--until", help="When it was over.")],
    part: Annotated[list[str] | None, typer.Option("--part", metavar="PART=STATE", help=_HOW)] = None,
    page: PageName = "external",
) -> Any:
    """Write down a past incident for customers, afterwards."""
    pairs = [one.partition("=") for one in part or ()]
    if not all(key and state for key, _, state in pairs):
        fail(USAGE, "write parts as PART=STATE, such as cmp_…=partial_outage")
    parts = {key: state for key, _, state in pairs}
    times = {"started_at": instant(start, "--from"), "resolved_at": instant(end, "--until")}
    return api.post("backfilled-entries", title=title, body=body, **times, parts=parts, page=page)


@verb(status, "backfilled", table("id", "started_at", "resolved_at", "title", "author"))
def list_backfilled(api: Remote, limit: Limit = 50) -> Any:
    """List past incidents that were written down afterwards."""
    return api.listed("backfilled-entries", limit=limit)


@verb(status, "remove-backfilled", line("It is off the page."))
def remove_backfilled(
    api: Remote, wanted: Annotated[str, typer.Argument(metavar="ENTRY", help="ent_…", show_default=False)]
) -> Any:
    """Take a past incident that was written down afterwards off the page."""
    return api.post("backfilled-entries", wanted, "remove")
