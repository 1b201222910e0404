"""`incident say`, `attach`, `run`, `transcript` and their like: the room of an incident."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from tocsin.cli.answers import NO, fail, say, show_table
from tocsin.cli.remote.client import Remote
from tocsin.cli.remote.command import Key
from tocsin.cli.remote.declare import Limit, fields, line, table, verb
from tocsin.cli.remote.iterate import incident

MessageId = Annotated[str, typer.Argument(metavar="MESSAGE", help="Id: msg_….", show_default=False)]
Text = Annotated[str, typer.Argument(metavar="TEXT", show_default=False)]
Off = Annotated[bool, typer.Option("--off", help="Take it back.")]

_message = line("{id} {author}: {text}")


@verb(incident, "say", line("{author}: {text}"))
def say_something(
    api: Remote,
    wanted: Key,
    text: Text,
    reply_to: Annotated[str | None, typer.Option("--reply-to", help="Id of a message.")] = None,
) -> Any:
    """Say something in the incident's room. `@name` gives that person a mark."""
    return api.post("incidents", wanted, "say", text=text, reply_to=reply_to)


@verb(incident, "attach", lambda answer: say("\n".join(f"{one['sha256']}  {one['name']}" for one in answer["files"])))
def attach(
    api: Remote,
    wanted: Key,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", show_default=False)],
    text: Annotated[str, typer.Option("--text", help="Words beside the files.")] = "",
    kind: Annotated[str, typer.Option("--kind", help="observation, change or decision: a note with files.")] = "",
) -> Any:
    """Put files into the room: graphs, logs, screenshots."""
    return api.attach("incidents", wanted, "attach", files=files, text=text, kind=kind)


@verb(incident, "room", fields)
def show_room(api: Remote, wanted: Key) -> Any:
    """Show the room with its topic: severity, summary, roles, and links to page, video call and state document."""
    return api.get("incidents", wanted, "room")


@verb(incident, "messages", table("at", "author", "kind", "text", "id"))
def messages(api: Remote, wanted: Key, limit: Limit = 50) -> Any:
    """List the messages of the room, newest first."""
    return api.listed("incidents", wanted, "messages", limit=limit)


@verb(incident, "message", fields)
def message(api: Remote, wanted: Key, message: MessageId) -> Any:
    """Show one message."""
    return api.get("incidents", wanted, "messages", message)


@verb(incident, "edit", _message)
def edit(api: Remote, wanted: Key, message: MessageId, text: Text) -> Any:
    """Correct a message of yours. Others see that it was edited."""
    version = api.get("incidents", wanted, "messages", message)["version"]
    return api.post("incidents", wanted, "messages", message, "edit", text=text, version=version)


@verb(incident, "remove", line("{id} is removed."))
def remove(api: Remote, wanted: Key, message: MessageId) -> Any:
    """Take a message and its files out of the room. The event log keeps its words."""
    return api.post("incidents", wanted, "messages", message, "remove")


@verb(incident, "star", _message)
def star(api: Remote, wanted: Key, message: MessageId, off: Off = False) -> Any:
    """Put a message among the key events of the timeline."""
    return api.post("incidents", wanted, "messages", message, "star", on=not off)


@verb(incident, "react", _message)
def react(
    api: Remote,
    wanted: Key,
    message: MessageId,
    word: Annotated[str, typer.Argument(metavar="WORD", help="seen, looking, agree, done or thanks.", show_default=False)],
    off: Off = False,
) -> Any:
    """Say one of a few words about a message."""
    return api.post("incidents", wanted, "messages", message, "react", word=word, on=not off)


@verb(incident, "run", lambda answer: say(answer["words"] + (f" {answer['url']}" if answer["url"] else "")))
def run(api: Remote, wanted: Key, typed: Annotated[str, typer.Argument(metavar="LINE", show_default=False)]) -> Any:
    """Carry out a line as it is typed into the room, such as "/sev 2"."""
    return api.post("incidents", wanted, "run", line=typed)


@verb(incident, "verbs", lambda answer: show_table(("type", "it does"), [(_typed(one), one["words"]) for one in answer]))
def verbs(api: Remote, wanted: Key) -> Any:
    """List what may be typed into the room."""
    return api.get("incidents", wanted, "verbs")


def _typed(one: dict[str, Any]) -> str:
    return f"{one['type'][0]} {one['takes']}".strip()


@verb(incident, "visitors", lambda answer: show_table(("person", "joined", "last", "here"), [_visitor(one) for one in answer]))
def visitors(api: Remote, wanted: Key) -> Any:
    """List who has joined the room, since when, and who is here now."""
    return api.get("incidents", wanted, "visitors")


def _visitor(one: dict[str, Any]) -> tuple[str, str, str, str]:
    return one["person"]["name"], one["joined_at"], one["last_at"], "yes" if one["here"] else "no"


def _catch_up(answer: dict[str, Any]) -> None:
    say(answer["sentence"])
    for one in answer["roles"]:
        say(f"{one['role'].replace('_', ' ')}: {one['person']['name'] if one['person'] else 'nobody yet'}")
    for one in answer["known"]:
        say(f"\n{one['heading']}\n{one['text']}")
    for title, name in (("Since you were here", "missed"), ("Key events", "key_events")):
        if answer[name]:
            say(f"\n{title}")
            show_table(("at", "what", "text"), [(one["at"], one["kind"] or one["actor"], one["text"]) for one in answer[name]])
    say(f"\n{answer['room_url']} {answer['video_url']}".rstrip())


@verb(incident, "catch-up", _catch_up)
def catch_up(api: Remote, wanted: Key) -> Any:
    """Say what is known, who is what, and what happened since you were there."""
    return api.get("incidents", wanted, "catch-up")


@verb(incident, "transcript", lambda answer: say(answer["written"]))
def transcript(
    api: Remote,
    wanted: Key,
    out: Annotated[Path, typer.Option("--out", help="File to write.", show_default=False)],
    form: Annotated[str, typer.Option("--format", help="json, text, markdown, html, or zip with every file.")] = "text",
) -> Any:
    """Write everything that was said and happened into a file. All times UTC."""
    return _written(out, api.fetch("incidents", wanted, "transcript", format=form))


@verb(incident, "file", lambda answer: say(answer["written"]))
def file(
    api: Remote,
    wanted: Key,
    file_id: Annotated[str, typer.Argument(metavar="FILE", help="Id: fil_….", show_default=False)],
    out: Annotated[Path, typer.Option("--out", help="File to write.", show_default=False)],
) -> Any:
    """Fetch a file of the room."""
    return _written(out, api.fetch("incidents", wanted, "files", file_id))


def _written(out: Path, content: bytes) -> dict[str, Any]:
    try:
        out.write_bytes(content)
    except OSError as error:
        fail(NO, f"{out} cannot be written: {error.strerror or error}")
    return {"written": str(out), "bytes": len(content)}
