"""Stepping in and swapping on a telephone: few interactions, with and without JavaScript."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.site import PHONE, Site, Visit


@pytest.fixture(params=[True, False], ids=["with-script", "without-script"])
def phone(request: pytest.FixtureRequest, browser: Browser, site: Site) -> Iterator[Visit]:
    made = Visit(browser, site, signed_in=True, javascript=request.param, size=PHONE)
    yield made
    made.close()


def next_shift(site: Site, slug: str) -> dict[str, Any]:
    """A whole shift of somebody, a week or more ahead."""
    since = dt.datetime.now(dt.UTC) + dt.timedelta(days=9)
    row = site.api("GET", f"/schedules/{slug}/shifts?since={since:%Y-%m-%dT%H:%M:%SZ}").json
    return next(dict(one) for one in row[1:] if len(one["people"]) == 1)


def test_the_calendar_begins_with_today(phone: Visit) -> None:
    page = phone.go("/schedules/data")
    today, label = (page.locator(f".cal {one}").first.bounding_box() for one in ("th.today", "th[scope=row]"))
    assert today
    assert label
    assert label["x"] + label["width"] - 2 <= today["x"] <= PHONE[0] - today["width"]


@pytest.mark.req("PAG-08", "PAG-11")
def test_an_override_takes_five_interactions(phone: Visit) -> None:
    page = phone.go("/oncall")
    page.get_by_role("link", name="Data", exact=True).last.click()  # 1
    page.get_by_role("link", name="Add override").click()  # 2
    field = page.locator("#add")
    field.get_by_label("From").fill("2031-03-30 01:30")  # 3
    field.get_by_label("Until").fill("2031-03-30 05:00")  # 4
    field.get_by_role("button", name="Add the override").click()  # 5
    expect(page.get_by_role("main")).to_contain_text("is on call from")
    page.locator("#add").get_by_role("button", name="Take out").first.click()
    expect(page.get_by_role("main")).to_contain_text("The rota counts again")


@pytest.mark.req("PAG-08")
def test_a_swap_is_accepted_in_three_interactions(phone: Visit, site: Site) -> None:
    shift = next_shift(site, "data")
    me = site.demo["admin"]["email"]
    wanted = {"person": shift["people"][0]["id"], "asked": me, "starts_at": shift["start"], "ends_at": shift["end"]}
    made = site.api("POST", "/schedules/data/ask-cover", wanted)
    assert made.status == 201, made
    page = phone.go("/")
    page.get_by_role("navigation").get_by_role("link", name="On call").last.click()  # 1
    page.get_by_role("link", name="to answer").click()  # 2
    page.get_by_role("button", name="Accept").first.click()  # 3
    expect(page.get_by_role("main")).to_contain_text("It is yours now")
    now = site.api("GET", f"/schedules/data/on-call?at={shift['start']}").json
    assert [one["name"] for one in now["people"]] == ["Robin Adler"]
    for entry in site.api("GET", "/schedules/data/overrides").json["items"]:
        site.api("POST", f"/schedules/data/overrides/{entry['id']}/remove", {})


def test_the_calendar_is_photographed(visit: Visit, pytestconfig: pytest.Config) -> None:
    page = visit.go("/schedules/payments")
    expect(page.get_by_role("table", name="Layers and who is really called")).to_be_visible()
    folder = pytestconfig.getoption("--pictures")
    if folder:
        page.screenshot(path=Path(folder) / "schedule.png")


@pytest.mark.req("PAG-08")
def test_dragging_over_the_calendar_fills_the_times_of_an_override(visit: Visit) -> None:
    page = visit.go("/schedules/data?zone=utc&from=2031-03-03")
    days = page.locator("thead th[data-day]")
    expect(page.locator("#pick")).to_be_hidden()
    begin, end, row = days.nth(2).bounding_box(), days.nth(4).bounding_box(), page.locator("tr.final").bounding_box()
    page.mouse.move(begin["x"] + begin["width"] * 0.55, row["y"] + row["height"] / 2)
    page.mouse.down()
    page.mouse.move(end["x"] + end["width"] * 0.2, row["y"] + row["height"] / 2, steps=4)
    expect(page.locator("#pick")).to_be_visible()
    page.mouse.up()
    expect(page.locator("#add").get_by_label("From")).to_have_value("2031-03-05 12:00 UTC")
    expect(page.locator("#add").get_by_label("Until")).to_have_value("2031-03-07 06:00 UTC")
    page.locator("#add").get_by_role("button", name="Add the override").click()
    expect(page.get_by_role("main")).to_contain_text("is on call from")
    page.locator("#add").get_by_role("button", name="Take out").first.click()
    expect(page.locator(".notices")).to_contain_text("The rota counts again.")


def test_the_calendar_prints_without_its_forms(visit: Visit) -> None:
    page = visit.go("/schedules/data?show=month")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 1050, "height": 740})
    expect(page.locator("#add")).to_be_hidden()
    expect(page.get_by_role("heading", name="Shifts")).to_be_visible()
    assert page.locator("table.cal").bounding_box()["width"] <= 1050
