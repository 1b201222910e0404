"""One signed POST. The same update goes under the same `webhook-id` however often it is tried: readers drop repeats by it."""

from __future__ import annotations

import datetime as dt
import json

from tocsin.core.net import outbound, pausing
from tocsin.integrations.mirror_call import shape
from tocsin.integrations.webhook import sign
from tocsin.statuspages.mirrors.ports import Landed, Message
from tocsin.statuspages.outside.rules import code

_AGAIN = frozenset({408, 425, 429})


def send(message: Message, *, now: dt.datetime, guard: outbound.Guard | None = None) -> Landed:
    """As `ports.Carrier`. 2xx is taken; 408, 425, 429, 5xx and no answer may be tried again. The answer's body is not read."""
    body = json.dumps(shape.document(message, now), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    target = message.target
    headers = sign.headers((target.key,), message.key, int(now.timestamp()), body)
    headers |= {"content-type": "application/json", "idempotency-key": message.key}
    try:
        answer = outbound.request("POST", target.address, headers=headers, content=body, guard=guard, most=1)
    except outbound.Forbidden as error:
        return Landed(ok=False, answer=str(error), permanent=True)
    except outbound.Unreached as error:
        return Landed(ok=False, answer=str(error))
    if not 200 <= answer.status < 300:
        final, pause = answer.status < 500 and answer.status not in _AGAIN, pausing.asked(answer.status, answer.headers, now)
        return Landed(ok=False, answer=f"HTTP {answer.status}", permanent=final, pause=pause)
    return Landed(ok=True, answer=f"HTTP {answer.status}", remote_id=code(message.words.entry) if message.words else None)
