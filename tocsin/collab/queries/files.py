"""Files of messages, and their bytes piece by piece."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tocsin.collab.models import Attachment, FilePiece, StoredFile
from tocsin.core.ids import is_id


def attachment(subject: str, attachment_id: str) -> Attachment | None:
    """One file of a subject's room."""
    if not is_id(attachment_id, "fil"):
        return None
    rows = Attachment.objects.select_related("file", "message__author")
    return rows.filter(pk=attachment_id, message__room__subject=subject).first()


def attachments(subject: str) -> Sequence[Attachment]:
    """Every file of a subject's room, in the order they were given."""
    rows = Attachment.objects.filter(message__room__subject=subject).select_related("file", "message__author")
    return list(rows.order_by("message__at", "message_id", "position"))


def pieces(file: StoredFile) -> Iterator[bytes]:
    """The bytes of a file, one query for each piece: memory never holds more than one."""
    number = 0
    while True:
        found = FilePiece.objects.filter(file=file, number=number).values_list("data", flat=True).first()
        if found is None:
            return
        yield bytes(found)
        number += 1
