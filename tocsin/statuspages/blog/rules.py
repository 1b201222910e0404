"""Names of posts, and what a mail with one says besides its words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

TITLE, TEXT = 200, 50_000
"""The most characters of each; more text than that is not rendered anywhere."""
TAKEN = frozenset({"new", "feeds", "mine", "subscribe", "unsubscribe"})
"""Short names that are addresses of pages."""
_BETWEEN = re.compile(r"[^a-z0-9]+")


def slug_of(title: str) -> str:
    """The short name that a title suggests, such as `what-the-queue-taught-us`; `post` for one without a Latin letter."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return _BETWEEN.sub("-", plain)[:60].strip("-") or "post"


def free_slug(title: str, used: Collection[str]) -> str:
    """The short name of a post, with a number after it where another has that name."""
    wanted, number = slug_of(title), 2
    found = f"{wanted}-post" if wanted in TAKEN else wanted
    while found in used:
        found, number = f"{wanted}-{number}", number + 1
    return found


def letter(text: str, authors: str, link: str, list_link: str) -> str:
    """The text of a mail: the words as they were written, then by whom, where they stand, and how one gets no more."""
    foot = f"By {authors}, on the company blog:\n{link}\nYou are on its list, and leave it with one press:\n{list_link}\n"
    return f"{text.rstrip()}\n\n-- \n{foot}"
