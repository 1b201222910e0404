"""The words that a composer begins with: drafted from the incident, those that somebody took back, or a message template."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from tocsin.core.actor import Actor
from tocsin.core.errors import Refused
from tocsin.incidents.models import Incident
from tocsin.incidents.template import queries as prepared
from tocsin.statuspages import queries, rules
from tocsin.statuspages.briefs import queries as briefs
from tocsin.statuspages.held import queries as held
from tocsin.statuspages.held.models import HeldUpdate
from tocsin.statuspages.lists import queries as mailing
from tocsin.statuspages.messages import queries as messages
from tocsin.statuspages.messages import rules as slots
from tocsin.statuspages.models import Update
from tocsin.statuspages.second_reading import queries as drafts
from tocsin.statuspages.second_reading.models import SecondReading
from tocsin.web.forms import typed_times
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.pages.statuspages import update_brief, update_pages

_LONGEST = 2_000
"""What an address may carry into the field of a room."""


def begin(request: Request, incident: Incident, last: Update | None, status: str) -> dict[str, Any]:
    """Words to begin with: the fixed first and last messages, in between what the state document says."""
    open_for_customers = not closed_to_customers(incident)
    status = status or (last.status if last else rules.INVESTIGATING)
    if incident.state == Incident.RESOLVED:
        status = rules.RESOLVED
    inside, outside = queries.draft(incident, rules.INTERNAL, status), queries.draft(incident, rules.EXTERNAL, status)
    follow_up = briefs.is_follow_up(incident, status)
    plan = prepared.plan(request.actor, incident) if last is None else None
    meant = plan.audiences if plan and plan.audiences else rules.AUDIENCES
    return {
        "status": status,
        "to_internal": rules.INTERNAL in meant,
        "internal_title": inside.title,
        "internal_body": "" if follow_up else inside.body,
        "to_external": open_for_customers and rules.EXTERNAL in meant,
        "external_title": outside.title if open_for_customers else "",
        "external_body": outside.body if open_for_customers else "",
        "next": "" if status == rules.RESOLVED else "in 30 min",
        "components": {},
        "pages": update_pages.begin(incident, status),
        "follow_up": follow_up,
        "lists": [one.slug for one in mailing.defaults(incident)],
        **(update_brief.begin(incident) if follow_up else {}),
    }


def closed_to_customers(incident: Incident) -> str:
    """Why nothing of this incident may be told outside, or nothing."""
    return "This incident is private. Nothing of it is shown to customers." if incident.is_private else ""


def again(request: Request, incident: Incident, wanted: str) -> dict[str, Any] | None:
    """The words of an update that did not go out, by its id; None when nobody names one."""
    found = held.one(request.actor, incident, wanted) if wanted else None
    if found is None or found.state == found.HELD:
        return None
    return _again(request, incident, found)


def unread(request: Request, incident: Incident, wanted: str) -> dict[str, Any] | None:
    """The words of a draft that was given to a second reader, to be changed; None when nobody names one."""
    return _again(request, incident, drafts.one(request.actor, incident, wanted)) if wanted else None


def _again(request: Request, incident: Incident, found: HeldUpdate | SecondReading) -> dict[str, Any]:
    inside, outside = found.words.get(rules.INTERNAL) or {}, found.words.get(rules.EXTERNAL) or {}
    follow_up = bool(inside.get("opening"))
    return {
        "status": found.words["status"],
        "to_internal": bool(inside),
        "internal_title": inside.get("title", ""),
        "internal_body": inside.get("body", ""),
        "to_external": bool(outside) and not closed_to_customers(incident),
        "external_title": outside.get("title", ""),
        "external_body": outside.get("body", ""),
        "next": typed_times.typed(found.next_update_at, request.actor.zone, request.now) if found.next_update_at else "",
        "components": found.words.get("components") or {},
        "pages": found.words.get("pages") or update_pages.begin(incident, found.words["status"]),
        "lists": found.words.get("lists"),
        "follow_up": follow_up,
        **(update_brief.taken_back(inside) if follow_up else {}),
    }


def fill(request: Request, incident: Incident, form: Typed) -> None:
    """Put the chosen templates into the form, to be read and changed; what they say nothing about stays as it was typed."""
    for audience in rules.AUDIENCES:
        chosen = form.text(f"template_{audience}", longest=60)
        form.values[f"template_{audience}"] = ""
        if not chosen:
            continue
        try:
            template = messages.template(chosen)
            said = messages.filled(request.actor, incident, template, status=form["status"], next_update_at=form["next_at"] or None)
        except Refused as refused:
            form.errors[f"template_{audience}"] = refused.detail
            continue
        if said.audience != audience:
            form.errors[f"template_{audience}"] = f"{template.name} is for others."
            continue
        unknown = [slot.replace("_", " ") for slot in said.unknown]
        form.values[f"filled_{audience}"] = (template.name, unknown)
        form.values |= _words(said, parts=audience == rules.INTERNAL and bool(form["follow_up"]))


def _words(said: slots.Filled, *, parts: bool) -> dict[str, Any]:
    title = {f"{said.audience}_title": said.title} if said.title else {}
    words = update_brief.parted(said.body) if parts else {f"{said.audience}_body": said.body}
    return {**title, **words, f"to_{said.audience}": True}


def for_the_team(actor: Actor, incident: Incident, form: Typed, found: list[Any]) -> list[tuple[str, str]]:
    """Templates for the room: their name, and the room with their words in the field."""
    status, promised = form["status"] or rules.INVESTIGATING, form["next_at"] or None
    said = messages.all_filled(actor, incident, found, status=status, next_update_at=promised) if found else []
    return [
        (one.name, f"/{incident.key}?{urlencode({'say': words.body[:_LONGEST]})}") for one, words in zip(found, said, strict=True)
    ]
