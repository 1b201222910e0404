"""Small answers of the bare doors, which know nothing of Django."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Door = Callable[[Scope, Receive, Send], Awaitable[None]]


async def answer(
    send: Send, status: int, document: Any, kind: bytes = b"application/json", *, more: tuple[tuple[bytes, bytes], ...] = ()
) -> None:
    """One small JSON document."""
    body = json.dumps(document).encode()
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode()), (b"cache-control", b"no-store"), *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def refuse(send: Send, status: int, code: str, detail: str, field: str = "") -> None:
    """A problem+json answer that closes the connection, since its body may not have been read."""
    title = HTTPStatus(status).phrase
    problem = {"type": "about:blank", "title": title, "status": status, "code": code, "detail": detail}
    problem |= {"field": field} if field else {}
    more = ((b"connection", b"close"), *(((b"retry-after", b"2"),) if status == HTTPStatus.SERVICE_UNAVAILABLE else ()))
    await answer(send, status, problem, b"application/problem+json", more=more)


async def hang_up(scope: Scope, receive: Receive, send: Send) -> None:
    """There is no such WebSocket."""
    await receive()
    await send({"type": "websocket.close", "code": 4404})
