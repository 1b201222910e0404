"""`subscriber`: who outside hears of the public page, as a file too, and how far updates are on their way."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from tocsin.cli.answers import USAGE, fail, say
from tocsin.cli.remote.client import Remote
from tocsin.cli.remote.declare import Limit, fields, line, noun, table, verb

subscribers = noun("subscribers", "Subscribers: people outside who are told when the public page has news.")

Wanted = Annotated[str, typer.Argument(metavar="SUBSCRIBER", help="Mail address or id.", show_default=False)]
Of = Annotated[str, typer.Option("--page", help="Short name of the page; left out: the first.")]
State = Annotated[str, typer.Option("--state", help="confirmed, waiting or stopped; left out: all.")]
_AT_ONCE = 5_000
"""Lines of a file that go into one request."""


@verb(subscribers, "list", table("id", "page", "channel", "address", "parts", "state", "confirmed_at"))
def list_subscribers(
    api: Remote,
    state: State = "",
    page: Annotated[str, typer.Option("--page", help="Short name of a page; left out: of all.")] = "",
    limit: Limit = 200,
) -> Any:
    """List subscribers, oldest first."""
    return api.listed("subscribers", state=state, page=page, limit=limit)


@verb(subscribers, "show", fields)
def show_subscriber(api: Remote, wanted: Wanted) -> Any:
    """Show one subscriber."""
    return api.get("subscribers", wanted)


@verb(subscribers, "add", line("{address} is told from now on"))
def add_subscriber(
    api: Remote,
    address: Annotated[str, typer.Argument(metavar="ADDRESS", show_default=False)],
    channel: Annotated[str, typer.Option("--channel", help="mail, sms, webhook, slack or teams.")] = "mail",
    part: Annotated[list[str] | None, typer.Option("--part", help="Id of a part; may be repeated; left out: everything.")] = None,
    page: Of = "",
) -> Any:
    """Subscribe an address whose owner has consented; nobody is asked."""
    return api.post("subscribers", address=address, channel=channel, parts=part or [], page=page)


@verb(subscribers, "remove", line("the address is told no more"))
def remove_subscriber(api: Remote, wanted: Wanted) -> Any:
    """Take an address off."""
    api.post("subscribers", wanted, "remove")
    return {}


@verb(subscribers, "clear-bounces", line("{address} is told again"))
def clear_bounces(api: Remote, wanted: Wanted) -> Any:
    """Tell an address again that refused what we sent."""
    return api.post("subscribers", wanted, "clear-bounces")


def _imported(answer: Any) -> None:
    for one in answer["wrong"]:
        say(f"line {one['line']}: {one['reason']}")
    would = "would be added" if answer["dry_run"] else "added"
    say(f"{answer['added']} {would}, {answer['known']} here already, {answer['stopped']} stopped, {len(answer['wrong'])} wrong")


@verb(subscribers, "import", _imported)
def import_subscribers(
    api: Remote,
    file: Annotated[str, typer.Argument(metavar="FILE", help="CSV, or - for the standard input.", show_default=False)],
    consent: Annotated[bool, typer.Option("--consent", help="Everybody in it has agreed; then it is written.")] = False,
    page: Of = "",
) -> Any:
    """Bring in subscribers from a CSV file; without --consent it is only checked."""
    try:
        lines = (sys.stdin.read() if file == "-" else Path(file).read_text("utf-8-sig")).splitlines()
    except (OSError, UnicodeDecodeError) as error:
        fail(USAGE, f"{file} cannot be read: {error}")
    whole: dict[str, Any] = {"added": 0, "known": 0, "stopped": 0, "wrong": [], "dry_run": not consent}
    for first in range(0, max(1, len(lines)), _AT_ONCE):
        text = "\n".join(lines[first : first + _AT_ONCE])
        answer = api.post("subscribers", "import", text=text, consent=consent, dry_run=not consent, page=page)
        for name in ("added", "known", "stopped"):
            whole[name] += answer[name]
        whole["wrong"] += [{"line": one["line"] + first, "reason": one["reason"]} for one in answer["wrong"]]
    return whole


@verb(subscribers, "export", lambda answer: say(answer["csv"].rstrip("\r\n")))
def export_subscribers(api: Remote, page: Of = "") -> Any:
    """Write all that hear of a page by mail or SMS as CSV."""
    return api.get("subscribers", "export", page=page)


@verb(subscribers, "progress", table("at", "incident", "status", "told", "meant", "failed", "left", "over"))
def list_tellings(api: Remote) -> Any:
    """How far the latest updates are on their way to subscribers."""
    return api.get("subscribers", "tellings")
