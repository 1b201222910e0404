"""Who is told of what, what a mail says, and how often somebody may be asked whether they want to hear."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Sequence

from tocsin.core.errors import Invalid
from tocsin.core.text import texts
from tocsin.statuspages.words import Words

ASK_AGAIN = dt.timedelta(minutes=10)
"""An address is written to once in this time, however often somebody asks for it."""
AN_HOUR = dt.timedelta(hours=1)
MOST_AN_HOUR = 600
"""Questions that an installation sends in an hour: whoever subscribes strangers by the thousand reaches so many."""
TEXTS_AN_HOUR = 60
"""Codes that one page sends in an hour: each costs money, and numbers are easily made up."""
TEXTS_A_DAY = 3
"""Codes and hints that one number is sent in a day."""
A_DAY = dt.timedelta(days=1)
CODE_LIVES = dt.timedelta(minutes=30)
CODE_TRIES = 5
"""Codes that may be typed for one number within `CODE_LIVES`."""
UNCONFIRMED = dt.timedelta(days=7)
"""After this an address that nobody confirmed is forgotten."""
KEPT = dt.timedelta(days=30)
"""So long it is known who was told of what."""
_ADDRESS = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")

_NUMBER = re.compile(r"\+[1-9][0-9]{7,14}")
_BETWEEN_DIGITS = dict.fromkeys(map(ord, " \u00a0\u202f-./()"))


def mail_address(text: object) -> str:
    """A mail address in small letters. Raises Invalid for what no mail server would take."""
    found = texts.line(text, field="address", limit=254).lower()
    if not _ADDRESS.fullmatch(found) or ".." in found or found.startswith(".") or ".@" in found:
        raise Invalid("Write a mail address such as ops@example.com.", field="address")
    return found


def telephone(text: object) -> str:
    """A telephone number as E.164 writes it. Raises Invalid for any other; a (0) may not be dialled from abroad."""
    found = texts.line(text, field="address", limit=40)
    plain = "" if "(0)" in found else found.translate(_BETWEEN_DIGITS)
    if not _NUMBER.fullmatch(plain):
        raise Invalid("Write the number with + and the code of the country, such as +43 660 1234567.", field="address")
    return plain


def is_number(text: str) -> bool:
    """Whether somebody meant a telephone number: no mail address begins so."""
    return text.lstrip().startswith("+") and "@" not in text


def digest(channel: str, address: str) -> str:
    """What an address is known by."""
    return hashlib.sha256(f"{channel} {address}".encode()).hexdigest()


def may_ask(last_asked: dt.datetime | None, this_hour: int, now: dt.datetime) -> bool:
    """Whether an address may be asked whether it wants to hear: not twice within `ASK_AGAIN`, not beyond the cap of the hour."""
    return (last_asked is None or now - last_asked >= ASK_AGAIN) and this_hour < MOST_AN_HOUR


def may_text(this_hour: int, today: int) -> bool:
    """Whether one more text may be asked for: so many of a page in an hour, so many to a number in a day."""
    return this_hour < TEXTS_AN_HOUR and today < TEXTS_A_DAY


def may_prove(asked_at: dt.datetime, tries: int, now: dt.datetime) -> bool:
    """Whether a code still counts that was sent for an ask, at the try of this number."""
    return tries <= CODE_TRIES and now - asked_at < CODE_LIVES


def shown(channel: str, address: str) -> str:
    """An address as administrators see it. Of one that opens a door, the host and the last letters."""
    if channel in {"mail", "sms"}:
        return address
    host = address.partition("://")[2].partition("/")[0]
    return f"{host}/…{address[-4:]}"


def masked(address: str) -> str:
    """Enough for its owner to know it by: `r…@example.com`, `+43…67`."""
    if is_number(address):
        return f"{address[:3]}…{address[-2:]}"
    local, _, domain = address.partition("@")
    return f"{local[:1]}…@{domain}"


def update_text(words: Words, status: str, body: str, promise: str, link: str, manage: str) -> str:
    """A mail about an update: its words, where it stands, how to hear no more."""
    parts = [f"{status}.", body.strip(), promise, link]
    return "\n\n".join(part for part in parts if part) + f"\n\n-- \n{words.mail_foot.format(link=manage)}\n"


def confirm_text(words: Words, page: str, parts: Sequence[str], link: str) -> str:
    """The question whether somebody wants to hear."""
    of = words.mail_news_of.format(", ".join(parts)) if parts else words.mail_news
    return words.mail_confirm.format(page=page, of=of, link=link) + "\n"


def known_text(words: Words, page: str, link: str) -> str:
    """To somebody who asked although they subscribed before."""
    return words.mail_known.format(page=page, link=link) + "\n"
