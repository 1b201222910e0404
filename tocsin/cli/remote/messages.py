"""`message-template`: words for an audience and a stage, with slots. `update post --template` begins with them."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tocsin.cli.answers import say
from tocsin.cli.remote.client import Remote
from tocsin.cli.remote.command import Key
from tocsin.cli.remote.declare import Limit, fields, instant, line, noun, table, verb

messages = noun("message-template", "Message templates: words to begin an update with, filled in from the incident.")

Wanted = Annotated[str, typer.Argument(metavar="TEMPLATE", help="Slug or id.", show_default=False)]
Audience = Annotated[str | None, typer.Option("--for", help="team, internal (the company) or external (customers).")]
Stage = Annotated[str | None, typer.Option("--stage", help="first, between or last; empty: at any time.")]
Title = Annotated[str | None, typer.Option("--title")]
Body = Annotated[str | None, typer.Option("--body", help="The message, with slots such as {{ products }}.")]

_one = line("{slug}: {name}, {audience}")


@verb(messages, "list", table("slug", "name", "audience", "stage", "title"))
def list_message_templates(api: Remote, limit: Limit = 200) -> Any:
    """List message templates."""
    return api.listed("message-templates", limit=limit)


@verb(messages, "show", fields)
def show_message_template(api: Remote, wanted: Wanted) -> Any:
    """Show one message template."""
    return api.get("message-templates", wanted)


@verb(messages, "create", _one)
def create_message_template(
    api: Remote,
    name: Annotated[str, typer.Argument(metavar="NAME", show_default=False)],
    audience: Annotated[str, typer.Option("--for", help="team, internal (the company) or external (customers).")],
    body: Annotated[str, typer.Option("--body", help="The message, with slots such as {{ products }}.")],
    stage: Annotated[str, typer.Option("--stage", help="first, between or last; left out: at any time.")] = "",
    title: Annotated[str, typer.Option("--title", help="Left out: the usual one.")] = "",
    slug: Annotated[str, typer.Option("--slug", help="Short name; left out: made of the name.")] = "",
) -> Any:
    """Write a message template down. A slot that is not known is refused with the list of those that are."""
    return api.post("message-templates", name=name, audience=audience, body=body, stage=stage, title=title, slug=slug)


@verb(messages, "change", _one)
def change_message_template(
    api: Remote,
    wanted: Wanted,
    name: Annotated[str | None, typer.Option("--name")] = None,
    audience: Audience = None,
    stage: Stage = None,
    title: Title = None,
    body: Body = None,
) -> Any:
    """Change a message template; what is left out stays."""
    return api.change("message-templates", wanted, name=name, audience=audience, stage=stage, title=title, body=body)


@verb(messages, "remove", line("Removed. What was said with it stays."))
def remove_message_template(api: Remote, wanted: Wanted) -> Any:
    """Remove a message template."""
    api.post("message-templates", wanted, "remove")
    return {}


def _filled(answer: Any) -> None:
    bullets = [f"- {one}" for name in ("current_status", "next_steps") for one in answer[name]]
    say("\n".join(text for text in (answer["title"], answer["body"], answer["opening"], *bullets) if text))
    if answer["unknown"]:
        say(f"Not known yet: {', '.join(answer['unknown'])}.")


@verb(messages, "fill", _filled)
def fill_template(
    api: Remote,
    key: Key,
    wanted: Wanted,
    status: Annotated[str, typer.Option("--status", help="investigating, identified, monitoring or resolved.")] = "investigating",
    due: Annotated[str, typer.Option("--next", help="When the next update comes: 20m, or an instant.")] = "",
) -> Any:
    """Show a message template in the words of an incident. Nothing is said by it."""
    promised = instant(due, "--next") or ""
    return api.get("incidents", key, "fill-template", wanted, status=status, next_update_at=promised)
