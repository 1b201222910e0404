"""Page a team or a roster about an incident: at once, or first who would be woken and what time it is there.

Teams come first: somebody of theirs always answers. One person alone is the exception, found by name, skill or team and marked.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from tocsin.core.actor import Actor
from tocsin.core.errors import Refused
from tocsin.directory import finding
from tocsin.directory import queries as directory
from tocsin.directory.models import Person, Team
from tocsin.incidents import commands
from tocsin.incidents import queries as incidents
from tocsin.oncall import colleagues
from tocsin.oncall import queries as oncall
from tocsin.oncall.models import Schedule
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.gate.policy import RESPONDER, allow
from tocsin.web.pages.alerts import told, woken
from tocsin.web.pages.incidents import incident_head
from tocsin.web.pages.incidents.addresses import at_incident

Target = Team | Schedule | Person
ONE_PERSON = "One person alone (an exception)"
FOUND = 12


@allow(RESPONDER)
@require_http_methods(["GET", "POST"])
def page_team(request: Request, key: str) -> HttpResponse:
    incident = incidents.by_key(request.actor, key)
    choices = _choices(request.actor)
    by_id = {target.id: target for _, targets in choices for target in targets}
    form = Typed(request.POST or request.GET, initial={})
    chosen = by_id.get(form.text("target", longest=60))
    q = form.text("q")[:100]
    if request.method == "POST" and chosen is None:
        form.errors["target"] = "Choose whom to page."
    if request.method == "POST" and chosen is not None and _is_meant(request.POST.get("do", ""), chosen):
        try:
            commands.page_team(request.actor, incident, chosen, now=request.now)
        except Refused as refused:
            form.errors["target"] = refused.detail
        else:
            messages.success(request, f"{chosen.name} is being paged.")
            return redirect(f"/{incident.key}")
    context = {
        "here": "incidents",
        "incident": incident,
        "head": incident_head.of(request, incident),
        "form": form,
        "choices": choices,
        "chosen": chosen,
        "exception": _instead(chosen),
        "q": q,
        "cards": _cards(request, q),
        "people": woken.for_target(chosen, request.now) if chosen else [],
        "already": told.of(incident.id, request.now).people,
    }
    return render(request, "incident/page.html", context, status=200 if form.ok else 422)


def _is_meant(verb: str, chosen: Target) -> bool:
    """Whether the page goes out now. A person alone is paged only after the exception was read."""
    return verb == "page" or (verb == "page at once" and not isinstance(chosen, Person))


def _choices(actor: Actor) -> list[tuple[str, list[Target]]]:
    return [
        ("Teams", list(directory.teams(actor))),
        ("Schedules", list(oncall.schedules(actor))),
        (ONE_PERSON, list(directory.people(actor, active=True).exclude(role=Person.STAKEHOLDER))),
    ]


def _instead(target: Target | None) -> list[Team] | None:
    """The teams of a person who would be paged alone; None when the target is no person."""
    if not isinstance(target, Person):
        return None
    return [membership.team for membership in target.memberships.all()]


def _cards(request: Request, q: str) -> list[colleagues.Card]:
    """Whom the words mean: responders only, whoever is on call now first."""
    if not q:
        return []
    found = finding.find(request.actor, request.now, q=q).exclude(role=Person.STAKEHOLDER)[:FOUND]
    return sorted(colleagues.cards(request.actor, list(found), request.now), key=lambda card: not card.on_call)


urlpatterns = [at_incident("/page", page_team)]
