"""Public posts about an incident: counted by hand, or from the feed of mentions."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tocsin.cli.remote.client import Remote
from tocsin.cli.remote.command import Key
from tocsin.cli.remote.declare import instant, line, table, verb
from tocsin.cli.remote.mailing import incident

_post = line("{id}: the post on {where} is counted")


@verb(incident, "posts", table("id", "where", "said_at", "author", "text", "url"))
def list_posts(api: Remote, wanted: Key) -> Any:
    """List the public posts about an incident."""
    return api.get("incidents", wanted, "posts")


@verb(incident, "add-post", _post)
def add_post(
    api: Remote,
    wanted: Key,
    address: Annotated[str, typer.Argument(metavar="URL", help="Where anybody may read it.", show_default=False)],
    text: Annotated[str, typer.Option("--text", help="What it says.")] = "",
    author: Annotated[str, typer.Option("--by", help="Who wrote it.")] = "",
    said_at: Annotated[str, typer.Option("--at", help="When: -20m, or an instant; left out: not known.")] = "",
) -> Any:
    """Count a public post about an incident, once."""
    return api.post("incidents", wanted, "add-post", url=address, text=text, author=author, said_at=instant(said_at, "--at"))


@verb(incident, "remove-post", line("not counted any more"))
def remove_post(
    api: Remote, wanted: Key, post: Annotated[str, typer.Argument(metavar="POST", help="Id: pst_…", show_default=False)]
) -> Any:
    """Count a public post no more."""
    api.post("incidents", wanted, "posts", post, "remove")
    return {}


@verb(incident, "mentions", table("id", "said_at", "title", "url"))
def list_mentions(api: Remote, wanted: Key) -> Any:
    """List what the feed of mentions offers for an incident."""
    return api.get("incidents", wanted, "mentions")


@verb(incident, "count-mention", _post)
def count_mention(
    api: Remote, wanted: Key, mention: Annotated[str, typer.Argument(metavar="MENTION", help="Id: mtn_…", show_default=False)]
) -> Any:
    """Count something that the feed lists."""
    return api.post("incidents", wanted, "mentions", mention, "count")
