"""One signed POST."""

from __future__ import annotations

import datetime as dt

from tocsin.core.net import outbound
from tocsin.core.ports import Delivery
from tocsin.integrations.webhook import sign
from tocsin.paging.ports import WebhookMessage

_AGAIN = frozenset({408, 425, 429})


def call(message: WebhookMessage, *, now: dt.datetime, guard: outbound.Guard | None = None) -> Delivery:
    """2xx is taken; 408, 425, 429, 5xx and no answer may be tried again; the rest is final. The answer's body is not read."""
    if not message.secrets:
        return Delivery(ok=False, answer="its secret was encrypted with another TOCSIN_SECRET_KEY; make another", permanent=True)
    headers = sign.headers(message.secrets, message.idempotency_key, int(now.timestamp()), message.body)
    headers |= {"content-type": "application/json", "idempotency-key": message.idempotency_key}
    try:
        answer = outbound.request("POST", message.address, headers=headers, content=message.body, guard=guard, most=1)
    except outbound.Forbidden as error:
        return Delivery(ok=False, answer=str(error), permanent=True)
    except outbound.Unreached as error:
        return Delivery(ok=False, answer=str(error))
    return judge(answer.status)


def judge(status: int) -> Delivery:
    """2xx is taken; 408, 425, 429 and 5xx may pass; everything else, a redirect too, is final."""
    if 200 <= status < 300:
        return Delivery(ok=True, answer=f"HTTP {status}")
    return Delivery(ok=False, answer=f"HTTP {status}", permanent=status < 500 and status not in _AGAIN)
