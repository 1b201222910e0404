"""Sets of instants as lists of half-open `(start, end)` in whole seconds, in order and apart. Exact: nothing is sampled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Span = tuple[int, int]


def union(*sets: Iterable[Span]) -> list[Span]:
    """Every instant that is in one of them; they may overlap and be in any order."""
    joined: list[Span] = []
    for start, end in sorted(span for spans in sets for span in spans):
        if joined and start <= joined[-1][1]:
            if end > joined[-1][1]:
                joined[-1] = (joined[-1][0], end)
        elif start < end:
            joined.append((start, end))
    return joined


def common(one: Sequence[Span], other: Sequence[Span]) -> list[Span]:
    """Every instant that is in both."""
    found: list[Span] = []
    left = right = 0
    while left < len(one) and right < len(other):
        start, end = max(one[left][0], other[right][0]), min(one[left][1], other[right][1])
        if start < end:
            found.append((start, end))
        if one[left][1] < other[right][1]:
            left += 1
        else:
            right += 1
    return found


def without(whole: Sequence[Span], cover: Sequence[Span]) -> list[Span]:
    """Every instant of the first that is not in the second."""
    left: list[Span] = []
    place = 0
    for start, end in whole:
        while place < len(cover) and cover[place][1] <= start:
            place += 1
        ahead = place
        while ahead < len(cover) and cover[ahead][0] < end:
            if cover[ahead][0] > start:
                left.append((start, cover[ahead][0]))
            start = cover[ahead][1]
            ahead += 1
        if start < end:
            left.append((start, end))
    return left


def length(spans: Iterable[Span]) -> int:
    """Seconds in all."""
    return sum(end - start for start, end in spans)


def add(spans: list[Span], start: int, end: int) -> None:
    """Put a span behind the last one, joined with it where they touch."""
    if spans and spans[-1][1] == start:
        spans[-1] = (spans[-1][0], end)
    else:
        spans.append((start, end))
