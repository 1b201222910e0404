"""The part of the style sheet that a page carries inside it."""

from __future__ import annotations

import re

from tocsin.web.frame import assets, sheet

PAGE = '<html><body><main id="main"><p class="row far"><a class="btn go">Go</a></p></main></body></html>'


def test_only_rules_that_can_apply_are_kept() -> None:
    css = sheet.subset(sheet.used(PAGE))
    assert ".btn.go" in css
    assert ".row.far" in css
    assert ".cal" not in css
    assert "progress" not in css
    assert "--accent" in css


def test_the_part_keeps_the_order_of_layers_and_its_brackets_in_balance() -> None:
    css = sheet.subset(sheet.used(PAGE))
    assert css.startswith("@layer reset, tokens, base, layout, parts, screens, output;")
    assert css.count("{") == css.count("}")
    assert "@media (width < 62rem)" in css


def test_every_rule_is_kept_for_a_page_that_uses_everything() -> None:
    names = frozenset({".btn", ".go", ".big", ".huge", "summary", "button", "root"})
    css = sheet.subset(names)
    assert "min-block-size:3.5rem" in css
    assert css.count("{") == css.count("}")


def test_a_selector_that_needs_what_is_missing_is_dropped_and_its_neighbour_stays() -> None:
    css = sheet.subset(frozenset({"root", ".sev1"}))
    assert ".sev1{color:var(--alarm)}" in css
    assert ".st.gap" not in css


def test_the_whole_sheet_lacks_nothing_but_comments_and_space() -> None:
    css = sheet.whole()
    assert "/*" not in css
    assert re.sub(r"\s", "", css) == re.sub(r"\s", "", re.sub(r"/\*.*?\*/", "", assets.text("tocsin.css"), flags=re.DOTALL))
