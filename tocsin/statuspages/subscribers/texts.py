"""What a text to a telephone says, in the letters of GSM 03.38 so that two segments hold it. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from tocsin.core.text.texts import shorten

LONGEST = 306
"""Two segments of a long text, 153 letters each."""
_PAGE, _LEAST_TITLE = 40, 24
_ONCE = frozenset(
    "@£$¥èéùìòÇ\nØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_TWICE = frozenset("^{}\\[~]|€")
_INSTEAD = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "–": "-", "—": "-", "…": "...", "œ": "oe", "Œ": "OE"}
)


def length(text: str) -> int:
    """How many letters of a segment it takes."""
    return sum(2 if char in _TWICE else 1 for char in text)


def plain(text: str) -> str:
    """The text in letters that every telephone takes, accents left out where they must be; empty when its letters are of another
    script: a text in those is three times as long.
    """
    flat = " ".join(unicodedata.normalize("NFC", text.translate(_INSTEAD)).split())
    written = [_letter(char) for char in flat]
    return "" if None in written else " ".join("".join(char or "" for char in written).split())


def name(page: str) -> str:
    """A page's name as a text begins with it."""
    return plain(shorten(page, _PAGE))


def news(page: str, title: str, said: Sequence[str], link: str, stop: str) -> str:
    """`Larkfield: Some payments fail. Investigating. Next update by … https://… Stop: https://…`

    `said` is the state and, after it, what is told where there is room. The title is cut and the link to read goes before the way
    out does, which always stands there.
    """
    head, state = name(page), plain(said[0])
    short = _line(head, "", [state], link, stop)
    if LONGEST - length(short) < _LEAST_TITLE:
        link = ""
        short = _line(head, "", [state], link, stop)
    room = LONGEST - length(short) - 2
    whole = _line(head, _cut(plain(title), room), [state], link, stop)
    more = _line(head, _cut(plain(title), room), [state, *(plain(part) for part in said[1:] if part)], link, stop)
    return more if length(more) <= LONGEST else whole


def _line(head: str, title: str, said: Sequence[str], link: str, stop: str) -> str:
    sentences = [part if part.endswith((".", "!", "?")) else f"{part}." for part in (title, *said) if part]
    words = f"{head}: {' '.join(sentences)}" if head else " ".join(sentences)
    return " ".join(part for part in (words, link, stop) if part)


def _cut(title: str, room: int) -> str:
    if length(title) <= room:
        return title
    while title and length(title) > room - 3:
        title = title[:-1]
    return f"{title.rstrip()}..." if title else ""


def _letter(char: str) -> str | None:
    """The letter as it may be written; empty for a sign that may be left out, None for a letter that cannot be written."""
    if char in _ONCE or char in _TWICE:
        return char
    folded = "".join(one for one in unicodedata.normalize("NFKD", char) if one in _ONCE or one in _TWICE)
    return folded or (None if unicodedata.category(char)[0] in "LN" else "")
