"""The secret in the link of a page. It is made again from the page's id for each message, so only its digest is stored."""

from __future__ import annotations

import base64
import hashlib
import hmac

from django.conf import settings

from tocsin.core.secrets import digest


def token_of(page_id: str) -> str:
    """43 characters, safe in a path: good for this one page of this installation."""
    key = hmac.new(settings.SECRET_KEY.encode(), b"tocsin page links", hashlib.sha256).digest()
    return base64.urlsafe_b64encode(hmac.new(key, page_id.encode(), hashlib.sha256).digest()).decode().rstrip("=")


def digest_of(page_id: str) -> str:
    """What the database keeps of it."""
    return digest(token_of(page_id))


def link_of(page_id: str) -> str:
    """The address in a message."""
    return f"{settings.TOCSIN.base_url.rstrip('/')}/ack/{token_of(page_id)}"
