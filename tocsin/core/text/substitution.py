"""Texts that people may edit: `{{ name }}` is replaced from a flat list of strings, and nothing else happens.

No attribute access, no filters, no logic: a template can neither read nor run anything that it was not given.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

_SLOT = re.compile(r"\{\{\s*([a-z_][a-z0-9_]{0,40})\s*\}\}")
MAX_OUTPUT = 64 * 1024


def slots(template: str) -> list[str]:
    """The names that a template uses, in order, without doubles."""
    return list(dict.fromkeys(_SLOT.findall(template)))


def fill(template: str, values: Mapping[str, str], *, escape: Callable[[str], str] = str) -> str:
    """The text with each slot replaced; `escape` is applied to each value. Unknown slots raise KeyError with the name."""

    def replace(match: re.Match[str]) -> str:
        return escape(values[match.group(1)])

    return _SLOT.sub(replace, template)[:MAX_OUTPUT]
