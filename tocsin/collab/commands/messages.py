"""Saying something, correcting it, taking it back, starring it, reacting to it. The caller has let the actor into the room."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction

from tocsin.collab import events, permissions, rules
from tocsin.collab._author import author_of
from tocsin.collab.commands.files import NamedFile
from tocsin.collab.models import Attachment, Mention, Message, Reaction, Room
from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict, Invalid, Stale
from tocsin.core.eventlog.events import record
from tocsin.core.store import db
from tocsin.core.text import texts
from tocsin.directory.models import Person


def post(
    actor: Actor,
    room: Room,
    text: str,
    *,
    kind: str = "",
    reply_to: Message | None = None,
    files: Sequence[NamedFile] = (),
    mentions: Sequence[Person] = (),
    client_key: str | None = None,
    now: dt.datetime,
) -> Message:
    """Say something in a room. The same `client_key` twice is one message: the first is returned.

    Whoever may see the room's subject may speak; the caller has loaded it through a query with the actor's scope, and has found
    the people whom the text mentions. A reply to a reply hangs on the message that began. Files need no text.
    """
    text = texts.prose(text, field="text", limit=rules.MESSAGE_LIMIT, required=not files)
    if len(files) > rules.FILES_LIMIT:
        raise Invalid(f"A message takes {rules.FILES_LIMIT} files at most.", field="files")
    key = client_key[:64] if client_key else None
    with transaction.atomic():
        db.lock(Room.objects.filter(pk=room.pk)).get()
        known = room.messages.filter(client_key=key).first() if key else None
        if known:
            return known
        parent = _root(room, reply_to)
        message = Message.objects.create(
            room=room, author_id=author_of(actor), text=text, kind=kind, parent=parent, at=now, client_key=key
        )
        _attach(message, files)
        Mention.objects.bulk_create(Mention(message=message, person=person) for person in mentions)
        data = _said(message, files, mentions)
        record(actor, events.MESSAGE_POSTED, message.id, context=room.subject, now=now, data=data)
    return message


def _root(room: Room, reply_to: Message | None) -> Message | None:
    if reply_to is None:
        return None
    if reply_to.room_id != room.pk:
        raise Invalid("That message is in another room.", field="reply_to")
    return reply_to.parent or reply_to


def _attach(message: Message, files: Iterable[NamedFile]) -> None:
    Attachment.objects.bulk_create(
        Attachment(message=message, file=one.file, name=one.name, position=place) for place, one in enumerate(files)
    )


def _said(message: Message, files: Sequence[NamedFile], mentions: Sequence[Person]) -> dict[str, Any]:
    """What the log keeps of a message; what it has not is left out."""
    data: dict[str, Any] = {"message": message.id, "text": message.text}
    if message.kind:
        data["kind"] = message.kind
    if message.parent_id:
        data["parent"] = message.parent_id
    if mentions:
        data["mentions"] = [person.pk for person in mentions]
    if files:
        data["files"] = [_listed(one.name, one.file) for one in files]
    return data


def _listed(name: str, file: Any) -> dict[str, Any]:
    return {"name": name, "size": file.size, "sha256": file.digest, "media_type": file.media_type}


def edit(actor: Actor, message: Message, text: str, *, version: int, mentions: Sequence[Person] = (), now: dt.datetime) -> Message:
    """Correct one's own words, read at `version`; the log keeps what stood there. Raises Stale with the message as it is."""
    permissions.require_author(actor, message)
    with transaction.atomic():
        message = _locked(message)
        text = texts.prose(text, field="text", limit=rules.MESSAGE_LIMIT, required=not message.attachments.exists())
        if message.text == text:
            return message
        if message.version != version:
            raise Stale("This message was changed in another window meanwhile.", field="version", current=message)
        old, message.text, message.edited_at, message.version = message.text, text, now, version + 1
        message.save(update_fields=["text", "edited_at", "version"])
        known = set(message.mentions.values_list("person_id", flat=True))
        Mention.objects.bulk_create(Mention(message=message, person=one) for one in mentions if one.pk not in known)
        data = {"message": message.id, "old": old, "new": text}
        record(actor, events.MESSAGE_EDITED, message.id, context=message.room.subject, now=now, data=data)
    return message


def remove(actor: Actor, message: Message, *, now: dt.datetime) -> Message:
    """Take a message and its files out of the room; its place stays. One's own, or anybody's for an administrator.

    Nothing happens the second time. The log keeps text, names and hashes; the bytes of the files go.
    """
    permissions.require_remover(actor, message)
    with transaction.atomic():
        message = db.lock(Message.objects.select_related("room").filter(pk=message.pk)).get()
        if message.removed_at is not None:
            return message
        listed = [_listed(one.name, one.file) for one in message.attachments.select_related("file")]
        data = {"message": message.id, "text": message.text, "files": listed}
        message.attachments.all().delete()
        message.mentions.filter(seen_at__isnull=True).delete()
        message.text, message.removed_at, message.starred_at, message.starred_by = "", now, None, None
        message.version += 1
        message.save(update_fields=["text", "removed_at", "starred_at", "starred_by", "version"])
        record(actor, events.MESSAGE_REMOVED, message.id, context=message.room.subject, now=now, data=data)
    return message


def star(actor: Actor, message: Message, *, on: bool, now: dt.datetime) -> Message:
    """Put a message among the key events, or take it out again. Nothing happens when it is so already."""
    with transaction.atomic():
        message = _locked(message)
        if (message.starred_at is not None) == on:
            return message
        message.starred_at = now if on else None
        message.starred_by = Person.objects.filter(pk=author_of(actor)).first() if on else None
        message.save(update_fields=["starred_at", "starred_by"])
        event = events.MESSAGE_STARRED if on else events.MESSAGE_UNSTARRED
        record(actor, event, message.id, context=message.room.subject, now=now, data={"message": message.id})
    return message


def react(actor: Actor, message: Message, word: str, *, on: bool, now: dt.datetime) -> Message:
    """Say one of the few words about a message, or take it back. Nothing happens when it is so already."""
    if word not in rules.REACTIONS:
        raise Invalid(f"One can say {', '.join(rules.REACTIONS)} about a message; not {word[:20]!r}.", field="word")
    with transaction.atomic():
        message = _locked(message)
        mine = message.reactions.filter(person=actor.id, word=word)
        if on == mine.exists():
            return message
        if on:
            Reaction.objects.create(message=message, person_id=actor.id, word=word, at=now)
        else:
            mine.delete()
        data = {"message": message.id, "word": word, "on": on}
        record(actor, events.MESSAGE_REACTED, message.id, context=message.room.subject, now=now, data=data)
    return message


def _locked(message: Message) -> Message:
    """The message as it is now, held until the transaction ends. Raises Conflict when it was removed."""
    fresh = db.lock(Message.objects.select_related("room").filter(pk=message.pk)).get()
    if fresh.removed_at is not None:
        raise Conflict("This message was removed.", current=fresh)
    return fresh
