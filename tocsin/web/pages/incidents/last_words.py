"""The last words: what every status page still says of an incident is closed in one place, or somebody says why not."""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from tocsin.core.errors import Refused
from tocsin.incidents import permissions
from tocsin.incidents import queries as incidents
from tocsin.incidents.models import Incident
from tocsin.statuspages import commands, queries, rules
from tocsin.statuspages.lists import queries as mailing
from tocsin.statuspages.models import Entry
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed, clean
from tocsin.web.gate.policy import RESPONDER, allow
from tocsin.web.pages.incidents.addresses import at_incident


@dataclass(frozen=True, slots=True)
class PageEnd:
    """Whether the words close the entry of one page, or why it stays open there."""

    name: str
    slug: str
    close: bool
    why: str
    error: str


@dataclass(frozen=True, slots=True)
class Closing:
    """What one audience still reads, with the words that close it on each of its pages where nothing speaks against it."""

    pages: list[PageEnd]
    audience: str
    title: str
    body: str
    errors: Mapping[str, str]
    mailed: list[str]
    """The names of the lists that hear the words by mail."""


def closings(incident: Incident, facts: rules.Facts, form: Typed) -> list[Closing]:
    """Every open entry as the form shows it, those for customers as one: drafted and ticked at first, afterwards as it was sent."""
    found = []
    lists = [one.name for one in mailing.defaults(incident)]
    entries = queries.left_open(incident)
    for audience in _audiences(entries):
        theirs = [one for one in entries if one.page.audience == audience]
        drafted = _draft(theirs[0], facts)
        sent = f"{audience}_body" in form.values
        found.append(
            Closing(
                pages=[_end(one, form, sent=sent) for one in theirs],
                audience=audience,
                title=form[f"{audience}_title"] if sent else drafted.title,
                body=form[f"{audience}_body"] if sent else drafted.body,
                errors={part: form.errors.get(f"{audience}_{part}", "") for part in ("title", "body")},
                mailed=lists if audience == rules.INTERNAL else [],
            )
        )
    return found


def _end(entry: Entry, form: Typed, *, sent: bool) -> PageEnd:
    slug = entry.page.slug
    return PageEnd(
        name=entry.page.name,
        slug=slug,
        close=bool(form[f"{slug}_close"]) if sent else True,
        why=form[f"{slug}_why"] if sent else entry.left_open_why,
        error=form.errors.get(f"{slug}_why", ""),
    )


def _audiences(entries: Sequence[Entry]) -> list[str]:
    return [audience for audience in rules.AUDIENCES if any(one.page.audience == audience for one in entries)]


def _draft(entry: Entry, facts: rules.Facts) -> rules.Draft:
    """Customers know the entry by the name it had; only staff are told the last severity in it."""
    drafted = rules.words_for(entry.page.audience, facts, rules.RESOLVED, first=False)
    return dataclasses.replace(drafted, title=entry.title) if entry.page.audience == rules.EXTERNAL else drafted


def read(form: Typed, incident: Incident) -> tuple[dict[str, dict[str, str]], dict[str, str]]:
    """The confirmed last words by audience, and why a page stays open, by its short name; what is missing is said at its field."""
    final: dict[str, dict[str, str]] = {}
    kept: dict[str, str] = {}
    entries = queries.left_open(incident)
    for audience in _audiences(entries):
        title, body = form.text(f"{audience}_title", longest=270), form.text(f"{audience}_body", lines=True)
        pages = [one.page.slug for one in entries if one.page.audience == audience]
        stays = {slug: form.text(f"{slug}_why", longest=400) for slug in pages if not form.ticked(f"{slug}_close")}
        for slug in (slug for slug, why in stays.items() if not why):
            form.errors[f"{slug}_why"] = "Say why it stays open, or let it be closed."
        kept |= stays
        if len(stays) < len(pages):
            final[audience] = {"title": title, "body": body}
            if not body:
                form.errors[f"{audience}_body"] = "Write the last words, or say why the entry stays open."
    return final, kept


@allow(RESPONDER)
@require_http_methods(["GET", "POST"])
def close(request: Request, key: str) -> HttpResponse:
    """After the end: what the status pages still say, with the words that close it."""
    incident = incidents.by_key(request.actor, key)
    permissions.require_responder(request.actor, incident)
    if incident.state != Incident.RESOLVED:
        return redirect(f"/{incident.key}/resolve")
    form = Typed(request.POST)
    if request.method == "POST":
        final, kept = read(form, incident)
        if form.ok:
            confirmation = clean(request.POST.get("confirmation", ""))[:64] or secrets.token_urlsafe(16)
            try:
                commands.say_last_words(request.actor, incident, final=final, kept=kept, confirmation=confirmation, now=request.now)
            except Refused as refused:
                form.refuse(refused)
            else:
                messages.success(request, "Published, and closed." if final else "Kept.")
                return redirect(f"/{incident.key}")
    context: dict[str, Any] = {
        "here": "incidents",
        "incident": incident,
        "form": form,
        "closings": closings(incident, commands.facts_of(incident), form),
        "confirmation": secrets.token_urlsafe(16),
    }
    return render(request, "incident/last_words.html", context, status=200 if form.ok else 422)


urlpatterns = [at_incident("/last-words", close)]
