"""Publishing a post: held for the seconds in which it can be taken back, then read by everybody and mailed once to each.

It is stored before anybody is told that it is on its way: a process that dies meanwhile publishes it when it is back.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from tocsin.core import clock
from tocsin.core.actor import SYSTEM, Actor
from tocsin.core.errors import Conflict, NotAllowed, Refused
from tocsin.core.net import mail
from tocsin.core.store import counters
from tocsin.core.work import hints, outbox
from tocsin.directory import queries as directory
from tocsin.statuspages import events
from tocsin.statuspages.blog import permissions, queries, rules, standing
from tocsin.statuspages.blog.commands.writing import locked, require_read, say
from tocsin.statuspages.blog.models import BlogPost
from tocsin.statuspages.lists import addresses, mailing
from tocsin.statuspages.lists import rules as lists

LANE = "blog"


def publish(actor: Actor, post: BlogPost, *, revision: int | None = None, now: dt.datetime) -> BlogPost:
    """Publish it once it can no longer be taken back; what is on its way or published stays so.

    `revision` is the version that was read. Raises Stale when there is a later one, NotAllowed for whoever did not write it.
    """
    with transaction.atomic():
        post = locked(post)
        permissions.require_author(actor, post)
        if post.state != BlogPost.DRAFT:
            return post
        require_read(post, revision)
        due_at = now + dt.timedelta(seconds=settings.TOCSIN.hold_seconds)
        by = None if actor.is_system else actor.id
        _turn(post, BlogPost.ON_ITS_WAY, BlogPost.DUE, due_at=due_at, publisher_id=by, confirmed_at=now, why="", lane=LANE, tries=0)
        if due_at <= now:
            _publish(actor, post, now)
        else:
            say(actor, events.BLOG_HELD, post, now, due_at=clock.rfc3339(due_at))
            hints.wake_after_commit(LANE)
    return post


def take_back(actor: Actor, post: BlogPost, *, now: dt.datetime) -> BlogPost:
    """It is a draft again and nobody has read it. Raises Conflict when it is published, or was not on its way."""
    with transaction.atomic():
        post = locked(post)
        permissions.require_author(actor, post)
        if post.state != BlogPost.ON_ITS_WAY:
            raise Conflict("It is published." if post.is_published else "It is a draft and not on its way.")
        _turn(post, BlogPost.DRAFT, BlogPost.CANCELLED)
        say(actor, events.BLOG_TAKEN_BACK, post, now)
    return post


def release(post: BlogPost, *, now: dt.datetime) -> bool:
    """What the engine does when its time has come: publish, or make it a draft again that says why. True when it was published."""
    with transaction.atomic():
        post = locked(post)
        if post.state != BlogPost.ON_ITS_WAY:
            return False
        try:
            publisher = _publisher(post)
            permissions.require_author(publisher, post)
        except Refused as refused:
            _refuse(post, refused, now)
            return False
        _publish(publisher, post, now)
        return True


def _publish(actor: Actor, post: BlogPost, now: dt.datetime) -> None:
    """Dated by the confirmation: what was held for seconds was said when somebody said it."""
    copies = {} if queries.stays_inside(post) else _copies(post)
    letter_id = mail.message_id(post.pk) if copies else ""
    if copies:
        authors = ", ".join(post.authors.order_by("name", "id").values_list("name", flat=True))
        text = rules.letter(post.text, authors, _address(f"blog/{post.slug}"), _address("blog"))
        outbox.enqueue_copies(copies, f"[{standing.NAME}] {post.title}", text, letter_id, now)
    number = counters.next_number("blog post")
    at = post.confirmed_at
    _turn(post, BlogPost.PUBLISHED, BlogPost.DONE, published_at=at, updated_at=now, number=number, letter_id=letter_id)
    say(actor, events.BLOG_PUBLISHED, post, now, mailed=len(copies))


def _copies(post: BlogPost) -> dict[str, tuple[str, dict[str, str]]]:
    """By key the address and headers of each copy; the key is of the post and the member, so that nobody gets it twice."""
    chosen = standing.found()
    if chosen is None:
        return {}
    members = {one.pk: one for one in chosen.members.select_related("person") if one.is_told}
    host = urlsplit(settings.TOCSIN.base_url).hostname or "localhost"
    common = {"List-Id": addresses.list_id(chosen.name, chosen.slug, host), "Precedence": "list"}
    meant = lists.once_each(((one.mail, one.pk) for one in members.values()), ())
    return {f"blog.{post.pk}.{pk}": (to, common | mailing.own_headers(members[pk])) for to, pk in meant.items()}


def _refuse(post: BlogPost, refused: Refused, now: dt.datetime) -> None:
    """Whoever confirmed it hears that nobody has read it."""
    _turn(post, BlogPost.DRAFT, BlogPost.FAILED, why=refused.detail[:400])
    say(SYSTEM, events.BLOG_REFUSED, post, now, why=post.why)
    if post.publisher and post.publisher.email:
        lines = [f"Your post “{post.title}” was not published: {post.why}", "", _address(f"blog/{post.slug}"), ""]
        key = f"refused.{post.pk}.{post.fence}"
        outbox.enqueue(post.publisher.email, f"Not published: {post.title}", "\n".join(lines), now=now, key=key)


def _publisher(post: BlogPost) -> Actor:
    """Whoever confirmed it, with the rights that they have now. Raises NotAllowed for somebody who left."""
    if post.publisher is None:
        return SYSTEM
    if not post.publisher.is_active:
        raise NotAllowed(f"{post.publisher.name} confirmed it and has left since.")
    return directory.actor_for(post.publisher, via="engine")


def _turn(post: BlogPost, state: str, work_state: str, **fields: Any) -> None:
    post.state, post.work_state, post.lease_until = state, work_state, None
    for name, value in fields.items():
        setattr(post, name, value)
    post.save(update_fields=["state", "work_state", "lease_until", *fields])


def _address(path: str) -> str:
    return f"{settings.TOCSIN.base_url.rstrip('/')}/{path}"
