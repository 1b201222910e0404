"""Pure decisions: names, zones, codes, one-time links, and by which methods a person is reached."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
import zoneinfo
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tocsin.core.errors import Invalid

READ, RESPOND, CONFIGURE = "read", "respond", "configure"
SCOPES = (READ, RESPOND, CONFIGURE)
"""`read` sees, `respond` also acts on alerts, pages and incidents, `configure` also changes people, teams and services."""

STAGES: Mapping[str, str] = {
    "detect": "Detect",
    "respond": "Respond",
    "recover": "Recover",
    "learn": "Learn",
    "improve": "Improve",
}
"""The stages of an incident's life that a value belongs to."""

BACKUP_KINDS: Mapping[str, str] = {
    "chat": "Chat",
    "video": "Video call",
    "documents": "Documents",
    "state_document": "Incident state document",
    "ticket": "Incident ticket",
}
"""What incidents are run with and must be able to do without."""

BACKUP_TEST_LASTS = dt.timedelta(days=180)
"""A backup system that was not tried for this long counts as unproven."""

INVITE, RESET, MAIL_TEST = "invite", "reset", "mail-test"
LINK_LIFETIME = {INVITE: dt.timedelta(days=7), RESET: dt.timedelta(days=1)}
SETUP_LIFETIME = dt.timedelta(days=1)

CODE_LIFETIME = dt.timedelta(minutes=30)
CODE_DIGITS = 6
CODE_TRIES = 5
CODE_PAUSE = dt.timedelta(seconds=30)
MAX_DELAY_MINUTES = 60
MAX_STEPS = 10

_TELEPHONE = re.compile(r"^\+?[0-9][0-9 ()/.-]{4,24}$")
_HEADER_NAME = re.compile(r"^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$")


def initials(name: str) -> str:
    """`aws` for Amazon Web Services."""
    return "".join(word[0] for word in name.lower().split())


def slug_of(name: str, taken: Iterable[str] = (), *, fallback: str = "item", limit: int = 60) -> str:
    """A short name for addresses, from the name, not among `taken`: `Payments API` gives `payments-api`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[: limit - 6].strip("-") or fallback
    used = set(taken)
    if slug not in used:
        return slug
    number = 2
    while f"{slug}-{number}" in used:
        number += 1
    return f"{slug}-{number}"


def is_slug(text: str) -> bool:
    """Whether a short name given by hand can stand in an address."""
    return re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", text) is not None and len(text) <= 60


def is_zone(name: str) -> bool:
    """Whether this is the name of a time zone in the tz database, such as Europe/Vienna."""
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return bool(name)


def name_from_mail(address: str) -> str:
    """A first guess at a person's name: `ana.kovac@example.com` gives `Ana Kovac`."""
    words = re.split(r"[._+-]+", address.partition("@")[0])
    return " ".join(word.capitalize() for word in words if word) or address


def is_clean_line(text: str) -> bool:
    """One line of text: no control characters, no lone surrogates."""
    return not any(unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} for char in text)


def is_telephone(address: str) -> bool:
    """Whether an address at a gateway is a number that a colleague could dial too.

    Anything else, such as a topic of ntfy, works for whoever knows it and is therefore nobody else's to see.
    """
    return _TELEPHONE.match(address) is not None


def counts_on(expires_on: dt.date | None, day: dt.date) -> bool:
    """Whether a qualification still counts on this day."""
    return expires_on is None or expires_on >= day


def header_problem(headers: dict[str, str]) -> str:
    """What is wrong with the headers of a templated call, in a sentence; empty when nothing is."""
    for name, value in headers.items():
        if not _HEADER_NAME.match(name):
            return f"“{name}” is not the name of an HTTP header."
        if not is_clean_line(value):
            return f"The value of {name} must be one line."
    return ""


def headers_from_text(text: str) -> dict[str, str]:
    """`Name: value` lines as a mapping. Raises ValueError with the line that has no colon."""
    headers = {}
    for line in text.splitlines():
        if not line.strip():
            continue
        name, colon, value = line.partition(":")
        if not colon:
            raise ValueError(line.strip())
        headers[name.strip()] = value.strip()
    return headers


def code_is_current(sent_at: dt.datetime | None, tries: int, now: dt.datetime) -> bool:
    """Whether a verification code may still be tried."""
    return sent_at is not None and tries < CODE_TRIES and now - sent_at <= CODE_LIFETIME


@dataclass(frozen=True, slots=True)
class Method:
    """What the choice of methods needs to know of one. `usable`: verified and not broken."""

    id: str
    usable: bool


def plan(methods: Sequence[Method], wanted: Sequence[tuple[str, int]], other: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """By which method ids a person is paged, each with its delay in minutes, earliest first.

    `wanted` is the person's list for the urgency, `other` the one for the other urgency. Methods that cannot be used are left
    out, and what is left moves up to where the list began: nobody waits for a way that is known not to work. When nothing is
    left of the wanted list, the other one serves; then every usable method at once; then nothing.
    """
    usable = {method.id for method in methods if method.usable}
    for steps in (wanted, other, [(method.id, 0) for method in methods]):
        kept = sorted((step for step in steps if step[0] in usable), key=lambda step: step[1])
        if kept:
            earlier = kept[0][1] - min(delay for _, delay in steps)
            return [(method, delay - earlier) for method, delay in kept]
    return []


def backup_is_proven(link: str, tested_on: dt.date | None, today: dt.date) -> bool:
    """Whether a backup system is named and was tried lately."""
    return bool(link) and tested_on is not None and today - tested_on <= BACKUP_TEST_LASTS


def past_day(day: dt.date | str, today: dt.date) -> dt.date:
    """A day that has come, from a date or `2026-11-20`; a day's grace for zones ahead of UTC. Raises Invalid."""
    try:
        found = day if isinstance(day, dt.date) else dt.date.fromisoformat(day)
    except ValueError:
        raise Invalid("Write the day as year-month-day, such as 2026-11-30.", field="tested_on") from None
    if found > today + dt.timedelta(days=1):
        raise Invalid("A test that lies ahead has proven nothing yet.", field="tested_on")
    return found
