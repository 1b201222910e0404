"""Bodies of files: the addresses that take them, and reading them to disk without a thread or the memory of the process.

Every other address keeps to the small limit of `doors`. A large body is read only for somebody who brings a session or a token;
what these are worth is decided behind the door, as for every request.
"""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import MutableMapping
from typing import IO, Any

from django.conf import settings

from tocsin.web.plain import Receive, Scope

_ADDRESS = re.compile(r"/[A-Za-z]{2,10}-[0-9]{1,12}/say|/api/v1/incidents/[^/]{1,64}/attach|/me/away|/t/[^/]{1,64}/away")
_FILES = 3
"""One message may carry this many files of the full size, or more that are smaller."""
_FORM = 256 * 1024
"""Room for the text and the frame around the files."""
IN_MEMORY = 512 * 1024
IDLE_SECONDS, WHOLE_SECONDS = 30.0, 600.0
"""A sender who says nothing for so long is given up; a slow line has ten minutes."""
AT_ONCE = 8
CHUNK = 64 * 1024


class Refusal(Exception):
    """The body was not taken: status, code and words of the answer."""

    def __init__(self, status: int, code: str, words: str) -> None:
        super().__init__(words)
        self.status, self.code, self.words = status, code, words


class Gone(Exception):
    """The sender hung up before the body was complete."""


def file_limit() -> int:
    """The largest file in bytes."""
    return int(settings.TOCSIN.upload_limit) * 1024 * 1024


def takes_files(scope: Scope) -> bool:
    """Whether this request may bring a large body."""
    names = dict(scope["headers"])
    form = names.get(b"content-type", b"").startswith(b"multipart/form-data")
    known = b"authorization" in names or settings.SESSION_COOKIE_NAME.encode() in names.get(b"cookie", b"")
    return bool(scope["method"] == "POST" and form and known and _ADDRESS.fullmatch(scope["path"]))


class Uploads:
    """Takes a few large bodies at a time."""

    def __init__(self) -> None:
        self._open = 0

    async def read(self, receive: Receive) -> IO[bytes]:
        """The whole body, on disk when it is large, read from its beginning. Raises Refusal, Gone."""
        if self._open >= AT_ONCE:
            raise Refusal(503, "busy", "Too many files are on their way at once. Nothing was stored; send it again.")
        self._open += 1
        spool: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  closed by who replays it
        try:
            await asyncio.wait_for(_read(receive, spool, _FILES * file_limit() + _FORM), WHOLE_SECONDS)
        except TimeoutError:
            spool.close()
            raise Refusal(408, "too_slow", "The files did not arrive in time. Nothing was stored.") from None
        except BaseException:
            spool.close()
            raise
        finally:
            self._open -= 1
        spool.seek(0)
        return spool


async def _read(receive: Receive, spool: IO[bytes], limit: int) -> None:
    size = 0
    while True:
        message = await asyncio.wait_for(receive(), IDLE_SECONDS)
        if message["type"] == "http.disconnect":
            raise Gone
        chunk = message.get("body", b"")
        size += len(chunk)
        if size <= limit:
            await _write(spool, chunk)
        if size > limit and not message.get("more_body", False):
            words = f"One message may bring {limit // (1024 * 1024)} MiB, and a file {file_limit() // (1024 * 1024)}."
            raise Refusal(413, "too_large", words)
        if size > 2 * limit:
            raise Gone
        if not message.get("more_body", False):
            return


async def _write(spool: IO[bytes], chunk: bytes) -> None:
    """The disk may be slow; the loop serves everybody."""
    if spool.tell() + len(chunk) <= IN_MEMORY:
        spool.write(chunk)
    else:
        await asyncio.to_thread(spool.write, chunk)


def replay(spool: IO[bytes], receive: Receive) -> Receive:
    """A body that is here already, piece by piece; the file is closed after its last."""

    async def replayed() -> MutableMapping[str, Any]:
        if spool.closed:
            return await receive()
        chunk = await asyncio.to_thread(spool.read, CHUNK)
        if len(chunk) < CHUNK:
            spool.close()
        return {"type": "http.request", "body": chunk, "more_body": len(chunk) == CHUNK}

    return replayed
