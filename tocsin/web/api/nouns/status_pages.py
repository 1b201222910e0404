"""`/api/v1/status-pages`, and the updates of an incident."""

from __future__ import annotations

from typing import Any, Literal

from ninja import Router, Schema
from pydantic import Field

from tocsin.core.actor import Actor
from tocsin.core.ids import new_id
from tocsin.incidents import queries as incidents
from tocsin.statuspages import commands, queries
from tocsin.statuspages.briefs import queries as briefs
from tocsin.statuspages.clocks import queries as clocks
from tocsin.statuspages.models import ComponentGroup, StatusPage, Update
from tocsin.statuspages.pages import addresses
from tocsin.web.api import lists, shapes
from tocsin.web.api.scopes import READS, RESPONDS
from tocsin.web.forms.request import Request

updates = Router(tags=["incidents"])

UpdateStatus = Literal["investigating", "identified", "monitoring", "resolved"]
Question = Literal["impact", "affected", "root_cause", "eta"]
Part = Literal["opening", "current_status", "next_steps"]
State = Literal["operational", "degraded_performance", "partial_outage", "major_outage"]
"""What somebody says of a part."""
Present = Literal["operational", "under_maintenance", "degraded_performance", "partial_outage", "major_outage"]
"""How a part is: what was said, or what planned work makes of it."""


Language = Literal["en", "de", "fr"]


class ComponentDocument(Schema):
    id: str
    name: str
    group: str | None = Field(description="Id of the group that it stands in.")
    state: Present


class GroupDocument(Schema):
    """A heading under which parts stand. `state` is empty for one that is as the worst of its parts."""

    id: str
    page: str
    name: str
    position: int
    state: str


class UpdateDocument(Schema):
    """One published message. `answers` are those of a follow-up to the company; customers' words have none."""

    id: str
    page: Literal["internal", "external"]
    slug: str = Field(description="Of the page: customers may read several.")
    status: UpdateStatus
    title: str
    body: str
    at: shapes.Instant
    next_update_at: shapes.Instant | None
    author: shapes.PersonRef | None
    answers: dict[str, str]


class EntryDocument(Schema):
    """What a page says about one incident now. Only the internal page names the incident."""

    id: str
    incident: str | None
    title: str
    status: UpdateStatus
    started_at: shapes.Instant
    next_update_at: shapes.Instant | None


class StatusPageDocument(shapes.Object):
    """A page for one audience. The address of a page with `is_secret` is shown to administrators alone."""

    slug: str
    name: str
    audience: Literal["internal", "external"]
    language: Language
    zone: str
    theme: dict[str, str] = Field(description="Colours by name; what is not named looks as in the house.")
    host: str = Field(description="Of its own; empty for none.")
    is_secret: bool
    position: int
    text_gateway: str | None = Field(
        description="Id of the gateway that carries texts to subscribers; null: nobody subscribes by SMS."
    )
    archived_at: shapes.Instant | None
    verdict: str
    components: list[ComponentDocument]
    groups: list[GroupDocument]
    open: list[EntryDocument]


class UpdateWords(shapes.Body):
    title: shapes.Line = Field("", description="Left out: the entry keeps its title, or gets the drafted one.")
    body: shapes.Prose


class InternalWords(shapes.Body):
    """What the company hears: first and last a `body`, in between a follow-up in parts that answers five questions."""

    title: shapes.Line = Field("", description="Left out: the entry keeps its title, or gets the drafted one.")
    body: shapes.Prose = ""
    opening: str = Field("", max_length=2000, description="One or two sentences: where we stand, what it does to customers.")
    current_status: list[shapes.Line] = Field(default_factory=list, max_length=50, description="Two to four lines.")
    next_steps: list[shapes.Line] = Field(default_factory=list, max_length=50, description="Two to four lines.")
    place: shapes.Line = Field("", description="Where the next update comes.")
    answers: dict[Question, str] = Field(
        default_factory=dict,
        description="A text, `unknown` where nobody knows yet; `opening` for an impact that the opening tells. Each is needed.",
    )
    accepted: list[Part] = Field(default_factory=list, max_length=3, description="Parts that go in spite of their warning.")


class NewUpdate(shapes.Body):
    """One act: to the company, to customers, or to both."""

    status: UpdateStatus
    internal: InternalWords | None = None
    external: UpdateWords | None = None
    next_update_at: shapes.Instant | None = None
    confirmation: shapes.Line = Field("", max_length=64, description="The same confirmation publishes once.")
    components: dict[str, State] = Field(default_factory=dict, description="Ids of components and their new states.")
    pages: list[shapes.Named] | None = Field(
        None,
        max_length=50,
        description="Slugs of the pages for customers. Left out: those that speak of the incident or have a part of its products, "
        "else the first.",
    )
    lists: list[shapes.Named] | None = Field(
        None,
        max_length=50,
        description="Short names of the lists that hear the words for the company by mail. Left out: those of the "
        "severity, and those that heard of the incident before.",
    )


class ClockDocument(Schema):
    """When the next words on a page are due: as promised, at most after the longest silence; `said_at` is null before the first."""

    page: Literal["internal", "external"]
    due_at: shapes.Instant
    said_at: shapes.Instant | None
    overdue: bool


class Published(Schema):
    """What the confirmation published; `already` when that was before this request. `hints`: what customers may stumble over."""

    updates: list[UpdateDocument]
    already: bool
    hints: list[str] = Field(default_factory=list)


