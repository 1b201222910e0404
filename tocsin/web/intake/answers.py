"""What the intake door answers."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from tocsin.core.observe import metrics

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
RETRY_AFTER = b"5"
"""Seconds that a sender is asked to wait when we cannot keep its event."""


@dataclass(eq=False)
class Refusal(Exception):
    """An answer other than 202. `field` names the part of the request that is wrong."""

    status: int
    code: str
    detail: str
    field: str = ""


async def accepted(send: Send, event_id: str) -> None:
    """202: the event is on disk under this id."""
    await _answer(send, 202, {"event": event_id}, b"application/json")


async def refused(send: Send, refusal: Refusal) -> None:
    """A problem that names the field; the connection ends, since the body may not have been read."""
    problem = {
        "type": "about:blank",
        "title": HTTPStatus(refusal.status).phrase,
        "status": refusal.status,
        "code": refusal.code,
        "detail": refusal.detail,
        "field": refusal.field,
    }
    extra = [(b"connection", b"close")]
    if refusal.status == HTTPStatus.METHOD_NOT_ALLOWED:
        extra.append((b"allow", b"POST"))
    if refusal.status == HTTPStatus.SERVICE_UNAVAILABLE:
        extra.append((b"retry-after", RETRY_AFTER))
    await _answer(send, refusal.status, problem, b"application/problem+json", extra)


async def _answer(
    send: Send, status: int, body: dict[str, Any], kind: bytes, extra: list[tuple[bytes, bytes]] | None = None
) -> None:
    metrics.INTAKE.labels(str(status)).inc()
    content = json.dumps(body).encode()
    headers = [(b"content-type", kind), (b"content-length", str(len(content)).encode()), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers + (extra or [])})
    await send({"type": "http.response.body", "body": content})
