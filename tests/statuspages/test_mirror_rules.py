"""When a page elsewhere is tried again, and what results come to in words."""

from __future__ import annotations

import datetime as dt

from tests.conftest import NOW
from tocsin.statuspages.mirrors import rules


def test_results_are_counted_in_words() -> None:
    assert rules.tally(["done", "failed", "done"]).words == "2 done, 1 failed"
    assert rules.tally(["due", "leased", "cancelled"]).words == "1 not sent, 2 on the way"
    assert rules.tally([]).words == ""


def test_a_pause_that_is_asked_for_is_kept_and_one_that_outlasts_the_news_is_for_a_person() -> None:
    def at(minutes: float) -> dt.datetime | None:
        pause = dt.timedelta(minutes=minutes)
        return rules.again_at(tries=1, permanent=False, wanted_at=NOW, now=NOW, luck=0.5, pause=pause)

    assert at(30) == NOW + dt.timedelta(minutes=30)
    assert at(0.01) == NOW + dt.timedelta(seconds=5)
    assert at(120) is None


def test_tries_are_further_and_further_apart_and_end_after_two_hours() -> None:
    def pause(tries: int) -> float:
        at = rules.again_at(tries=tries, permanent=False, wanted_at=NOW, now=NOW, luck=0.5)
        assert at
        return (at - NOW).total_seconds()

    assert [pause(tries) for tries in (1, 2, 3, 20)] == [5, 10, 20, 600]
    late = NOW + rules.KEEP_TRYING
    assert rules.again_at(tries=9, permanent=False, wanted_at=NOW, now=late, luck=0.5) is None
    assert rules.again_at(tries=1, permanent=True, wanted_at=NOW, now=NOW, luck=0.5) is None
    assert rules.again_at(tries=1, permanent=False, wanted_at=NOW, now=NOW + dt.timedelta(hours=1), luck=0) is not None
