"""Writing a post: each time somebody leaves its words, they are kept as a version."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict, Invalid, NotFound, Stale
from tocsin.core.eventlog.events import record
from tocsin.core.store import db
from tocsin.core.text import texts
from tocsin.directory.models import Person
from tocsin.incidents import permissions as incidents
from tocsin.incidents.models import Incident
from tocsin.statuspages import events
from tocsin.statuspages.blog import permissions, rules
from tocsin.statuspages.blog.models import BlogPost, BlogRevision

_MOST_AUTHORS = 20


def draft(
    actor: Actor,
    *,
    title: str,
    text: str,
    incident: Incident | None = None,
    authors: Sequence[Person] = (),
    now: dt.datetime,
) -> BlogPost:
    """A post that its authors and administrators alone can see. Without `authors` it is the actor's.

    Raises Invalid for `title`, `text` or `authors`, and NotFound where an author or the actor may not know of the incident.
    """
    permissions.require_writer(actor)
    title, text = _words(title, text)
    if incident is not None:
        incidents.require_seer(actor, incident)
    people = _authors(actor, authors, incident)
    with transaction.atomic():
        db.serialise(["blog post slugs"])
        used = set(BlogPost.objects.filter(slug__startswith=rules.slug_of(title)).values_list("slug", flat=True))
        made = BlogPost.objects.create(
            slug=rules.free_slug(title, used),
            title=title,
            text=text,
            incident=incident,
            lane="blog",
            work_state=BlogPost.CANCELLED,
            due_at=now,
            created_at=now,
            updated_at=now,
        )
        made.authors.set(people)
        _keep(actor, made, now)
        say(actor, events.BLOG_DRAFTED, made, now, authors=[one.name for one in people])
    return made


def edit(
    actor: Actor,
    post: BlogPost,
    *,
    title: str | None = None,
    text: str | None = None,
    authors: Sequence[Person] | None = None,
    revision: int | None = None,
    now: dt.datetime,
) -> BlogPost:
    """Change its words or its authors; what is None stays. `revision` is the version that the editor has read.

    Raises Stale when there is a later one, Conflict while it is on its way, otherwise as `draft`.
    """
    with transaction.atomic():
        post = locked(post)
        permissions.require_author(actor, post)
        require_read(post, revision)
        if post.state == BlogPost.ON_ITS_WAY:
            raise Conflict("It is published in a moment. Take it back first.")
        words = _words(post.title if title is None else title, post.text if text is None else text)
        said = {} if authors is None else _change_authors(actor, post, _authors(actor, authors, post.incident))
        if words != (post.title, post.text):
            post.title, post.text = words
            post.revision += 1
            _keep(actor, post, now)
            said |= {"revision": post.revision}
        if said:
            post.updated_at = now
            post.save(update_fields=["title", "text", "revision", "updated_at"])
            say(actor, events.BLOG_EDITED, post, now, **said)
    return post


def locked(post: BlogPost) -> BlogPost:
    """The row, locked for this transaction. Raises NotFound."""
    found = db.lock(BlogPost.objects.filter(pk=post.pk)).first()
    if found is None:
        raise NotFound("There is no such post.")
    return found


def require_read(post: BlogPost, revision: int | None) -> None:
    """Raises Stale when there is a later version than the one that was read."""
    if revision is not None and revision != post.revision:
        raise Stale("Somebody has changed it since you read it. Read it again.", field="revision", current=post)


def say(actor: Actor, name: str, post: BlogPost, now: dt.datetime, **more: Any) -> None:
    """Record what happened to a post; whoever may not know of its incident hears nothing."""
    data = {"title": post.title, "path": f"/blog/{post.slug}", **more}
    record(actor, name, post.id, context=post.incident_id or "", now=now, data=data)


def _words(title: str, text: str) -> tuple[str, str]:
    return (
        texts.line(title, field="title", limit=rules.TITLE),
        texts.prose(text, field="text", limit=rules.TEXT, required=True),
    )


def _authors(actor: Actor, wanted: Sequence[Person], incident: Incident | None) -> list[Person]:
    """Once each. Whoever writes for themselves need not say so."""
    people = list({one.pk: one for one in wanted or Person.objects.filter(pk=actor.id)}.values())
    if not people:
        raise Invalid("Say who has written it.", field="authors")
    if len(people) > _MOST_AUTHORS:
        raise Invalid(f"At most {_MOST_AUTHORS} people write one post.", field="authors")
    for one in people:
        if one.role == Person.STAKEHOLDER or not one.is_active:
            raise Invalid(f"{one.name} cannot write posts: that is for responders who work here.", field="authors")
        if incident is not None and incident.is_private and not _knows(one, incident):
            raise Invalid(f"{one.name} may not know of {incident.key}. Let them in first.", field="authors")
    return people


def _knows(person: Person, incident: Incident) -> bool:
    if person.role == Person.ADMINISTRATOR:
        return True
    return incidents.seen_by(Incident.objects.filter(pk=incident.pk), person.pk).exists()


def _change_authors(actor: Actor, post: BlogPost, people: Sequence[Person]) -> dict[str, Any]:
    if {one.pk for one in people} == set(post.authors.values_list("pk", flat=True)):
        return {}
    post.authors.set(people)
    return {"authors": [one.name for one in people]}


def _keep(actor: Actor, post: BlogPost, now: dt.datetime) -> None:
    by = None if actor.is_system else actor.id
    BlogRevision.objects.create(post=post, number=post.revision, title=post.title, text=post.text, by_id=by, at=now)
