"""The fixed words of status pages by language. A further language is a file beside these and a line here."""

from __future__ import annotations

from collections.abc import Mapping

from tocsin.statuspages.words._table import Words
from tocsin.statuspages.words.english import ENGLISH
from tocsin.statuspages.words.french import FRENCH
from tocsin.statuspages.words.german import GERMAN

__all__ = ["LANGUAGES", "Words", "of"]

LANGUAGES: Mapping[str, Words] = {one.language: one for one in (ENGLISH, GERMAN, FRENCH)}


def of(language: str) -> Words:
    """The words of a language; English where there are none."""
    return LANGUAGES.get(language, ENGLISH)
