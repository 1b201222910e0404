"""Where a mail belongs, by its subject and its sender. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

KEEP_RAW = dt.timedelta(days=30)
KEEP_ROWS = dt.timedelta(days=90)
MAX_TRIES = 3

_KEY = re.compile(r"(?<![A-Za-z0-9-])([A-Za-z]{2,10})-([0-9]{1,12})(?![A-Za-z0-9-])")
_CASES = (
    re.compile(r"[\[(]#?([A-Za-z]{0,10}-?[0-9]{2,20})[\])]"),
    re.compile(r"#([0-9]{2,20})\b"),
    re.compile(
        r"\b(?:case|ticket|request|incident)\s*(?:no\.?|number|id)?\s*:?\s*#?([A-Za-z]{0,10}-?[0-9]{2,20})\b", re.IGNORECASE
    ),
    re.compile(r"\b([A-Z]{2,10}-[0-9]{1,20})\b"),
)
_AGAIN = re.compile(r"^\s*(?:(?:re|fw|fwd|aw|wg|tr|sv|antw)\s*:\s*)+", re.IGNORECASE)


def keys_in(subject: str) -> list[str]:
    """What looks like the key of an incident, in the order it stands there."""
    return list(dict.fromkeys(f"{prefix.upper()}-{int(number)}" for prefix, number in _KEY.findall(subject)))[:10]


def case_reference(subject: str, key: str) -> str:
    """What the support desk calls its case: the number in the subject, else what the subject says besides the key."""
    rest = re.sub(rf"(?<![A-Za-z0-9-]){re.escape(key)}(?![A-Za-z0-9-])", " ", subject, flags=re.IGNORECASE)
    rest = _AGAIN.sub("", " ".join(rest.split()))
    for pattern in _CASES:
        found = pattern.search(rest)
        if found:
            return found[1][:80]
    return rest.strip(" -:,[]()")[:80].strip()


def may_label(sender: str, allowed: str) -> bool:
    """Whether this address is one of the comma-separated addresses and domains that may label cases."""
    named = {one.strip().lower().lstrip("@") for one in allowed.split(",") if one.strip()}
    return bool(sender) and (sender in named or sender.partition("@")[2] in named)


def first_line(text: str, otherwise: str) -> str:
    """What a text begins with, for a list of mails."""
    return next((" ".join(line.split())[:400] for line in text.splitlines() if line.strip()), otherwise)


def unnamed(digests: Iterable[str]) -> str:
    """The Message-ID that a mail without one is known by here."""
    return f"<{'.'.join(digests)[:100]}@no-message-id.invalid>"
