"""`sheet`: the cheat sheet of incident managers, and how it stands on an incident."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tocsin.cli.answers import say
from tocsin.cli.remote.client import Remote
from tocsin.cli.remote.command import Key
from tocsin.cli.remote.command import incident as of_incident
from tocsin.cli.remote.declare import line, noun, table, verb

sheet = noun("sheet", "The cheat sheet: what an incident manager does.")

Item = Annotated[str, typer.Argument(metavar="ITEM", help="Id of a line: itm_….", show_default=False)]
Kind = Annotated[str, typer.Argument(metavar="KIND", help="chat, video, documents, state_document or ticket.", show_default=False)]
Link = Annotated[str | None, typer.Option("--link", help="A path, an address, or ./roles: below the incident's page.")]
Every = Annotated[int | None, typer.Option("--every", min=0, max=1440, help="Comes back after so many minutes; 0: it does not.")]
_MARKS = {"done": "[x]", "skipped": "[-]", "open": "[ ]"}


def _sheet(answer: Any) -> None:
    for place, section in enumerate(answer["sections"], start=1):
        say(f"{place}. {section['title']}")
        for item in section["items"]:
            every = f" (every {item['every_minutes']} min)" if item["every_minutes"] else ""
            say(f"   {item['id']}  {item['text']}{every}")


def _checklist(answer: Any) -> None:
    for part in answer["parts"]:
        say(f"{part['title']}")
        for one in part["lines"]:
            say(f"  {_MARKS[one['state']]} {one['item']}  {one['text']}{_said(one)}")
    say(f"{answer['open']} open.")


def _said(one: Any) -> str:
    who = f"  {one['by']} {one['at'] or ''}".rstrip() if one["by"] else ""
    reason = f"  because: {one['reason']}" if one["reason"] else ""
    due = f"  DUE {one['due_at']}" if one["due"] else f"  again {one['due_at']}" if one["due_at"] else ""
    return who + reason + due


@verb(sheet, "show", _sheet)
def show_sheet(api: Remote) -> Any:
    """Show the sheet with the ids of its lines."""
    return api.get("cheat-sheet")


@verb(sheet, "add", line("{id}: {text}"))
def add(
    api: Remote,
    section: Annotated[str, typer.Argument(metavar="SECTION", help="Short name, such as connect.", show_default=False)],
    text: Annotated[str, typer.Argument(metavar="TEXT", show_default=False)],
    link: Link = None,
    every: Every = None,
) -> Any:
    """Add a line; it is on every checklist at once."""
    return api.post("cheat-sheet", "items", section=section, text=text, link=link, every_minutes=every)


@verb(sheet, "change", line("{id}: {text}"))
def change(
    api: Remote, item: Item, text: Annotated[str | None, typer.Option("--text")] = None, link: Link = None, every: Every = None
) -> Any:
    """Change a line on every checklist; what is left out stays."""
    return api.post("cheat-sheet", "items", item, "change", text=text, link=link, every_minutes=every)


@verb(sheet, "remove", line("{text}: taken off."))
def remove(api: Remote, item: Item) -> Any:
    """Take a line off the sheet."""
    return api.post("cheat-sheet", "items", item, "remove")


@verb(of_incident, "checklist", _checklist)
def checklist(api: Remote, wanted: Key) -> Any:
    """Show the checklist: what is done, by whom, what was skipped and why, what is due again."""
    return api.get("incidents", wanted, "checklist")


@verb(of_incident, "tick", _checklist)
def tick(api: Remote, wanted: Key, item: Item) -> Any:
    """Tick a line of the checklist."""
    return api.post("incidents", wanted, "tick", item=item)


@verb(of_incident, "skip", _checklist)
def skip(api: Remote, wanted: Key, item: Item, reason: Annotated[str, typer.Option("--reason", help="Why.")]) -> Any:
    """Skip a line, with a reason."""
    return api.post("incidents", wanted, "skip", item=item, reason=reason)


@verb(of_incident, "untick", _checklist)
def untick(api: Remote, wanted: Key, item: Item) -> Any:
    """Open a line again."""
    return api.post("incidents", wanted, "untick", item=item)


@verb(of_incident, "mark-down", table("kind", "name", "link", "since"))
def mark_down(api: Remote, wanted: Key, kind: Kind) -> Any:
    """The primary is down: the incident goes on in the backup system."""
    return api.post("incidents", wanted, "mark-down", kind=kind)


@verb(of_incident, "mark-up", table("kind", "name", "link", "since"))
def mark_up(api: Remote, wanted: Key, kind: Kind) -> Any:
    """The primary works again."""
    return api.post("incidents", wanted, "mark-up", kind=kind)
