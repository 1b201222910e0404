"""The icons. One file, `static/sprite.svg`; each page carries only the symbols it uses."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable

from django.utils.safestring import SafeString, mark_safe

from tocsin.web.frame import assets

SOLID = {"sev1", "sev2", "open"}
"""Solid shapes are kept for severity and for "triggered"."""

_SYMBOL = re.compile(r'<symbol id="([^"]+)".*?</symbol>')


@functools.cache
def known() -> dict[str, str]:
    """Every symbol by its id."""
    return {match.group(1): match.group(0) for match in _SYMBOL.finditer(assets.text("sprite.svg"))}


def sprite(names: Iterable[str]) -> SafeString:
    """These symbols as one hidden drawing. Raises KeyError for a name that the sprite lacks."""
    drawn = "".join(known()[name] for name in sorted(names))
    return mark_safe(f'<svg class="sr" id="sprite" aria-hidden="true">{drawn}</svg>')  # noqa: S308  our own file
