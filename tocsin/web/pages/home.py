"""Home: must I act? My pages, my incidents, who is on call, my actions, and whether the pager itself lives. Screen 2."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from tocsin.core.actor import Actor
from tocsin.core.errors import NotFound
from tocsin.core.ids import is_id
from tocsin.incidents import queries as incidents
from tocsin.incidents import rules as incident_rules
from tocsin.incidents.models import Incident
from tocsin.oncall import queries as oncall
from tocsin.oncall.queries import NowRow
from tocsin.paging import commands
from tocsin.paging import queries as paging
from tocsin.paging.models import Page
from tocsin.postmortems import queries as postmortems
from tocsin.postmortems.models import Action
from tocsin.statuspages import queries as statuspages
from tocsin.statuspages.maintenance import queries as maintenance
from tocsin.statuspages.second_reading import queries as second_reading
from tocsin.web.forms.request import Request
from tocsin.web.frame import context, reader, words
from tocsin.web.gate.policy import ADMINISTRATOR, SIGNED_IN, allow
from tocsin.web.pages.alerts import standing

ROWS, HELD = 8, 20


@dataclass(frozen=True, slots=True)
class Mine:
    """An open incident of the reader: the role they hold in it, when the next words are due, and how many messages are new."""

    incident: Incident
    role: str
    due_at: dt.datetime | None
    urgent: bool
    fresh: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """A page that waits for the reader, and how the thing behind it stands."""

    page: Page
    standing: standing.Standing


@allow(SIGNED_IN)
@require_GET
def home(request: Request) -> HttpResponse:
    frame = context.of(request)
    waiting = _waiting(request)
    mine = _incidents(request.actor, request.now)
    first = waiting[0].page.subject if waiting else ""
    shown = {
        "waiting": waiting,
        "coming": standing.coming(first)[:1] if first else [],
        "mine": mine,
        "roster": _roster(request.actor, frame),
        "asked": oncall.asked_of(request.actor, request.now),
        "named": incidents.mentions(request.actor),
        "offered": incidents.my_offers(request.actor),
        "to_read": second_reading.asked_of(request.actor),
        "actions": _actions(request),
        "owed": maintenance.owed(request.actor.id, request.now),
        "held": _held(request.actor, request.now) if frame.on_hold else [],
    }
    return render(request, "home.html", shown)


def _waiting(request: Request) -> list[Waiting]:
    """The most urgent first."""
    return [Waiting(page, standing.of(page.subject, [page])) for page in paging.pages_for(request.actor.id)]


def _incidents(actor: Actor, now: dt.datetime) -> list[Mine]:
    """Open incidents that the reader runs, has a role in, or reported; most severe first."""
    found = incidents.concerning(actor)
    held = incidents.roles_held(actor, found)
    dues = statuspages.next_dues(found)
    fresh = incidents.unread(actor, found)
    return [_mine(incident, held[incident.id], dues.get(incident.id), fresh.get(incident.id, 0), now) for incident in found]


def _mine(incident: Incident, held: Sequence[str], due_at: dt.datetime | None, fresh: int, now: dt.datetime) -> Mine:
    named = [incident_rules.role_label(role) for role in held]
    soon = due_at is not None and due_at - now < dt.timedelta(minutes=5)
    return Mine(incident, words.listed(named) or "Reporter", due_at, soon, fresh)


def _held(actor: Actor, now: dt.datetime) -> list[paging.WouldPage]:
    """What would be paged after a release, without the incidents that the reader may not know of."""
    rows = paging.would_page(now, limit=HELD)
    subjects = [row.escalation.subject for row in rows if is_id(row.escalation.subject, "inc")]
    known = set(incidents.incidents(actor).filter(pk__in=subjects).values_list("pk", flat=True)) if subjects else set()
    return [row for row in rows if not is_id(row.escalation.subject, "inc") or row.escalation.subject in known]


def _roster(actor: Actor, frame: context.Frame) -> list[NowRow]:
    """Schedules of the reader's teams and those they cover now; without any, the whole house."""
    rows = frame.watched
    own = [row for row in rows if (row.team and row.team.id in actor.member_of) or actor.id in {one.id for one in row.people}]
    return (own or frame.roster)[:ROWS]


def _actions(request: Request) -> list[tuple[Action, bool]]:
    """The reader's open actions, the next due first, each with whether it is overdue on the reader's calendar."""
    today = request.now.astimezone(reader.present().zone).date()
    return [(action, action.due_on < today) for action in postmortems.promised_by(request.actor)]


@allow(SIGNED_IN)
@require_POST
def acknowledge(request: Request, page_id: str) -> HttpResponse:
    """Answer one of one's own pages, whatever it is about. Those of others are answered at what they are about."""
    asked = paging.page(request.actor, page_id)
    if asked.person_id != request.actor.id:
        raise NotFound("There is no such page for you.")
    page = commands.acknowledge(request.actor, asked, via="web", now=request.now)
    key = page.escalation.card.get("key", "")
    if page.status == Page.ACKNOWLEDGED:
        messages.success(request, f"You have {key} now. Nobody else is called for it.")
    else:
        messages.warning(request, f"Somebody was faster: {key} is taken.")
    return redirect("/")


@allow(ADMINISTRATOR)
@require_POST
def release(request: Request) -> HttpResponse:
    """End the hold of a restored installation: from now on people are paged."""
    if commands.release_hold(request.actor, now=request.now):
        messages.success(request, "Released. Everything that is due is paged now.")
    return redirect("/")


urlpatterns = [
    path("", home, name="home"),
    path("pages/<str:page_id>/acknowledge", acknowledge, name="page_acknowledge"),
    path("hold/release", release, name="hold_release"),
]
