"""What stands at the top of every page of one incident: stage, countdown, public state, the next thing to do."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from tocsin.directory import permissions as access
from tocsin.incidents import queries as incidents
from tocsin.incidents.models import Incident, RoleAssignment
from tocsin.incidents.queries import Holder
from tocsin.incidents.rules import duration_words
from tocsin.postmortems import queries as postmortems
from tocsin.postmortems.models import Postmortem
from tocsin.statuspages import queries as statuspages
from tocsin.statuspages.clocks import queries as clocks
from tocsin.statuspages.clocks.rules import Clock
from tocsin.statuspages.models import StatusPage, Update
from tocsin.web.forms.request import Request
from tocsin.web.pages.incidents import stage
from tocsin.web.pages.incidents.stage import Facts, Next, Stage

SOON = dt.timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Due:
    """The promised next update: `left` in words, `used` and `whole` in seconds for the thread under the number."""

    at: dt.datetime
    left: str
    label: str
    whole: int
    used: int
    soon: bool
    over: bool


@dataclass(frozen=True, slots=True)
class Head:
    """Everything the sticky head shows besides the incident itself."""

    facts: Facts
    stage: Stage
    next: Next | None
    due: Due | None
    products: list[str]
    public_status: str
    communicator: str
    drill: bool
    may_respond: bool
    roles: list[Holder]
    postmortem: Postmortem | None


def of(request: Request, incident: Incident, *, paged_at: dt.datetime | None = None) -> Head:
    """The head of an incident that the actor has been let in to."""
    roles = incidents.holders(request.actor, incident)
    updates = statuspages.published(incident)
    inside, outside = _first(updates, StatusPage.INTERNAL), _first(updates, StatusPage.EXTERNAL)
    assessed = incidents.assessment(request.actor, incident)
    facts = stage.Facts(assessed.at if assessed else None, paged_at, inside, outside, updates[0].status if updates else "")
    postmortem = postmortems.by_incident(request.actor, incident)
    may_respond = access.is_responder(request.actor)
    shown = [update for update in updates if update.entry.page.audience == StatusPage.EXTERNAL]
    return Head(
        facts=facts,
        stage=stage.of(incident, roles, facts),
        next=stage.next_act(incident, facts, has_postmortem=postmortem is not None) if may_respond else None,
        due=countdown(clocks.clocks_after(incident, updates), request.now),
        products=[product.name for product in incidents.products(incident)],
        public_status=shown[0].status if shown else "",
        communicator=next((one.person.name for one in roles if one.role == RoleAssignment.COMMUNICATIONS and one.person), ""),
        drill=incident.is_drill,
        may_respond=may_respond,
        roles=roles,
        postmortem=postmortem,
    )


def _first(updates: list[Update], audience: str) -> dt.datetime | None:
    return min((update.at for update in updates if update.entry.page.audience == audience), default=None)


def countdown(running: list[Clock], now: dt.datetime) -> Due | None:
    """The clock that runs out first, as the head shows it; None when no words are owed."""
    if not running:
        return None
    first = min(running, key=lambda clock: clock.due_at)
    began = first.said_at or first.due_at - clocks.limits().first
    left = first.due_at - now
    over = left < -dt.timedelta(minutes=1)
    words = f"{duration_words(-left)} late" if over else "due" if left <= dt.timedelta(0) else _minutes(left)
    whole = max(1, int((first.due_at - began).total_seconds()))
    used = min(whole, max(0, int((now - began).total_seconds())))
    what = ("Next" if first.said_at else "First words") + (" to customers" if first.audience == StatusPage.EXTERNAL else " inside")
    if {clock.due_at for clock in running} == {first.due_at} and len(running) > 1:
        what = "Next update" if first.said_at else "First words"
    label = what if left <= dt.timedelta(0) else f"{what} in"
    return Due(first.due_at, words, label, whole, used, soon=left <= SOON, over=over)


def _minutes(left: dt.timedelta) -> str:
    seconds = int(left.total_seconds())
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60:02d} s"
    return duration_words(left)
