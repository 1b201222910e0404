"""`list` and `mail`: who hears of incidents by mail, and mail that arrived; of `incident` the questions and what was mailed."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tocsin.cli.answers import say
from tocsin.cli.remote.client import Remote
from tocsin.cli.remote.command import Key
from tocsin.cli.remote.declare import Limit, fields, line, noun, table, verb
from tocsin.cli.remote.following import incident

lists = noun("list", "Lists: who of the house hears by mail what the company is told.")
mail = noun("mail", "Mail that arrived: questions, cases, refusals, and what waits for a person.")

ListName = Annotated[str, typer.Argument(metavar="LIST", help="Short name or id.", show_default=False)]
Severity = Annotated[list[int] | None, typer.Option("--severity", min=1, max=3, help="Told of these by default; may be repeated.")]
Member = Annotated[str, typer.Argument(metavar="MEMBER", help="Mail address or id.", show_default=False)]
Question = Annotated[str, typer.Argument(metavar="QUESTION", help="Its id, as questions lists it.", show_default=False)]
Mail = Annotated[str, typer.Argument(metavar="MAIL", help="Its id, as mail list shows it.", show_default=False)]

_list = line("{slug}: {name}, {members} members")


@verb(lists, "list", table("slug", "name", "members", "severities", "is_open", "subscribed"))
def list_lists(api: Remote) -> Any:
    """List the lists."""
    return api.get("lists")


@verb(lists, "show", fields)
def show_list(api: Remote, wanted: ListName) -> Any:
    """Show one list."""
    return api.get("lists", wanted)


@verb(lists, "create", _list)
def create_list(
    api: Remote,
    name: Annotated[str, typer.Argument(metavar="NAME", show_default=False)],
    slug: Annotated[str, typer.Option("--slug", help="Short name; left out: made of the name.")] = "",
    purpose: Annotated[str, typer.Option("--purpose", help="Who it is for, in a sentence.")] = "",
    severity: Severity = None,
    is_open: Annotated[bool, typer.Option("--open", help="People put themselves on it.")] = False,
) -> Any:
    """Make a list."""
    return api.post("lists", name=name, slug=slug, purpose=purpose, severities=severity or [], is_open=is_open)


@verb(lists, "change", _list)
def change_list(
    api: Remote,
    wanted: ListName,
    name: Annotated[str | None, typer.Option("--name")] = None,
    purpose: Annotated[str | None, typer.Option("--purpose")] = None,
    severity: Severity = None,
    is_open: Annotated[bool | None, typer.Option("--open/--closed", help="Whether people put themselves on it.")] = None,
) -> Any:
    """Change a list; what is left out stays."""
    return api.change("lists", wanted, name=name, purpose=purpose, severities=severity, is_open=is_open)


@verb(lists, "remove", line("the list is told nothing any more"))
def remove_list(api: Remote, wanted: ListName) -> Any:
    """Use a list no more. What it was told stays with the incidents."""
    api.post("lists", wanted, "remove")
    return {}


@verb(lists, "members", table("name", "address", "by_self", "bounces", "stopped_at", "bounce_reason"))
def list_members(api: Remote, wanted: ListName) -> Any:
    """Who is on a list, and whose mail server refuses."""
    return api.get("lists", wanted, "members")


@verb(lists, "add-member", line("{name} {address}"))
def add_member(
    api: Remote,
    wanted: ListName,
    member: Annotated[str, typer.Argument(metavar="ADDRESS", help="Of a person, or any other.", show_default=False)],
    name: Annotated[str, typer.Option("--name", help="Whose address it is, when it is nobody's of the directory.")] = "",
) -> Any:
    """Put somebody on a list."""
    return api.post("lists", wanted, "add-member", address=member, name=name)


@verb(lists, "remove-member", line("they are not told any more"))
def remove_member(api: Remote, wanted: ListName, member: Member) -> Any:
    """Take somebody off a list."""
    api.post("lists", wanted, "remove-member", member=member)
    return {}


@verb(lists, "clear-bounces", line("{address} is mailed again"))
def clear_bounces(api: Remote, wanted: ListName, member: Member) -> Any:
    """Mail to an address again that was refused."""
    return api.post("lists", wanted, "clear-bounces", member=member)


@verb(lists, "subscribe", line("you are on {name}"))
def subscribe(api: Remote, wanted: ListName) -> Any:
    """Put yourself on an open list."""
    return api.post("lists", wanted, "subscribe")


@verb(lists, "unsubscribe", line("you are not on {name} any more"))
def unsubscribe(api: Remote, wanted: ListName) -> Any:
    """Take yourself off an open list."""
    return api.post("lists", wanted, "unsubscribe")


@verb(incident, "mails", table("at", "list", "readers", "subject"))
def list_mails(api: Remote, wanted: Key) -> Any:
    """What lists were told of an incident by mail."""
    return api.get("incidents", wanted, "mails")


def _questions(answer: Any) -> None:
    for one in answer["items"]:
        say(f"{one['id']} {one['state'].replace('_', ' ')}: {one['name']} asks: {one['text']}")
        if one["answer"]:
            say(f"  {(one['settled_by'] or {'name': 'Tocsin'})['name']} answered: {one['answer']}")
    if not answer["items"]:
        say("nobody has asked anything by mail")


@verb(incident, "questions", _questions)
def list_questions(api: Remote, wanted: Key) -> Any:
    """What readers of an incident's mail asked, and what they were answered."""
    return api.listed("incidents", wanted, "questions", limit=1000)


@verb(incident, "answer", line("{name} is answered"))
def answer(
    api: Remote, wanted: Key, question: Question, text: Annotated[str, typer.Argument(metavar="TEXT", show_default=False)]
) -> Any:
    """Answer a question by mail; the answer goes to the timeline too."""
    return api.post("incidents", wanted, "questions", question, "answer", text=text)


@verb(incident, "set-aside", line("the question of {name} is set aside"))
def set_aside(api: Remote, wanted: Key, question: Question) -> Any:
    """Leave a question unanswered."""
    return api.post("incidents", wanted, "questions", question, "set-aside")


@verb(mail, "list", table("id", "received_at", "sender", "subject", "outcome", "reason"))
def list_incoming(
    api: Remote,
    outcome: Annotated[str, typer.Option("--outcome", help="question, case, bounce, ignored, repeated, held or discarded.")] = "",
    limit: Limit = 200,
) -> Any:
    """Mail that arrived, newest first."""
    return api.listed("mail-in", outcome=outcome, limit=limit)


@verb(mail, "admit", line("it is a {outcome} of {incident}"))
def admit(
    api: Remote,
    wanted: Mail,
    key: Annotated[str, typer.Argument(metavar="INCIDENT", help="The key of the incident.", show_default=False)],
    case: Annotated[bool, typer.Option("--case", help="It is a support case; left out: a question.")] = False,
) -> Any:
    """Say what a held mail is about."""
    return api.post("mail-in", wanted, "admit", incident=key, **{"as": "case" if case else "question"})


@verb(mail, "discard", line("{id} is discarded"))
def discard(api: Remote, wanted: Mail) -> Any:
    """A held mail is about nothing."""
    return api.post("mail-in", wanted, "discard")
