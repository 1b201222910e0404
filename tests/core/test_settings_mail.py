"""Where mail arrives: what is refused at the start, with a sentence that names the variable."""

from __future__ import annotations

import pytest

from tocsin.core.settings import SettingsError, load

HERE = {"TOCSIN_MAIL_IN": "127.0.0.1:2525", "TOCSIN_MAIL_ADDRESS": "Incidents@Tocsin.example.com"}


@pytest.mark.parametrize(
    "given",
    [
        {"TOCSIN_MAIL_IN": "127.0.0.1:2525"},
        HERE | {"TOCSIN_MAIL_IN": "2525"},
        HERE | {"TOCSIN_MAIL_IN": "127.0.0.1:99999"},
        HERE | {"TOCSIN_MAIL_ADDRESS": "incidents"},
        HERE | {"TOCSIN_MAIL_ADDRESS": "incidents+x@example.com"},
        HERE | {"TOCSIN_MAIL_SUPPORT": "incidents@tocsin.example.com"},
        HERE | {"TOCSIN_MAIL_IN": "0.0.0.0:2525", "TOCSIN_TEST": "1"},
    ],
)
def test_an_odd_place_for_mail_stops_the_start(monkeypatch: pytest.MonkeyPatch, given: dict[str, str]) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match="TOCSIN_MAIL"):
        load()


def test_mail_arrives_at_one_address_and_one_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_MAIL_ADDRESS", HERE["TOCSIN_MAIL_ADDRESS"])
    monkeypatch.setenv("TOCSIN_MAIL_IN", "[::1]:2525")
    chosen = load()
    assert (chosen.mail_address, chosen.mail_in_place) == ("incidents@tocsin.example.com", ("::1", 2525))
