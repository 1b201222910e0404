"""Reading public posts and mentions."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet

from tocsin.core import clock
from tocsin.core.actor import Actor
from tocsin.core.errors import NotFound
from tocsin.core.store import facts
from tocsin.incidents import permissions
from tocsin.incidents.attention.models import Mention, PublicPost
from tocsin.incidents.models import Incident

FACT = "mentions"
EVERY = dt.timedelta(minutes=5)
"""How often the feed is read."""

BEFORE = dt.timedelta(hours=1)
"""A post about an incident may be older than what we know of it."""


@dataclass(frozen=True, slots=True)
class FeedState:
    """How the reading of the feed of mentions goes. `fault`: why the last try failed."""

    read_at: dt.datetime | None
    good_at: dt.datetime | None
    fault: str


def posts(actor: Actor, incident: Incident) -> QuerySet[PublicPost]:
    """The public posts about an incident, in the order in which they were added."""
    permissions.require_seer(actor, incident)
    return incident.posts.select_related("added_by", "incident")


def post(actor: Actor, incident: Incident, wanted: str) -> PublicPost:
    """By id. Raises NotFound."""
    found = posts(actor, incident).filter(pk=wanted).first()
    if found is None:
        raise NotFound(f"{incident.key} has no such post.")
    return found


def mentions(actor: Actor, incident: Incident) -> list[Mention]:
    """What the feed lists from an hour before the incident on and is not counted for it yet, newest first."""
    permissions.require_seer(actor, incident)
    since = (incident.impact_started_at or incident.created_at) - BEFORE
    rows = Mention.objects.filter(said_at__gte=since)
    if incident.resolved_at:
        rows = rows.filter(said_at__lte=incident.resolved_at)
    return list(rows.exclude(url__in=incident.posts.values("url"))[:50])


def mention(actor: Actor, incident: Incident, wanted: str) -> Mention:
    """By id, of those that are not counted yet. Raises NotFound."""
    found = next((one for one in mentions(actor, incident) if one.pk == wanted), None)
    if found is None:
        raise NotFound("The feed has no such mention any more, or it is counted already.")
    return found


def feed() -> FeedState | None:
    """How the reading goes; None where no feed is set."""
    if not settings.TOCSIN.mentions_feed:
        return None
    known = facts.get(FACT, {})
    if known.get("url") != settings.TOCSIN.mentions_feed:
        known = {}
    read_at, good_at = (clock.parse(known[name]) if known.get(name) else None for name in ("read_at", "good_at"))
    return FeedState(read_at, good_at, str(known.get("fault", "")))


def is_due(now: dt.datetime) -> bool:
    """Whether the feed is to be read now."""
    state = feed()
    return state is not None and (state.read_at is None or now - state.read_at >= EVERY)
