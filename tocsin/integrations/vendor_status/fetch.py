"""A feed from its address, through the one outbound client; it may have moved a few times."""

from __future__ import annotations

from urllib.parse import urljoin

from tocsin.core.net import outbound
from tocsin.directory.vendor_status.ports import Unread

MOST_BYTES = 1024 * 1024
_MOVES = 3
_MOVED = frozenset({301, 302, 303, 307, 308})
_ACCEPTED = "application/json, application/atom+xml, application/rss+xml;q=0.9, */*;q=0.5"


def body(url: str, guard: outbound.Guard | None = None) -> bytes:
    """The body of a 200 answer, at most 1 MB. Each address on the way is checked like the first. Raises Unread."""
    for _ in range(_MOVES + 1):
        answer = _ask(url, guard)
        if answer.status not in _MOVED:
            break
        url = urljoin(url, answer.headers.get("location", ""))
    if answer.status in _MOVED:
        raise Unread(f"the address moved more than {_MOVES} times")
    if answer.status != 200:
        raise Unread(f"the address answers {answer.status}")
    if len(answer.body) > MOST_BYTES:
        raise Unread("the feed is larger than 1 MB")
    return answer.body


def _ask(url: str, guard: outbound.Guard | None) -> outbound.Answer:
    try:
        return outbound.request("GET", url, headers={"accept": _ACCEPTED}, guard=guard, most=MOST_BYTES + 1)
    except outbound.Forbidden as error:
        raise Unread(f"the address may not be called: {error}") from None
    except outbound.Unreached as error:
        raise Unread(f"the address does not answer: {error}") from None
