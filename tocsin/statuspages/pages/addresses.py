"""Where a page is read. A secret address is derived from the installation's key and the page's `turn`, and kept nowhere."""

from __future__ import annotations

import base64
import hashlib
import hmac
from urllib.parse import urlsplit

from django.conf import settings

from tocsin.statuspages.models import StatusPage

ROOT = "/status"
INTERNAL = "/status/internal"
SECRET = f"{ROOT}/s/"


def path(page: StatusPage) -> str:
    """Where the page is below the host of the house."""
    if page.audience == StatusPage.INTERNAL:
        return INTERNAL
    if page.is_secret:
        return f"{SECRET}{secret(page)}"
    return ROOT if page.is_first else f"{ROOT}/p/{page.slug}"


def url(page: StatusPage) -> str:
    """Where readers are sent: to its own host, when it has one."""
    return at_own_host(page.host) if page.host else settings.TOCSIN.base_url.rstrip("/") + path(page)


def told(page: StatusPage) -> str:
    """The address that may stand in what leaves the house; of a secret page none."""
    return "" if page.is_secret else url(page)


def at_own_host(host: str) -> str:
    """The root of a host of a page's own, with the scheme and the port of the house."""
    house = urlsplit(settings.TOCSIN.base_url)
    return f"{house.scheme}://{host}{f':{house.port}' if house.port else ''}"


def secret(page: StatusPage) -> str:
    """128 bits in letters that no mail program breaks."""
    key = hmac.new(settings.SECRET_KEY.encode(), b"tocsin status pages", hashlib.sha256).digest()
    made = hmac.new(key, f"{page.pk} {page.turn}".encode(), hashlib.sha256).digest()[:16]
    return base64.b32encode(made).decode().rstrip("=").lower()
