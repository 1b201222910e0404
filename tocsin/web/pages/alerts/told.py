"""Who was paged about a thing, how far it got, and what happens next, in the words of the page."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from tocsin.directory.models import Person
from tocsin.paging import queries as paging
from tocsin.paging import rules
from tocsin.paging.models import Page
from tocsin.web.frame import words
from tocsin.web.pages.alerts import standing

_WORDS = {
    Page.WAITING: "page waits",
    Page.SENT: "paged",
    Page.ACKNOWLEDGED: "here",
    Page.CANCELLED: "no longer needed",
    Page.FAILED: "not reached",
    Page.UNDELIVERED: "not reached",
}
_LOUD = {Page.FAILED: "alarm", Page.UNDELIVERED: "alarm"}


@dataclass(frozen=True, slots=True)
class Told:
    """One person: why they were asked, how far the latest page got (`words`), since when (`at`), `loud` when it needs eyes."""

    person: Person
    name: str
    why: str
    words: str
    at: dt.datetime | None
    loud: str


@dataclass(slots=True)
class Ledger:
    """People by the latest page of each, webhooks by the latest call of each."""

    people: list[Told] = field(default_factory=list)
    webhooks: list[standing.Told] = field(default_factory=list)
    next: str = ""
    first_at: dt.datetime | None = None


def of(subject: str, now: dt.datetime) -> Ledger:
    """The latest page of every person asked about a subject (a typed id), and the next step in words."""
    pages = paging.pages_about(subject)
    latest = {page.person_id: page for page in pages}
    ledger = Ledger(first_at=pages[0].created_at if pages else None)
    ledger.people = [_line(page) for page in latest.values()]
    ledger.webhooks = [standing.of_call(call) for call in {call.name: call for call in paging.calls_of(subject)}.values()]
    ledger.next = _next(subject, now)
    return ledger


def _line(page: Page) -> Told:
    ended_at = page.updated_at if page.status == Page.CANCELLED else page.acknowledged_at
    at = ended_at or page.sent_at or page.created_at
    return Told(
        page.person, page.person.name, reason(page.reason), _WORDS.get(page.status, page.status), at, _LOUD.get(page.status, "")
    )


def reason(told: str) -> str:
    """Why somebody was asked, said about them: the pager says it to them."""
    rest = told.removeprefix("You are ").rstrip(".")
    return rest[:1].upper() + rest[1:]


def _next(subject: str, now: dt.datetime) -> str:
    """When the next step is taken, as long as somebody is still being looked for."""
    running = next(iter(paging.running(subject)), None)
    if running is None:
        return ""
    steps = running.snapshot.get("steps", [])
    targets = steps[running.step]["targets"] if running.step < len(steps) else []
    names = [f"webhook {one['name']}" if one.get("kind") == rules.WEBHOOK else one.get("name", "") for one in targets]
    who = words.listed([name for name in names if name]) or "the last resort"
    return f"{who} {words.age(running.due_at, now)}, if nobody answers" if running.due_at > now else f"{who} now"
