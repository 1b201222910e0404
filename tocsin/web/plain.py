"""Small answers of the bare doors, which know nothing of Django."""

from __future__ import annotations

import html
import json
import urllib.parse
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


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>Not saved: {title} · Tocsin</title></head>
<body><main><h1>Not saved: {title}</h1><p>{words}</p><p><a href="{back}">Go back</a></p></main></body></html>
"""


def reads_pages(scope: Scope) -> bool:
    """Whether a person waits for this answer in a browser."""
    return b"text/html" in dict(scope["headers"]).get(b"accept", b"") and not scope["path"].startswith("/api/")


async def refuse_page(scope: Scope, send: Send, status: int, words: str) -> None:
    """As `refuse`, in words on a bare page that leads back to where the person came from."""
    title = HTTPStatus(status).phrase.lower()
    body = _PAGE.format(title=html.escape(title), words=html.escape(words), back=html.escape(_came_from(scope))).encode()
    headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
        (b"x-content-type-options", b"nosniff"),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _came_from(scope: Scope) -> str:
    """The path of the page that sent this, when it is one of ours, else Home."""
    headers = dict(scope["headers"])
    try:
        there = urllib.parse.urlsplit(headers.get(b"referer", b"").decode("latin-1"))
    except ValueError:
        return "/"
    ours = there.netloc.encode("latin-1") == headers.get(b"host", b"") and there.path.startswith("/")
    return "/" + urllib.parse.urlunsplit(("", "", there.path, there.query, "")).lstrip("/\\") if ours else "/"


async def hang_up(scope: Scope, receive: Receive, send: Send) -> None:
    """There is no such WebSocket."""
    await receive()
    await send({"type": "websocket.close", "code": 4404})
