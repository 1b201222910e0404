"""What everybody may read, ready to be sent: in memory for the door, on disk for a process that starts while the store is away.

Nothing here knows Django or the store. A reader sees one whole set of documents, never half of an old and half of a new one.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import json
import os
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from tocsin.core import clock
from tocsin.web.kept import ages

PLACE_OF_AGE = b"<!--age-->"
"""Where a page that could not be renewed says so."""
HOSTED = "//"
"""What stands before the path of a document at a host of its own: `//status.example.com/history`."""
OLD = dt.timedelta(seconds=60)
LOOK_UP = 0.2
"""Seconds for which an age holds: thousands ask in that time."""
_YOUNG = dt.timedelta(0)
_WORTH_PACKING = 200
_CATALOGUE = "catalogue.json"

Headers = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class Document:
    """One thing that readers fetch: its bytes, what they are, and the headers that belong to it."""

    body: bytes
    kind: str
    headers: tuple[tuple[str, str], ...] = ()
    language: str = "en"
    """In which it says how old it is."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A document with everything that can be worked out before somebody asks."""

    document: Document
    etag: bytes
    plain: bytes
    packed: bytes
    """gzip, or empty when that would not pay."""
    plain_head: Headers
    packed_head: Headers
    unchanged_head: Headers
    tells_age: bool
    """Whether it has a place to say how old it is."""


@dataclass(frozen=True, slots=True)
class _Set:
    """Documents that were made together, by path."""

    ready: Mapping[str, Ready] = field(default_factory=dict)
    hosts: frozenset[str] = frozenset()
    """Those at which documents have a place of their own."""
    aged: dict[tuple[str, int], Ready] = field(default_factory=dict)
    """Those that say their age, by path and minutes; made when somebody asks."""


class Shelf:
    """`put` new documents, `confirm` that they still stand, `find` one. Safe to be read while another thread writes."""

    def __init__(self, look_up: float = LOOK_UP) -> None:
        self._set = _Set()
        self._look_up = look_up
        self.as_of: dt.datetime | None = None
        """When the store was last asked and answered."""
        self._age, self._looked = _YOUNG, float("-inf")

    def __bool__(self) -> bool:
        return bool(self._set.ready)

    def put(self, documents: Mapping[str, Document], as_of: dt.datetime) -> None:
        """These documents and no others, as the store had them at `as_of`. What reads as before is kept as it was."""
        before = self._set.ready
        ready = {}
        for path, document in documents.items():
            known = before.get(path)
            ready[path] = known if known is not None and known.document == document else make_ready(document)
        hosts = frozenset(path.split("/", 3)[2] for path in ready if path.startswith(HOSTED))
        self._set, self.as_of, self._looked = _Set(ready, hosts), as_of, float("-inf")

    @property
    def hosts(self) -> frozenset[str]:
        """Hosts at which nothing but one page is read."""
        return self._set.hosts

    def confirm(self, as_of: dt.datetime) -> None:
        """The store answered, and nothing has changed."""
        self.as_of, self._looked = as_of, float("-inf")
        if self._set.aged:
            self._set.aged.clear()

    def age(self) -> dt.timedelta:
        """How long ago the store last answered; nothing while it is younger than a minute. Looked up a few times a second."""
        moment = clock.monotonic()
        if not 0 <= moment - self._looked < self._look_up:
            age = clock.now() - self.as_of if self.as_of else _YOUNG
            self._age, self._looked = (age if age > OLD else _YOUNG), moment
        return self._age

    def documents(self) -> Mapping[str, Document]:
        """Everything that is here, by path."""
        return {path: one.document for path, one in self._set.ready.items()}

    def find(self, path: str) -> Ready | None:
        """The document at this path; a page that is old says so."""
        held = self._set
        ready = held.ready.get(path)
        if ready is None or not ready.tells_age:
            return ready
        minutes = int(self.age() / dt.timedelta(minutes=1))
        return self._aged(held, path, ready, minutes) if minutes else ready

    def _aged(self, held: _Set, path: str, ready: Ready, minutes: int) -> Ready:
        found = held.aged.get((path, minutes))
        if found is None:
            if len(held.aged) > len(held.ready):
                held.aged.clear()
            body = ready.plain.replace(PLACE_OF_AGE, ages.words(self.as_of, minutes, ready.document.language).encode())
            found = make_ready(replace(ready.document, body=body))
            held.aged[path, minutes] = found
        return found

    def save(self, file: Path) -> None:
        """Everything in one file, which is whole or as it was before."""
        held = self._set.ready
        catalogue = {
            "as_of": clock.rfc3339(self.as_of) if self.as_of else None,
            "documents": {path: [one.document.kind, one.document.headers, one.document.language] for path, one in held.items()},
        }
        file.parent.mkdir(parents=True, exist_ok=True)
        new = file.with_name(f"{file.name}.{os.getpid()}")
        with zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            archive.writestr(_CATALOGUE, json.dumps(catalogue))
            for path, one in held.items():
                archive.writestr(_inside(path), one.document.body)
        with new.open("rb") as written:
            os.fsync(written.fileno())
        new.replace(file)

    def load(self, file: Path) -> bool:
        """Take what `save` wrote, unless something is here already; whether there is something now."""
        if self or not file.exists():
            return bool(self)
        try:
            with zipfile.ZipFile(file) as archive:
                catalogue = json.loads(archive.read(_CATALOGUE))
                documents = {
                    path: Document(archive.read(_inside(path)), kind, tuple((name, value) for name, value in headers), *language)
                    for path, (kind, headers, *language) in catalogue["documents"].items()
                }
            as_of = clock.parse(catalogue["as_of"])
        except (OSError, zipfile.BadZipFile, KeyError, ValueError, TypeError):
            return False  # whoever cannot read the last pages makes new ones as soon as the store answers
        self.put(documents, as_of)
        return True


def make_ready(document: Document) -> Ready:
    """Pack it, name it, write its headers."""
    body = document.body
    etag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'.encode()
    packed = gzip.compress(body, 6, mtime=0) if len(body) > _WORTH_PACKING else b""
    named = tuple((name.lower().encode(), value.encode()) for name, value in document.headers)
    every: Headers = (*named, (b"etag", etag), (b"vary", b"accept-encoding"))
    kind = (b"content-type", document.kind.encode())
    return Ready(
        document,
        etag,
        body,
        packed,
        (kind, (b"content-length", str(len(body)).encode()), *every),
        (kind, (b"content-length", str(len(packed)).encode()), (b"content-encoding", b"gzip"), *every),
        every,
        PLACE_OF_AGE in body,
    )


def _inside(path: str) -> str:
    return f"documents{path}" if not path.endswith("/") else f"documents{path}index"


shelf = Shelf()
"""Of this process."""
