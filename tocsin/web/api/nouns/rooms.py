"""`/api/v1/incidents/{key}/…`: the room: messages, files, marks, verbs, transcript, catch-up."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpResponse, StreamingHttpResponse
from ninja import File, Form, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import Field

from tocsin.collab import queries as rooms
from tocsin.collab.models import Message
from tocsin.core.errors import Invalid, NotFound
from tocsin.incidents import commands, queries, verbs
from tocsin.incidents import permissions as access
from tocsin.incidents.models import Incident
from tocsin.web.api import lists, shapes
from tocsin.web.api.nouns.command import LineDocument
from tocsin.web.api.scopes import READS, RESPONDS
from tocsin.web.files import hand_out, kept
from tocsin.web.forms.request import Request
from tocsin.web.transcripts import as_file

router = Router(tags=["rooms"])

Word = Literal["seen", "looking", "agree", "done", "thanks"]


class FileDocument(Schema):
    """A file of a message. `url` answers with its bytes to whoever may see the incident."""

    id: str
    name: str
    size: int
    media_type: str = Field(description="Found in the bytes, never believed.")
    sha256: str
    url: str


class ReactionDocument(Schema):
    word: Word
    people: list[str]


class MessageDocument(Schema):
    """Something said in a room. `kind` is empty, or that of a typed note."""

    id: str
    text: str
    kind: str
    at: shapes.Instant
    author: shapes.PersonRef | None
    reply_to: str | None = Field(description="The message that this one answers.")
    version: int
    edited_at: shapes.Instant | None
    removed: bool
    starred: bool
    files: list[FileDocument]
    reactions: list[ReactionDocument]


class SayBody(shapes.Body):
    text: shapes.Prose
    reply_to: shapes.Named | None = Field(None, description="Id of the message that this one answers.")
    client_key: shapes.Line | None = Field(None, description="The same key is one message.")


class EditBody(shapes.Body):
    text: shapes.Prose
    version: int = Field(ge=1, lt=2**31, description="The version that was read; another one since then is a 412.")


class StarBody(shapes.Body):
    on: bool = True


class ReactBody(shapes.Body):
    word: Word
    on: bool = True


class RunBody(shapes.Body):
    """A line as it is typed into the room: `/sev 2`, `/page payments`, `/decide roll back`."""

    line: shapes.Prose
    client_key: shapes.Line | None = Field(None, description="The same key is carried out once.")


class DoneDocument(Schema):
    verb: str
    words: str
    url: str | None = Field(description="The form that the verb needs; null when it is done.")


class VerbDocument(Schema):
    name: str
    type: list[str]
    takes: str
    words: str


class VisitorDocument(Schema):
    person: shapes.PersonRef
    joined_at: shapes.Instant
    last_at: shapes.Instant
    here: bool


class HolderDocument(Schema):
    role: str
    person: shapes.PersonRef | None
    since: shapes.Instant | None


class KnownDocument(Schema):
    heading: str
    text: str


class CatchUpDocument(Schema):
    """What somebody who joins late must know, in the order of reading."""

    sentence: str
    roles: list[HolderDocument]
    known: list[KnownDocument]
    key_events: list[LineDocument]
    missed: list[LineDocument] = Field(description="What others did since you were last in the room.")
    room_url: str
    video_url: str
    document_url: str


def _incident(request: Request, wanted: str) -> Incident:
    return queries.by_key(request.actor, wanted)


def _message(incident: Incident, message_id: str, field: str = "") -> Message:
    found = rooms.message(incident.id, message_id)
    if found is None and field:
        raise Invalid("There is no such message in this room.", field=field)
    if found is None:
        raise NotFound("There is no such message in this room.")
    return found


def _shown(request: Request, incident: Incident, found: list[Message]) -> list[MessageDocument]:
    said = rooms.said([one.id for one in found], request.actor.id)
    return [_document(incident, one, said[one.id]) for one in found]


def _document(incident: Incident, message: Message, said: rooms.Said) -> MessageDocument:
    return MessageDocument(
        id=message.id,
        text=message.text,
        kind=message.kind,
        at=message.at,
        author=shapes.person(message.author),
        reply_to=message.parent_id,
        version=message.version,
        edited_at=message.edited_at,
        removed=said.removed,
        starred=said.starred,
        files=[_file(incident, one) for one in (*said.pictures, *said.files)],
        reactions=[ReactionDocument(word=one.word, people=list(one.names)) for one in said.reactions],
    )


def _file(incident: Incident, one: Any) -> FileDocument:
    url = shapes.address(f"/api/v1/incidents/{incident.key}/files/{one.id}")
    file = one.file
    return FileDocument(id=one.id, name=one.name, size=file.size, media_type=file.media_type, sha256=file.digest, url=url)


def _one(request: Request, incident: Incident, message: Message) -> MessageDocument:
    return _shown(request, incident, [_message(incident, message.id)])[0]


class RoomDocument(Schema):
    """The room of an incident. Its topic follows summary, severity, roles and links by itself."""

    name: str
    topic: str
    url: str


@router.get("/{wanted}/room", response=RoomDocument, auth=READS, summary="The room with its topic")
def get_room(request: Request, wanted: str) -> RoomDocument:
    incident = _incident(request, wanted)
    found = rooms.room(incident.id)
    if found is None:
        raise NotFound(f"{incident.key} has no room yet. Set it up.")
    return RoomDocument(name=found.name, topic=found.topic, url=shapes.address(f"/{incident.key}"))


@router.get("/{wanted}/messages", response=lists.Page[MessageDocument], auth=READS, summary="The messages, newest first")
def list_messages(request: Request, wanted: str, limit: lists.Limit = 50, cursor: lists.Cursor = "") -> dict:
    incident = _incident(request, wanted)
    rows = Message.objects.filter(room__subject=incident.id).select_related("author")
    return lists.page(rows, "-id", limit=limit, cursor=cursor, show=lambda found: _shown(request, incident, list(found)))


@router.get("/{wanted}/messages/{message_id}", response=MessageDocument, auth=READS, summary="One message")
def get_message(request: Request, wanted: str, message_id: str) -> MessageDocument:
    incident = _incident(request, wanted)
    return _one(request, incident, _message(incident, message_id))


@router.post("/{wanted}/say", response={201: MessageDocument}, auth=RESPONDS, summary="Say something in the room")
def say(request: Request, wanted: str, body: SayBody) -> Status:
    incident = _incident(request, wanted)
    reply_to = _message(incident, body.reply_to, "reply_to") if body.reply_to else None
    message = commands.say(request.actor, incident, body.text, reply_to=reply_to, client_key=body.client_key, now=request.now)
    return Status(201, _one(request, incident, message))


@router.post("/{wanted}/attach", response={201: MessageDocument}, auth=RESPONDS, summary="Say something with files")
def attach(
    request: Request,
    wanted: str,
    files: list[UploadedFile] = File(...),
    text: shapes.Prose = Form(""),
    kind: Literal["", "observation", "change", "decision", "escalation", "communication", "status"] = Form(""),
    client_key: shapes.Line = Form(""),
) -> Status:
    """A form (`multipart/form-data`) instead of JSON. With a `kind` it is a note, which needs a text."""
    incident = _incident(request, wanted)
    access.require_speaker(request.actor, incident)
    key = client_key or request.headers.get("Idempotency-Key", "")
    named = kept(files, request)
    if kind:
        commands.note(request.actor, incident, kind=kind, text=text, files=named, client_key=key or None, now=request.now)
        mine = Message.objects.filter(room__subject=incident.id, author=request.actor.id, kind=kind)
        found = mine.filter(client_key=key[:64]) if key else mine.order_by("-id")
        return Status(201, _one(request, incident, found[:1].get()))
    message = commands.say(request.actor, incident, text, files=named, client_key=key or None, now=request.now)
    return Status(201, _one(request, incident, message))


@router.get("/{wanted}/files/{file_id}", auth=READS, summary="The bytes of a file")
def get_file(request: Request, wanted: str, file_id: str) -> HttpResponse | StreamingHttpResponse:
    found = rooms.attachment(_incident(request, wanted).id, file_id)
    if found is None:
        raise NotFound("There is no such file in this room.")
    return hand_out(request, found)


@router.post("/{wanted}/messages/{message_id}/edit", response=MessageDocument, auth=RESPONDS, summary="Correct a message of yours")
def edit(request: Request, wanted: str, message_id: str, body: EditBody) -> MessageDocument:
    incident = _incident(request, wanted)
    message = commands.edit(request.actor, incident, message_id, body.text, version=body.version, now=request.now)
    return _one(request, incident, message)


@router.post("/{wanted}/messages/{message_id}/remove", response=MessageDocument, auth=RESPONDS, summary="Take a message away")
def remove(request: Request, wanted: str, message_id: str) -> MessageDocument:
    incident = _incident(request, wanted)
    return _one(request, incident, commands.remove(request.actor, incident, message_id, now=request.now))


@router.post("/{wanted}/messages/{message_id}/star", response=MessageDocument, auth=RESPONDS, summary="Star: a key event, or not")
def star(request: Request, wanted: str, message_id: str, body: StarBody) -> MessageDocument:
    incident = _incident(request, wanted)
    return _one(request, incident, commands.star(request.actor, incident, message_id, on=body.on, now=request.now))


@router.post("/{wanted}/messages/{message_id}/react", response=MessageDocument, auth=RESPONDS, summary="Say a word about a message")
def react(request: Request, wanted: str, message_id: str, body: ReactBody) -> MessageDocument:
    incident = _incident(request, wanted)
    return _one(request, incident, commands.react(request.actor, incident, message_id, body.word, on=body.on, now=request.now))


@router.get("/{wanted}/verbs", response=list[VerbDocument], auth=READS, summary="What may be typed into the room")
def list_verbs(request: Request, wanted: str) -> list[VerbDocument]:
    found = verbs.listed(request.actor, _incident(request, wanted))
    return [VerbDocument(name=one.name, type=list(one.slashes), takes=one.takes, words=one.words) for one in found]


@router.post("/{wanted}/run", response=DoneDocument, auth=RESPONDS, summary="Carry out a line as it is typed into the room")
def run(request: Request, wanted: str, body: RunBody) -> DoneDocument:
    incident = _incident(request, wanted)
    line = body.line.strip()
    if not verbs.is_verb(line):
        raise Invalid("A line to be carried out begins with a slash; `say` takes the others.", field="line")
    done = verbs.perform(request.actor, incident, line, client_key=body.client_key, now=request.now)
    return DoneDocument(verb=done.verb, words=done.words, url=shapes.address(done.path) if done.path else None)


@router.get("/{wanted}/visitors", response=list[VisitorDocument], auth=READS, summary="Who has joined the room, and is here")
def list_visitors(request: Request, wanted: str) -> list[VisitorDocument]:
    incident = _incident(request, wanted)
    return [
        VisitorDocument(
            person=shapes.PersonRef(id=one.id, name=one.name), joined_at=one.joined_at, last_at=one.last_at, here=one.here
        )
        for one in rooms.visitors(rooms.room(incident.id), request.now)
    ]


@router.get("/{wanted}/catch-up", response=CatchUpDocument, auth=READS, summary="What is known, who is what, what happened")
def catch_up(request: Request, wanted: str) -> CatchUpDocument:
    incident = _incident(request, wanted)
    found = queries.catch_up(request.actor, incident, now=request.now)
    page = shapes.address(f"/{incident.key}")
    return CatchUpDocument(
        sentence=found.sentence,
        roles=[HolderDocument(role=one.role, person=shapes.person(one.person), since=one.since) for one in found.holders],
        known=[KnownDocument(heading=heading, text=text) for heading, text in found.known],
        key_events=[line(one) for one in found.since],
        missed=[line(one) for one in found.missed],
        room_url=page,
        video_url=incident.video_url,
        document_url=f"{page}/doc",
    )


def line(one: queries.TimelineLine) -> LineDocument:
    """A line of the timeline as a document."""
    return LineDocument(at=one.at, kind=one.kind, actor=one.actor_name, role=one.role, text=one.text, event=one.event_name)


@router.get("/{wanted}/transcript", auth=READS, summary="Everything that was said and happened, to keep")
def transcript(
    request: Request, wanted: str, format: Literal["json", "text", "markdown", "html", "zip"] = "json"
) -> HttpResponse | StreamingHttpResponse:
    """All times UTC; files by name and SHA-256. `zip` holds the four other formats and every file."""
    whole = queries.transcript(request.actor, _incident(request, wanted), now=request.now)
    return as_file(whole, format)
