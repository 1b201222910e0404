"""`/api/v1/incidents/{key}/posts`: public posts about an incident, and what the feed of mentions offers."""

from __future__ import annotations

from ninja import Router, Schema, Status
from pydantic import Field

from tocsin.incidents import queries as incidents
from tocsin.incidents.attention import queries
from tocsin.incidents.attention.models import PublicPost
from tocsin.incidents.commands import attending
from tocsin.web.api import lists, shapes
from tocsin.web.api.scopes import READS, RESPONDS
from tocsin.web.forms.request import Request

router = Router(tags=["incidents"])


class NewPost(shapes.Body):
    url: str = Field(max_length=500, description="Where anybody may read it.")
    text: str = Field("", max_length=600, description="What it says.")
    author: str = Field("", max_length=120)
    said_at: shapes.Instant | None = Field(None, description="When it was written; null: not known.")


class PostDocument(Schema):
    """A public post; `where` is the host that it stands on."""

    id: str
    url: str
    where: str
    text: str
    author: str
    said_at: shapes.Instant | None
    added_at: shapes.Instant
    added_by: shapes.PersonRef | None


class MentionDocument(Schema):
    """What the feed lists and is not counted for this incident."""

    id: str
    url: str
    title: str
    text: str
    said_at: shapes.Instant


def _show(one: PublicPost) -> PostDocument:
    plain = {name: getattr(one, name) for name in ("id", "url", "where", "text", "author", "said_at", "added_at")}
    return PostDocument(**plain, added_by=shapes.person(one.added_by))


@router.get("/{wanted}/posts", response=lists.Page[PostDocument], auth=READS, summary="Public posts about an incident")
def list_posts(request: Request, wanted: str) -> dict:
    rows = queries.posts(request.actor, incidents.by_key(request.actor, wanted))
    return {"items": [_show(one) for one in rows], "next": None}


@router.post("/{wanted}/add-post", response={201: PostDocument}, auth=RESPONDS, summary="A public post is about the incident")
def add_post(request: Request, wanted: str, body: NewPost) -> Status:
    """Once, however often it is added."""
    incident = incidents.by_key(request.actor, wanted)
    words = {"text": body.text, "author": body.author, "said_at": body.said_at}
    return Status(201, _show(attending.add_post(request.actor, incident, body.url, **words, now=request.now)))


@router.post("/{wanted}/posts/{post}/remove", response={204: None}, auth=RESPONDS, summary="It is about something else")
def remove_post(request: Request, wanted: str, post: str) -> Status:
    incident = incidents.by_key(request.actor, wanted)
    attending.remove_post(request.actor, queries.post(request.actor, incident, post), now=request.now)
    return Status(204, None)


@router.get("/{wanted}/mentions", response=lists.Page[MentionDocument], auth=READS, summary="What the feed of mentions offers")
def list_mentions(request: Request, wanted: str) -> dict:
    found = queries.mentions(request.actor, incidents.by_key(request.actor, wanted))
    names = ("id", "url", "title", "text", "said_at")
    return {"items": [MentionDocument(**{name: getattr(one, name) for name in names}) for one in found], "next": None}


@router.post("/{wanted}/mentions/{mention}/count", response={201: PostDocument}, auth=RESPONDS, summary="Count a mention")
def count_mention(request: Request, wanted: str, mention: str) -> Status:
    incident = incidents.by_key(request.actor, wanted)
    found = queries.mention(request.actor, incident, mention)
    return Status(201, _show(attending.count_mention(request.actor, incident, found, now=request.now)))
