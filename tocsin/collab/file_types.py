"""What a file is, found in its first bytes; what its sender called it does not matter. Plain values only.

Only pictures that every browser draws without running anything are `shown`; everything else is downloaded. SVG and HTML are
text here: they are handed out as text, never as a page.
"""

from __future__ import annotations

import codecs
import struct
import unicodedata
from dataclasses import dataclass

BOX = (640, 240)
"""Pixels that a picture may take in a log."""
HEAD = 64 * 1024
"""So many bytes are enough to tell."""
NAME_LIMIT = 120
BINARY, TEXT = "application/octet-stream", "text/plain"

SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""Drawn inside the page."""

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\x00", "application/x-xz"),
    (b"\x28\xb5\x2f\xfd", "application/zstd"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
)
WORDS = {
    "image/png": "PNG picture",
    "image/jpeg": "JPEG picture",
    "image/gif": "GIF picture",
    "image/webp": "WebP picture",
    "application/pdf": "PDF",
    "application/zip": "ZIP archive",
    "application/gzip": "gzip archive",
    "application/x-bzip2": "bzip2 archive",
    "application/x-xz": "xz archive",
    "application/zstd": "zstd archive",
    "application/x-7z-compressed": "7z archive",
    TEXT: "text",
    BINARY: "file",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """A media type, and for pictures the size in pixels where the head tells it."""

    media_type: str
    width: int | None = None
    height: int | None = None


def sniff(head: bytes) -> Kind:
    """What a file is that begins with these bytes."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Kind("image/webp", *_webp(head))
    for magic, media_type in _MAGIC:
        if head.startswith(magic):
            return Kind(media_type, *_size(media_type, head))
    return Kind(TEXT if _is_text(head) else BINARY)


def fitted(width: int | None, height: int | None) -> tuple[int, int] | None:
    """The size of a picture made to fit the box, never larger than it is; None when it is not known."""
    if not width or not height:
        return None
    share = min(1.0, BOX[0] / width, BOX[1] / height)
    return max(1, round(width * share)), max(1, round(height * share))


def clean_name(name: str) -> str:
    """The last part of what the sender called it, one line, without control and direction characters, never empty."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(char for char in last if unicodedata.category(char)[0] != "C")
    kept = " ".join(kept.split()).strip(". ") or "file"
    if len(kept) <= NAME_LIMIT:
        return kept
    stem, dot, ending = kept.rpartition(".")
    return f"{stem[: NAME_LIMIT - 1 - len(ending)]}.{ending}" if dot and len(ending) <= 10 else kept[:NAME_LIMIT]


def _size(media_type: str, head: bytes) -> tuple[int | None, int | None]:
    if media_type == "image/png" and len(head) >= 24:
        return _sane(*struct.unpack(">II", head[16:24]))
    if media_type == "image/gif" and len(head) >= 10:
        return _sane(*struct.unpack("<HH", head[6:10]))
    return _jpeg(head) if media_type == "image/jpeg" else (None, None)


def _jpeg(head: bytes) -> tuple[int | None, int | None]:
    """Walk the segments to the frame header, which holds height and width."""
    place = 2
    while place + 9 < len(head) and head[place] == 0xFF:
        marker, length = head[place + 1], int.from_bytes(head[place + 2 : place + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">HH", head[place + 5 : place + 9])
            return _sane(width, height)
        place += 2 + max(length, 2)
    return None, None


def _webp(head: bytes) -> tuple[int | None, int | None]:
    if head[12:16] == b"VP8X" and len(head) >= 30:
        return _sane(int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1)
    if head[12:16] == b"VP8 " and len(head) >= 30:
        width, height = struct.unpack("<HH", head[26:30])
        return _sane(width & 0x3FFF, height & 0x3FFF)
    if head[12:16] == b"VP8L" and len(head) >= 25:
        bits = int.from_bytes(head[21:25], "little")
        return _sane((bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1)
    return None, None


def _sane(width: int, height: int) -> tuple[int | None, int | None]:
    return (width, height) if 0 < width < 100_000 and 0 < height < 100_000 else (None, None)


def _is_text(head: bytes) -> bool:
    """Whether it is UTF-8 without control characters other than white space and escapes of coloured logs."""
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return not any(char < " " and char not in "\t\n\r\f\x1b" for char in text)
