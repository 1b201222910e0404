"""axe-core finds nothing on any screen: in the light at a desk and in the dark on a phone; in the soak all themes and widths."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests import axe
from tests.browser.screens import SCREENS, Screen
from tests.browser.site import DESK, PHONE, Site, Visit
from tests.waiting import until

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


TABLET = (768, 1024)
WIDTHS = (PHONE, TABLET, DESK)
NARROW = ("target-size", "color-contrast", "scrollable-region-focusable")
"""What may be wrong on a phone alone."""
Look = tuple[str, tuple[int, int], tuple[str, ...]]
"""A theme, a size of the window and the rules that are asked there; none named: all."""
EVERYDAY: tuple[Look, ...] = (("dark", PHONE, NARROW), ("light", DESK, ()))
WHOLE: tuple[Look, ...] = tuple((theme, size, ()) for theme in ("dark", "light") for size in WIDTHS)


@pytest.fixture(scope="module")
def looks(pytestconfig: pytest.Config) -> tuple[Look, ...]:
    return WHOLE if pytestconfig.getoption("--soak") else EVERYDAY


def look_at(visit: Visit, looks: tuple[Look, ...]) -> None:
    """Nothing is wrong in any of these looks, and nothing too wide at any width."""
    for width, height in WIDTHS:
        visit.page.set_viewport_size({"width": width, "height": height})
        for theme, _, rules in [one for one in looks if one[1] == (width, height)]:
            visit.page.emulate_media(color_scheme=theme)
            assert findings(visit.page, *rules) == [], f"{visit.page.url} at {width}, {theme}"
        wide = visit.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{visit.page.url}: {wide} pixels too wide at {width}"


@pytest.fixture(scope="module")
def windows(browser: Browser, site: Site) -> Iterator[dict[bool, Visit]]:
    """One for the administrator, one for a stranger: a window of its own would cost each screen more than its rules do."""
    made = {signed_in: Visit(browser, site, signed_in=signed_in) for signed_in in (True, False)}
    for visit in made.values():
        visit.page.add_init_script(source())  # sent to the browser once, not with each page
    yield made
    for visit in made.values():
        visit.close()


@pytest.mark.req("U12")
@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_axe_finds_nothing(windows: dict[bool, Visit], site: Site, screen: Screen, looks: tuple[Look, ...]) -> None:
    visit = windows[screen.signed_in]
    visit.go(screen.path(site))
    look_at(visit, looks)
    visit.judge()


STORM = 120


@pytest.mark.req("U12")
def test_axe_finds_nothing_in_a_storm(windows: dict[bool, Visit], site: Site, looks: tuple[Look, ...]) -> None:
    """More alerts than a page holds."""
    stamp = dt.datetime.now(dt.UTC).isoformat()
    storm = [
        {
            "status": "firing",
            "labels": {"alertname": f"Host {number} does not answer", "severity": "warning"},
            "annotations": {"summary": f"Host {number} of the northern hall does not answer, and neither does what ran on it"},
            "startsAt": stamp,
            "endsAt": "0001-01-01T00:00:00Z",
            "fingerprint": f"{number:016x}",
        }
        for number in range(STORM)
    ]
    site.send_alerts(storm)
    visit = windows[True]
    until(
        lambda: len(site.api("GET", "/alerts?status=triggered&limit=200").json["items"]) >= STORM, 60, "the storm is not taken in"
    )
    for path in ("/", "/alerts"):
        visit.go(path)
        look_at(visit, looks)
    visit.judge()
    for alert in storm:
        alert["status"], alert["endsAt"] = "resolved", stamp
    site.send_alerts(storm)
