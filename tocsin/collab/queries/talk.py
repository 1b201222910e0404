"""Messages as a page shows them: with what they answer, their files, and what others say about them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from tocsin.collab import rules
from tocsin.collab.models import Attachment, Mention, Message, Reaction
from tocsin.core.ids import is_id
from tocsin.core.store.prepared import Prepared
from tocsin.core.text import texts

QUOTE = 90


@dataclass(frozen=True, slots=True)
class Reacted:
    """One word about a message: how many said it, who, and whether the reader did."""

    word: str
    label: str
    names: tuple[str, ...]
    mine: bool

    @property
    def count(self) -> int:
        return len(self.names)


@dataclass(frozen=True, slots=True)
class Quote:
    """The beginning of the message that another one answers."""

    id: str
    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Said:
    """A message with everything around it."""

    id: str
    author_id: str | None
    text: str
    edited_at: dt.datetime | None
    removed: bool
    starred: bool
    quote: Quote | None
    reactions: tuple[Reacted, ...]
    pictures: tuple[Attachment, ...]
    files: tuple[Attachment, ...]
    names_reader: bool


@dataclass(frozen=True, slots=True)
class Changed:
    """What became of a message after it was written."""

    text: str
    edited: bool
    removed: bool
    starred: bool


def message(subject: str, message_id: str) -> Message | None:
    """One message of a subject's room with room, author and parent."""
    if not is_id(message_id, "msg"):
        return None
    rows = Message.objects.select_related("room", "author", "parent")
    return rows.filter(pk=message_id, room__subject=subject).first()


def changed(subject: str) -> dict[str, Changed]:
    """The messages of a room that were corrected, removed or starred, by id. One query."""
    return {
        message: Changed(text, edited is not None, removed is not None, starred is not None)
        for message, text, edited, removed, starred in _touched(subject)
    }


def said(ids: Iterable[str], reader: str) -> dict[str, Said]:
    """These messages by id, as the person `reader` (an id) sees them. Four queries, however many there are."""
    wanted = list(ids)
    rows = _shown(wanted, reader) if wanted else []
    if not rows:
        return {}
    parents = Message.objects.select_related("author").in_bulk({row.parent_id for row in rows if row.parent_id})
    reactions: dict[str, list[Reaction]] = {}
    for one in _reactions(wanted):
        reactions.setdefault(one.message_id, []).append(one)
    files: dict[str, list[Attachment]] = {}
    for file in _attachments(wanted):
        files.setdefault(file.message_id, []).append(file)
    return {
        row.pk: _said(row, parents.get(row.parent_id), reactions.get(row.pk, []), files.get(row.pk, []), reader) for row in rows
    }


def _named(wanted: Sequence[str], reader: str) -> QuerySet[Message]:
    """What a log shows of its messages: hundreds at once, so nothing else is read."""
    named = Exists(Mention.objects.filter(message=OuterRef("pk"), person=reader))
    rows = Message.objects.filter(pk__in=wanted).annotate(names_reader=named)
    return rows.only("author_id", "text", "edited_at", "removed_at", "starred_at", "parent_id")


_shown = Prepared(_named)
_reactions = Prepared(lambda wanted: Reaction.objects.filter(message__in=wanted).select_related("person"))
_attachments = Prepared(lambda wanted: Attachment.objects.filter(message__in=wanted).select_related("file"))
_touched = Prepared(
    lambda subject: Message.objects.filter(
        Q(edited_at__isnull=False) | Q(removed_at__isnull=False) | Q(starred_at__isnull=False), room__subject=subject
    ).values_list("pk", "text", "edited_at", "removed_at", "starred_at")
)


def _said(row: Any, parent: Message | None, reactions: list[Reaction], files: list[Attachment], reader: str) -> Said:
    return Said(
        id=row.pk,
        author_id=row.author_id,
        text=row.text,
        edited_at=row.edited_at,
        removed=row.removed_at is not None,
        starred=row.starred_at is not None,
        quote=quoted(parent) if parent else None,
        reactions=tuple(_reacted(reactions, reader)),
        pictures=tuple(one for one in files if one.is_shown),
        files=tuple(one for one in files if not one.is_shown),
        names_reader=row.names_reader,
    )


def quoted(row: Message) -> Quote:
    """The beginning of a message, for whoever answers it. Its author has been joined."""
    words = "a message that was removed" if row.removed_at else texts.shorten(" ".join(row.text.split()) or "a file", QUOTE)
    return Quote(row.pk, row.author.name if row.author else "Tocsin", words)


def _reacted(rows: list[Reaction], reader: str) -> Iterable[Reacted]:
    for word, label in rules.REACTIONS.items():
        people = [row.person for row in rows if row.word == word]
        if people:
            yield Reacted(word, label, tuple(one.name for one in people), any(one.pk == reader for one in people))
