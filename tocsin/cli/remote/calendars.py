"""`calendar`: shifts as other programs show them, and when people are away."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from tocsin.cli.answers import USAGE, fail, say
from tocsin.cli.remote.client import Remote
from tocsin.cli.remote.declare import instant, line, noun, table, verb

calendar = noun("calendar", "Calendars: feeds of shifts, absences, and where the two clash.")

_MOST = 1_000_000
"""Of the 1 MiB that a request may hold, what is left for the file beside everything else."""
Person = Annotated[str, typer.Option("--person", help="Mail address or id; left out: you.")]
Team = Annotated[str, typer.Option("--team", help="Slug of a team instead of a person.")]
Address = Annotated[str, typer.Option("--address", help="https or webcal address, read every four hours.")]
File = Annotated[Path | None, typer.Option("--file", help="An .ics file, read once.", exists=True, dir_okay=False)]
Feed = Annotated[str, typer.Argument(metavar="FEED", help="fed_… as `calendar feeds` shows it.", show_default=False)]
Away = Annotated[str, typer.Argument(metavar="CALENDAR", help="awc_… as `calendar away` shows it.", show_default=False)]


@verb(calendar, "shifts", lambda answer: table("schedule", "start", "end")({"items": answer}))
def list_shifts(
    api: Remote,
    person: Person = "me",
    since: Annotated[str, typer.Option("--since", help="An instant, or a distance from now.")] = "",
    until: Annotated[str, typer.Option("--until", help="Likewise; eight weeks when left out.")] = "",
) -> Any:
    """List a person's shifts over all schedules."""
    return api.get("people", person, "shifts", since=instant(since, "--since"), until=instant(until, "--until"))


@verb(calendar, "clashes", lambda answer: table("schedule", "person", "start", "end", "summary")({"items": answer}))
def list_clashes(
    api: Remote, person: Person = "me", schedule: Annotated[str, typer.Option("--schedule", help="Of a schedule instead.")] = ""
) -> Any:
    """List when somebody is on call and away in the next 60 days."""
    return api.get("schedules", schedule, "clashes") if schedule else api.get("people", person, "clashes")


@verb(calendar, "feeds", table("id", "hint", "created_at", "last_used_at"))
def list_feeds(api: Remote, person: Person = "me", team: Team = "") -> Any:
    """List open feeds."""
    return api.get(*_owner(person, team), "calendar-feeds")


@verb(calendar, "create-feed", line("{address}"))
def create_feed(api: Remote, team: Team = "") -> Any:
    """Make a feed of your shifts, or of a team's; prints its address this once."""
    return api.post(*_owner("me", team), "calendar-feeds")


@verb(calendar, "revoke-feed", line("The address that ends in {hint} is closed."))
def revoke_feed(api: Remote, wanted: Feed, person: Person = "me", team: Team = "") -> Any:
    """Close a feed's address for good."""
    return api.post(*_owner(person, team), "calendar-feeds", wanted, "revoke")


@verb(calendar, "away", table("id", "name", "source", "absences", "read_at", "fault"))
def list_away(api: Remote, person: Person = "me", team: Team = "") -> Any:
    """List calendars of absences."""
    return api.get(*_owner(person, team), "away-calendars")


@verb(calendar, "add-away", line("{id} {name}: {absences} absences"))
def add_away(
    api: Remote,
    address: Address = "",
    file: File = None,
    name: Annotated[str, typer.Option("--name")] = "",
    person: Person = "me",
    team: Team = "",
) -> Any:
    """Bring a calendar of absences: leave of a person, public holidays of a team."""
    return api.post(*_owner(person, team), "away-calendars", name=name, url=address, file=_text(file))


@verb(calendar, "replace-away", line("{id} {name}: {absences} absences"))
def replace_away(
    api: Remote, wanted: Away, address: Address = "", file: File = None, person: Person = "me", team: Team = ""
) -> Any:
    """Give another address or file for a calendar of absences."""
    return api.post(*_owner(person, team), "away-calendars", wanted, "replace", url=address, file=_text(file))


@verb(calendar, "remove-away", lambda answer: say("It is removed, and its absences with it."))
def remove_away(api: Remote, wanted: Away, person: Person = "me", team: Team = "") -> Any:
    """Remove a calendar and its absences."""
    return api.post(*_owner(person, team), "away-calendars", wanted, "remove")


@verb(calendar, "reminders", line("Reminders: {reminders}"))
def reminders(
    api: Remote, wanted: Annotated[bool, typer.Option("--on/--off", help="Hand-over notices always come.")], person: Person = "me"
) -> Any:
    """Switch mail the day before a shift, and at the start of the week, on or off."""
    return api.post("people", person, "set-notices", reminders=wanted)


def _owner(person: str, team: str) -> tuple[str, str]:
    return ("teams", team) if team else ("people", person)


def _text(file: Path | None) -> str | None:
    try:
        text = file.read_text(encoding="utf-8") if file else None
    except (OSError, UnicodeDecodeError) as error:
        fail(USAGE, f"--file {file}: {error}")
    if text is not None and len(json.dumps(text)) > _MOST:
        size = len(text.encode()) / 1024 / 1024
        fail(USAGE, f"--file {file} has {size:.1f} MB, and a request may hold 1. The page of your profile or team takes 5.")
    return text
