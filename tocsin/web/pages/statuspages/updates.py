"""Compose an update: say it once to the company and to customers, read the exact words, confirm once. Screen 9."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from tocsin.core import clock
from tocsin.core.errors import Refused
from tocsin.incidents import permissions
from tocsin.incidents import queries as incidents
from tocsin.incidents.models import Incident
from tocsin.statuspages import commands, queries, rules
from tocsin.statuspages.briefs import queries as briefs
from tocsin.statuspages.held import commands as held
from tocsin.statuspages.held import queries as waiting
from tocsin.statuspages.lists import queries as mailing
from tocsin.statuspages.messages import queries as templates
from tocsin.statuspages.messages import rules as slots
from tocsin.statuspages.mirrors import queries as mirrors
from tocsin.statuspages.models import StatusPage, Update
from tocsin.statuspages.second_reading import commands as second_reading
from tocsin.statuspages.second_reading import queries as drafts
from tocsin.statuspages.subscribers import queries as subscribers
from tocsin.web.forms import people, typed_times
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed, clean
from tocsin.web.gate.policy import RESPONDER, allow
from tocsin.web.pages.incidents.addresses import at_incident
from tocsin.web.pages.statuspages import readers, update_brief, update_drafts, update_pages

WHERE = {rules.INTERNAL: "inside", rules.EXTERNAL: "to customers"}
PREFIX = {rules.INTERNAL: "Inside", rules.EXTERNAL: "Customers"}
_FIELDS = {"next_update_at": "next", "at": "later", "internal": "form", "external": "form"}


@dataclass(frozen=True, slots=True)
class Letter:
    """The exact words for one audience and where they will stand."""

    heading: str
    where: str
    title: str
    body: str
    next: dt.datetime | None


@allow(RESPONDER)
@require_http_methods(["GET", "POST"])
def compose(request: Request, key: str) -> HttpResponse:
    """GET drafts; POST `do` = preview, fill, review, edit, ask or publish. Only `publish` says anything."""
    incident = incidents.by_key(request.actor, key)
    permissions.require_responder(request.actor, incident)
    last = queries.last_update(incident)
    if request.method == "GET":
        status = request.GET.get("status", "")
        begun = update_drafts.again(request, incident, request.GET.get("again", ""))
        begun = begun or update_drafts.unread(request, incident, request.GET.get("reading", ""))
        begun = begun or update_drafts.begin(request, incident, last, status if status in rules.STATUSES else "")
        form = Typed(initial=begun)
        return _form(request, incident, form, last)
    if _is_known(incident, request.POST.get("confirmation", "")):
        messages.warning(request, "This was confirmed already. Nothing is said twice.")
        return redirect(f"/{incident.key}")
    form = Typed(request.POST)
    words = _read(form, request, incident)
    verb = request.POST.get("do", "")
    overtaken = last is not None and last.id != request.POST.get("seen", "")
    if verb == "fill":
        form.errors.clear()
        update_drafts.fill(request, incident, form)
        return _form(request, incident, form, last)
    if verb in {"preview", "edit"}:
        return _form(request, incident, form, last, quiet=verb == "edit")
    if not form.ok:
        return _form(request, incident, form, last, overtaken=overtaken)
    if incident.is_drill:
        return _keep(request, incident, form, words, last)
    confirmation = clean(request.POST.get("confirmation", ""))[:64]
    if verb == "ask" and confirmation:
        return _ask(request, incident, form, words, confirmation, last)
    if verb != "publish" or not confirmation or (overtaken and last and last.confirmation != confirmation):
        return _review(request, incident, form, words, last, overtaken=overtaken)
    return _publish(request, incident, form, words, confirmation, last)


def _publish(
    request: Request, incident: Incident, form: Typed, words: dict[str, Any], confirmation: str, last: Update | None
) -> HttpResponse:
    try:
        kept = held.hold(request.actor, incident, **words, confirmation=confirmation, at=form["later_at"] or None, now=request.now)
    except Refused as refused:
        form.refuse(refused, **_FIELDS)
        return _form(request, incident, form, last)
    where = " and ".join(WHERE[audience] for audience in kept.audiences)
    when = typed_times.sentence(kept.at, request.actor.zone, request.now) if kept.at else "in a moment"
    messages.success(request, f"Confirmed. It goes out {where} {when}.")
    return redirect(f"/{incident.key}")


def _ask(
    request: Request, incident: Incident, form: Typed, words: dict[str, Any], confirmation: str, last: Update | None
) -> HttpResponse:
    """Give the draft to somebody else to read."""
    reader, note = people.read_person(form, "reader"), form.text("note", longest=400)
    if reader is None:
        form.errors.setdefault("reader", "Choose who reads it.")
        return _review(request, incident, form, words, last, overtaken=False)
    asked = {**words, "note": note, "at": form["later_at"] or None}
    try:
        made = second_reading.ask_reader(request.actor, incident, reader, **asked, confirmation=confirmation, now=request.now)
    except Refused as refused:
        form.refuse(refused, **_FIELDS)
        if refused.field in {"reader", "note"}:
            return _review(request, incident, form, words, last, overtaken=False)
        return _form(request, incident, form, last)
    messages.success(request, f"{reader.name} is asked to read it. Nothing is published; you may send it at any time.")
    return redirect(f"/{incident.key}/readings/{made.id}")


def _is_known(incident: Incident, confirmation: str) -> bool:
    """Whether the same form was confirmed before, and is published or on its way."""
    published = queries.updates_of(incident).filter(confirmation=confirmation or "-").exists()
    return published or waiting.by_confirmation(incident, confirmation) is not None


def _keep(request: Request, incident: Incident, form: Typed, words: dict[str, Any], last: Update | None) -> HttpResponse:
    """In a drill the words are kept to be read aloud, nothing is published."""
    said = {audience: words[audience] and _exact(form, audience) for audience in rules.AUDIENCES}
    try:
        commands.keep_draft(request.actor, incident, status=words["status"], **said, now=request.now)
    except Refused as refused:
        form.refuse(refused, **_FIELDS)
        return _form(request, incident, form, last)
    messages.success(request, "Kept. Read it aloud, and let the others say what they understood.")
    return redirect(f"/{incident.key}/drafts")


def _read(form: Typed, request: Request, incident: Incident) -> dict[str, Any]:
    """The form as arguments of the command; what is wrong is noted at its field."""
    status = form.choice("status", rules.STATUSES, wrong="Choose a status.")
    promised = form.when("next", zone=request.actor.zone, now=request.now, past=False)
    form.values["next_at"] = promised
    form.values["later_at"] = form.when("later", zone=request.actor.zone, now=request.now, past=False)
    form.values["follow_up"] = briefs.is_follow_up(incident, status)
    words: dict[str, Any] = {"status": status, "next_update_at": promised}
    for audience in rules.AUDIENCES:
        words[audience] = _words(form, incident, audience)
    if words[rules.INTERNAL] is None and words[rules.EXTERNAL] is None:
        form.errors["form"] = "Choose who this is for: inside, customers, or both."
    words["pages"] = update_pages.read(form, incident, status)
    changed = update_pages.read_parts(form)
    words["components"] = changed if words[rules.EXTERNAL] else {}
    words["lists"] = _lists(form, incident)
    _check(form, request, incident, words)
    return words


def _lists(form: Typed, incident: Incident) -> list[str]:
    """Who is mailed: what is ticked; where the form did not show lists, those of the severity."""
    known = {one.slug for one in mailing.for_updates()}
    if form.has("lists_shown"):
        chosen = [one for one in form.many("lists") if one in known]
    else:
        chosen = [one.slug for one in mailing.defaults(incident)]
    form.values["lists"] = chosen = [] if incident.is_private else chosen
    return chosen


def _words(form: Typed, incident: Incident, audience: str) -> dict[str, Any] | None:
    """What is said to one audience; a follow-up to the company in its parts."""
    wanted = form.ticked(f"to_{audience}")
    title = form.text(f"{audience}_title", longest=270)
    if _in_parts(form, audience):
        parts = update_brief.read(form)
        if wanted:
            update_brief.check(form, parts)
        return {"title": title, **parts} if wanted else None
    body = form.text(f"{audience}_body", lines=True)
    if wanted and not body and not form.has(f"{audience}_body"):
        form.values[f"{audience}_body"] = queries.draft(incident, audience, form["status"]).body
        form.errors[f"{audience}_body"] = "Nobody has read this message yet: it was drafted for the status that you chose."
    elif wanted and not body:
        form.errors[f"{audience}_body"] = "Write the message, or take the tick away."
    if not wanted:
        form.errors.pop(f"{audience}_body", None)
    return {"title": title, "body": body} if wanted else None


def _check(form: Typed, request: Request, incident: Incident, words: dict[str, Any]) -> None:
    """What the command would refuse, said before anybody confirms."""
    outside = words[rules.EXTERNAL]
    prefix = incident.key.partition("-")[0]
    try:
        if "next" not in form.errors and words["status"] in rules.STATUSES:
            rules.check_promise(words["status"], words["next_update_at"], form["later_at"] or request.now)
        if outside is not None:
            rules.check_public(outside["title"], "external_title", prefix, incident.key)
            rules.check_public(outside["body"], "external_body", prefix, incident.key)
    except Refused as refused:
        form.refuse(refused, **_FIELDS)


def _letters(form: Typed) -> list[Letter]:
    where = {rules.INTERNAL: "internal status page", rules.EXTERNAL: update_pages.where(update_pages.chosen(form))}
    promised = form["next_at"] or None if form["status"] != rules.RESOLVED else None
    return [
        Letter(PREFIX[audience], where[audience], **_exact(form, audience), next=None if _in_parts(form, audience) else promised)
        for audience in rules.AUDIENCES
        if form[f"to_{audience}"]
    ]


def _mailed(form: Typed) -> list[str]:
    """The names of the lists that hear the words for the company, with how many readers."""
    if not form["to_internal"]:
        return []
    chosen = [one for one in mailing.for_updates() if one.slug in (form["lists"] or ())]
    return [f"{one.name} ({sum(member.is_told for member in one.members.all())})" for one in chosen]


def _exact(form: Typed, audience: str) -> dict[str, str]:
    """The words as they will be read."""
    body = form[f"{audience}_body"]
    if _in_parts(form, audience):
        body = update_brief.letter(update_brief.read_again(form), form["next_at"] or None)
    return {"title": form[f"{audience}_title"], "body": body}


def _in_parts(form: Typed, audience: str) -> bool:
    return audience == rules.INTERNAL and bool(form["follow_up"])


def _hints(incident: Incident, form: Typed) -> list[str]:
    """What customers would stumble over in the words for them."""
    return briefs.hints(incident, f"{form['external_body']}") if form["to_external"] else []


def _form(
    request: Request, incident: Incident, form: Typed, last: Update | None, *, quiet: bool = False, overtaken: bool = False
) -> HttpResponse:
    if quiet:
        form.errors.clear()
    _readable(form, request)
    chosen = form["components"] or {}
    ready = templates.fitting(incident, form["status"])
    context = {
        "here": "incidents",
        "incident": incident,
        "form": form,
        "ready": ready,
        "for_the_team": update_drafts.for_the_team(request.actor, incident, form, ready[slots.TEAM]),
        "last": last,
        "seen": last.id if last else "",
        "due": queries.next_due(incident),
        "notice": _overtaken_by(incident, last) if overtaken and last else None,
        "statuses": rules.STATUSES.items(),
        "outside_closed": update_drafts.closed_to_customers(incident),
        "components": [(part, chosen.get(part.id) or part.state) for part in queries.hit_parts(update_pages.chosen(form))],
        "pages": update_pages.offered(),
        "page_names": [page.name for page in update_pages.chosen(form)],
        "part_states": rules.COMPONENT_STATES.items(),
        "letters": _letters(form),
        "lists": list(mailing.for_updates()),
        "mirrored": mirrors.told(incident),
        "mailed": _mailed(form),
        "hearers": subscribers.hearers(update_pages.chosen(form)),
        "telling": subscribers.latest_of(incident),
        "hints": _hints(incident, form),
        **(update_brief.shown(form) if form["follow_up"] else {}),
    }
    return render(request, "incident/update.html", context, status=200 if form.ok else 422)


def _readable(form: Typed, request: Request) -> None:
    """A promise carried through the review as an instant is shown again as people type it."""
    for name in ("next", "later"):
        if form[f"{name}_at"] and str(form[name]).endswith("Z"):
            form.values[name] = typed_times.typed(form[f"{name}_at"], request.actor.zone, request.now)
    promised = form["next_at"]
    if not promised and form["next"] and not form.errors:
        form.values["next_at"] = typed_times.understand(form["next"], zone=request.actor.zone, now=request.now, past=False)
        form.values["next_said"] = typed_times.sentence(form["next_at"], request.actor.zone, request.now)


def _review(
    request: Request, incident: Incident, form: Typed, words: dict[str, Any], last: Update | None, *, overtaken: bool
) -> HttpResponse:
    letters = _letters(form)
    mailed = _mailed(form)
    notice = _overtaken_by(incident, last) if overtaken and last else None
    both = len(letters) > 1
    read_by, read_other = drafts.approval(incident, words)
    to_customers = bool(form["to_external"])
    context = {
        "here": "incidents",
        "incident": incident,
        "form": form,
        "letters": letters,
        "parts": update_pages.moves(words["components"]),
        "mailed": mailed,
        "hearers": subscribers.hearers(update_pages.chosen(form)),
        "notice": notice,
        "question": "Publish this inside and to customers?"
        if both
        else f"Publish this {'to customers' if to_customers else 'inside'}?",
        "button": "Publish inside and to customers" if both else "Publish to customers" if to_customers else "Publish inside",
        "confirmation": secrets.token_urlsafe(16),
        "hold_seconds": settings.TOCSIN.hold_seconds,
        "later_said": typed_times.sentence(form["later_at"], request.actor.zone, request.now) if form["later_at"] else "",
        "seen": last.id if last else "",
        "hints": _hints(incident, form),
        "read_by": read_by,
        "read_other": read_other,
        **readers.offered(request.actor, incident),
        "elsewhere": {} if incident.is_private else {one: mirrors.names(pages) for one, pages in _told(form).items()},
        "pages": update_pages.offered(),
        "page_names": [page.name for page in update_pages.chosen(form)],
        "carried": list(_carried(form)),
    }
    return render(request, "incident/update_review.html", context, status=200 if form.ok else 422)


def _told(form: Typed) -> dict[str, list[StatusPage]]:
    """The pages that are spoken on, by audience."""
    pages = {rules.INTERNAL: [queries.page(rules.INTERNAL)], rules.EXTERNAL: update_pages.chosen(form)}
    return {audience: pages[audience] for audience in rules.AUDIENCES if form[f"to_{audience}"]}


def _overtaken_by(incident: Incident, last: Update) -> tuple[str, str]:
    """What somebody else said since this form was drawn, in two sentences."""
    bodies = [update.body for update in queries.updates_of(incident) if update.confirmation == last.confirmation]
    who = last.author.name if last.author else "Tocsin"
    quoted = " ".join(f"“{body[:200]}”" for body in bodies)
    return f"{who} published after you began.", f"They said: {quoted} Publish yours only if it adds something."


def _carried(form: Typed) -> list[tuple[str, str]]:
    """The form as hidden fields: what was read is what is published."""
    pairs = [(name, form[name]) for name in ("status", *(f"{a}_{part}" for a in rules.AUDIENCES for part in ("title", "body")))]
    pairs += [(f"to_{audience}", "1") for audience in rules.AUDIENCES if form[f"to_{audience}"]]
    pairs += [("lists_shown", "1"), *(("lists", slug) for slug in form["lists"] or ())]
    pairs += update_pages.carried(form)
    pairs += update_brief.carried(form) if form["follow_up"] else []
    pairs += [(f"c-{part}", state) for part, state in (form["components"] or {}).items()]
    times = [(name, form[f"{name}_at"]) for name in ("next", "later")]
    return [*pairs, *((name, clock.rfc3339(at) if at else "") for name, at in times)]


urlpatterns = [at_incident("/update", compose)]
