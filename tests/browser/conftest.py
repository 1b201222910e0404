"""The demo company in a real server, seen through a real browser. Errors on the console and foreign requests fail a test."""

from __future__ import annotations

from collections.abc import Generator, Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.chromium import launched
from tests.browser.site import Site, Visit

Report = pytest.TestReport
expect.set_options(timeout=20_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.needs("chromium"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Report, Report]:
    """A failed test says what its windows showed."""
    report = yield
    if call.when == "call" and report.failed:
        for name, visit in getattr(item, "funcargs", {}).items():
            if isinstance(visit, Visit):
                report.sections.append((f"what {name} showed", visit.shown()))
    return report


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with launched() as running:
        yield running


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[Site]:
    """A running demo company; one for all tests of a worker."""
    made = Site(tmp_path_factory.mktemp("site"), for_pictures=bool(pytestconfig.getoption("--pictures")))
    yield made
    made.stop()


@pytest.fixture
def visit(browser: Browser, site: Site) -> Iterator[Visit]:
    """The administrator of the demo, signed in, with JavaScript, at 1440 pixels."""
    made = Visit(browser, site, signed_in=True)
    yield made
    made.close()


@pytest.fixture(params=[True, False], ids=["with-script", "without-script"])
def any_visit(request: pytest.FixtureRequest, browser: Browser, site: Site) -> Iterator[Visit]:
    """Once with JavaScript and once without."""
    made = Visit(browser, site, signed_in=True, javascript=request.param)
    yield made
    made.close()


@pytest.fixture
def stranger(browser: Browser, site: Site) -> Iterator[Visit]:
    """Somebody who is not signed in."""
    made = Visit(browser, site)
    yield made
    made.close()
