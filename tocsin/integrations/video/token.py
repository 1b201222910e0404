"""The token that a Jitsi with JWT asks for: who may enter which room, until when, signed with the secret both know (HS256)."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

LASTS = dt.timedelta(hours=1)
_EARLY = dt.timedelta(minutes=1)
"""The clock of the other house may be behind."""


def claims(address: str, app_id: str, guest: Mapping[str, str], now: dt.datetime) -> dict[str, Any]:
    """For the room at this address. Its name, and the house or the tenant it is in, in small letters, as Jitsi compares them."""
    parts = urlsplit(address)
    *tenant, room = [step for step in parts.path.split("/") if step]
    return {
        "aud": "jitsi",
        "iss": app_id,
        "sub": (tenant[-1] if tenant else parts.hostname or "").lower(),
        "room": room.lower(),
        "iat": int(now.timestamp()),
        "nbf": int((now - _EARLY).timestamp()),
        "exp": int((now + LASTS).timestamp()),
        "context": {"user": dict(guest)},
    }


def signed(what: Mapping[str, Any], secret: str) -> str:
    """Header, claims and signature, each in base64 for addresses."""
    body = ".".join(_part(json.dumps(one, separators=(",", ":")).encode()) for one in ({"alg": "HS256", "typ": "JWT"}, what))
    return f"{body}.{_part(hmac.new(secret.encode(), body.encode(), hashlib.sha256).digest())}"


def _part(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
