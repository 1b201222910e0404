"""Keeping uploaded bytes, before the message that they belong to is written."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from django.db import transaction

from tocsin.collab import file_types
from tocsin.collab.models import FilePiece, StoredFile
from tocsin.core.errors import Invalid

PIECE = 256 * 1024
"""Bytes written by one transaction: others get their turn in between, so that a large file holds nobody up."""


@dataclass(frozen=True, slots=True)
class NamedFile:
    """Bytes that are kept, and the name they shall have in a message."""

    file: StoredFile
    name: str


def keep_file(stream: BinaryIO, name: str, *, limit: int, now: dt.datetime) -> NamedFile:
    """Write the bytes of a seekable stream into the store, unless they are there. Call outside of any transaction.

    `limit` is in bytes. Raises Invalid with the field `files` for an empty file and for one that is too large. Bytes that no
    message takes are swept away after a day.
    """
    name = file_types.clean_name(name)
    digest, size, head = _measured(stream, name, limit)
    kind = file_types.sniff(head)
    values = {"size": size, "media_type": kind.media_type, "width": kind.width, "height": kind.height, "created_at": now}
    with transaction.atomic():
        file, _ = StoredFile.objects.get_or_create(digest=digest, defaults=values)
        StoredFile.objects.filter(pk=digest).update(created_at=now)
    if not file.whole:
        _write(file, stream)
    return NamedFile(file, name)


def _measured(stream: BinaryIO, name: str, limit: int) -> tuple[str, int, bytes]:
    digest, size, head = hashlib.sha256(), 0, b""
    for piece in _pieces(stream):
        head = head or piece[: file_types.HEAD]
        size += len(piece)
        digest.update(piece)
        if size > limit:
            raise Invalid(f"{name} is larger than {limit // (1024 * 1024)} MiB, the most that a file may have.", field="files")
    if not size:
        raise Invalid(f"{name} is empty.", field="files")
    return digest.hexdigest(), size, head


def _write(file: StoredFile, stream: BinaryIO) -> None:
    """Two people who send the same bytes write the same pieces; the second finds them there."""
    for number, piece in enumerate(_pieces(stream)):
        with transaction.atomic():
            FilePiece.objects.bulk_create([FilePiece(file=file, number=number, data=piece)], ignore_conflicts=True)
    with transaction.atomic():
        StoredFile.objects.filter(pk=file.pk).update(whole=True)


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    stream.seek(0)
    while piece := stream.read(PIECE):
        yield piece
