"""The signature of Standard Webhooks: HMAC-SHA256 over `id.timestamp.body` with the bytes behind `whsec_`, in base64."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """`v1,` and 44 characters."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()


def headers(secrets: Sequence[str], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """With several secrets there are several signatures, and one that fits is enough."""
    signed = " ".join(signature(secret, message_id, timestamp, body) for secret in secrets)
    return {"webhook-id": message_id, "webhook-timestamp": str(timestamp), "webhook-signature": signed}
