"""Linking an incident with what it has to do with, and taking a link back. Both ends show it; a private end is named to its own."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.db import transaction

from tocsin.alerts.rules import link as safe
from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict, Invalid, NotFound
from tocsin.core.eventlog.events import record
from tocsin.core.text import texts
from tocsin.incidents import events, permissions, ports
from tocsin.incidents.cleanup.models import RemoteTask
from tocsin.incidents.commands._numbers import author
from tocsin.incidents.commands._record import locked
from tocsin.incidents.commands.assessing import label_case
from tocsin.incidents.commands.cleaning_up import link_task
from tocsin.incidents.linking import queries, rules
from tocsin.incidents.linking.models import IncidentLink
from tocsin.incidents.models import Incident, SupportCase
from tocsin.incidents.queries.changes import change_for
from tocsin.incidents.queries.lists import by_key
from tocsin.incidents.rules import word_of

_MOST = 200


@dataclass(frozen=True, slots=True)
class _End:
    """The other end: an incident, a thing of the house with what it is called, or an address."""

    words: str
    other: Incident | None = None
    target: str = ""
    url: str = ""
    belongs_to: str = ""
    """The id of the incident that a thing of the house belongs to."""


def link(
    actor: Actor, incident: Incident, kind: str, target: str, *, title: str = "", now: dt.datetime
) -> IncidentLink | SupportCase | RemoteTask:
    """Link with the other end: `kind` is one of `rules.KINDS`, `target` what `rules.HINTS` says. Linked already, it stays.

    Raises Invalid for kind, target or title; Conflict when the opposite was said, or there are too many.
    """
    permissions.require_responder(actor, incident)
    kind = word_of(kind, rules.KINDS, "kind")
    target = texts.line(target, field="target", limit=500)
    title = texts.line(title, field="title", limit=200, required=False)
    if kind == rules.CASE:
        if rules.is_address(target):
            return label_case(actor, incident, title or _place(target), url=_address(target), now=now)
        return label_case(actor, incident, target, now=now)
    if kind == rules.CLEANUP and rules.is_address(target):
        return link_task(actor, incident, _address(target), title=title or _place(target), now=now)
    end = _end(actor, incident, kind, target, title)
    with transaction.atomic():
        incident = locked(incident)
        known = _known(incident, kind, end)
        if known is not None:
            return known
        if incident.links.count() >= _MOST:
            raise Conflict(f"{incident.key} has {_MOST} links; take some back.", field="target")
        made = IncidentLink.objects.create(
            incident=incident,
            kind=kind,
            other=end.other,
            target=end.target,
            url=end.url,
            title=end.words if end.url else "",
            at=now,
            by=author(actor),
        )
        _tell(actor, events.LINKED, made, end, now)
    return made


def unlink(actor: Actor, incident: Incident, wanted: str, *, now: dt.datetime) -> None:
    """Take a link back, by its id, at either end. Raises NotFound, also when the actor may not know of the other end."""
    permissions.require_responder(actor, incident)
    with transaction.atomic():
        link = queries.link(actor, locked(incident), wanted)
        link_id = link.pk
        link.delete()
        link.pk = link_id
        words = link.title or (link.other.summary if link.other else link.target)
        _tell(actor, events.UNLINKED, link, _End(words, link.other, link.target, link.url), now)


def _end(actor: Actor, incident: Incident, kind: str, target: str, title: str) -> _End:
    try:
        if kind in rules.BETWEEN:
            return _incident(actor, incident, target)
        if rules.is_address(target):
            return _End(title or _place(target), url=_address(target))
        if kind == rules.CHANGE:
            line = change_for(incident, target)
            return _End(texts.shorten(line.what, 200), target=line.id)
        thing = ports.linkable(actor, kind, target)
        if thing is not None:
            return _End(thing.words, target=thing.id, belongs_to=thing.incident)
    except NotFound as error:
        raise Invalid(error.detail, field="target") from None
    raise Invalid(f"A {rules.TO[kind].lower()} is linked by {rules.HINTS[kind]}.", field="target")


def _incident(actor: Actor, incident: Incident, target: str) -> _End:
    other = by_key(actor, target)
    if other.pk == incident.pk:
        raise Invalid(f"{incident.key} cannot be linked with itself.", field="target")
    return _End(other.summary, other=other)


def _known(incident: Incident, kind: str, end: _End) -> IncidentLink | None:
    """The same link, made before. Raises Conflict for its opposite: one cannot repeat what repeats it."""
    rows = IncidentLink.objects.filter(kind=kind)
    same = rows.filter(incident=incident, other=end.other, target=end.target, url=end.url).first()
    back = rows.filter(incident=end.other, other=incident).first() if end.other else None
    if same or (back and kind == rules.RELATED):
        return same or back
    if back and end.other:
        raise Conflict(f"{end.other.key} is linked with {incident.key} the other way round already.", field="target")
    return None


def _address(text: str) -> str:
    if not safe(text):
        raise Invalid("An address starts with https:// or http:// and names a host.", field="target")
    return text


def _place(address: str) -> str:
    """What an address is called when nobody gave it a title."""
    try:
        parts = urlsplit(address)
        return texts.shorten(f"{parts.hostname or ''}{parts.path.rstrip('/')}", 80)
    except ValueError:
        raise Invalid("This is not an address.", field="target") from None


def _tell(actor: Actor, name: str, link: IncidentLink, end: _End, now: dt.datetime) -> None:
    """On the timeline of each end. A private incident is named on its own timeline only, and nowhere is said that it exists."""
    here, there = link.incident, end.other
    hidden = end.belongs_to != here.pk and permissions.is_private(end.belongs_to)
    data = {"link": link.id, "kind": link.kind}
    told = {"words": rules.words(link.kind), "title": end.words, "path": f"/{there.key}" if there else end.url}
    told |= {"key": there.key if there else "", "other": there.pk if there else end.belongs_to}
    is_named = not (hidden or (there is not None and there.is_private))
    record(actor, name, here.id, context=here.id if is_named else "", now=now, data={**data, **(told if is_named else {})})
    if there is None or here.is_private:
        return
    back = {"words": rules.words(link.kind, inverse=True), "title": here.summary, "path": f"/{here.key}"}
    record(actor, name, there.id, context=there.id, now=now, data={**data, **back, "key": here.key, "other": here.pk})
