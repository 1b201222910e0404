"""Resolve an incident: two confirmations, three times or an honest unknown, an owner, and the last words. Screen 7."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from tocsin.core import clock
from tocsin.core.errors import Conflict, Refused
from tocsin.directory import queries as directory
from tocsin.directory.models import Person
from tocsin.incidents import commands, permissions
from tocsin.incidents import queries as incidents
from tocsin.incidents import rules as incident_rules
from tocsin.incidents.models import Incident
from tocsin.statuspages import commands as statuspages
from tocsin.statuspages.held import queries as waiting
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.gate.policy import RESPONDER, allow
from tocsin.web.pages.incidents import incident_head, last_words
from tocsin.web.pages.incidents.addresses import at_incident
from tocsin.web.pages.room.room_acts import TIMES, read_times, time_fields, time_rows

CONFIRMATIONS = (
    ("impact_over", "The impact on the business is over", "Support, customers or a look of your own say so."),
    ("none_about_to_follow", "None is about to follow", "No known load, job or release brings it back."),
)


@allow(RESPONDER)
@require_http_methods(["GET", "POST"])
def resolve(request: Request, key: str) -> HttpResponse:
    """First the facts, then the last words with TTD and TTR, then one confirmation."""
    incident = incidents.by_key(request.actor, key)
    permissions.require_responder(request.actor, incident)
    if incident.state == Incident.RESOLVED:
        messages.warning(request, f"{incident.key} is resolved already.")
        return redirect(f"/{incident.key}")
    people = list(directory.people(request.actor, active=True).exclude(role=Person.STAKEHOLDER))
    if request.method == "GET":
        first = {"support_cases": str(incident.support_cases), "owner": incident.manager_id or ""}
        return _facts(request, incident, Typed(initial=time_fields(incident, request) | first), people)
    form = Typed(request.POST)
    given = _read(form, request, incident, people)
    verb = request.POST.get("do", "")
    if not form.ok or verb == "back":
        if verb == "back":
            form.errors.clear()
        return _facts(request, incident, form, people)
    if verb != "resolve":
        return _review(request, incident, form, given)
    given["final"], given["leave_open"] = last_words.read(form, incident)
    if not form.ok:
        return _review(request, incident, form, given)
    try:
        commands.resolve(request.actor, incident, **given, now=request.now)
    except Conflict as conflict:
        messages.warning(request, conflict.detail)
        return redirect(f"/{incident.key}")
    except Refused as refused:
        form.refuse(refused, postmortem_owner="owner")
        return _facts(request, incident, form, people)
    messages.success(request, f"{incident.key} is resolved. The emergency is over; what follows is learning.")
    return redirect(f"/{incident.key}")


def _read(form: Typed, request: Request, incident: Incident, people: list[Person]) -> dict[str, Any]:
    """The form as arguments of the command; what is missing is said at its field."""
    given, unknown = read_times(form, request, incident)
    confirmed = {name: form.ticked(name) for name, _, _ in CONFIRMATIONS}
    owner = next((person for person in people if person.id == form.text("owner", longest=40)), None)
    times = {name: given[name] for name, _, _ in TIMES}
    try:
        if not form.errors:
            incident_rules.check_times(times, request.now)
            _say_missing(form, times, unknown, confirmed)
        if incident_rules.is_major(incident.severity) and owner is None:
            form.errors["owner"] = "A Sev 1 or 2 needs somebody who owns its postmortem. Choose a person."
    except Refused as refused:
        form.refuse(refused)
    cases = form.number("support_cases")
    restored = [one for one in form.many("restored") if one in incident_rules.RESTORED]
    return {**times, "unknown": unknown, **confirmed, "restored": restored, "support_cases": cases, "postmortem_owner": owner}


def _say_missing(form: Typed, times: incident_rules.Times, unknown: Collection[str], confirmed: Mapping[str, bool]) -> None:
    """Everything that is missing, each at its field, so that nobody learns of it one by one."""
    still, known = dict(confirmed), set(unknown)
    for _ in range(len(still) + len(times)):
        try:
            incident_rules.require_resolvable(times, known, **still)
        except Refused as refused:
            form.refuse(refused)
            if refused.field in still:
                still[refused.field] = True
            else:
                known.add(refused.field)


def _facts(request: Request, incident: Incident, form: Typed, people: list[Person]) -> HttpResponse:
    context = {
        "here": "incidents",
        "incident": incident,
        "head": incident_head.of(request, incident),
        "form": form,
        "people": people,
        "major": incident_rules.is_major(incident.severity),
        "times": time_rows(form),
        "restored": incident_rules.RESTORED.items(),
        "confirmations": [(name, title, hint, form[name], form.errors.get(name, "")) for name, title, hint in CONFIRMATIONS],
    }
    return render(request, "incident/resolve.html", context, status=200 if form.ok else 422)


def _review(request: Request, incident: Incident, form: Typed, given: dict[str, Any]) -> HttpResponse:
    """TTD and TTR, and the last words drafted from what was just said."""
    facts = dataclasses.replace(
        statuspages.facts_of(incident),
        support_cases=given["support_cases"],
        **{name: given[name] for name, _, _ in TIMES},
    )
    context = {
        "here": "incidents",
        "incident": incident,
        "form": form,
        "ttd": incident_rules.ttd(given["impact_started_at"], given["detected_at"]),
        "ttr": incident_rules.ttr(given["impact_started_at"], given["impact_ended_at"]),
        "closings": last_words.closings(incident, facts, form),
        "said": [(title, form[f"{name}_said"]) for name, title, _ in TIMES],
        "owner": given["postmortem_owner"],
        "held": [one for one in waiting.waiting(incident) if one.at and one.words["status"] != Incident.RESOLVED],
        "carried": _carried(form, given),
    }
    return render(request, "incident/resolve_review.html", context, status=200 if form.ok else 422)


def _carried(form: Typed, given: dict[str, Any]) -> list[tuple[str, str]]:
    pairs = [(name, "1") for name, _, _ in CONFIRMATIONS if form[name]]
    pairs += [(name, _instant(given[name])) for name, _, _ in TIMES]
    pairs += [(f"{name}_unknown", "1") for name in given["unknown"]]
    pairs += [("restored", one) for one in given["restored"]]
    return [*pairs, ("support_cases", str(given["support_cases"])), ("owner", form["owner"])]


def _instant(at: dt.datetime | None) -> str:
    return clock.rfc3339(at) if at else ""


urlpatterns = [at_incident("/resolve", resolve)]