class DraftedWordsDocument(Schema):
    """Words to begin with."""

    title: str
    body: str


class InternalDraft(DraftedWordsDocument):
    """The parts of a follow-up; for the first and the last message they are empty and `body` is not."""

    opening: str = ""
    current_status: list[str] = Field(default_factory=list)
    next_steps: list[str] = Field(default_factory=list)
    place: str = ""
    answers: dict[str, str] = Field(default_factory=dict, description="What is known; the rest waits for you.")


class Drafts(Schema):
    internal: InternalDraft
    external: DraftedWordsDocument


def show_group(group: ComponentGroup) -> GroupDocument:
    """A group as programs read it."""
    return GroupDocument(id=group.id, page=group.page.slug, name=group.name, position=group.position, state=group.state)


def show_page(actor: Actor, page: StatusPage, request: Request) -> StatusPageDocument:
    """A page with what it says now."""
    inside = page.audience == StatusPage.INTERNAL
    view = queries.internal_page(actor, request.now) if inside else queries.external_page(request.now, page)
    plain = {name: getattr(page, name) for name in ("language", "zone", "theme", "host", "is_secret", "position", "archived_at")}
    plain["text_gateway"] = page.text_gateway_id
    secret = page.is_secret and not actor.is_administrator
    return StatusPageDocument(
        id=page.id,
        url=shapes.address("/admin/status-pages") if secret else addresses.url(page),
        created_at=page.created_at,
        updated_at=page.updated_at,
        slug=page.slug,
        name=page.name,
        audience=page.audience,
        **plain,
        verdict=view.verdict,
        components=[
            ComponentDocument(
                id=part.component.id, name=part.component.name, group=part.component.group_id, state=part.component.state
            )
            for part in view.components
        ],
        groups=[show_group(one) for one in page.groups.select_related("page")],
        open=[
            EntryDocument(
                id=one.entry.id,
                incident=one.incident.key if inside and one.incident else None,
                title=one.entry.title,
                status=one.entry.status,
                started_at=one.entry.started_at,
                next_update_at=one.next_update_at,
            )
            for one in view.open
        ],
    )


def _update(update: Update) -> UpdateDocument:
    return UpdateDocument(
        id=update.id,
        page=update.entry.page.audience,
        slug=update.entry.page.slug,
        status=update.status,
        title=update.entry.title,
        body=update.body,
        at=update.at,
        next_update_at=update.next_update_at,
        author=shapes.person(update.author),
        answers=update.brief.get("answers", {}),
    )


def published(publication: commands.Publication | None) -> Published:
    """What came of it; nothing for nothing."""
    updates = publication.updates if publication else ()
    return Published(updates=[_update(update) for update in updates], already=bool(publication and publication.already))


@updates.get("/{wanted}/updates", response=lists.Page[UpdateDocument], auth=READS, summary="What was published of an incident")
def list_updates(request: Request, wanted: str) -> dict:
    rows = queries.updates_of(incidents.by_key(request.actor, wanted))[:200]
    return {"items": [_update(row) for row in rows], "next": None}


@updates.get("/{wanted}/clocks", response=lists.Page[ClockDocument], auth=READS, summary="When the next words are due, by page")
def list_clocks(request: Request, wanted: str) -> dict:
    running = clocks.clocks(incidents.by_key(request.actor, wanted))
    items = [
        ClockDocument(page=one.audience, due_at=one.due_at, said_at=one.said_at, overdue=one.is_overdue(request.now))
        for one in running
    ]
    return {"items": items, "next": None}


@updates.get("/{wanted}/drafts", response=Drafts, auth=READS, summary="Words to begin an update with")
def get_drafts(request: Request, wanted: str, status: UpdateStatus = "investigating") -> Drafts:
    incident = incidents.by_key(request.actor, wanted)
    inside, outside = (queries.draft(incident, audience, status) for audience in ("internal", "external"))
    if briefs.is_follow_up(incident, status):
        brief = briefs.begun(incident)
        parts = {name: list(getattr(brief, name)) for name in ("current_status", "next_steps")}
        words = {"opening": brief.opening, "place": brief.place, "answers": dict(brief.answers), "body": "", **parts}
    else:
        words = {"body": inside.body}
    return Drafts(
        internal=InternalDraft(title=inside.title, **words),
        external=DraftedWordsDocument(title=outside.title, body=outside.body),
    )


def arguments(body: NewUpdate) -> dict[str, Any]:
    """What the commands that publish are called with."""
    return {
        "status": body.status,
        "external": body.external.model_dump() if body.external else None,
        "internal": body.internal.model_dump() if body.internal else None,
        "next_update_at": body.next_update_at,
        "confirmation": body.confirmation or new_id("cnf"),
        "components": body.components,
        "lists": body.lists,
        "pages": body.pages,
    }


@updates.post("/{wanted}/post-update", response=Published, auth=RESPONDS, summary="Publish an update, once")
def post_update(request: Request, wanted: str, body: NewUpdate) -> Published:
    incident = incidents.by_key(request.actor, wanted)
    publication = commands.post_update(request.actor, incident, **arguments(body), now=request.now)
    hints = briefs.hints(incident, body.external.body) if body.external else []
    return published(publication).model_copy(update={"hints": hints})
