"""What an incident is linked with: `incident links`, `link`, `unlink`; and `incident linked-with` from the other end."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tocsin.cli.remote.assess import incident
from tocsin.cli.remote.client import Remote
from tocsin.cli.remote.command import Key
from tocsin.cli.remote.declare import line, table, verb

_LINKS = table("id", "words", "title", "url")
_KINDS = (
    "related, repeats, duplicates, caused_by, follow_up_of, causing_change, postmortem, cleanup_task, support_case, problem_record"
)


@verb(incident, "links", _LINKS)
def list_links(api: Remote, wanted: Key) -> Any:
    """What an incident is linked with."""
    return api.get("incidents", wanted, "links")


@verb(incident, "link", _LINKS)
def link(
    api: Remote,
    wanted: Key,
    kind: Annotated[str, typer.Argument(metavar="KIND", help=_KINDS, show_default=False)],
    target: Annotated[str, typer.Argument(metavar="TARGET", help="A key, an id, a number, or an address.", show_default=False)],
    title: Annotated[str, typer.Option("--title", help="What an address is called.")] = "",
) -> Any:
    """Link an incident; both ends show it."""
    return api.post("incidents", wanted, "links", kind=kind, target=target, title=title)


@verb(incident, "unlink", line("the link is taken back"))
def unlink(
    api: Remote,
    wanted: Key,
    link_id: Annotated[str, typer.Argument(metavar="LINK", help="Its id, as links lists it.", show_default=False)],
) -> Any:
    """Take a link back, at either end."""
    return api.post("incidents", wanted, "links", link_id, "remove")


@verb(incident, "linked-with", table("incident", "kind", "summary", "at"))
def linked_with(
    api: Remote,
    target: Annotated[
        str, typer.Argument(metavar="TARGET", help="The id of a change, postmortem or action, or an address.", show_default=False)
    ],
) -> Any:
    """The incidents that are linked with a thing."""
    return api.get("links", target=target)
