"""The static files of the house: where they lie, and a mark in their address that changes when they do."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

from django.contrib.staticfiles import finders


@functools.cache
def text(path: str) -> str:
    """The text of a static file. Raises FileNotFoundError."""
    found = finders.find(path)
    if not found:
        raise FileNotFoundError(path)
    return Path(str(found)).read_text()


@functools.cache
def mark(path: str) -> str:
    """Eight hex digits of the file's content."""
    return hashlib.sha256(text(path).encode()).hexdigest()[:8]
