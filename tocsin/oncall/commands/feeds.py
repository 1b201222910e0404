"""Secret addresses of calendar feeds: made, shown once, revoked."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q

from tocsin.core import secrets
from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict
from tocsin.core.eventlog.events import record
from tocsin.directory.models import Person, Team
from tocsin.oncall import events, permissions
from tocsin.oncall.models import CalendarFeed

_MOST = 10
_USE_KEPT_TO = dt.timedelta(hours=1)


@transaction.atomic
def create_feed(actor: Actor, owner: Person | Team, *, now: dt.datetime) -> tuple[CalendarFeed, str]:
    """A feed of a person's shifts, or of a team's schedules, and its path `/feeds/<token>.ics`, which is not kept anywhere."""
    permissions.require_own_feed(actor, owner)
    if owner.calendar_feeds.filter(revoked_at=None).count() >= _MOST:
        raise Conflict(f"There are {_MOST} feeds already. Revoke one that nobody uses.")
    plain = secrets.new_token()
    feed = CalendarFeed.objects.create(
        person=owner if isinstance(owner, Person) else None,
        team=owner if isinstance(owner, Team) else None,
        digest=secrets.digest(plain),
        hint=plain[-4:],
        created_by=Person.objects.filter(pk=actor.id).first(),
        created_at=now,
    )
    record(actor, events.FEED_CREATED, feed.id, context=owner.pk, now=now, data={"hint": feed.hint})
    return feed, f"/feeds/{plain}.ics"


@transaction.atomic
def revoke_feed(actor: Actor, feed: CalendarFeed, *, now: dt.datetime) -> CalendarFeed:
    """Its address answers 404 from now on. Revoking twice changes nothing."""
    owner = feed.person or feed.team
    permissions.require_revoke_feed(actor, feed)
    if CalendarFeed.objects.filter(pk=feed.pk, revoked_at=None).update(revoked_at=now):
        context = owner.pk if owner else ""
        record(actor, events.FEED_REVOKED, feed.id, context=context, now=now, data={"hint": feed.hint})
    feed.refresh_from_db()
    return feed


def note_use(feed: CalendarFeed, *, now: dt.datetime) -> None:
    """Remember that a calendar program was here, to the hour."""
    if feed.last_used_at is None or now - feed.last_used_at >= _USE_KEPT_TO:
        stale = Q(last_used_at=None) | Q(last_used_at__lte=now - _USE_KEPT_TO)
        CalendarFeed.objects.filter(stale, pk=feed.pk).update(last_used_at=now)
