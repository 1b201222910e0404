"""A calendar from its address, through the one outbound client."""

from __future__ import annotations

from tocsin.core.net import outbound
from tocsin.integrations.icalendar.tidy import MOST_BYTES
from tocsin.oncall.ports import Unreached


def calendar(url: str, guard: outbound.Guard | None = None) -> bytes:
    """The body of a 200 answer. Raises Unreached with what went wrong, never with the address: it is secret."""
    try:
        answer = outbound.request("GET", url, headers={"accept": "text/calendar"}, guard=guard, most=MOST_BYTES + 1)
    except outbound.Forbidden as error:
        raise Unreached(f"The address may not be called: {error}.") from None
    except outbound.Unreached as error:
        raise Unreached(f"The address does not answer: {error}.") from None
    if 300 <= answer.status < 400:
        raise Unreached(f"The address answers {answer.status}: it moved. Give the new address.")
    if answer.status != 200:
        raise Unreached(f"The address answers {answer.status} instead of a calendar.")
    return answer.body
