"""What follows from incidents: the board, one action, a new one. Screen 22."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tocsin.core.errors import Refused, Stale
from tocsin.core.eventlog import events
from tocsin.core.models import Event
from tocsin.directory import permissions as access
from tocsin.directory import queries as directory
from tocsin.directory.models import Person
from tocsin.incidents import permissions
from tocsin.incidents import queries as incidents
from tocsin.incidents.linking import queries as linking
from tocsin.postmortems import commands, queries, rules
from tocsin.postmortems.models import Action
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.frame import reader, words
from tocsin.web.gate.policy import RESPONDER, SIGNED_IN, allow
from tocsin.web.pages.incidents.addresses import at_incident

KINDS = {
    "investigate": "Investigate",
    "mitigate": "Mitigate",
    "repair": "Repair",
    "detect": "Detect",
    "mitigate_future": "Mitigate next",
    "prevent_future": "Prevent",
}
GROUPS = (
    ("This incident", ("investigate", "mitigate", "repair")),
    ("The next one", ("detect", "mitigate_future", "prevent_future")),
)
_SOON = dt.timedelta(days=30)
_SHOWN = 200


class Row:
    """An action with what a page says of it besides its fields."""

    def __init__(self, action: Action, today: dt.date) -> None:
        self.action = action
        self.kind = KINDS.get(action.category, action.category)
        self.overdue = action.state == Action.OPEN and action.due_on < today
        self.late = words.plural((today - action.due_on).days, "day") if self.overdue else ""

    def __getattr__(self, name: str) -> Any:
        return getattr(self.action, name)


@dataclass(frozen=True, slots=True)
class Group:
    """A block of the board."""

    name: str
    title: str
    said: str
    rows: list[Row]
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """One line of an action's story."""

    at: dt.datetime
    words: str
    actor_name: str


def today(now: dt.datetime) -> dt.date:
    """The date on the reader's wall."""
    return now.astimezone(reader.present().zone).date()


def rows(found: Iterable[Action], now: dt.datetime) -> list[Row]:
    return [Row(action, today(now)) for action in found]


@allow(SIGNED_IN)
@require_GET
def board(request: Request) -> HttpResponse:
    people = _people(request)
    wanted, category = request.GET.get("owner", ""), request.GET.get("category", "")
    owner_id = request.actor.id if wanted == "me" else wanted
    owner = next((person for person in people if person.id == owner_id), None)
    found = queries.actions(request.actor, owner=owner)
    if category in KINDS:
        found = found.filter(category=category)
    still = rows(found.filter(state=Action.OPEN)[:_SHOWN], request.now)
    closed = rows(found.exclude(state=Action.OPEN).order_by("-closed_at")[:20], request.now)
    late = sum(row.overdue for row in still)
    context = {
        "groups": _groups(still, closed, today(request.now)),
        "headline": _headline(len(still), late, "You" if wanted == "me" else owner.name if owner else ""),
        "people": people,
        "owner": wanted,
        "category": category,
        "categories": KINDS.items(),
    }
    return render(request, "action/board.html", context)


def _headline(open_now: int, late: int, whose: str) -> str:
    if not open_now:
        return f"{whose} {'have' if whose == 'You' else 'has'} no open action" if whose else "No action is open"
    count = f"{words.plural(open_now, 'open action')}, {late or 'none'} late"
    if whose:
        return f"{whose} {'have' if whose == 'You' else 'has'} {count}"
    return f"There {'is' if open_now == 1 else 'are'} {count}"


def _groups(still: list[Row], closed: list[Row], day: dt.date) -> list[Group]:
    late = [row for row in still if row.overdue]
    soon = [row for row in still if not row.overdue and row.due_on <= day + _SOON]
    later = [row for row in still if not row.overdue and row.due_on > day + _SOON]
    return [
        Group("late", "Late", words.plural(len(late), "action"), late, "Nothing is late."),
        Group("soon", "Within 30 days", words.plural(len(soon), "action"), soon, "Nothing is due within 30 days."),
        Group("later", "Later", words.plural(len(later), "action"), later, "Nothing is planned further ahead."),
        Group("closed", "Closed", "the latest 20", closed, "Nothing is done or dropped yet."),
    ]


def _people(request: Request) -> list[Person]:
    return list(directory.people(request.actor, active=True).exclude(role=Person.STAKEHOLDER))


