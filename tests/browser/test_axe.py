"""axe-core finds nothing on any screen, in both themes, on a desk and on a phone."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests import axe
from tests.browser.screens import SCREENS, Screen
from tests.browser.site import DESK, PHONE, Site, Visit

pytestmark = pytest.mark.needs("axe-core")


@functools.cache
def source() -> str:
    path = axe.script()
    assert path is not None
    return path.read_text()


def findings(page: Page, *rules: str) -> list[str]:
    """What axe-core has against this page, one line each; all its rules unless some are named."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(source())
    asked = {"resultTypes": ["violations"], **({"runOnly": list(rules)} if rules else {})}
    result: dict[str, Any] = page.evaluate("async (asked) => await axe.run(document, asked)", asked)
    return [
        f"{violation['id']}: {violation['help']}: {node['target']} {node['html'][:160]}"
        for violation in result["violations"]
        for node in violation["nodes"][:3]
    ]


NARROW = ("target-size", "color-contrast", "scrollable-region-focusable")
"""What may be wrong on a phone alone; the soak asks everything there too."""


@pytest.fixture(scope="module")
def windows(browser: Browser, site: Site) -> Iterator[dict[bool, Visit]]:
    """One for the administrator, one for a stranger: a window of its own would cost each screen more than its rules do."""
    made = {signed_in: Visit(browser, site, signed_in=signed_in) for signed_in in (True, False)}
    yield made
    for visit in made.values():
        visit.close()


@pytest.mark.req("U12")
@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_axe_finds_nothing(windows: dict[bool, Visit], site: Site, screen: Screen, pytestconfig: pytest.Config) -> None:
    """Every rule at a desk; on a phone what width changes; then the colours in the dark."""
    narrow = () if pytestconfig.getoption("--soak") else NARROW
    visit = windows[screen.signed_in]
    visit.page.emulate_media(color_scheme="light")
    visit.go(screen.path(site))
    for (width, height), rules in ((PHONE, narrow), (DESK, ())):
        visit.page.set_viewport_size({"width": width, "height": height})
        assert findings(visit.page, *rules) == [], f"at {width}"
        wide = visit.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{wide} pixels too wide at {width}"
    visit.page.emulate_media(color_scheme="dark")
    assert findings(visit.page, "color-contrast") == [], "in the dark"
    visit.judge()
