"""Names and titles that would turn the text around them, and those of every script that must stay as they are."""

from __future__ import annotations

import pytest

from tocsin.core.errors import Invalid
from tocsin.core.text import texts


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Ana \u202egnirraW", "Ana gnirraW"),
        ("\u202dBen\u202c", "Ben"),
        ("a\u202ab\u202bc", "abc"),
        ("\u2066x\u2067y\u2068z\u2069", "xyz"),
        ("Night \u202e shift", "Night shift"),
        ("עברית", "עברית"),
        ("محمد علی", "محمد علی"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("C++\u200f עברית", "C++\u200f עברית"),
        ("👩\u200d🚒 Zoë Łuć", "👩\u200d🚒 Zoë Łuć"),
    ],
)
def test_a_line_holds_no_direction_controls(typed: str, kept: str) -> None:
    assert texts.line(typed, field="name", limit=100) == kept


def test_a_name_of_direction_controls_alone_is_empty() -> None:
    with pytest.raises(Invalid, match="must not be empty"):
        texts.line("\u202e\u2066", field="name", limit=100)


def test_prose_keeps_what_was_typed() -> None:
    assert texts.prose("log: \u202eabc", field="text", limit=100) == "log: \u202eabc"
