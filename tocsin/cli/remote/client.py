"""One running Tocsin as the command line sees it: JSON in, JSON out, refusals as exit codes."""

from __future__ import annotations

import http.client
import json
import secrets
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tocsin import __version__
from tocsin.cli.answers import LOCKED, NO, NOT_ALLOWED, UNREACHABLE, USAGE, fail

SECONDS = 40.0
"""A little longer than the store may wait for its write lock."""
NULL = object()
"""A field that is null on purpose: nobody, or nothing any more."""
_CODES = {400: USAGE, 401: NOT_ALLOWED, 403: NOT_ALLOWED, 404: NO, 409: LOCKED, 412: LOCKED, 413: USAGE, 422: USAGE, 428: USAGE}
_PAGE = 200


class Remote:
    """An address and a token. Every method leaves with the exit code of the refusal when there is one."""

    def __init__(self, url: str, token: str) -> None:
        parts = urllib.parse.urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            fail(USAGE, f"--url {url!r} is not an address; it looks like https://tocsin.example.com")
        if not token:
            fail(USAGE, "no token: set TOCSIN_TOKEN or pass --token; people make tokens in their profile")
        self._base = url.rstrip("/") + "/api/v1"
        self._token = token

    def get(self, *path: str, **query: Any) -> Any:
        return self._ask("GET", path, query)[0]

    def post(self, *path: str, **body: Any) -> Any:
        """Send once: a retry after a broken line carries the same key, so that nothing happens twice."""
        key = {"Idempotency-Key": secrets.token_urlsafe(18)}
        return self._ask("POST", path, {}, _given(body), key)[0]

    def attach(self, *path: str, files: Sequence[Path], **fields: str) -> Any:
        """Send a form with files; `client_key` makes a retry after a broken line the same message."""
        edge = secrets.token_hex(16)
        body = _form(edge, {**fields, "client_key": secrets.token_urlsafe(18)}, files)
        headers = {"Content-Type": f"multipart/form-data; boundary={edge}"}
        return json.loads(self._send("POST", path, {}, body, headers)[0])

    def fetch(self, *path: str, **query: Any) -> bytes:
        """The bytes of an answer that is not JSON."""
        return self._send("GET", path, query, None, {})[0]

    def change(self, *path: str, **fields: Any) -> Any:
        """Change fields of an object as it is now; somebody else's change in between is a conflict."""
        _, tag = self._ask("GET", path, {})
        return self._ask("PATCH", path, {}, _given(fields), {"If-Match": tag})[0]

    def listed(self, *path: str, limit: int, **query: Any) -> dict[str, Any]:
        """Up to `limit` objects, read page by page."""
        items: list[Any] = []
        cursor: str | None = ""
        while cursor is not None and len(items) < limit:
            part = self.get(*path, **query, limit=min(_PAGE, limit - len(items)), cursor=cursor)
            items += part["items"]
            cursor = part["next"]
        return {"items": items, "next": cursor}

    def _ask(
        self,
        method: str,
        path: tuple[str, ...],
        query: dict[str, Any],
        body: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[Any, str]:
        """The answer and its entity tag."""
        raw, tag = self._send(method, path, query, None if body is None else json.dumps(body).encode(), headers or {})
        try:
            return (json.loads(raw) if raw else None), tag
        except ValueError:
            fail(UNREACHABLE, f"{self._base} does not answer in JSON; is this the address of a Tocsin?")

    def _send(
        self, method: str, path: tuple[str, ...], query: dict[str, Any], body: bytes | None, headers: dict[str, str]
    ) -> tuple[bytes, str]:
        """The bytes of the answer and its entity tag; asked a second time when the line broke."""
        for last in (False, True):
            try:
                with urllib.request.urlopen(self._request(method, path, query, body, headers), timeout=SECONDS) as answer:  # noqa: S310
                    return answer.read(), answer.headers.get("ETag", "")
            except urllib.error.HTTPError as error:
                _refused(error)
            except (OSError, http.client.HTTPException, ValueError) as error:
                if last:
                    fail(UNREACHABLE, f"{self._base} does not answer: {getattr(error, 'reason', None) or error}")
        raise AssertionError("unreachable")

    def _request(
        self, method: str, path: tuple[str, ...], query: dict[str, Any], body: bytes | None, headers: dict[str, str]
    ) -> urllib.request.Request:
        address = "/".join([self._base, *(urllib.parse.quote(part, safe="") for part in path)])
        asked = {name: value for name, value in query.items() if value not in (None, "")}
        if asked:
            address += "?" + urllib.parse.urlencode(asked)
        return urllib.request.Request(  # noqa: S310
            address,
            data=body,
            method=method,
            headers={
                "Authorization": f"Bearer {self._token}",
                "Content-Type": "application/json",
                "User-Agent": f"tocsin/{__version__}",
                **headers,
            },
        )


def _given(fields: dict[str, Any]) -> dict[str, Any]:
    """What is None was not said and is left out; what is NULL was said."""
    return {name: None if value is NULL else value for name, value in fields.items() if value is not None}


def _form(edge: str, fields: dict[str, str], files: Sequence[Path]) -> bytes:
    """A `multipart/form-data` body."""
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode() for name, value in fields.items()
    ]
    for file in files:
        name = file.name.replace('"', "_").replace("\r", "_").replace("\n", "_")
        head = f'--{edge}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'
        try:
            parts.append(f"{head}Content-Type: application/octet-stream\r\n\r\n".encode() + file.read_bytes() + b"\r\n")
        except OSError as error:
            fail(USAGE, f"{file} cannot be read: {error.strerror or error}")
    return b"".join(parts) + f"--{edge}--\r\n".encode()


def _refused(error: urllib.error.HTTPError) -> None:
    """Leave with the exit code of this status and the sentence of the problem."""
    try:
        problem = json.loads(error.read())
        words = problem["detail"]
        if problem.get("field") and problem["field"] not in words:
            words = f"{problem['field']}: {words}"
    except (ValueError, KeyError, TypeError, OSError, http.client.HTTPException):
        words = f"the server answered {error.code} {error.reason}"
    fail(_CODES.get(error.code, UNREACHABLE if error.code >= 500 else NO), words)
