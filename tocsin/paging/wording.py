"""The words of a page: first line readable on a lock screen, nothing in them that a mail header or a display could trip over."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import Any

from tocsin.core.text.texts import shorten
from tocsin.paging.rules import LOW

_SEVERITY = re.compile(r"(?:sev(?:erity)?[\s-]*)?([1-9])", re.IGNORECASE)
_DROPPED = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
_KEPT = {"\u200d", "\ufe0f"}
"""Joiners that emoji are made of; all other invisible characters, the ones that turn the reading direction too, are dropped."""

SUBJECT_LIMIT, SHORT_LIMIT = 200, 300


def one_line(text: object, limit: int) -> str:
    """Any text as one clean line."""
    flat = "".join(char if _is_kept(char) else " " if char in "\r\n\t\v\f\u2028\u2029" else "" for char in str(text))
    return shorten(" ".join(flat.split()), limit)


def _is_kept(char: str) -> bool:
    return char in _KEPT or unicodedata.category(char) not in _DROPPED


def severity_word(card: dict[str, Any], urgency: str) -> str:
    """`SEV1` for incidents, a sender's own word in capitals for alerts, else the urgency."""
    said = one_line(card.get("severity") or "", 20)
    number = _SEVERITY.fullmatch(said)
    return f"SEV{number.group(1)}" if number else said.upper() or ("LOW" if urgency == LOW else "HIGH")


def headline(card: dict[str, Any]) -> str:
    """`checkout-api: 5xx 38 %`; the service is not said twice."""
    title, service = one_line(card.get("title") or "no title", 400), one_line(card.get("service") or "", 120)
    return title if not service or title.lower().startswith(service.lower()) else f"{service}: {title}"


def subject(card: dict[str, Any], urgency: str) -> str:
    """`[SEV1 #4821] checkout-api: 5xx 38 %`"""
    mark = " ".join(word for word in (severity_word(card, urgency), one_line(card.get("key") or "", 30)) if word)
    return shorten(f"[{mark}] {headline(card)}", SUBJECT_LIMIT)


def short_text(card: dict[str, Any], urgency: str) -> str:
    """One line for a phone: `SEV1 checkout-api: 5xx 38 % #4821`. The link travels beside it."""
    key = one_line(card.get("key") or "", 30)
    head = shorten(f"{severity_word(card, urgency)} {headline(card)}", SHORT_LIMIT - len(key) - 1)
    return f"{head} {key}".strip()


def long_text(card: dict[str, Any], urgency: str, *, link: str, reason: str, next_line: str, zone: dt.tzinfo) -> str:
    """The body of a mail."""
    facts = [one_line(card.get("key") or "", 30), started(card, zone)]
    lines = [
        f"{severity_word(card, urgency)} {headline(card)}",
        " · ".join(fact for fact in facts if fact),
        "",
        "Acknowledge, pass on or look closer:",
        link,
        "",
        f"Why you: {reason}" if reason else "",
        next_line,
    ]
    return "\n".join(lines).rstrip() + "\n"


def started(card: dict[str, Any], zone: dt.tzinfo) -> str:
    """`started 02:14 CET`, or nothing when the card does not say."""
    try:
        instant = dt.datetime.fromisoformat(str(card.get("started_at") or ""))
    except ValueError:
        return ""
    return f"started {at(instant, zone)}" if instant.tzinfo else ""


def at(instant: dt.datetime, zone: dt.tzinfo) -> str:
    """`02:14 CET`, the reader's wall clock."""
    return f"{instant.astimezone(zone):%H:%M %Z}"
