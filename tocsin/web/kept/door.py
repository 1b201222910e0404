"""The bare door: a document that is ready is sent from memory, whatever the store does."""

from __future__ import annotations

from pathlib import Path

from tocsin.web.kept.shelf import HOSTED, Headers, Ready, Shelf
from tocsin.web.plain import Scope, Send

FILE = "status-pages.zip"
"""In the data folder: the last pages that were good."""


class Kept:
    """Answers what it has; what it has not is for the doors behind it."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf

    def load(self, data: Path) -> bool:
        """Take what the last process left; whether there is something to serve."""
        return self.shelf.load(data / FILE)

    def find(self, scope: Scope) -> Ready | None:
        """What this request asks for, when it is ready."""
        return self.find_at(self.own_host(scope), scope)

    def find_at(self, host: str, scope: Scope) -> Ready | None:
        """The same where it is known that the request was sent to the host of one page, or (empty) to none of those."""
        if scope["method"] not in ("GET", "HEAD"):
            return None
        return self.shelf.find(f"{HOSTED}{host}{scope['path']}" if host else scope["path"])

    def own_host(self, scope: Scope) -> str:
        """The host that this request was sent to, when one page alone is read there."""
        hosts = self.shelf.hosts
        if not hosts:
            return ""
        for name, value in scope["headers"]:
            if name == b"host":
                host = str(value.decode("latin-1")).partition(":")[0].lower().rstrip(".")
                return host if host in hosts else ""
        return ""

    async def send(self, ready: Ready, scope: Scope, send: Send) -> None:
        """The document: packed where the reader unpacks, only its name where the reader has it already."""
        known, unpacks = _asked(scope)
        if known and (ready.etag in known or known == b"*"):
            await _send(send, 304, ready.unchanged_head, b"", self._age())
            return
        packed = unpacks and ready.packed
        head, body = (ready.packed_head, ready.packed) if packed else (ready.plain_head, ready.plain)
        await _send(send, 200, head, b"" if scope["method"] == "HEAD" else body, self._age())

    def _age(self) -> Headers:
        """For programs, which read no words: how many seconds old it is, once it is old."""
        age = self.shelf.age()
        return ((b"age", str(int(age.total_seconds())).encode()),) if age else ()


def _asked(scope: Scope) -> tuple[bytes, bool]:
    """The names of what the reader has, and whether it unpacks gzip."""
    known, unpacks = b"", False
    for name, value in scope["headers"]:
        if name == b"if-none-match":
            known = value
        elif name == b"accept-encoding":
            unpacks = b"gzip" in value
    return known, unpacks


async def _send(send: Send, status: int, head: Headers, body: bytes, age: Headers) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [*head, *age]})
    await send({"type": "http.response.body", "body": body})
