"""Files: kept once under their hash, in pieces, with the type that is in their bytes."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import struct

import pytest

from tests import company
from tests.conftest import NOW
from tocsin.collab import commands, file_types, jobs, queries
from tocsin.collab.commands import files
from tocsin.collab.models import Attachment, FilePiece, StoredFile
from tocsin.core.errors import Invalid
from tocsin.demo import pictures

SUBJECT = "inc_01k9zzzzzzzzzzzzzzzzzzzzzz"
MIB = 1024 * 1024
PNG = pictures.graph([0.1, 0.9, 0.4], 1)
JPEG = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x11\x08" + struct.pack(">HH", 480, 640) + b"\x03" + b"\0" * 20
WEBP = b"RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00" + b"\x7f\x02\x00" + b"\xdf\x01\x00"


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (PNG, "image/png"),
        (JPEG, "image/jpeg"),
        (WEBP, "image/webp"),
        (b"GIF89a" + struct.pack("<HH", 640, 480), "image/gif"),
        (b"%PDF-1.7\n", "application/pdf"),
        (b"PK\x03\x04rest", "application/zip"),
        (b"\x1f\x8b\x08rest", "application/gzip"),
        ("Zürich hält\n\x1b[31mrot".encode(), "text/plain"),
        ("é".encode() * 40_000, "text/plain"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "text/plain"),
        (b"<!doctype html><script>alert(1)</script>", "text/plain"),
        (b"GIF8", "text/plain"),
        (b"\x00\x01", "application/octet-stream"),
        (b"\xff\xfea\x00", "application/octet-stream"),
    ],
)
def test_the_type_is_that_of_the_bytes(content, media_type):
    assert file_types.sniff(content[: file_types.HEAD - 1]).media_type == media_type


@pytest.mark.parametrize("content", [JPEG, WEBP, b"GIF89a" + struct.pack("<HH", 640, 480)])
def test_the_size_of_a_picture_is_read_from_its_head(content):
    kind = file_types.sniff(content)
    assert (kind.width, kind.height) == (640, 480)


@pytest.mark.parametrize(
    ("size", "shown"),
    [((560, 180), (560, 180)), ((1280, 100), (640, 50)), ((1000, 2400), (100, 240)), ((9, 99_999), (1, 240)), ((None, None), None)],
)
def test_a_picture_keeps_its_place_free_before_it_is_there(size, shown):
    assert file_types.fitted(*size) == shown


@pytest.mark.parametrize("head", [PNG[:20], JPEG[:8], WEBP[:20], b"\xff\xd8\xff" + b"\xff" * 50, PNG[:16] + b"\xff" * 8])
def test_a_head_that_was_cut_or_made_up_has_no_size(head):
    assert file_types.sniff(head).width is None


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("graph.png", "graph.png"),
        ("C:\\Users\\ana\\graph.png", "graph.png"),
        ("../../etc/passwd", "passwd"),
        ("a\x00b\r\nSet-Cookie: x.png", "abSet-Cookie: x.png"),
        ("invoice\u202egpj.exe", "invoicegpj.exe"),
        ("..", "file"),
        ("", "file"),
        ("<img src=x onerror=alert(1)>.png", "<img src=x onerror=alert(1)>.png"),
        ("x" * 300 + ".log", "x" * 116 + ".log"),
    ],
)
def test_a_name_is_its_last_part_without_tricks(given, kept):
    assert file_types.clean_name(given) == kept


def keep(content, name="graph.png", limit=MIB):
    return commands.keep_file(io.BytesIO(content), name, limit=limit, now=NOW)


@pytest.mark.django_db
def test_the_same_bytes_are_kept_once_and_come_back_whole():
    content = bytes(range(256)) * 3000
    first, second = keep(content), keep(content, "again.png")
    assert first.file == second.file
    assert first.file.digest == hashlib.sha256(content).hexdigest()
    assert FilePiece.objects.count() == -(-len(content) // files.PIECE) == 3
    assert b"".join(queries.pieces(first.file)) == content


@pytest.mark.django_db
def test_what_a_crash_left_half_written_is_completed():
    content = b"x" * (files.PIECE * 2 + 5)
    kept = keep(content).file
    FilePiece.objects.filter(number=1).delete()
    StoredFile.objects.update(whole=False)
    assert b"".join(queries.pieces(keep(content).file)) == content
    assert StoredFile.objects.get(pk=kept.pk).whole


@pytest.mark.django_db
@pytest.mark.parametrize(("content", "limit"), [(b"", MIB), (b"x" * (MIB + 1), MIB)])
def test_empty_and_too_large_files_are_refused_and_leave_nothing(content, limit):
    with pytest.raises(Invalid) as refused:
        keep(content, "a.log", limit)
    assert refused.value.field == "files"
    assert "a.log" in refused.value.detail
    assert not StoredFile.objects.exists()


def opened():
    actor = company.actor(company.person("Ana"))
    return actor, commands.open_room(actor, SUBJECT, "HOT-12", "", now=NOW)


@pytest.mark.django_db
@pytest.mark.req("OPN-05")
def test_a_message_of_files_needs_no_words_and_the_log_has_their_hashes():
    ana, room = opened()
    message = commands.post(ana, room, "", files=[keep(PNG), keep(b"log", "a.log")], now=NOW)
    said = queries.said([message.id], ana.id)[message.id]
    assert [one.name for one in said.pictures] == ["graph.png"]
    assert [one.name for one in said.files] == ["a.log"]
    with pytest.raises(Invalid):
        commands.post(ana, room, "", files=[keep(PNG)] * 9, now=NOW)


@pytest.mark.django_db
def test_bytes_that_nobody_has_are_swept_after_a_day():
    ana, room = opened()
    message = commands.post(ana, room, "", files=[keep(PNG)], now=NOW)
    keep(b"a form that was never sent")
    later = NOW + dt.timedelta(days=1, minutes=1)
    assert (jobs.sweep(NOW), jobs.sweep(later), StoredFile.objects.count()) == (0, 1, 1)
    commands.remove(ana, message, now=NOW)
    assert not Attachment.objects.exists()
    assert (jobs.sweep(later), StoredFile.objects.count(), FilePiece.objects.count()) == (1, 0, 0)
