"""What a text says fits two segments, whatever the page, the title and the addresses are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.statuspages.subscribers import texts
from tocsin.statuspages.words import LANGUAGES

LINK, STOP = "https://status.example.com/incidents/4tpak8x42lcu", "Stop: https://status.example.com/unsubscribe/" + "x" * 63


@given(st.text(max_size=160), st.text(max_size=300), st.text(max_size=120), st.integers(0, 120))
def test_a_text_is_never_longer_and_always_says_how_to_end_it(page, title, promise, host):
    link = f"https://{'h' * host}.example.com/incidents/4tpak8x42lcu"
    text = texts.news(page, title, ["Investigating", promise], link, STOP)
    assert texts.length(text) <= texts.LONGEST
    assert text.endswith(STOP)
    assert texts.plain(text) == text


def test_a_long_title_is_cut_and_the_link_stays():
    text = texts.news("Larkfield", "Payments fail " * 40, ["Monitoring"], LINK, STOP)
    assert f"... Monitoring. {LINK} {STOP}" in text


def test_what_is_promised_is_said_where_there_is_room():
    assert "Next update by 15:30 UTC." in texts.news("Larkfield", "Short", ["Monitoring", "Next update by 15:30 UTC."], LINK, STOP)


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("Störung bei Zahlungen", "Störung bei Zahlungen"),
        ("Arrêt – “lent”…", 'Arret - "lent"...'),
        ("Payments fail 🔥", "Payments fail"),
        ("支払い", ""),
        ("a\nb\x00", "a b"),
    ],
)
def test_letters_are_those_that_every_telephone_takes(written, plain):
    assert texts.plain(written) == plain


@pytest.mark.parametrize("said", LANGUAGES.values(), ids=lambda said: said.language)
def test_the_codes_of_every_language_fit(said):
    code = texts.plain(said.text_code.format(page="x" * 40, code="123456"))
    known = texts.plain(said.text_known.format(page="x" * 40, link="https://" + "h" * 120))
    assert max(map(texts.length, (code, known))) <= texts.LONGEST
    assert "123456" in code
