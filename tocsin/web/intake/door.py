"""`POST /in/<key>/<kind>`: 202 only when the event is on disk; a 4xx that names what is wrong; 503 when we cannot keep it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import structlog

from tocsin.alerts.commands import Arrival
from tocsin.alerts.commands.intake import KEPT_OF_REFUSED
from tocsin.core import clock
from tocsin.core.ids import new_id
from tocsin.core.text import strict_json
from tocsin.web.intake.answers import Refusal, Send, accepted, refused
from tocsin.web.intake.keys import KeyRing, Opened
from tocsin.web.intake.writer import NotKept, Overloaded, Writer

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

log = structlog.get_logger(__name__)
BODY_LIMIT = 1024 * 1024
DIGITS = 19
BODY_SECONDS = 30.0
KEEP_SECONDS = 35.0
"""A little more than the store may wait for its write lock."""
AT_ONCE = 2000
"""Requests in hand; each may hold a body of 1 MiB."""


class Gone(Exception):
    """The sender hung up before its body was complete."""


class Door:
    """The door with its writer thread and its key ring; an object with a life."""

    def __init__(self) -> None:
        self.writer = Writer()
        self.keys = KeyRing()
        self._inside = 0

    def start(self) -> None:
        self.writer.start()

    def stop(self) -> None:
        """Everything that waits is committed and answered first."""
        self.writer.stop()
        self.keys.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._inside += 1
        try:
            await accepted(send, await self._take(scope, receive))
        except Refusal as refusal:
            await refused(send, refusal)
        except (Overloaded, NotKept, TimeoutError):
            await refused(send, _busy())
        except Gone:
            return
        except Exception:
            log.exception("the intake door failed")
            await refused(send, _busy())
        finally:
            self._inside -= 1

    async def _take(self, scope: Scope, receive: Receive) -> str:
        """The id of the stored event. Raises Refusal, Overloaded, NotKept, TimeoutError, Gone."""
        if self._inside > AT_ONCE:
            raise Overloaded
        key = await self._key(scope)
        if scope["method"] != "POST":
            raise Refusal(405, "method_not_allowed", "This door takes POST only.", "method")
        body = b""
        try:
            body = await _body(scope, receive)
            await _check(body)
        except _TooLarge as large:
            await self._keep(key, large.start, "the body is larger than 1 MiB")
            raise Refusal(413, "too_large", "A body may hold 1 MiB at most.", "body") from None
        except strict_json.Malformed as error:
            await self._keep(key, body[:KEPT_OF_REFUSED], error.detail)
            raise Refusal(400, error.code, error.detail, error.field) from None
        return await self._keep(key, body)

    async def _key(self, scope: Scope) -> Opened:
        parts = scope["path"].rstrip("/").split("/")
        if len(parts) != 4:
            raise _no_such_door()
        key = await self.keys.find(parts[2])
        if key is None or key.kind != parts[3]:
            raise _no_such_door()
        return key

    async def _keep(self, key: Opened, body: bytes, unreadable: str = "") -> str:
        arrival = Arrival(id=new_id("evt"), key_id=key.id, body=body, received_at=clock.now(), unreadable=unreadable)
        await asyncio.wait_for(self.writer.keep(arrival), KEEP_SECONDS)
        return arrival.id


def _no_such_door() -> Refusal:
    return Refusal(404, "not_found", "There is no such door: the key is unknown, revoked, or for another sender.", "key")


def _busy() -> Refusal:
    return Refusal(503, "unavailable", "Tocsin cannot keep the event now; send it again after the seconds in Retry-After.")


class _TooLarge(Exception):
    def __init__(self, start: bytes) -> None:
        super().__init__()
        self.start = start


async def _body(scope: Scope, receive: Receive) -> bytes:
    """The whole body. One that announces itself as too large is read no further than what is kept as evidence."""
    announced = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    limit = KEPT_OF_REFUSED if announced.isdigit() and int(announced[:19]) > BODY_LIMIT else BODY_LIMIT
    try:
        return await asyncio.wait_for(_read(receive, limit), BODY_SECONDS)
    except TimeoutError:
        raise Refusal(408, "too_slow", f"The body did not arrive within {BODY_SECONDS:.0f} seconds.", "body") from None


async def _read(receive: Receive, limit: int) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        body += message.get("body", b"")
        if len(body) > limit:
            raise _TooLarge(bytes(body[:KEPT_OF_REFUSED]))
        if not message.get("more_body", False):
            return bytes(body)


async def _check(body: bytes) -> None:
    """Raises Malformed. A large body is looked at in a thread, so that small ones need not wait for it."""
    if len(body) > KEPT_OF_REFUSED:
        await asyncio.to_thread(strict_json.parse, body, digits=DIGITS)
    else:
        strict_json.parse(body, digits=DIGITS)


_door: Door | None = None


def start() -> None:
    """Open the door; called at the start of the process's life."""
    global _door
    if _door is None:
        _door = Door()
        _door.start()


def stop() -> None:
    """Close the door when everything in hand is answered; it may be opened again."""
    global _door
    if _door is not None:
        _door.stop()
        _door = None


async def intake(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application for `/in/…`."""
    if _door is None:
        await refused(send, _busy())
    else:
        await _door(scope, receive, send)
