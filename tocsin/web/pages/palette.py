"""The palette: what one may do here, where one may go, and whatever bears the words, while one types. `/search` is its twin."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from tocsin.alerts import queries as alerts
from tocsin.collab import queries as collab
from tocsin.core.actor import Actor
from tocsin.core.errors import NotFound
from tocsin.directory import queries as directory
from tocsin.incidents import queries as incidents
from tocsin.incidents import verbs
from tocsin.incidents.models import Incident
from tocsin.oncall import queries as oncall
from tocsin.postmortems import queries as postmortems
from tocsin.statuspages.blog import queries as blog
from tocsin.web.forms.request import Request
from tocsin.web.frame import places
from tocsin.web.gate.policy import SIGNED_IN, allow

MOST = 5
"""Of one kind: more is for the search."""
_FIRST = {"take-command", "set-severity", "page", "post-update", "hand-over", "resolve"}
"""What an incident manager does most, for whoever has typed nothing yet."""
_INSIDE = re.compile(r"^/([A-Za-z]{2,10}-[0-9]{1,12})(?:/|$)")


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of the palette. `hint` is what is typed elsewhere, or the state of the thing; `also` is found, not shown."""

    words: str
    path: str
    hint: str = ""
    also: str = ""


Group = tuple[str, list[Choice]]


@allow(SIGNED_IN)
@require_GET
def palette(request: Request) -> HttpResponse:
    """A part of a page: the choices for `q`, asked from the page `from`."""
    q = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    found = [*acts(request.actor, q, request.GET.get("from", "")), *things(request.actor, q)]
    return render(request, "palette.html", {"groups": found})


def acts(actor: Actor, q: str, origin: str = "") -> list[Group]:
    """What may be done in the incident whose page is open, what may be done from anywhere, and where one may go."""
    here = _incident_of(actor, origin)
    doing = [Choice(one.name, one.path, one.verb) for one in places.acts(actor)]
    going = [Choice(one.name, one.path, one.words) for _, several in places.groups(actor) for one in several]
    groups = [(f"In {here.key}", _verbs(actor, here)) if here else ("", []), ("Do", doing), ("Go to", going)]
    found = [(name, rows) for name, every in groups if (rows := _fitting(every, q))]
    return sorted(found, key=lambda group: not _begins(group[1][0], q)) if q else found


def _incident_of(actor: Actor, origin: str) -> Incident | None:
    inside = _INSIDE.match(origin)
    try:
        return incidents.by_key(actor, inside[1].upper()) if inside else None
    except NotFound:
        return None


def _verbs(actor: Actor, incident: Incident) -> list[Choice]:
    """A verb with a form leads to it; one that is typed stands ready in the room's field."""
    several = sorted(verbs.listed(actor, incident), key=lambda one: one.name not in _FIRST)
    return [Choice(one.words.rstrip("."), _where(one, incident.key), _typed(one), one.name) for one in several]


def _typed(verb: verbs.Verb) -> str:
    return f"{verb.slashes[0]} {verb.takes}".strip()


def _where(verb: verbs.Verb, key: str) -> str:
    return f"/{key}{verb.tail}" if verb.run is None else f"/{key}?{urlencode({'say': verb.slashes[0] + ' '})}#say"


def _fitting(every: Iterable[Choice], q: str) -> list[Choice]:
    """Those that hold every word; what begins with the words first."""
    words = q.lower().split()
    held = [one for one in every if all(word in f"{one.words} {one.hint} {one.also}".lower() for word in words)]
    return sorted(held, key=lambda one: not _begins(one, q))[: MOST + 1]


def _begins(one: Choice, q: str) -> bool:
    return one.words.lower().startswith(q.lower())


def things(actor: Actor, q: str) -> list[Group]:
    """What bears the words, or the key or number that they are; nothing for no words."""
    if not q:
        return []
    return [(name, rows) for name, look in _KINDS if (rows := list(look(actor, q)))]


def _incidents(actor: Actor, q: str) -> Iterator[Choice]:
    for one in incidents.named(actor, q)[:MOST]:
        yield Choice(f"{one.key} {one.summary}", f"/{one.key}", f"Sev {one.severity}, {one.state}")


def _alerts(actor: Actor, q: str) -> Iterator[Choice]:
    for one in alerts.named(actor, q)[:MOST]:
        yield Choice(f"#{one.number} {one.title}", f"/a/{one.number}", one.status)


def _services(actor: Actor, q: str) -> Iterator[Choice]:
    for one in directory.services(actor).prefetch_related(None).filter(_named(q)).order_by("name")[:MOST]:
        yield Choice(one.name, f"/s/{one.slug}", one.team.name)


def _teams(actor: Actor, q: str) -> Iterator[Choice]:
    for one in directory.teams(actor).prefetch_related(None).filter(_named(q))[:MOST]:
        yield Choice(one.name, f"/t/{one.slug}")


def _people(actor: Actor, q: str) -> Iterator[Choice]:
    rows = directory.people(actor, active=True).prefetch_related(None)
    for one in rows.filter(_named(q, slug="email"))[:MOST]:
        yield Choice(one.name, f"/people/{one.pk}", one.email)


def _schedules(actor: Actor, q: str) -> Iterator[Choice]:
    for one in oncall.schedules(actor).filter(_named(q))[:MOST]:
        yield Choice(one.name, f"/schedules/{one.slug}", one.team.name if one.team else "")


def _policies(actor: Actor, q: str) -> Iterator[Choice]:
    for one in oncall.policies(actor).prefetch_related(None).filter(_named(q))[:MOST]:
        yield Choice(one.name, f"/policies/{one.slug}", one.team.name if one.team else "")


def _postmortems(actor: Actor, q: str) -> Iterator[Choice]:
    for one in postmortems.titled(actor, q)[:MOST]:
        yield Choice(f"{one.incident.key} {one.title}", f"/{one.incident.key}/postmortem", one.state)


def _posts(actor: Actor, q: str) -> Iterator[Choice]:
    for one in blog.posts(actor, q)[:MOST]:
        yield Choice(one.title, f"/blog/{one.slug}", ", ".join(author.name for author in one.authors.all()))


def _links(actor: Actor, q: str) -> Iterator[Choice]:
    for one in collab.short_links().filter(name__icontains=q.removeprefix("go/"))[:MOST]:
        yield Choice(f"go/{one.name}", f"/go/{one.name}", one.target)


def _named(q: str, slug: str = "slug") -> Q:
    return Q(name__icontains=q) | Q(**{f"{slug}__icontains": q})


_KINDS: tuple[tuple[str, Callable[[Actor, str], Iterator[Choice]]], ...] = (
    ("Incidents", _incidents),
    ("Alerts", _alerts),
    ("Services", _services),
    ("Teams", _teams),
    ("People", _people),
    ("Schedules", _schedules),
    ("Policies", _policies),
    ("Postmortems", _postmortems),
    ("Company blog", _posts),
    ("Short links", _links),
)

urlpatterns = [path("palette", palette, name="palette")]
