"""Who is told, what a mail of a list says besides the words of the update, and when an address has been refused too often."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

STOP_AFTER = 3
"""Final refusals after which an address gets nothing more until somebody clears it by hand."""
SEVERITIES = (1, 2, 3)
_ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)")
_PLAIN = re.compile(r"(?<!\d)55[013](?!\d)")


def is_stopped(refusals: int) -> bool:
    """Whether an address that was finally refused so often gets no more mail."""
    return refusals >= STOP_AFTER


def is_final(answer: str) -> bool:
    """Whether what a mail server said means that this address takes no mail, today or later.

    Enhanced codes decide where there is one: 5.1 is about the address, 5.2 about the mailbox (5.2.2 and 5.2.3, full and too large,
    pass), everything else about servers, routes and policies. Without one, 550, 551 and 553 do.
    """
    found = _ENHANCED.search(answer)
    if found:
        kind, subject, detail = found.groups()
        return kind == "5" and (subject in {"0", "1"} or (subject == "2" and detail not in {"2", "3"}))
    return bool(_PLAIN.search(answer))


def is_told_of(severities: Collection[int], severity: int, *, heard_before: bool) -> bool:
    """Whether a list is told of an incident unless somebody chooses otherwise: who heard the first words hears the last."""
    return heard_before or severity in severities


def once_each(addresses: Iterable[tuple[str, str]], told: Collection[str]) -> dict[str, str]:
    """Whom to mail: address to member id, nobody twice and nobody of `told`, whom another list of the same update reached."""
    found: dict[str, str] = {}
    for address, member in addresses:
        if address not in told:
            found.setdefault(address, member)
    return found


def letter(body: str, link: str, *, answers: bool) -> str:
    """The text of a mail: the words of the update as they stand on the internal page, and under a signature line how to ask."""
    ask = "Reply to this mail to ask a question; it is shown on the incident." if answers else "Ask in the room of the incident."
    return f"{body.rstrip()}\n\n-- \n{ask}\n{link}\n"


def reply(answer: str, asked: str, who: str, link: str) -> str:
    """The text of an answer, with the question under it."""
    quoted = "\n".join(f"> {line}".rstrip() for line in asked.splitlines())
    return f"{answer.rstrip()}\n\n{who} asked:\n{quoted}\n\n-- \n{link}\n"
