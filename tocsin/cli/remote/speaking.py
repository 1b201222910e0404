"""`update`: speaking about an incident, to the company and to customers."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tocsin.cli.answers import USAGE, fail, say
from tocsin.cli.remote.client import Remote
from tocsin.cli.remote.command import Key
from tocsin.cli.remote.declare import instant, noun, table, verb

update = noun("update", "Updates: what the status pages say about an incident.")


def _published(answer: Any) -> None:
    if "reader" in answer:
        say(f"{answer['reader']['name']} is asked to read it; nothing is published: {answer['id']}")
        return
    if "due_at" in answer:
        say(f"Confirmed. It goes out on {' and '.join(answer['pages'])} at {answer['due_at']}: {answer['id']}")
        return
    where = " and ".join(one["slug"] for one in answer["updates"])
    say(f"Published on {where}." if not answer["already"] else f"Was published on {where} already; nothing was said twice.")
    for hint in answer.get("hints", ()):
        say(f"Before customers read more: {hint}")


@verb(update, "list", table("at", "page", "status", "title", "author"))
def list_updates(api: Remote, wanted: Key) -> Any:
    """List what was published about an incident, newest first."""
    return api.get("incidents", wanted, "updates")


@verb(update, "clocks", table("page", "due_at", "overdue", "said_at"))
def list_clocks(api: Remote, wanted: Key) -> Any:
    """Show when the next words are due, inside and to customers."""
    return api.get("incidents", wanted, "clocks")


_BROKEN = (("first_in_time", "first words late"), ("intervals", "too long silent"), ("promises", "promise broken"))


def _truth(answer: Any) -> None:
    for one in answer["items"]:
        told = [(audience, one[audience]) for audience in ("inside", "outside") if one[audience]]
        late = [
            f"{words} {audience}" for name, words in _BROKEN for audience, said in told if said[name]["kept"] < said[name]["of"]
        ]
        say(f"{one['incident']}  Sev {one['severity']}  {'; '.join(late) or 'in time'}")
    for name, words in (("first_words", "First words in time"), ("intervals", "Next words in time"), ("promises", "Promises kept")):
        score = answer[name]
        say(f"{words}: {score['percent']} %, {score['kept']} of {score['of']}." if score["of"] else f"{words}: none were owed.")


@verb(update, "truth", _truth)
def truth(api: Remote, days: Annotated[int, typer.Option("--days", min=1, max=3660)] = 90) -> Any:
    """How punctual words about major incidents were, inside and to customers."""
    return api.get("truth", days=days)


def _drafted(answer: Any) -> None:
    for where, one in answer.items():
        bullets = [f"- {line}" for name in ("current_status", "next_steps") for line in one.get(name, ())]
        known = [f"{name}: {text}" for name, text in one.get("answers", {}).items()]
        rest = [line for line in (one["body"], one.get("opening", ""), *bullets, *known) if line]
        say("\n".join([where, one["title"], *rest, ""]))


@verb(update, "draft", _drafted)
def draft(api: Remote, wanted: Key, status: Annotated[str, typer.Option("--status")] = "investigating") -> Any:
    """Show the words to begin with, for both pages."""
    return api.get("incidents", wanted, "drafts", status=status)


_READER = "Publish nothing: ask this person (mail address), or whoever has this role, to read it first."
_TEMPLATE = "A message template, for its audience, filled in from the incident; may be repeated."
_MAIL = "A list that hears the words for the company by mail, `none` for no list; left out: those of the severity."
_ON = "A page for customers, may be repeated; left out: those that speak of the incident or have a part of its products."
_ANSWER = "impact, affected, root_cause or eta; TEXT may be `unknown`. Each is needed in a follow-up; may be repeated."


def _answers(given: list[str] | None) -> dict[str, str]:
    pairs = [one.partition("=") for one in given or ()]
    if not all(name and text for name, _, text in pairs):
        fail(USAGE, "write answers as QUESTION=TEXT, such as root_cause=unknown")
    return {name.strip(): text.strip() for name, _, text in pairs}


def _filled(api: Remote, wanted: str, template: str, status: str, promised: str | None) -> dict[str, Any]:
    """A template in the words of the incident, for one of the two pages."""
    found = api.get("incidents", wanted, "fill-template", template, status=status, next_update_at=promised or "")
    if found["audience"] == "team":
        fail(USAGE, f"{template} is for the team: say it in the room with incident say")
    return dict(found)


def _words(api: Remote, wanted: str, status: str, said: dict[str, str | None]) -> dict[str, dict[str, Any]]:
    """What was typed by audience, with the draft where that is asked for."""
    if not any(said.values()):
        fail(USAGE, "say it with --internal, --external, or both; `-` takes the draft")
    drafts = api.get("incidents", wanted, "drafts", status=status) if "-" in said.values() else {}
    return {where: dict(drafts[where]) if text == "-" else {"body": text} for where, text in said.items() if text}


@verb(update, "post", _published)
def post_update(
    api: Remote,
    wanted: Key,
    status: Annotated[str, typer.Option("--status", help="investigating, identified, monitoring or resolved.")] = "investigating",
    internal: Annotated[str | None, typer.Option("--internal", help="Words for the company; `-` takes the draft.")] = None,
    external: Annotated[str | None, typer.Option("--external", help="Words for customers; `-` takes the draft.")] = None,
    opening: Annotated[str, typer.Option("--opening", help="A follow-up inside: where we stand, in one or two sentences.")] = "",
    current: Annotated[list[str] | None, typer.Option("--current", help="A line of its current status; two to four.")] = None,
    step: Annotated[list[str] | None, typer.Option("--step", help="A line of its next steps; two to four.")] = None,
    answer: Annotated[list[str] | None, typer.Option("--answer", metavar="QUESTION=TEXT", help=_ANSWER)] = None,
    place: Annotated[str, typer.Option("--place", help="Where the next update comes; left out: page and mail.")] = "",
    accept: Annotated[list[str] | None, typer.Option("--accept", metavar="PART", help="Send this part all the same.")] = None,
    due: Annotated[str, typer.Option("--next", help="When the next update comes: 20m, or an instant.")] = "",
    confirmation: Annotated[str, typer.Option("--confirmation", help="The same confirmation publishes once.")] = "",
    mail: Annotated[list[str] | None, typer.Option("--mail", metavar="LIST", help=_MAIL)] = None,
    on: Annotated[list[str] | None, typer.Option("--on", metavar="PAGE", help=_ON)] = None,
    at: Annotated[str, typer.Option("--at", help="When it goes out: 20m, or an instant. Left out: now.")] = "",
    template: Annotated[list[str] | None, typer.Option("--template", help=_TEMPLATE)] = None,
    reader: Annotated[str, typer.Option("--ask-reader", metavar="WHO", help=_READER)] = "",
) -> Any:
    """Publish an update on the internal page, the external page, or both. What you type is what they read.

    Inside, the first and the last message are one text; in between say it in parts: --opening, --current, --step and --answer,
    which replace those of the draft.
    """
    answers = _answers(answer)
    given: dict[str, Any] = {"opening": opening, "current_status": current, "next_steps": step, "place": place, "accepted": accept}
    parts = {name: value for name, value in (given | {"answers": answers}).items() if value}
    promised = instant(due, "--next")
    said = {"internal": "-" if parts and internal is None else internal, "external": external}
    filled = [_filled(api, wanted, one, status, promised) for one in template or ()]
    words = _words(api, wanted, status, said | {one["audience"]: "-" for one in filled})
    for one in filled:
        words[one["audience"]] |= {name: value for name, value in one.items() if value and name in words[one["audience"]]}
    if parts:
        drafted = words["internal"]
        words["internal"] = {**drafted, **parts, "answers": {**drafted.get("answers", {}), **answers}}
    lists = [] if mail == ["none"] else mail
    act = {"status": status, "next_update_at": promised, "confirmation": confirmation, "lists": lists, "pages": on, **words}
    return _send(api, wanted, act, instant(at, "--at"), reader)


def _send(api: Remote, wanted: str, act: dict[str, Any], at: str | None, reader: str) -> Any:
    """Give it to a second reader, hold it until its time, or publish it."""
    if reader:
        who = {"reader": reader} if "@" in reader or reader.startswith("per_") else {"role": reader}
        return api.post("incidents", wanted, "ask-reader", **act, **who, **({"at": at} if at else {}))
    return api.post("incidents", wanted, "hold-update" if at else "post-update", **act, **({"at": at} if at else {}))


Held = Annotated[str, typer.Argument(metavar="HELD", help="Id: hld_…", show_default=False)]


@verb(update, "waiting", table("id", "pages", "status", "due_at", "author"))
def list_waiting(api: Remote, wanted: Key) -> Any:
    """List what was confirmed and has not gone out."""
    return api.get("incidents", wanted, "held-updates")


@verb(update, "take-back", lambda answer: say(f"Taken back; nobody has read it: {answer['id']}"))
def take_back(api: Remote, wanted: Key, held: Held) -> Any:
    """Take back an update that has not gone out."""
    return api.post("incidents", wanted, "held-updates", held, "take-back")


@verb(update, "send-now", _published)
def send_now(api: Remote, wanted: Key, held: Held) -> Any:
    """Publish an update without waiting for its time."""
    return api.post("incidents", wanted, "held-updates", held, "send-now")


Reading = Annotated[str, typer.Argument(metavar="READING", help="Id: srd_…", show_default=False)]


@verb(update, "readings", table("id", "state", "pages", "reader", "author", "comment"))
def list_readings(api: Remote, wanted: Key) -> Any:
    """List the drafts of an incident that were given to a second reader, newest first."""
    return api.get("incidents", wanted, "readings")


def _read(answer: Any) -> None:
    for where, one in answer["letters"].items():
        say("\n".join([where, one["title"], one["body"], ""]))
    said = f": {answer['comment']}" if answer["comment"] else ""
    say(f"{answer['reader']['name']} {answer['state']}{said}")


@verb(update, "reading", _read)
def show_reading(api: Remote, wanted: Key, reading: Reading) -> Any:
    """Show a draft as its readers would get it, and what its second reader says."""
    return api.get("incidents", wanted, "readings", reading)


@verb(update, "approve", _read)
def approve(
    api: Remote, wanted: Key, reading: Reading, comment: Annotated[str, typer.Option("--comment", help="May stay empty.")] = ""
) -> Any:
    """Approve exactly these words, as their second reader."""
    return api.post("incidents", wanted, "readings", reading, "answer", verdict="approved", comment=comment)


@verb(update, "comment", _read)
def comment(
    api: Remote, wanted: Key, reading: Reading, text: Annotated[str, typer.Argument(metavar="TEXT", show_default=False)]
) -> Any:
    """Say what should be otherwise, as their second reader."""
    return api.post("incidents", wanted, "readings", reading, "answer", verdict="commented", comment=text)


@verb(update, "send", _published)
def send(api: Remote, wanted: Key, reading: Reading) -> Any:
    """Send a draft as it stands, read or not; that it went out unread is on the timeline."""
    return api.post("incidents", wanted, "readings", reading, "send")


@verb(update, "withdraw", lambda answer: say(f"Withdrawn; nobody has to read it: {answer['id']}"))
def withdraw(api: Remote, wanted: Key, reading: Reading) -> Any:
    """Withdraw a draft from its second reader."""
    return api.post("incidents", wanted, "readings", reading, "withdraw")
