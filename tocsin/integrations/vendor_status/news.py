"""Atom and RSS: news of a vendor. They say no state, so what is recent and not said to be over counts as open.

A document type, and with it every entity that could be declared, is refused before anything is expanded.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from xml.parsers import expat

from tocsin.directory.vendor_status.ports import Reading, Report, Unread
from tocsin.integrations.vendor_status import plain

RECENT = dt.timedelta(hours=24)
"""News older than this says nothing about now."""

_DEEPEST = 40
_ENTRIES = {"entry", "item"}
_OVER = re.compile(
    r"^\W*(?:resolved|completed)\b"
    r"|^\W*service is operating normally"
    r"|\b(?:resolved|completed)\s+[-–:]"
    r"|\bthis incident has been resolved",
    re.IGNORECASE,
)


@dataclass
class _Entry:
    """One piece of news by the local names of its elements."""

    texts: dict[str, str] = field(default_factory=dict)
    link: str = ""

    def first(self, *names: str) -> str:
        return next((self.texts[name] for name in names if self.texts.get(name, "").strip()), "")


class _Gathering:
    """What is read of a feed while it is parsed: entries and the root's name, nothing else."""

    def __init__(self) -> None:
        self.root = ""
        self.entries: list[_Entry] = []
        self._path: list[str] = []
        self._now: _Entry | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(" ")[2].lower()
        self.root = self.root or local
        self._path.append(local)
        if len(self._path) > _DEEPEST:
            raise Unread("the feed is nested too deeply")
        if local in _ENTRIES and self._now is None:
            self._now = _Entry()
        elif self._now is not None and local == "link" and attributes.get("rel", "alternate") == "alternate":
            self._now.link = self._now.link or attributes.get("href", "")

    def end(self, name: str) -> None:
        local = self._path.pop()
        if local in _ENTRIES and self._now is not None and not _ENTRIES & set(self._path):
            self.entries.append(self._now)
            self._now = None

    def text(self, words: str) -> None:
        if self._now is not None and self._path:
            self._now.texts[self._path[-1]] = self._now.texts.get(self._path[-1], "") + words


def _refuse(*_: object) -> int:
    raise Unread("the feed declares a document type, which is not read")


def _gathered(raw: bytes) -> _Gathering:
    found = _Gathering()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.ExternalEntityRefHandler = _refuse
    parser.StartElementHandler, parser.EndElementHandler = found.start, found.end
    parser.CharacterDataHandler = found.text
    try:
        parser.Parse(raw, True)
    except (expat.ExpatError, ValueError, LookupError):
        raise Unread("the feed is broken XML") from None
    return found


def reading(raw: bytes, now: dt.datetime) -> Reading:
    """What was said within the last day and is not over. Raises Unread for what is neither Atom nor RSS."""
    found = _gathered(raw)
    if found.root not in {"feed", "rss", "rdf"}:
        raise Unread("the address answers with XML that is neither Atom nor RSS")
    return Reading("", "", tuple(_open(found.entries, now)))


def _open(entries: list[_Entry], now: dt.datetime) -> Iterator[Report]:
    for entry in entries:
        said_at = _when(entry.first("updated", "pubdate", "published", "date"))
        title = plain.words(entry.first("title"), 300)
        text = plain.words(entry.first("content", "summary", "description", "encoded"), 600)
        if said_at is None or now - said_at > RECENT or _over(title, text):
            continue
        url = plain.address(entry.link or entry.first("link"))
        uid = plain.words(entry.first("id", "guid"), 300) or url[:300] or title
        began = _when(entry.first("published", "pubdate")) or said_at
        yield Report(uid=uid, title=title or "Untitled news", text=text, url=url, began_at=began, said_at=said_at)


def _over(title: str, text: str) -> bool:
    """Whether the newest words say that it is over; in doubt it is not."""
    return bool(_OVER.search(title) or _OVER.search(text[:120]))


def _when(words: str) -> dt.datetime | None:
    """RFC 3339 of Atom, RFC 822 of RSS, in UTC; None for anything else."""
    words = words.strip()
    found = plain.instant(words)
    if found is not None or not words:
        return found
    try:
        parsed = parsedate_to_datetime(words)
        return (parsed if parsed.tzinfo else parsed.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    except (ValueError, TypeError, OverflowError):
        return None
