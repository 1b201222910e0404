"""`postmortem`, `action` and `status`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from tocsin.cli.remote.client import Remote
from tocsin.cli.remote.declare import Limit, fields, line, noun, plain_verbs, table, verb

postmortem = noun("postmortem", "Postmortems: what happened, why, and what follows.")
action = noun("action", "Actions: what somebody does by a day so that it does not happen again.")
status = noun("status", "The status pages.")

PostmortemName = Annotated[str, typer.Argument(metavar="POSTMORTEM", help="Key of the incident, or pm_….", show_default=False)]
FieldName = Annotated[
    str, typer.Argument(metavar="FIELD", help="title, summary, impact, mitigation, causes, timeline or references.")
]
ActionName = Annotated[str, typer.Argument(metavar="ACTION", help="Number or id.", show_default=False)]

_postmortem = line("{incident} {state}: {title} (owner {owner})")
_action = line("x/{number} {state}: {title} ({owner}, due {due_on})")


@verb(postmortem, "list", table("incident", "state", "title", "owner", "created_at"))
def list_postmortems(
    api: Remote,
    state: Annotated[str, typer.Option("--state", help="draft, in_approval, approved or published.")] = "",
    q: Annotated[str, typer.Option("--search", help="Words to look for.")] = "",
    limit: Limit = 50,
) -> Any:
    """List postmortems, newest first."""
    return api.listed("postmortems", limit=limit, state=state, q=q)


@verb(postmortem, "show", fields)
def show_postmortem(api: Remote, wanted: PostmortemName) -> Any:
    """Show one postmortem."""
    return api.get("postmortems", wanted)


@verb(postmortem, "start", _postmortem)
def start(
    api: Remote,
    incident: Annotated[str, typer.Argument(metavar="INCIDENT", show_default=False)],
    owner: Annotated[str | None, typer.Option("--owner", help="Mail address; left out: you.")] = None,
) -> Any:
    """Start a postmortem; the draft comes filled from the timeline."""
    return api.post("postmortems", incident=incident, owner=owner)


@verb(postmortem, "change", _postmortem)
def change_postmortem(
    api: Remote,
    wanted: PostmortemName,
    field: FieldName,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The new text, or @FILE to read it from a file.")],
) -> Any:
    """Write one field of a postmortem. Somebody's change in between is a conflict (3)."""
    written = Path(text[1:]).read_text() if text.startswith("@") else text
    return api.change("postmortems", wanted, **{field: written})


@verb(postmortem, "set-owner", _postmortem)
def set_owner(api: Remote, wanted: PostmortemName, owner: Annotated[str, typer.Argument(metavar="EMAIL")]) -> Any:
    """Give a postmortem another owner."""
    return api.change("postmortems", wanted, owner=owner)


plain_verbs(
    postmortem,
    "postmortems",
    "POSTMORTEM",
    _postmortem,
    {
        "request-approval": "Ask for approval.",
        "approve": "Approve.",
        "publish": "Publish to the library.",
        "back-to-draft": "Back to draft.",
    },
)


@verb(action, "list", table("number", "state", "link_type", "title", "owner", "due_on", "incident"))
def list_actions(
    api: Remote,
    state: Annotated[str, typer.Option("--state", help="open, done or dropped.")] = "",
    owner: Annotated[str, typer.Option("--owner", help="Mail address, or me.")] = "",
    incident: Annotated[str, typer.Option("--incident", help="Key of an incident.")] = "",
    limit: Limit = 50,
) -> Any:
    """List actions, newest first."""
    return api.listed("actions", limit=limit, state=state, owner=owner, incident=incident)


@verb(action, "show", fields)
def show_action(api: Remote, wanted: ActionName) -> Any:
    """Show one action."""
    return api.get("actions", wanted)


@verb(action, "add", _action)
def add(
    api: Remote,
    incident: Annotated[str, typer.Argument(metavar="INCIDENT", show_default=False)],
    title: Annotated[str, typer.Argument(metavar="TITLE", help="Begins with a verb.", show_default=False)],
    category: Annotated[
        str, typer.Option("--category", help="investigate, mitigate, repair, detect, mitigate_future or prevent_future.")
    ],
    link_type: Annotated[str, typer.Option("--link-type", help="priority or improvement.")] = "priority",
    owner: Annotated[str | None, typer.Option("--owner", help="Mail address; left out: you.")] = None,
    due: Annotated[str | None, typer.Option("--due", help="A day: 2027-01-14.")] = None,
) -> Any:
    """Add an action to an incident and its postmortem."""
    given = {"incident": incident, "title": title, "category": category}
    return api.post("actions", **given, link_type=link_type, owner=owner, due_on=due)


@verb(action, "change", _action)
def change_action(
    api: Remote,
    wanted: ActionName,
    title: Annotated[str | None, typer.Option("--title")] = None,
    owner: Annotated[str | None, typer.Option("--owner")] = None,
    due: Annotated[str | None, typer.Option("--due", help="A day: 2027-01-14.")] = None,
    category: Annotated[str | None, typer.Option("--category")] = None,
    link_type: Annotated[str | None, typer.Option("--link-type")] = None,
) -> Any:
    """Change an action; what is left out stays."""
    return api.change("actions", wanted, title=title, owner=owner, due_on=due, category=category, link_type=link_type)


plain_verbs(
    action,
    "actions",
    "ACTION",
    _action,
    {"complete": "It is done.", "drop": "It will not be done.", "reopen": "Open it again."},
)


@verb(status, "list", table("slug", "audience", "verdict", "url"))
def list_pages(api: Remote) -> Any:
    """List the status pages and what they say in a word."""
    return api.get("status-pages")


@verb(status, "show", fields)
def show_page(api: Remote, wanted: Annotated[str, typer.Argument(metavar="PAGE", help="external or internal.")]) -> Any:
    """Show one status page."""
    return api.get("status-pages", wanted)
