"""What a page may look like, and what each language says."""

from __future__ import annotations

import dataclasses
import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hostile import NASTY
from tocsin.core.errors import Invalid
from tocsin.statuspages import rules as states
from tocsin.statuspages.outside.rules import DESCRIPTIONS
from tocsin.statuspages.pages import rules
from tocsin.statuspages.words import LANGUAGES, of
from tocsin.web.frame import assets
from tocsin.web.kept import ages

COLOURS = st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)


@given(COLOURS, st.sampled_from([*rules.HOUSE, *(f"{name}_dark" for name in rules.HOUSE)]))
def test_a_colour_stands_only_where_it_can_be_read(colour: str, name: str) -> None:
    read = rules.contrast(colour, rules.PAPER[name.endswith("_dark")])
    if read >= rules.LEAST_CONTRAST:
        assert rules.theme({name: colour}) == {name: colour}
    else:
        with pytest.raises(Invalid) as refused:
            rules.theme({name: colour})
        assert refused.value.field == "theme"


@pytest.mark.parametrize(
    ("one", "other", "contrast"), [("#000000", "#ffffff", 21), ("#777777", "#ffffff", 4.48), ("#ffffff", "#ffffff", 1)]
)
def test_contrast_is_counted_as_wcag_counts_it(one: str, other: str, contrast: float) -> None:
    assert rules.contrast(one, other) == pytest.approx(contrast, abs=0.01)


@pytest.mark.parametrize("text", [*NASTY, "red", "#fff", "#0a5a63;}", "url(//evil.example)", 5, "#0a5a6g"])
def test_nothing_but_a_colour_is_a_colour(text: object) -> None:
    for name in ("accent", "accent_dark"):
        with pytest.raises(Invalid):
            rules.theme({name: text})


def test_a_theme_is_variables_and_nothing_else() -> None:
    assert rules.variables({}) == ""
    css = rules.variables(rules.theme({"accent": "#7A1FA2", "alarm_dark": "#ff938a", "ink": ""}))
    assert css == ":root{--accent:light-dark(#7a1fa2,#62b4ba);--alarm:light-dark(#ad1f24,#ff938a)}"
    with pytest.raises(Invalid):
        rules.theme({"background": "#ffffff"})


def test_the_colours_of_the_house_are_those_of_its_sheet() -> None:
    sheet = dict(re.findall(r"--(\w+): light-dark\((#\w+, #\w+)\)", assets.text("tocsin.css")))
    assert {name: tuple(sheet[name].split(", ")) for name in rules.HOUSE} == dict(rules.HOUSE)
    assert tuple(sheet["paper"].split(", ")) == rules.PAPER


@pytest.mark.parametrize(
    "text", [*NASTY, "https://status.example.com", "status.example.com:8000", "localhost", "127.0.0.1", "a..b", "-a.b"]
)
def test_what_is_no_host_name_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        rules.host(text, "tocsin.example.com")


def test_a_host_is_kept_in_small_letters_and_is_not_that_of_the_house() -> None:
    assert rules.host(" Status.Example.COM. ", "tocsin.example.com") == "status.example.com"
    assert rules.host("", "tocsin.example.com") == ""
    with pytest.raises(Invalid):
        rules.host("TOCSIN.example.com", "tocsin.example.com")


@pytest.mark.parametrize("text", ["", "new", "A", "a b", "-a", "a--b", "ä", "a" * 41, *NASTY])
def test_what_is_no_short_name_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        rules.slug(text)


def fields(pattern: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(pattern) if name is not None)


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_language_says_everything_about_the_same(language: str) -> None:
    said, english = LANGUAGES[language], of("en")
    for field in dataclasses.fields(said):
        one, other = getattr(said, field.name), getattr(english, field.name)
        if isinstance(one, str):
            assert fields(one) == fields(other), field.name
            assert one.strip(), field.name
            assert not re.search(r"[<>&]", one), field.name
    assert (set(said.statuses), set(said.states)) == (set(states.STATUSES), set(states.COMPONENT_STATES))
    assert (set(said.verdicts), set(said.indicators)) == (set(states.VERDICTS), set(DESCRIPTIONS))
    assert ages.words(None, 5, language) != ages.words(None, 5, "en") or language == "en"


def test_a_group_is_as_its_worst_part_or_as_somebody_said() -> None:
    assert states.group_state("", ["operational", "partial_outage", "degraded_performance"]) == "partial_outage"
    assert states.group_state("operational", ["major_outage"]) == "operational"
    assert states.group_state("", []) == "operational"