def _kinds() -> list[tuple[str, list[tuple[str, str, str]]]]:
    return [(group, [(name, KINDS[name], rules.PROMPTS[name]) for name in names]) for group, names in GROUPS]


@allow(RESPONDER)
@require_http_methods(["GET", "POST"])
def new(request: Request, key: str) -> HttpResponse:
    incident = incidents.by_key(request.actor, key)
    permissions.require_responder(request.actor, incident)
    people = _people(request)
    day = today(request.now)
    first = {"link_type": "priority", "category": "prevent_future", "due_on": rules.default_due("priority", day).isoformat()}
    form = Typed(request.POST, initial=first)
    if request.method == "POST":
        fields = _read(form, people)
        if form.ok:
            try:
                made = commands.add_action(request.actor, incident, now=request.now, **fields)
                messages.success(request, f"x/{made.number} is on the board of {made.owner.name}.")
                return redirect(f"/{incident.key}/postmortem")
            except Refused as refused:
                form.refuse(refused)
    context = {"here": "actions", "incident": incident, "form": form, "people": people, "kinds": _kinds()}
    return render(request, "action/new.html", context, status=200 if form.ok else 422)


def _read(form: Typed, people: list[Person]) -> dict[str, Any]:
    chosen = form.text("owner", required="Choose who does it.", longest=40)
    owner = next((person for person in people if person.id == chosen), None)
    if chosen and owner is None:
        form.errors["owner"] = "Choose a person from the list."
    return {
        "title": form.text("title", required="Say what will be different at the end.", longest=240),
        "category": form.choice("category", KINDS, wrong="Choose a kind."),
        "link_type": form.choice("link_type", rules.LINK_TYPES, wrong="Choose priority or improvement."),
        "owner": owner,
        "due_on": form.date("due_on", required="Say by which day."),
    }


@allow(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def show(request: Request, number: int) -> HttpResponse:
    action = queries.action_by_number(request.actor, number)
    form = Typed(request.POST, initial=_initial(action))
    people, notice = _people(request), None
    if request.method == "POST":
        fields, version = _read(form, people), form.number("version", least=1)
        if form.ok:
            try:
                commands.change_action(request.actor, action, version=version, now=request.now, **fields)
                messages.success(request, "Saved.")
                return redirect(f"/x/{action.number}")
            except Stale as stale:
                action = queries.action_by_number(request.actor, number)
                notice = ("It changed while you wrote.", f"{stale.detail} Your words are still here; save again what should stand.")
                form.errors["version"] = stale.detail
            except Refused as refused:
                form.refuse(refused)
    context = {
        "here": "actions",
        "action": Row(action, today(request.now)),
        "kind": rules.CATEGORIES[action.category],
        "linked": linking.keys_linking_to(request.actor, [action.id]).get(action.id, []),
        "form": form,
        "notice": notice,
        "people": people,
        "kinds": _kinds(),
        "may_edit": access.is_responder(request.actor),
        "events": [_told(event) for event in events.about(action.id, limit=50)],
    }
    return render(request, "action/show.html", context, status=200 if form.ok else 422)


def _initial(action: Action) -> dict[str, str]:
    return {
        "title": action.title,
        "category": action.category,
        "link_type": action.link_type,
        "owner": action.owner_id,
        "due_on": action.due_on.isoformat(),
    }


def _told(event: Event) -> Told:
    """One line of an action's story."""
    data = event.data
    said = {
        "action.created": "Made",
        "action.changed": f"{str(data.get('field', '')).replace('_', ' ').capitalize()}: {data.get('old')} → {data.get('new')}",
        "action.state_changed": f"{data.get('old')} → {data.get('new')}".capitalize(),
    }
    return Told(event.at, said.get(event.name, event.name), event.actor_name)


@allow(RESPONDER)
@require_POST
def change_state(request: Request, number: int) -> HttpResponse:
    action = queries.action_by_number(request.actor, number)
    verbs = {"complete": commands.complete_action, "drop": commands.drop_action, "reopen": commands.reopen_action}
    verb = verbs.get(request.POST.get("do", ""))
    if verb is not None:
        try:
            verb(request.actor, action, now=request.now)
        except Refused as refused:
            messages.warning(request, refused.detail)
    return redirect(f"/x/{action.number}")


urlpatterns = [
    path("actions", board),
    path("x/<int:number>", show),
    path("x/<int:number>/state", change_state),
    at_incident("/actions/new", new),
]
