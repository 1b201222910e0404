"""`/api/v1/blog-posts`: the company blog, and how one gets it by mail or in a feed reader."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from django.conf import settings
from ninja import Query, Router, Schema, Status
from pydantic import Field

from tocsin.core.errors import Invalid, Refused
from tocsin.directory import queries as directory
from tocsin.directory.models import Person
from tocsin.incidents import queries as incidents
from tocsin.statuspages.blog import commands, permissions, queries
from tocsin.statuspages.blog.models import BlogFeed, BlogPost
from tocsin.web.api import etags, lists, shapes
from tocsin.web.api.scopes import CONFIGURES, READS, RESPONDS
from tocsin.web.forms.request import Request

router = Router(tags=["blog-posts"])

State = Literal["draft", "on_its_way", "published"]


class PostMailDocument(Schema):
    """Copies that went out to subscribers; of a post that nobody was mailed all are 0."""

    sent: int
    waiting: int
    refused: int


class BlogPostDocument(shapes.Object):
    """A post. A draft is seen by its authors and administrators; one about a private incident by the incident's members."""

    slug: str
    title: str
    text: str = Field(description="Markdown: paragraphs, lists, emphasis, code, quotes, links.")
    authors: list[shapes.PersonRef]
    incident: str | None = Field(description="The key of the incident it is about.")
    state: State
    revision: int
    publishes_at: shapes.Instant | None = Field(description="Until when it can be taken back, while it is on its way.")
    published_at: shapes.Instant | None
    why: str = Field(description="Why it was not published when its time had come.")


class RevisionDocument(Schema):
    """The words of a post as somebody left them."""

    number: int
    title: str
    text: str
    by: shapes.PersonRef | None
    at: shapes.Instant


Authors = Annotated[list[shapes.Named], Field(max_length=20, description="Ids or mail addresses; left out: you.")]


class NewBlogPost(shapes.Body):
    title: shapes.Line
    text: shapes.Prose
    incident: shapes.Named | None = Field(None, description="The key of the incident it is about.")
    authors: Authors = Field(default_factory=list)


class BlogPostChange(shapes.Body):
    """What is left out stays as it is."""

    title: shapes.Line | None = None
    text: shapes.Prose | None = None
    authors: Authors | None = None


class Confirmed(shapes.Body):
    revision: int | None = Field(None, ge=1, le=2_000_000_000, description="The version you have read; a later one is refused.")


class SubscriptionDocument(Schema):
    """Whether posts come to you by mail."""

    subscribed: bool


class BlogFeedDocument(Schema):
    """A secret address of an Atom feed. `address` is in the answer that makes it, and never again."""

    id: str
    hint: str
    address: str | None = None
    created_at: shapes.Instant
    last_used_at: shapes.Instant | None
    revoked_at: shapes.Instant | None


def _show(one: BlogPost) -> BlogPostDocument:
    waits = one.state == BlogPost.ON_ITS_WAY
    return BlogPostDocument(
        id=one.id,
        url=shapes.address(f"/blog/{one.slug}"),
        created_at=one.created_at,
        updated_at=one.updated_at,
        slug=one.slug,
        title=one.title,
        text=one.text,
        authors=[shapes.PersonRef(id=person.id, name=person.name) for person in one.authors.all()],
        incident=one.incident.key if one.incident else None,
        state=one.state,
        revision=one.revision,
        publishes_at=one.due_at if waits else None,
        published_at=one.published_at,
        why=one.why,
    )


def _one(request: Request, wanted: str) -> BlogPostDocument:
    return etags.one(request, _show(queries.post(request.actor, wanted)))


def _people(wanted: Iterable[str]) -> list[Person]:
    found = []
    for one in wanted:
        person = directory.person_by_email(one) or directory.people().filter(pk=one).first()
        if person is None:
            raise Invalid(f"There is nobody called {one[:80]!r}.", field="authors")
        found.append(person)
    return found


def _feed(one: BlogFeed, path: str = "") -> BlogFeedDocument:
    plain = {name: getattr(one, name) for name in ("id", "hint", "created_at", "last_used_at", "revoked_at")}
    return BlogFeedDocument(address=settings.TOCSIN.base_url.rstrip("/") + path if path else None, **plain)


@router.get("", response=lists.Page[BlogPostDocument], auth=READS, summary="Posts of the company blog, newest first")
def list_blog_posts(
    request: Request,
    state: Annotated[Literal["published", "draft"], Query("published", description="Of drafts you see your own.")] = "published",
    q: Annotated[str, Query("", max_length=200, description="Words in the title or the text of a published post.")] = "",
    limit: lists.Limit = 50,
    cursor: lists.Cursor = "",
) -> dict:
    drafts = state == "draft"
    rows = queries.drafts(request.actor) if drafts else queries.posts(request.actor, q.replace("\x00", "").strip())
    order = "-id" if drafts else "-number"
    return lists.page(rows, order, limit=limit, cursor=cursor, show=lambda found: [_show(one) for one in found])


