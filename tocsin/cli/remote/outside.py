"""`webhook` and `event`: what Tocsin calls outside, and the log of who changed what."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tocsin.cli.answers import say
from tocsin.cli.remote.client import Remote
from tocsin.cli.remote.declare import Limit, fields, line, noun, table, verb

webhook = noun("webhook", "Webhooks: addresses outside that steps of a policy call or that hear of incidents.")
event = noun("event", "The event log: who changed what, in words.")

Heard = Annotated[
    list[str] | None,
    typer.Option("--event", help="What it hears: incident.declared, incident.changed, incident.state_changed, update.published."),
]
Wanted = Annotated[str, typer.Argument(metavar="WEBHOOK", help="Slug or id.", show_default=False)]


@verb(webhook, "list", table("slug", "name", "team", "host", "events", "paused_at"))
def list_webhooks(api: Remote, limit: Limit = 200) -> Any:
    """List webhooks."""
    return api.listed("webhooks", limit=limit)


@verb(webhook, "show", fields)
def show_webhook(api: Remote, wanted: Wanted) -> Any:
    """Show one webhook."""
    return api.get("webhooks", wanted)


@verb(webhook, "create", line("{slug}: {name}, secret {secret}"))
def create_webhook(
    api: Remote,
    name: Annotated[str, typer.Argument(metavar="NAME", show_default=False)],
    team: Annotated[str, typer.Option("--team", help="Slug of the team.")],
    address: Annotated[str, typer.Option("--address", help="https:// address to call.")],
    slug: Annotated[str, typer.Option("--slug")] = "",
    events: Heard = None,
    private: Annotated[bool, typer.Option("--private", help="Tell it of private incidents too; for administrators.")] = False,
) -> Any:
    """Add a webhook; prints its secret this once."""
    return api.post("webhooks", name=name, team=team, address=address, slug=slug, events=events or [], private=private)


@verb(webhook, "change", line("{slug}: {name}"))
def change_webhook(
    api: Remote,
    wanted: Wanted,
    name: Annotated[str | None, typer.Option("--name")] = None,
    address: Annotated[str | None, typer.Option("--address")] = None,
    events: Heard = None,
    nothing: Annotated[bool, typer.Option("--no-event", help="It hears nothing any more.")] = False,
    private: Annotated[bool | None, typer.Option("--private/--no-private", help="Tell it of private incidents too.")] = None,
) -> Any:
    """Change a webhook; what is left out stays."""
    return api.change("webhooks", wanted, name=name, address=address, events=[] if nothing else events or None, private=private)


@verb(webhook, "renew-secret", line("{secret}"))
def renew_secret(api: Remote, wanted: Wanted) -> Any:
    """Make another secret and print it this once; the former one signs for a day more."""
    return api.post("webhooks", wanted, "renew-secret")


@verb(webhook, "try", line("{id}: a test call is on its way; `webhook calls` shows what came of it."))
def try_webhook(api: Remote, wanted: Wanted) -> Any:
    """Send a test call."""
    return api.post("webhooks", wanted, "try")


@verb(webhook, "resume", line("{slug}: it is told again what it hears"))
def resume_webhook(api: Remote, wanted: Wanted) -> Any:
    """Tell a paused webhook again what it hears."""
    return api.post("webhooks", wanted, "resume")


@verb(webhook, "send-again", line("{id}: it is on its way; `webhook calls` shows what came of it."))
def send_again(api: Remote, wanted: Wanted, call: Annotated[str, typer.Argument(metavar="CALL", show_default=False)]) -> Any:
    """Send again what a webhook heard."""
    return api.post(f"webhooks/{wanted}/calls", call, "send-again")


@verb(webhook, "calls", table("id", "created_at", "type", "subject", "step", "state", "tries", "answer"))
def list_calls(api: Remote, wanted: Wanted, limit: Limit = 50) -> Any:
    """List the calls of a webhook, newest first."""
    return api.listed(f"webhooks/{wanted}/calls", limit=limit)


@verb(webhook, "remove", lambda answer: say("Removed."))
def remove_webhook(api: Remote, wanted: Wanted) -> Any:
    """Remove a webhook that no policy calls."""
    return api.post("webhooks", wanted, "remove")


def _events(answer: Any) -> None:
    for one in answer["items"]:
        words = "; ".join(one["changes"]) or one["subject"]
        say(f"{one['at']} {one['actor_name']} {one['name']}: {words}")


@verb(event, "list", _events)
def list_events(
    api: Remote,
    q: Annotated[str, typer.Option("--about", help="An id, a person's name, or an event's name such as policy.")] = "",
    limit: Limit = 50,
) -> Any:
    """List the newest entries of the audit log, with what is different in words."""
    return api.listed("events", limit=limit, q=q)
