"""What counts as this machine."""

from __future__ import annotations

import pytest

from tocsin.core.settings import is_loopback


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9", "::1"])
def test_names_and_addresses_of_this_machine_count(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["127.evil.example", "127.0.0.1.example.com", "10.0.0.1", "", "localhost.example"])
def test_whatever_only_looks_like_it_does_not(host: str) -> None:
    assert not is_loopback(host)
