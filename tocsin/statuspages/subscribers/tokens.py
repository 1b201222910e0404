"""The one secret link of a subscriber: to confirm, to choose, to leave; and the code of a telephone.

Both are derived from the installation's key and kept nowhere.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac

from django.conf import settings

from tocsin.core.ids import is_id
from tocsin.statuspages.models import StatusPage
from tocsin.statuspages.pages import addresses

PREFIX = "sbr"


def token(subscriber_id: str) -> str:
    """What stands in the address of a subscriber's own page."""
    return f"{subscriber_id}-{_signature('manage', subscriber_id)}"


def holder(given: str) -> str:
    """The id of the subscriber whose token this is, empty for one that we did not make."""
    subscriber_id, _, signed = given.rpartition("-")
    good = hmac.compare_digest(signed.encode("utf-8", "replace"), _signature("manage", subscriber_id).encode())
    return subscriber_id if good and is_id(subscriber_id, PREFIX) else ""


def signing_secret(subscriber_id: str) -> str:
    """What calls to this subscriber are signed with, as Standard Webhooks writes it."""
    return "whsec_" + base64.b64encode(_mac("sign", subscriber_id)).decode()


def code(subscriber_id: str, asked_at: dt.datetime) -> str:
    """The six digits that a text carries for one ask; another ask has others."""
    signed = _mac("code", f"{subscriber_id} {asked_at.astimezone(dt.UTC).isoformat()}")
    return f"{int.from_bytes(signed[:8]) % 1_000_000:06d}"


def own_page(subscriber_id: str, page: StatusPage) -> str:
    """Where they confirm, choose and leave."""
    return f"{_root(page)}/subscription/{token(subscriber_id)}"


def way_out(subscriber_id: str, page: StatusPage) -> str:
    """Where mail programs leave for their reader, by one POST."""
    return f"{_root(page)}/unsubscribe/{token(subscriber_id)}"


def _root(page: StatusPage) -> str:
    """An address that stays, whatever becomes of a secret one: whoever wants to leave can."""
    base: str = settings.TOCSIN.base_url.rstrip("/")
    return addresses.at_own_host(page.host) if page.host else base + addresses.ROOT


def _signature(purpose: str, subject: str) -> str:
    """160 bits in letters that no mail program breaks."""
    return base64.b32encode(_mac(purpose, subject)[:20]).decode().lower()


def _mac(purpose: str, subject: str) -> bytes:
    key = hmac.new(settings.SECRET_KEY.encode(), b"tocsin subscribers", hashlib.sha256).digest()
    return hmac.new(key, f"{purpose} {subject}".encode("utf-8", "replace"), hashlib.sha256).digest()