@router.post("", response={201: BlogPostDocument}, auth=RESPONDS, summary="Begin a post")
def draft_blog_post(request: Request, body: NewBlogPost) -> Status:
    """A draft: its authors and administrators alone see it."""
    try:
        about = incidents.by_key(request.actor, body.incident.upper()) if body.incident else None
    except Refused:
        raise Invalid(f"There is no incident {str(body.incident)[:40]}.", field="incident") from None
    authors = _people(body.authors)
    made = commands.draft(request.actor, title=body.title, text=body.text, incident=about, authors=authors, now=request.now)
    return Status(201, _one(request, made.id))


@router.post("/subscribe", response=SubscriptionDocument, auth=RESPONDS, summary="Get posts by mail")
def subscribe_to_blog(request: Request) -> SubscriptionDocument:
    commands.subscribe(request.actor, now=request.now)
    return SubscriptionDocument(subscribed=True)


@router.post("/unsubscribe", response=SubscriptionDocument, auth=RESPONDS, summary="Get no more posts by mail")
def unsubscribe_from_blog(request: Request) -> SubscriptionDocument:
    commands.unsubscribe(request.actor, now=request.now)
    return SubscriptionDocument(subscribed=False)


@router.get("/feeds", response=lists.Page[BlogFeedDocument], auth=READS, summary="Your open feeds of the blog")
def list_blog_feeds(request: Request) -> dict:
    return {"items": [_feed(one) for one in queries.feeds_of(request.actor)], "next": None}


@router.post("/feeds", response={201: BlogFeedDocument}, auth=CONFIGURES, summary="Make a feed; its address is shown once")
def create_blog_feed(request: Request) -> Status:
    made, path = commands.create_feed(request.actor, now=request.now)
    return Status(201, _feed(made, path))


@router.post("/feeds/{feed_id}/revoke", response=BlogFeedDocument, auth=CONFIGURES, summary="Close a feed's address")
def revoke_blog_feed(request: Request, feed_id: str) -> BlogFeedDocument:
    return _feed(commands.revoke_feed(request.actor, queries.feed(request.actor, feed_id), now=request.now))


@router.get("/{wanted}", response=BlogPostDocument, auth=READS, summary="One post, by id or short name")
def get_blog_post(request: Request, wanted: str) -> BlogPostDocument:
    return _one(request, wanted)


@router.patch("/{wanted}", response=BlogPostDocument, auth=RESPONDS, summary="Edit a post")
def edit_blog_post(request: Request, wanted: str, body: BlogPostChange) -> BlogPostDocument:
    """Its authors and administrators do. What was published before stays among its revisions; nobody is mailed again."""
    found = queries.post(request.actor, wanted)
    etags.require_current(request, _show(found))
    authors = None if body.authors is None else _people(body.authors)
    commands.edit(request.actor, found, title=body.title, text=body.text, authors=authors, now=request.now)
    return _one(request, found.id)


@router.get("/{wanted}/revisions", response=lists.Page[RevisionDocument], auth=READS, summary="Every version of a post")
def list_blog_revisions(request: Request, wanted: str) -> dict:
    """For its authors and administrators, the newest first."""
    found = queries.post(request.actor, wanted)
    rows = queries.revisions(request.actor, found)
    shown = [
        RevisionDocument(number=one.number, title=one.title, text=one.text, by=shapes.person(one.by), at=one.at) for one in rows
    ]
    return {"items": shown, "next": None}


@router.get("/{wanted}/mailed", response=PostMailDocument, auth=READS, summary="How the mail of a post went")
def get_blog_mailed(request: Request, wanted: str) -> PostMailDocument:
    """For its authors and administrators."""
    found = queries.post(request.actor, wanted)
    permissions.require_author(request.actor, found)
    return PostMailDocument(**({"sent": 0, "waiting": 0, "refused": 0} | queries.mailed(found)))


@router.post("/{wanted}/publish", response=BlogPostDocument, auth=RESPONDS, summary="Publish a post to the house")
def publish_blog_post(request: Request, wanted: str, body: Confirmed | None = None) -> BlogPostDocument:
    """Held for some seconds in which it can be taken back, then read by everybody and mailed once to each subscriber."""
    found = queries.post(request.actor, wanted)
    commands.publish(request.actor, found, revision=body.revision if body else None, now=request.now)
    return _one(request, found.id)


@router.post("/{wanted}/take-back", response=BlogPostDocument, auth=RESPONDS, summary="Take back a post that is on its way")
def take_back_blog_post(request: Request, wanted: str) -> BlogPostDocument:
    """It is a draft again and nobody has read it. Refused once it is published."""
    found = queries.post(request.actor, wanted)
    commands.take_back(request.actor, found, now=request.now)
    return _one(request, found.id)
