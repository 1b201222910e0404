"""How two versions of a text differ, and when two people's changes get into each other's way. Plain values only."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Hunk:
    """The characters from `start` to `end` of the old text become `words`."""

    start: int
    end: int
    words: str


def hunks(old: str, new: str) -> list[Hunk]:
    """The changes that make `new` of `old`, in order, as small as comparing lines and then their ends makes them."""
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    starts = _starts(before)
    found = []
    for kind, first, last, begin, end in difflib.SequenceMatcher(None, before, after).get_opcodes():
        if kind != "equal":
            found.append(_trimmed(old, starts[first], starts[last], "".join(after[begin:end])))
    return found


def collide(base: str, mine: str, theirs: str) -> bool:
    """Whether two changes of one text touch the same line or neighbouring ones, so that a person should look at both."""
    lines = base.splitlines(keepends=True)
    for first, last in _changed(lines, mine.splitlines(keepends=True)):
        for begin, end in _changed(lines, theirs.splitlines(keepends=True)):
            if first <= end and begin <= last:
                return True
    return False


def dressed(text: str, like: str) -> str:
    """A trimmed text with the white space around it that `like` has, so that a form changes only what somebody changed."""
    inner = like.strip()
    start = like.find(inner)
    return like[:start] + text + like[start + len(inner) :] if inner and text else text


def storable(text: str) -> str:
    """The text as a store can keep it, of the same length: control characters become spaces."""
    return _CONTROL.sub(" ", text)


def _changed(old: list[str], new: list[str]) -> Iterator[tuple[int, int]]:
    for kind, first, last, _, _ in difflib.SequenceMatcher(None, old, new).get_opcodes():
        if kind != "equal":
            yield first, last


def _starts(lines: list[str]) -> list[int]:
    """Where each line begins, and where the text ends."""
    places = [0]
    for line in lines:
        places.append(places[-1] + len(line))
    return places


def _trimmed(old: str, start: int, end: int, words: str) -> Hunk:
    """A change without the letters at its ends that stay."""
    while start < end and words and old[start] == words[0]:
        start, words = start + 1, words[1:]
    while start < end and words and old[end - 1] == words[-1]:
        end, words = end - 1, words[:-1]
    return Hunk(start, end, words)
