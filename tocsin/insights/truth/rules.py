"""How punctual words were, and how truthful a page: first words, silences, promises kept, green while it burned. Plain values only.

A limit is kept when words came at its instant or before. A promise names a minute: it is kept until that minute is over.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tocsin.statuspages.clocks.rules import Limits, first_due

MINUTE = dt.timedelta(minutes=1)
Span = tuple[dt.datetime, dt.datetime]


@dataclass(frozen=True, slots=True)
class Words:
    """One published message: when, and until when the next one was promised, if it was."""

    at: dt.datetime
    promised_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing was said from `since` to `until`. `kept`: no longer than the limit; `broken`: a promise ran out meanwhile; `ended`:
    by words, not by the end of the account.
    """

    since: dt.datetime
    until: dt.datetime
    kept: bool
    broken: bool
    ended: bool

    @property
    def lasted(self) -> dt.timedelta:
        return self.until - self.since


@dataclass(frozen=True, slots=True)
class Score:
    """How many of how many were in time."""

    kept: int
    of: int

    def __add__(self, other: Score) -> Score:
        return Score(self.kept + other.kept, self.of + other.of)

    @property
    def percent(self) -> int | None:
        """None when there was nothing to keep. Never rounds up to 100."""
        return None if not self.of else 100 if self.kept == self.of else min(99, round(100 * self.kept / self.of))


@dataclass(frozen=True, slots=True)
class Account:
    """What one audience was told of one incident, from when it was known to when words were over.

    `first_after` counts from when it was known; None when nothing was ever said. `first` is whether first words came in time, of
    one or of none: minor incidents owe no first words.
    """

    known_at: dt.datetime
    over_at: dt.datetime
    said: tuple[dt.datetime, ...]
    first: Score
    first_after: dt.timedelta | None
    silences: tuple[Silence, ...]
    promises: Score

    @property
    def intervals(self) -> Score:
        """Of the silences between two messages, how many were no longer than the limit; one that still lasts counts when it is."""
        counted = [one.kept for one in self.silences if one.lasted and (one.ended or not one.kept)]
        return Score(sum(counted), len(counted))

    @property
    def longest(self) -> Silence | None:
        return max(self.silences, key=lambda one: one.lasted, default=None)


def account(
    known_at: dt.datetime,
    declared_at: dt.datetime,
    over_at: dt.datetime,
    words: Iterable[Words],
    limits: Limits,
    *,
    owes_first: bool,
) -> Account:
    """One audience's account. `over_at`: when its last word was said, or now; `owes_first`: whether first words have a limit."""
    said = sorted(words, key=lambda one: one.at)
    due = first_due(declared_at, limits)
    counts = owes_first and (bool(said) or over_at >= due)
    first = Score(int(bool(said) and said[0].at <= due), 1) if counts else Score(0, 0)
    silences = tuple(_silences(said, over_at, limits))
    judged = [(one, silence) for one, silence in zip(said, silences, strict=True) if silence.ended or silence.broken]
    promised = [silence.broken for one, silence in judged if one.promised_at]
    return Account(
        known_at=known_at,
        over_at=max(over_at, known_at),
        said=tuple(one.at for one in said),
        first=first,
        first_after=max(said[0].at - known_at, dt.timedelta(0)) if said else None,
        silences=silences,
        promises=Score(promised.count(False), len(promised)),
    )


def _silences(said: Sequence[Words], over_at: dt.datetime, limits: Limits) -> Iterator[Silence]:
    """After each message, until the next one or the end; after the last word of all there is none."""
    for one, following in itertools.zip_longest(said, said[1:]):
        until = following.at if following else max(over_at, one.at)
        broken = one.promised_at is not None and until >= one.promised_at.replace(second=0, microsecond=0) + MINUTE
        yield Silence(one.at, until, until - one.at <= limits.silence, broken, following is not None or until == one.at)


def green(impact: Span, spells: Iterable[Span]) -> dt.timedelta:
    """For how long of the known impact a page showed everything well: `spells` are when one part of it, or more, was not."""
    begin, end = impact
    shown = dt.timedelta(0)
    for since, until in _merged(spells):
        shown += max(min(until, end) - max(since, begin), dt.timedelta(0))
    return max(end - begin - shown, dt.timedelta(0))


def _merged(spells: Iterable[Span]) -> list[Span]:
    found: list[Span] = []
    for since, until in sorted(spells):
        if found and since <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], until))
        else:
            found.append((since, until))
    return found


def total(scores: Iterable[Score]) -> Score:
    return sum(scores, Score(0, 0))
