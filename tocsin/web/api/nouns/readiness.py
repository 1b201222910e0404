"""`/api/v1/readiness`, `/kit`, `/changes`; importing an incident, paging security, drafts of a drill."""

from __future__ import annotations

import datetime as dt

from ninja import Router, Schema, Status
from pydantic import Field

from tocsin.alerts import commands as alerts
from tocsin.incidents import commands as incidents
from tocsin.incidents import queries
from tocsin.incidents.queries import ChangeLine
from tocsin.readiness import checks, commands
from tocsin.readiness import queries as kits
from tocsin.readiness.models import Kit
from tocsin.statuspages import commands as statuspages
from tocsin.statuspages import queries as pages
from tocsin.statuspages.models import DrillDraft
from tocsin.web.api import lists, shapes
from tocsin.web.api.nouns import services
from tocsin.web.api.nouns.command import LastWordsOfPage
from tocsin.web.api.nouns.incidents import IncidentDocument, one
from tocsin.web.api.scopes import READS, RESPONDS
from tocsin.web.forms.request import Request

readiness = Router(tags=["readiness"])
kit = Router(tags=["offline kit"])
changes = Router(tags=["changes"])
bring_in = Router(tags=["incidents"])
security = Router(tags=["incidents"])
drafts = Router(tags=["drills"])


class ReadinessCheckDocument(Schema):
    what: str
    ok: bool
    words: str
    url: str | None


class PillarDocument(Schema):
    slug: str
    name: str
    purpose: str
    checks: list[ReadinessCheckDocument]


class ReadinessDocument(Schema):
    """Four pillars, what of each is set up, and how much is missing."""

    pillars: list[PillarDocument]
    missing: int


class KitDocument(Schema):
    """The newest offline kit: the text of each file by its name."""

    made_at: shapes.Instant
    age_seconds: int
    files: dict[str, str]


class LoggedChangeDocument(Schema):
    id: str
    at: shapes.Instant
    summary: str
    who: str
    revert: str
    service: str | None
    incident: str | None
    link: str


class NewLoggedChange(shapes.Body):
    summary: shapes.Line
    service: shapes.Named | None = Field(None, description="Slug or id.")
    source: shapes.Line = Field("", description="What made it, such as deploy; left out: you.")
    link: shapes.Prose = ""
    at: shapes.Instant | None = Field(None, description="When, if not now.")


class OutsideLine(shapes.Body):
    at: shapes.Line
    kind: shapes.Line = "observation"
    text: shapes.Prose
    who: shapes.Line = ""


class OutsideBody(shapes.Body):
    """An incident as it was run elsewhere. Instants are RFC 3339; what is not known is left out."""

    reference: shapes.Line = Field("", description="What it was called there; brought in once.")
    url: shapes.Prose = ""
    summary: shapes.Line = ""
    description: shapes.Prose = ""
    severity: int | None = Field(None, description="1, 2 or 3.")
    source: shapes.Line = ""
    service: shapes.Named = Field("", description="Slug.")
    products: list[shapes.Named] = Field(default_factory=list, description="Slugs.", max_length=50)
    manager: shapes.Named = Field("", description="Mail address of who ran it.")
    private: bool = False
    drill: bool = False
    support_cases: int = 0
    reported_at: shapes.Line = ""
    detected_at: shapes.Line = ""
    impact_started_at: shapes.Line = ""
    impact_ended_at: shapes.Line = ""
    fixing_at: shapes.Line = ""
    resolved_at: shapes.Line = Field("", description="Left out: it goes on here.")
    timeline: list[OutsideLine] = Field(default_factory=list, max_length=2_000)


class SecurityBody(shapes.Body):
    summary: shapes.Line
    incident: shapes.Named | None = Field(None, description="Key or id; left out: a new private one is opened.")


class DraftBody(shapes.Body):
    status: shapes.Named = "investigating"
    internal: LastWordsOfPage | None = None
    external: LastWordsOfPage | None = None


class FeedbackBody(shapes.Body):
    text: shapes.Prose


class FeedbackDocument(Schema):
    author: shapes.PersonRef | None
    at: shapes.Instant
    text: str


class DrillDraftDocument(Schema):
    """What would have been published in a drill."""

    id: str
    status: str
    words: dict[str, dict[str, str]]
    author: shapes.PersonRef | None
    at: shapes.Instant
    feedback: list[FeedbackDocument]


def _kit(request: Request, found: Kit) -> KitDocument:
    age = max(0, int((request.now - found.made_at).total_seconds()))
    return KitDocument(made_at=found.made_at, age_seconds=age, files=found.files)


