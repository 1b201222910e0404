"""The links of incidents, below `/api/v1/incidents/{key}/links`, and from the other end: `/api/v1/links`."""

from __future__ import annotations

from typing import Annotated

from ninja import Query, Router, Schema, Status
from pydantic import Field, StringConstraints

from tocsin.incidents import commands, queries
from tocsin.incidents.linking import queries as linking
from tocsin.incidents.linking.models import IncidentLink
from tocsin.web.api import lists, shapes
from tocsin.web.api.scopes import READS, RESPONDS
from tocsin.web.forms.request import Request

router = Router(tags=["incidents"])
other_end = Router(tags=["incidents"])


class LinkDocument(Schema):
    """One link, as this end shows it."""

    id: str | None = Field(description="Null for what belongs to the incident by itself: its postmortem, actions and cases.")
    kind: str = Field(
        description="related, repeats, duplicates, caused_by, follow_up_of, causing_change, postmortem, cleanup_task, "
        "support_case, problem_record"
    )
    words: str = Field(description="How it is said at this end: `Repeats`, or `Repeated by`.")
    inverse: bool = Field(description="Whether it was made at the other end.")
    title: str
    url: str
    target: str | None = Field(description="The typed id of the other end; null for an address elsewhere.")
    also: list[str] = Field(description="Keys of other incidents with the same address.")
    at: shapes.Instant | None


class NewLink(shapes.Body):
    """`target`: a key for another incident; an id, a number or a key for a thing of the house; or an address with a `title`."""

    kind: shapes.Named
    target: Annotated[str, StringConstraints(max_length=2000)]
    title: Annotated[str, StringConstraints(max_length=2000)] = ""


class EndDocument(Schema):
    """One incident that is linked with the thing asked for."""

    id: str
    kind: str
    incident: str = Field(description="Its key.")
    summary: str
    url: str
    title: str
    at: shapes.Instant
    by: shapes.PersonRef | None


def _line(line: linking.LinkLine) -> LinkDocument:
    plain = {name: getattr(line, name) for name in ("kind", "words", "inverse", "title", "at")}
    address = line.path if line.path.startswith("http") else shapes.address(line.path)
    return LinkDocument(id=line.id or None, url=address, target=line.target or None, also=list(line.also), **plain)


def _end(link: IncidentLink) -> EndDocument:
    incident = link.incident
    page = shapes.address(f"/{incident.key}")
    return EndDocument(
        id=link.id,
        kind=link.kind,
        incident=incident.key,
        summary=incident.summary,
        url=page,
        title=link.title,
        at=link.at,
        by=shapes.person(link.by),
    )


@router.get("/{wanted}/links", response=lists.Page[LinkDocument], auth=READS, summary="What an incident is linked with")
def list_links(request: Request, wanted: str) -> dict:
    found = linking.links(request.actor, queries.by_key(request.actor, wanted))
    return {"items": [_line(one) for one in found], "next": None}


@router.post("/{wanted}/links", response={201: lists.Page[LinkDocument]}, auth=RESPONDS, summary="Link an incident")
def link_incident(request: Request, wanted: str, body: NewLink) -> Status:
    """Answers with every link of the incident."""
    incident = queries.by_key(request.actor, wanted)
    commands.link(request.actor, incident, body.kind, body.target, title=body.title, now=request.now)
    return Status(201, list_links(request, wanted))


@router.post("/{wanted}/links/{link_id}/remove", response={204: None}, auth=RESPONDS, summary="Take a link back, at either end")
def unlink_incident(request: Request, wanted: str, link_id: str) -> Status:
    commands.unlink(request.actor, queries.by_key(request.actor, wanted), link_id, now=request.now)
    return Status(204, None)


Target = Annotated[str, Query("", max_length=500, description="The id of a change, postmortem or action, or an address.")]


@other_end.get("", response=lists.Page[EndDocument], auth=READS, summary="The incidents that are linked with a thing")
def list_ends(request: Request, target: Target, limit: lists.Limit = 50, cursor: lists.Cursor = "") -> dict:
    rows = linking.linking_to(request.actor, target)
    return lists.page(rows, "id", limit=limit, cursor=cursor, show=lambda found: [_end(one) for one in found])
