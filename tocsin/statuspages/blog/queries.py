"""Reading the blog: what somebody may see of it, what of it leaves the house, and how its mail went."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Prefetch, Q, QuerySet

from tocsin.core import secrets
from tocsin.core.actor import Actor
from tocsin.core.errors import NotFound
from tocsin.core.models import OutboxMail
from tocsin.directory.models import Person
from tocsin.statuspages.blog import permissions, standing
from tocsin.statuspages.blog.models import BlogFeed, BlogPost, BlogRevision
from tocsin.statuspages.lists.models import ListMember

IN_FEED = 30
"""The last posts that a feed shows."""


def posts(actor: Actor, q: str = "") -> QuerySet[BlogPost]:
    """Published posts with these words in them, the newest first."""
    rows = permissions.visible(actor, _whole().filter(state=BlogPost.PUBLISHED))
    return rows.filter(Q(title__icontains=q) | Q(text__icontains=q)).order_by("-number") if q else rows.order_by("-number")


def drafts(actor: Actor) -> QuerySet[BlogPost]:
    """Posts that nobody but their authors and administrators reads yet, the newest first."""
    return permissions.visible(actor, _whole().exclude(state=BlogPost.PUBLISHED)).order_by("-id")


def post(actor: Actor, wanted: str) -> BlogPost:
    """By id or short name. Raises NotFound for one that the actor may not know of."""
    found = permissions.visible(actor, _whole().filter(Q(pk=wanted) | Q(slug=wanted))).first()
    if found is None:
        raise NotFound("There is no such post.")
    return found


def revisions(actor: Actor, found: BlogPost) -> list[BlogRevision]:
    """Every version of a post, the newest first. Raises NotAllowed for whoever did not write it: drafts are in them."""
    permissions.require_author(actor, found)
    return list(found.revisions.select_related("by"))


def edited(found: BlogPost) -> BlogRevision | None:
    """The last version of a published post, when it was edited after it had been confirmed."""
    last = found.revisions.select_related("by").first() if found.is_published else None
    return last if last and found.confirmed_at and last.at > found.confirmed_at else None


def stays_inside(found: BlogPost) -> bool:
    """Whether a post is neither mailed nor in a feed: its incident is private, or a drill."""
    return found.incident is not None and (found.incident.is_private or found.incident.is_drill)


def mailed(found: BlogPost) -> dict[str, int]:
    """How many copies of a post went out: `sent`, `waiting` and `refused`; empty where nobody was mailed."""
    if not found.letter_id:
        return {}
    states = list(OutboxMail.objects.filter(letter_id=found.letter_id).values_list("work_state", flat=True))
    sent, refused = states.count(OutboxMail.DONE), states.count(OutboxMail.FAILED)
    return {"sent": sent, "waiting": len(states) - sent - refused, "refused": refused}


def readers() -> int:
    """How many people a post goes to by mail."""
    chosen = standing.found()
    return sum(one.is_told for one in chosen.members.select_related("person")) if chosen else 0


def is_subscribed(actor: Actor) -> bool:
    """Whether posts come to the actor by mail."""
    chosen = standing.found()
    return chosen is not None and ListMember.objects.filter(list=chosen, person=actor.id).exists()


def feeds_of(actor: Actor) -> Sequence[BlogFeed]:
    """The actor's open feeds, the oldest first."""
    return list(BlogFeed.objects.filter(person=actor.id, revoked_at=None))


def feed(actor: Actor, wanted: str) -> BlogFeed:
    """One of the actor's own, by id. Raises NotFound."""
    found = BlogFeed.objects.filter(person=actor.id, pk=wanted).first()
    if found is None:
        raise NotFound("There is no such feed.")
    return found


def feed_by_token(token: str) -> BlogFeed:
    """Raises NotFound for a token that nobody was given, that was revoked, or whose person has left."""
    rows = BlogFeed.objects.select_related("person").filter(revoked_at=None, person__is_active=True)
    found = rows.filter(digest=secrets.digest(token)).first()
    if found is None:
        raise NotFound("No feed has this address.")
    return found


def in_feed() -> list[BlogPost]:
    """What a feed shows: the last posts that may be read outside the house, the newest first."""
    rows = _whole().filter(state=BlogPost.PUBLISHED)
    return list(rows.exclude(incident__is_private=True).exclude(incident__is_drill=True).order_by("-number")[:IN_FEED])


def _whole() -> QuerySet[BlogPost]:
    authors = Prefetch("authors", Person.objects.order_by("name", "id"))
    return BlogPost.objects.select_related("incident", "publisher").prefetch_related(authors)
