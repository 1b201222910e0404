"""One conversation with the API of a hosted page: what is asked, how answers are judged, nothing of theirs trusted."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any

from tocsin.core import clock
from tocsin.core.net import outbound, pausing
from tocsin.core.text import strict_json
from tocsin.statuspages.mirrors.ports import Landed, Target

TOGETHER = 25.0
"""Seconds for a whole conversation: less than the lease of what it is about."""
MOST_BYTES = 2 * 1024 * 1024
_AGAIN = frozenset({408, 420, 425, 429})
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Refused(Exception):
    """It did not take it; `landed` says how that is to be judged."""

    def __init__(
        self,
        answer: str,
        *,
        permanent: bool = True,
        status: int = 0,
        remote_id: str | None = None,
        pause: dt.timedelta = dt.timedelta(0),
    ) -> None:
        super().__init__(answer)
        self.status = status
        self.landed = Landed(ok=False, answer=answer, permanent=permanent, remote_id=remote_id, pause=pause)


class Api:
    """The API of one page."""

    def __init__(self, target: Target, now: dt.datetime, guard: outbound.Guard | None = None) -> None:
        self._target = target
        self._now = now
        self._guard = guard
        self._until = clock.monotonic() + TOGETHER

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """The JSON that came back with 200 or 201. Raises Refused."""
        answer = self._send(method, f"{self._target.address}/pages/{self._target.page}{path}", body)
        if answer.status not in (200, 201):
            pause = pausing.asked(answer.status, answer.headers, self._now)
            raise Refused(self._words(answer), permanent=_is_final(answer.status), status=answer.status, pause=pause)
        if len(answer.body) >= MOST_BYTES:
            raise Refused(f"its answer is larger than {MOST_BYTES // 2**20} MB")
        try:
            return strict_json.parse(answer.body)
        except strict_json.Malformed:
            raise Refused(f"HTTP {answer.status}, but no JSON: is this the address of the API?") from None

    def _send(self, method: str, url: str, body: dict[str, Any] | None) -> outbound.Answer:
        headers = {"authorization": f"OAuth {self._target.key}", "accept": "application/json"}
        if body is not None:
            headers["content-type"] = "application/json"
        content = b"" if body is None else json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        left = min(outbound.DEADLINE, self._until - clock.monotonic())
        if left <= 0:
            raise Refused("no complete answer within the time limit", permanent=False)
        try:
            return outbound.request(
                method, url, headers=headers, content=content, guard=self._guard, deadline=left, most=MOST_BYTES
            )
        except outbound.Forbidden as error:
            raise Refused(str(error)) from None
        except outbound.Unreached as error:
            raise Refused(str(error), permanent=False) from None

    def _words(self, answer: outbound.Answer) -> str:
        """The status and its own words; never the key, should it say that."""
        if 300 <= answer.status < 400:
            return f"HTTP {answer.status}: it moved elsewhere, and a key is not carried after it"
        said = _error_of(answer.body[:10_000]).replace(self._target.key, "…")
        return f"HTTP {answer.status}{': ' + said if said else ''}"[:300]


def _is_final(status: int) -> bool:
    return status < 500 and status not in _AGAIN


def _error_of(body: bytes) -> str:
    """What `{"error"}` or `{"message"}` say in one line; nothing of a body that is no such JSON."""
    try:
        found = strict_json.parse(body)
    except strict_json.Malformed:
        return ""
    said = found.get("error") or found.get("message") if isinstance(found, dict) else None
    words = "; ".join(one for one in said if isinstance(one, str)) if isinstance(said, list) else said
    return " ".join(words.split()) if isinstance(words, str) else ""


def id_of(document: Any) -> str:
    """The id of one of their objects, empty unless it is one that may stand in a path."""
    found = document.get("id") if isinstance(document, dict) else None
    return found if isinstance(found, str) and _ID.fullmatch(found) else ""


def rows_of(document: Any) -> list[dict[str, Any]]:
    """The objects of a list. Raises Refused for anything else."""
    if not isinstance(document, list):
        raise Refused("it did not answer with a list: is this the address of the API?")
    return [one for one in document if isinstance(one, dict)]
