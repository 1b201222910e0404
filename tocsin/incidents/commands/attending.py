"""Public attention: posts are linked and counted by people, the feed of mentions is kept by the engine."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import transaction

from tocsin.alerts.rules import link
from tocsin.core import clock
from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict, Invalid, NotFound
from tocsin.core.store import facts
from tocsin.core.text import texts
from tocsin.directory.vendor_status.ports import Reading
from tocsin.incidents import events, permissions
from tocsin.incidents.attention import queries
from tocsin.incidents.attention.models import Mention, PublicPost
from tocsin.incidents.commands._numbers import author as author_of
from tocsin.incidents.commands._record import locked, save, tell
from tocsin.incidents.models import Incident

_MOST_POSTS = 1_000
_KEPT = dt.timedelta(days=30)


def add_post(
    actor: Actor,
    incident: Incident,
    url: str,
    *,
    text: str = "",
    author: str = "",
    said_at: dt.datetime | None = None,
    now: dt.datetime,
) -> PublicPost:
    """A public post is about this incident. The same address again is the same post. Everybody of the house may add one."""
    permissions.require_speaker(actor, incident)
    url = texts.line(url, field="url", limit=500)
    if not link(url):
        raise Invalid("A public post has an address that begins with https://.", field="url")
    text = texts.line(text, field="text", limit=600, required=False)
    author = texts.line(author, field="author", limit=120, required=False)
    if said_at is not None and said_at > now:
        raise Invalid("A post was written before it is counted.", field="said_at")
    with transaction.atomic():
        incident = locked(incident)
        known = incident.posts.filter(url=url).first()
        if known:
            return known
        count = incident.posts.count() + 1
        if count > _MOST_POSTS:
            raise Conflict(f"{incident.key} has {_MOST_POSTS} posts; that is attention enough.", field="url")
        made = PublicPost.objects.create(
            incident=incident, url=url, text=text, author=author, said_at=said_at, added_at=now, added_by=author_of(actor)
        )
        save(incident, now=now)
        tell(actor, events.POST_ADDED, incident, now=now, post=made.id, url=url, where=made.where, posts=count)
    return made


def count_mention(actor: Actor, incident: Incident, mention: Mention, *, now: dt.datetime) -> PublicPost:
    """What the feed lists is about this incident: a responder says so."""
    permissions.require_responder(actor, incident)
    words = f"{mention.title}: {mention.text}" if mention.text and mention.text != mention.title else mention.title
    return add_post(actor, incident, mention.url, text=texts.shorten(words, 600), said_at=min(mention.said_at, now), now=now)


def remove_post(actor: Actor, post: PublicPost, *, now: dt.datetime) -> None:
    """It is about something else. Raises NotFound when somebody took it away already."""
    permissions.require_responder(actor, post.incident)
    with transaction.atomic():
        incident = locked(post.incident)
        if not PublicPost.objects.filter(pk=post.pk).delete()[0]:
            raise NotFound("This post is not counted any more.")
        save(incident, now=now)
        tell(actor, events.POST_REMOVED, incident, now=now, url=post.url, where=post.where, posts=incident.posts.count())


@transaction.atomic
def keep_mentions(reading: Reading, *, url: str, now: dt.datetime) -> None:
    """What the feed at `url` lists now, beside what it listed before; old ones go. Nothing when another feed was set meanwhile."""
    if settings.TOCSIN.mentions_feed != url:
        return
    fresh = {one.uid: one for one in reading.reports if one.url}
    known = set(Mention.objects.filter(uid__in=list(fresh)).values_list("uid", flat=True))
    Mention.objects.bulk_create(
        (
            Mention(uid=uid, url=one.url, title=one.title, text=one.text, said_at=min(one.said_at or now, now))
            for uid, one in fresh.items()
            if uid not in known
        ),
        ignore_conflicts=True,
    )
    Mention.objects.filter(said_at__lt=now - _KEPT).delete()
    moment = clock.rfc3339(now)
    facts.put(queries.FACT, {"url": url, "read_at": moment, "good_at": moment, "fault": ""})


@transaction.atomic
def note_unread(why: str, *, url: str, now: dt.datetime) -> None:
    """The feed could not be read; what it listed stays."""
    before = facts.get(queries.FACT, {})
    good_at = before.get("good_at") if before.get("url") == url else None
    facts.put(queries.FACT, {"url": url, "read_at": clock.rfc3339(now), "good_at": good_at, "fault": why[:300]})
