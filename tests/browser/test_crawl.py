"""Every page that links lead to: none is missing, every error page leads on, every time can be read by a machine."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import pytest

from tests.acceptance.installation import Answer
from tests.browser.reader import Reader, shape, taken_apart
from tests.browser.screens import SCREENS
from tests.browser.site import Site, Visit
from tests.forms import forms

OF_A_KIND, WIDE = 1, 4
"""Pages that are read of each kind; in the soak more."""
LEAVING = ("/account/logout", "/static/")
MISSING = ("/HOT-99999", "/a/999999", "/t/nobody", "/s/nothing", "/schedules/none", "/no/such/page", "/actions/999999")


def crawled(reader: Reader, starts: list[str], of_a_kind: int) -> Iterator[tuple[str, str, Answer]]:
    """Every page that can be reached: where it was linked, its path, its answer."""
    waiting, known, kinds = [("", start) for start in starts], set(starts), Counter(map(shape, starts))
    while waiting:
        where, path = waiting.pop()
        answer = reader.get(path)
        yield where, path, answer
        if answer.status != 200 or not _is_page(answer):
            continue
        for link in taken_apart(answer.text).links:
            found = urlsplit(urljoin(urljoin(reader.site.url, path), link))
            target = found.path + (f"?{found.query}" if found.query else "")
            if not reader.is_ours(found.geturl()) or found.scheme not in {"http", "https"} or target.startswith(LEAVING):
                continue
            if target not in known and kinds[shape(target)] < of_a_kind:
                known.add(target)
                kinds[shape(target)] += 1
                waiting.append((path, target))


@pytest.mark.req("U17", "U20")
def test_no_link_is_dead_no_time_is_vague_and_enter_surprises_nobody(visit: Visit, site: Site, pytestconfig: pytest.Config) -> None:
    visit.go("/")
    starts = [screen.path(site) for screen in SCREENS if screen.signed_in]
    dead, vague, surprising, pages, times = [], [], [], 0, 0
    for where, path, answer in crawled(Reader(site), starts, WIDE if pytestconfig.getoption("--soak") else OF_A_KIND):
        pages += 1
        if answer.status >= 400:
            dead.append((where, path, answer.status))
        if answer.status == 200 and _is_page(answer):
            surprising += [(path, one.action, one.buttons[0]) for one in forms(answer.text) if one.surprises]
            for time in taken_apart(answer.text).times:
                times += 1
                if not _readable(time):
                    vague.append((path, time))
    assert (dead, vague[:5], surprising[:5]) == ([], [], [])
    assert pages > len(starts)
    assert times > pages


def _is_page(answer: Answer) -> bool:
    """Something that is read on a screen; a document that is carried out is a file."""
    return "html" in header(answer, "Content-Type") and not header(answer, "Content-Disposition").startswith("attachment")


def header(answer: Answer, name: str) -> str:
    return next((value for one, value in answer.headers.items() if one.lower() == name.lower()), "")


def _readable(time: dict[str, str]) -> bool:
    """A day, or an instant with its zone, and UTC on demand."""
    at = time.get("datetime", "")
    try:
        if len(at) == len("2026-11-20"):
            return bool(dt.date.fromisoformat(at))
        return dt.datetime.fromisoformat(at).tzinfo is not None and "UTC" in time.get("title", "") + time["text"]
    except ValueError:
        return False


@pytest.mark.req("U17")
@pytest.mark.parametrize("signed_in", [True, False], ids=["signed in", "stranger"])
def test_an_error_page_says_what_is_wrong_and_leads_on(visit: Visit, site: Site, signed_in: bool) -> None:
    visit.go("/")
    reader = Reader(site, somebody=signed_in)
    for path in MISSING:
        answer = reader.get(path)
        if not signed_in and answer.status == 302:
            assert "/account/login" in header(answer, "Location"), path
            continue
        assert answer.status == 404, (path, answer.status)
        main = answer.text.split("<main", 1)[1].split("</main", 1)[0]
        assert [link for link in taken_apart(f"<main{main}").links if reader.get(link).status in (200, 302)], path
