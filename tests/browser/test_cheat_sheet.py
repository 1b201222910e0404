"""The whole cheat sheet, walked by five people in browsers of their own: one incident from the report to the postmortem.

Once with scripts at a desk; the soak walks it without script, by keyboard alone, and 320 pixels wide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.people import Member, Way
from tests.browser.site import Site
from tests.waiting import until

SECTIONS = (
    "Connect",
    "Open Communications",
    "Assess",
    "Escalate",
    "Delegate",
    "Periodic Tasks",
    "Communicate",
    "Fix",
    "Resolve",
    "Handover",
    "Backup Systems",
    "IM responsibility",
)
LONG = (pytest.mark.soak, pytest.mark.everywhere)
WAYS = (
    Way("a desk"),
    pytest.param(Way("no script", javascript=False), marks=LONG),
    pytest.param(Way("the keyboard", keys=True), marks=LONG),
    pytest.param(Way("320 pixels", size=(320, 640)), marks=LONG),
)


class Team:
    """Who reports, who commands, who leads the repair, who speaks, who takes over."""

    def __init__(self, browser: Browser, site: Site, way: Way) -> None:
        self.site = site
        self.reporter, self.manager, self.lead, self.speaker, self.relief = self.everybody = [
            Member(browser, site, f"{name}@larkfield.example", way) for name in ("lena", "sara", "jonas", "grace", "noah")
        ]
        self.key = ""

    def at(self, rest: str = "") -> str:
        return f"/{self.key}{rest}"

    def api(self, rest: str = "") -> str:
        return f"/incidents/{self.key}{rest}"

    def close(self) -> None:
        for one in self.everybody:
            one.close()


@pytest.fixture(params=WAYS, ids=lambda way: way.name.replace(" ", "-"))
def team(request: pytest.FixtureRequest, browser: Browser, site: Site) -> Iterator[Team]:
    made = Team(browser, site, request.param)
    yield made
    made.close()


@pytest.mark.req("CHS-01", "CHS-02", "CHS-08", "CHS-12", "TRK-10", "RES-02", "U05", "U06")
def test_five_people_walk_the_cheat_sheet(team: Team, request: pytest.FixtureRequest) -> None:
    report(team)
    connect(team)
    open_communications(team)
    assess(team)
    escalate(team)
    delegate(team)
    periodic_tasks(team)
    communicate(team)
    fix(team)
    picture(team, request.config.getoption("--pictures"))
    hand_over(team)
    resolve(team)
    the_world_has_heard(team)


def report(team: Team) -> None:
    who = team.reporter
    who.go("/report")
    who.fill("Summary", "Tickets are sold twice")
    who.tick(who.page.locator("input[name=severity][value='2']"))
    who.choose("Faulty service", "Checkout")
    who.fill("Description", "Two passengers hold the same seat. Lena, desk 4")
    who.press(who.page.get_by_role("button", name=re.compile("^Declare")))
    who.page.wait_for_url(re.compile(r"/HOT-\d+"))
    team.key = str(re.search(r"HOT-\d+", who.page.url)[0])  # type: ignore[index]


def connect(team: Team) -> None:
    """A page reaches somebody; the manager takes command and reads what that means."""
    until(lambda: any(team.key in text for _, text in team.site.mails()), 20, "no page carries the key")
    who = team.manager
    page = who.go("/cheatsheet")
    for section in SECTIONS:
        expect(page.get_by_role("heading", name=section).first).to_be_visible()
    who.go(team.at())
    who.press("Take command")
    who.sees("Fixing")
    who.go(team.at("/checklist"))
    line = who.page.locator("li", has_text="VPN").first
    who.press(line.get_by_role("button", name=re.compile("^Done")))
    expect(who.page.locator("li", has_text="VPN").first).to_contain_text(who.name)


def open_communications(team: Team) -> None:
    """Room, document and topic are there, and what one says the others read."""
    for who, words in ((team.manager, "I lead this. What do we know?"), (team.lead, "Seats are locked per host, not per train")):
        who.go(team.at())
        who.fill("Write to the room", words)
        who.press("Send")
        who.sees(words)
        until(lambda words=words: words in team.site.api("GET", team.api("/messages")).text, 10, f"not kept: {words}")  # type: ignore[misc]
    team.reporter.go(team.at())
    team.reporter.sees("locked per host")


def assess(team: Team) -> None:
    who = team.manager
    who.go(team.at("/assess"))
    who.tick(who.page.locator("input[name=external_extent][value=some]"))
    who.fill("What they see", "Two people hold the same seat")
    who.page.locator("#external_figure").fill("12 %")
    who.fill("4 Since when", "40 min ago")
    who.press("Save the answers")
    who.go(team.at("/assess"))
    who.press("Confirm severity and products")
    who.go(team.at())
    who.sees("Sev 2")


def escalate(team: Team) -> None:
    """Another team is woken with one form, and its page carries the key."""
    who, before = team.manager, len(team.site.mails())
    who.go(team.at("/page"))
    who.choose("Whom", "Booking")
    who.press("Show who is woken")
    who.press(who.page.locator("button[name=do][value=page]"))
    who.go(team.at("/responders"))
    assert before
    until(lambda: any(team.key in text and "Grace" in text for _, text in team.site.mails()), 20, "the other team was not paged")


def delegate(team: Team) -> None:
    """A role is offered, its duties are read, it is accepted; only then it is theirs."""
    for who, role in ((team.lead, "tech_lead"), (team.speaker, "communications_manager")):
        manager = team.manager
        manager.go(team.at("/roles"))
        manager.tick(manager.page.locator(f"#role-{role}"))
        manager.choose("Person", who.name)
        manager.press("Ask them")
        who.go(team.at("/roles"))
        who.press("Answer")
        who.sees("You are asked to be")
        who.press(re_button(who, "^Accept, I am"))
    manager.go(team.at("/roles"))
    for who in (team.lead, team.speaker):
        manager.sees(who.name)


def re_button(who: Member, pattern: str) -> Locator:
    return who.page.get_by_role("button", name=re.compile(pattern))


def periodic_tasks(team: Team) -> None:
    who = team.manager
    who.go(team.at())
    who.fill("Write to the room", "/same")
    who.press("Send")
    who.sees("not changed")


def communicate(team: Team) -> None:
    who = team.speaker
    who.go(team.at("/update"))
    title = f"Some seats are sold twice ({team.key[-3:].strip('-')})"
    who.page.locator("#external_title").fill(title)
    who.press("Review before publishing")
    who.press(who.page.locator("button[name=do][value=publish]"))
    team.site.publishes(title)
    who.go("/status")
    who.sees(title)


def fix(team: Team) -> None:
    """Observe, theorise, experiment; what is changed says how it is taken back."""
    who = team.lead
    for kind, words, about in (
        ("observation", "Two locks for one seat", ""),
        ("theory", "The lock lives on one host only", "Observation"),
        ("experiment", "Sell on one host for ten minutes", "Theory"),
    ):
        who.go(team.at("/theories"))
        who.tick(who.page.locator(f"input[name=kind][value={kind}]"))
        who.fill("In words", words)
        if about:
            who.choose("About", about)
        who.press("Put on the board")
        who.sees(words)
    who.go(team.at("/changes"))
    who.fill("What", "Sales run on one host")
    who.fill("How to revert", "Start the other hosts again")
    who.press("Log the change")
    who.sees("Sales run on one host")


def picture(team: Team, folder: str | None) -> None:
    team.manager.go(team.at("/checklist"))
    if folder and team.manager.way.javascript:
        team.manager.page.screenshot(path=Path(folder) / "checklist.png")


def hand_over(team: Team) -> None:
    """The outgoing manager stays until the other accepts."""
    manager, relief = team.manager, team.relief
    manager.go(team.at("/hand-over"))
    manager.choose("To whom", relief.name)
    manager.tick(manager.page.get_by_label("We have spoken, one to one"))
    manager.fill("When", "tomorrow 08:00")
    manager.page.locator("#next_to").fill("Sara again")
    manager.press("Ask them to take over")
    manager.go(team.at())
    assert team.site.api("GET", team.api()).json["manager"]["name"] == manager.name
    relief.go(team.at("/roles"))
    relief.press("Answer")
    relief.sees("Where things stand")
    relief.press(re_button(relief, "^Accept, I am"))
    assert team.site.api("GET", team.api()).json["manager"]["name"] == relief.name


def resolve(team: Team) -> None:
    who = team.relief
    who.go(team.at("/resolve"))
    for name in ("#impact_over", "#none_about_to_follow"):
        who.tick(who.page.locator(name))
    who.tick(who.page.locator("input[name=restored]").first)
    for name, words in (("impact_started_at", "50 min ago"), ("detected_at", "40 min ago"), ("impact_ended_at", "5 min ago")):
        who.page.locator(f"#{name}").fill(words)
    who.choose("Postmortem", who.name)
    who.press("Go on to the last words")
    assert who.page.locator(".err, .banner.bad:not(#problems *)").all_inner_texts() == []
    who.sees("Resolve and publish")
    who.press("Resolve and publish")
    who.go(team.at("/postmortem"))
    who.sees("Tickets are sold twice")


def the_world_has_heard(team: Team) -> None:
    """What customers see, what was mailed, what anybody can read afterwards."""
    ended = re.compile(r"sold twice[^\n]*\n[^\n]*resolved after")
    until(lambda: ended.search(team.reporter.go("/status").get_by_role("main").inner_text()), 5, "customers do not read the end")
    record = team.reporter.go(team.at("/transcript")).get_by_role("main").inner_text()
    for words in ("I lead this", "locked per host", "Sales run on one host"):
        assert words in record, words
    document = team.site.api("GET", team.api()).json
    assert (document["state"], document["severity"], document["manager"]["name"]) == ("resolved", 2, team.relief.name)
