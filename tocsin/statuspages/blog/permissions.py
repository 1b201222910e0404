"""Who may write, and who may read what."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from tocsin.core.actor import Actor
from tocsin.core.errors import NotAllowed, NotFound
from tocsin.directory import permissions as directory
from tocsin.incidents import permissions as incidents
from tocsin.statuspages.blog.models import BlogPost


def visible(actor: Actor, rows: QuerySet[BlogPost]) -> QuerySet[BlogPost]:
    """The posts among `rows` that the actor may know of: published ones and their own; of a private incident its members alone."""
    if actor.is_administrator:
        return rows
    own = BlogPost.authors.through.objects.filter(person=actor.id).values("blogpost")
    known = rows.exclude(incident__in=incidents.hidden_from(actor).values("pk"))
    return known.filter(Q(state=BlogPost.PUBLISHED) | Q(pk__in=own))


def is_author(actor: Actor, post: BlogPost) -> bool:
    """Whether the actor may edit and publish it: who wrote it, and administrators."""
    return actor.is_administrator or (directory.is_responder(actor) and post.authors.filter(pk=actor.id).exists())


def may_write(actor: Actor) -> bool:
    """Whether the actor may write posts at all."""
    return directory.is_responder(actor)


def require_writer(actor: Actor) -> None:
    """Raises NotAllowed for whoever only reads."""
    directory.require_responder(actor)


def require_author(actor: Actor, post: BlogPost) -> None:
    """Raises NotFound for whoever may not know of it, NotAllowed for whoever reads it and did not write it."""
    if not visible(actor, BlogPost.objects.filter(pk=post.pk)).exists():
        raise NotFound("There is no such post.")
    directory.require_responder(actor)
    if not is_author(actor, post):
        raise NotAllowed("Its authors and administrators may do this.")
