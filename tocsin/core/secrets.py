"""Secrets: tokens that leave the house once and stay inside only as a digest, and values encrypted at rest."""

from __future__ import annotations

import base64
import functools
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

_KNOWN_WEAK = {"changeme", "secret", "insecure", "default", "django-insecure", "tocsin"}


class WeakSecret(Exception):
    """The configured key is one that everybody knows, or too short."""


def installation_key(configured: str, folder: Path) -> str:
    """The key of this installation: the configured one, or the one kept in `folder/secret` (made once, mode 0600)."""
    if configured:
        if len(configured) < 32 or any(configured.lower().startswith(weak) for weak in _KNOWN_WEAK):
            raise WeakSecret("TOCSIN_SECRET_KEY needs 32 random characters or more; leave it empty to have one made")
        return configured
    path = folder / "secret"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()


def new_token() -> str:
    """256 random bits, safe in a URL path."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What is stored of a token: 64 hex digits, useless to whoever reads the database."""
    return hashlib.sha256(token.encode()).hexdigest()


@functools.cache
def _fernet() -> MultiFernet:
    key = hmac.new(settings.SECRET_KEY.encode(), b"tocsin values at rest", hashlib.sha256).digest()
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key))])


def encrypt(value: str) -> str:
    """Ciphertext for the database."""
    return _fernet().encrypt(value.encode()).decode()


def decrypt(value: str) -> str:
    """The plain value; raises ValueError when the key is not the one it was encrypted with."""
    try:
        return _fernet().decrypt(value.encode()).decode()
    except InvalidToken:
        raise ValueError("this value was encrypted with another TOCSIN_SECRET_KEY") from None
