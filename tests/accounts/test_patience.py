"""Guessing is slowed down; the right person is not locked out."""

from __future__ import annotations

import pytest

from tocsin.web.gate.patience import FORGET_SECONDS, MOST_KEYS, PER_ACCOUNT, PER_ADDRESS, Patience

HERE, THERE, BROWSER = "192.0.2.1", "192.0.2.2", "device-mark"


@pytest.fixture
def patience() -> Patience:
    return Patience()


def fail(patience: Patience, times: int, source: str = HERE, account: str = "ana@example.com", *, at: float = 0.0) -> None:
    for _ in range(times):
        patience.failed(account, source, at, known=False)


def test_a_few_mistakes_are_free_and_then_each_waits_longer_up_to_half_a_minute(patience: Patience) -> None:
    fail(patience, PER_ACCOUNT.free - 1)
    assert patience.wait("ana@example.com", HERE, 0.0, known=False) == 0
    waits = []
    for _ in range(10):
        fail(patience, 1)
        waits.append(patience.wait("ANA@example.com ", HERE, 0.0, known=False))
    assert waits == sorted(waits)
    assert waits[0] == 1
    assert waits[-1] == PER_ACCOUNT.longest


def test_a_stranger_elsewhere_does_not_make_the_owner_wait(patience: Patience) -> None:
    fail(patience, 1000, THERE)
    assert patience.wait("ana@example.com", HERE, 0.0, known=False) == 0


def test_a_known_browser_does_not_wait_for_what_a_stranger_did_behind_the_same_address(patience: Patience) -> None:
    fail(patience, 1000, HERE)
    assert patience.wait("ana@example.com", HERE, 0.0, known=False) > 0
    assert patience.wait("ana@example.com", BROWSER, 0.0, known=True) == 0


def test_trying_many_accounts_from_one_address_is_slowed_too(patience: Patience) -> None:
    for number in range(PER_ADDRESS.free + 3):
        fail(patience, 1, HERE, f"p{number}@example.com")
    assert patience.wait("new@example.com", HERE, 0.0, known=False) > 0


def test_time_and_the_right_password_forgive(patience: Patience) -> None:
    fail(patience, 8)
    assert patience.wait("ana@example.com", HERE, FORGET_SECONDS, known=False) == 0
    patience.succeeded("ana@example.com", HERE, known=False)
    assert patience.wait("ana@example.com", HERE, 0.0, known=False) == 0


def test_a_storm_from_everywhere_does_not_fill_the_memory(patience: Patience) -> None:
    for number in range(MOST_KEYS * 2):
        patience.failed(f"p{number}", f"10.{number}", 0.0, known=False)
    assert len(patience._failures) <= MOST_KEYS + 2
