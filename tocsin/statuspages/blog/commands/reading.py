"""How people get the blog without coming to it: by mail, and by a secret address for their feed reader."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q

from tocsin.core import secrets
from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict, NotAllowed
from tocsin.core.eventlog.events import record
from tocsin.directory import permissions as directory
from tocsin.directory import rules as scopes
from tocsin.directory.models import Person
from tocsin.statuspages import events
from tocsin.statuspages.blog import standing
from tocsin.statuspages.blog.models import BlogFeed
from tocsin.statuspages.lists import commands as lists
from tocsin.statuspages.lists.models import ListMember

_MOST = 10
_USE_KEPT_TO = dt.timedelta(hours=1)


@transaction.atomic
def subscribe(actor: Actor, *, now: dt.datetime) -> ListMember:
    """Each post comes by mail from now on. Twice does no more than once."""
    directory.require_scope(actor, scopes.RESPOND)
    return lists.subscribe(actor, standing.kept(now), now=now)


def unsubscribe(actor: Actor, *, now: dt.datetime) -> None:
    """No more posts by mail; nothing happens to whoever gets none."""
    directory.require_scope(actor, scopes.RESPOND)
    chosen = standing.found()
    if chosen is not None:
        lists.unsubscribe(actor, chosen, now=now)


@transaction.atomic
def create_feed(actor: Actor, *, now: dt.datetime) -> tuple[BlogFeed, str]:
    """An address for the actor's feed reader, and its path `/feeds/<token>.atom`, which is not kept anywhere."""
    directory.require_scope(actor, scopes.CONFIGURE)
    person = Person.objects.filter(pk=actor.id).first()
    if person is None:
        raise NotAllowed("A feed belongs to a person.")
    if person.blog_feeds.filter(revoked_at=None).count() >= _MOST:
        raise Conflict(f"There are {_MOST} feeds already. Revoke one that nobody uses.")
    plain = secrets.new_token()
    feed = BlogFeed.objects.create(person=person, digest=secrets.digest(plain), hint=plain[-4:], created_at=now)
    record(actor, events.BLOG_FEED_CREATED, feed.id, context=person.pk, now=now, data={"hint": feed.hint})
    return feed, f"/feeds/{plain}.atom"


@transaction.atomic
def revoke_feed(actor: Actor, feed: BlogFeed, *, now: dt.datetime) -> BlogFeed:
    """Its address answers 404 from now on. Revoking twice changes nothing."""
    directory.require_self_or_administrator(actor, feed.person)
    if BlogFeed.objects.filter(pk=feed.pk, revoked_at=None).update(revoked_at=now):
        record(actor, events.BLOG_FEED_REVOKED, feed.id, context=feed.person_id, now=now, data={"hint": feed.hint})
    feed.refresh_from_db()
    return feed


def note_use(feed: BlogFeed, *, now: dt.datetime) -> None:
    """Remember that a feed reader was here, to the hour."""
    if feed.last_used_at is None or now - feed.last_used_at >= _USE_KEPT_TO:
        stale = Q(last_used_at=None) | Q(last_used_at__lte=now - _USE_KEPT_TO)
        BlogFeed.objects.filter(stale, pk=feed.pk).update(last_used_at=now)