def _change(line: ChangeLine) -> LoggedChangeDocument:
    return LoggedChangeDocument(
        id=line.id,
        at=line.at,
        summary=line.what,
        who=line.who,
        revert=line.revert,
        service=line.service.slug if line.service else None,
        incident=line.incident or None,
        link=line.link,
    )


def _draft(draft: DrillDraft) -> DrillDraftDocument:
    said = [FeedbackDocument(author=shapes.person(row.author), at=row.at, text=row.text) for row in draft.feedback.all()]
    author = shapes.person(draft.author)
    return DrillDraftDocument(id=draft.id, status=draft.status, words=draft.words, author=author, at=draft.at, feedback=said)


@readiness.get("", response=ReadinessDocument, auth=READS, summary="Are we prepared?")
def get_readiness(request: Request) -> ReadinessDocument:
    found = [
        PillarDocument(
            slug=pillar.slug,
            name=pillar.name,
            purpose=pillar.purpose,
            checks=[
                ReadinessCheckDocument(
                    what=one.what, ok=one.ok, words=one.words, url=shapes.address(one.path) if one.path else None
                )
                for one in pillar.checks
            ],
        )
        for pillar in checks.pillars(request.actor, request.now)
    ]
    return ReadinessDocument(pillars=found, missing=sum(not one.ok for pillar in found for one in pillar.checks))


@kit.get("", response=KitDocument, auth=READS, summary="The newest offline kit")
def get_kit(request: Request) -> KitDocument:
    return _kit(request, kits.newest(request.actor))


@kit.post("/make", response={201: KitDocument}, auth=RESPONDS, summary="Make a fresh offline kit")
def make_kit(request: Request) -> Status:
    return Status(201, _kit(request, commands.make_kit(request.actor, now=request.now)))


@changes.get("", response=lists.Page[LoggedChangeDocument], auth=READS, summary="What was changed lately, newest first")
def list_changes(request: Request, service: str = "", days: int = 7) -> dict:
    about = services.find(service, field="service") if service else None
    since = request.now - dt.timedelta(days=min(max(days, 1), 400))
    return {"items": [_change(line) for line in queries.changes(request.actor, since, about)], "next": None}


@changes.post("", response={201: LoggedChangeDocument}, auth=RESPONDS, summary="Note a change; it wakes nobody")
def record_change(request: Request, body: NewLoggedChange) -> Status:
    about = services.find(body.service, field="service") if body.service else None
    made = alerts.record_change(
        request.actor, body.summary, service=about, source=body.source, link=body.link, at=body.at, now=request.now
    )
    return Status(201, _change(ChangeLine(made.at, made.summary, made.source, "", made.service, "", made.link, made.id)))


@bring_in.post("/import", response={201: IncidentDocument}, auth=RESPONDS, summary="Bring in an incident that was run elsewhere")
def import_incident(request: Request, body: OutsideBody) -> Status:
    incident = incidents.import_incident(request.actor, body.model_dump(exclude_unset=True), now=request.now)
    return Status(201, one(request, incident))


@security.post("", response={201: IncidentDocument}, auth=RESPONDS, summary="Wake the security team")
def page_security(request: Request, body: SecurityBody) -> Status:
    about = queries.by_key(request.actor, body.incident) if body.incident else None
    incident = incidents.page_security(request.actor, body.summary, incident=about, now=request.now)
    return Status(201, one(request, incident))


@drafts.get("/{wanted}/drill-drafts", response=lists.Page[DrillDraftDocument], auth=READS, summary="What was drafted in a drill")
def list_drafts(request: Request, wanted: str) -> dict:
    incident = queries.by_key(request.actor, wanted)
    return {"items": [_draft(draft) for draft in pages.drill_drafts(incident)], "next": None}


@drafts.post("/{wanted}/keep-draft", response={201: DrillDraftDocument}, auth=RESPONDS, summary="Keep a draft in a drill")
def keep_draft(request: Request, wanted: str, body: DraftBody) -> Status:
    incident = queries.by_key(request.actor, wanted)
    words = {name: said.model_dump() if said else None for name, said in (("internal", body.internal), ("external", body.external))}
    return Status(201, _draft(statuspages.keep_draft(request.actor, incident, status=body.status, **words, now=request.now)))


@drafts.post(
    "/{wanted}/drill-drafts/{draft}/feedback", response={201: FeedbackDocument}, auth=RESPONDS, summary="Say what one thinks"
)
def give_feedback(request: Request, wanted: str, draft: str, body: FeedbackBody) -> Status:
    found = pages.drill_draft(queries.by_key(request.actor, wanted), draft)
    said = statuspages.give_feedback(request.actor, found, body.text, now=request.now)
    return Status(201, FeedbackDocument(author=shapes.person(said.author), at=said.at, text=said.text))
