"""How long the other side asks to be left alone: Retry-After of RFC 9110, in seconds or as a date."""

from __future__ import annotations

import datetime as dt
import email.utils
from collections.abc import Mapping

_ASKS = frozenset({429, 503})
LONGEST = dt.timedelta(days=1)
"""Whoever asks for more is believed so far."""


def asked(status: int, headers: Mapping[str, str], now: dt.datetime) -> dt.timedelta:
    """With 429 and 503 what the header says, from zero to `LONGEST`; zero for what is no seconds and no date. `headers` have names
    in small letters.
    """
    said = headers.get("retry-after", "").strip() if status in _ASKS else ""
    if said.isascii() and said.isdigit():
        return dt.timedelta(seconds=min(int(said[:9]), LONGEST.total_seconds()))
    try:
        at = email.utils.parsedate_to_datetime(said) if said else now
    except (ValueError, TypeError, OverflowError):
        return dt.timedelta(0)
    at = at if at.tzinfo else at.replace(tzinfo=dt.UTC)
    return min(max(at - now, dt.timedelta(0)), LONGEST)
