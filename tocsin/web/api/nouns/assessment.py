"""`/api/v1/incidents/{key}/assessment`, `/assess`, `/confirm-assessment` and `/cases`: what the impact is, and who suffers it."""

from __future__ import annotations

from typing import Literal

from ninja import Router, Schema, Status
from pydantic import Field

from tocsin.core.actor import Actor
from tocsin.incidents import assessing, commands, queries
from tocsin.incidents.attention import queries as attention
from tocsin.incidents.iterating.models import SuspectedCause
from tocsin.incidents.models import Assessment, Incident, SupportCase
from tocsin.web.api import lists, shapes
from tocsin.web.api.nouns import incidents, services
from tocsin.web.api.nouns.incidents import IncidentDocument
from tocsin.web.api.scopes import READS, RESPONDS
from tocsin.web.forms.request import Request

router = Router(tags=["incidents"])

Customers = Literal["", "external", "internal", "both", "none"]
Extent = Literal["", "none", "some", "all"]
Factor = Literal["public", "security", "data_loss"]
Coincides = Literal["", "no"]


class Answers(shapes.Body):
    """What is left out stays as it is. Start and number of cases are fields of the incident."""

    customers: Customers | None = None
    seen: shapes.Prose | None = Field(None, description="What customers see, in their words.")
    internal_extent: Extent | None = None
    internal_figure: str | None = Field(None, max_length=20, description="A number or a share: 40, 12 %.")
    external_extent: Extent | None = None
    external_figure: str | None = Field(None, max_length=20, description="Likewise.")
    factors: list[Factor] | None = None
    other: shapes.Prose | None = None
    coincides: Coincides | None = Field(None, description="no: it began with no change that we know of. Yes: suspect the change.")


class SuspectedDocument(Schema):
    """A change that may be the cause, as it was told then."""

    change: str = Field(description="Id of the change.")
    what: str
    at: shapes.Instant
    service: str
    link: str
    rollback: str
    suspected_at: shapes.Instant
    by: shapes.PersonRef | None


class NearDocument(Schema):
    """A change near the start of the impact."""

    change: str = Field(description="Its id.")
    what: str
    who: str
    at: shapes.Instant
    minutes_before: float = Field(description="Before the impact began; less than 0: afterwards.")
    service: str | None
    link: str
    incident: str = Field(description="Key of the incident it was made in, or empty.")
    suspected: bool


class Suspicion(shapes.Body):
    change: shapes.Named = Field(description="Id of the change.")
    rollback: shapes.Prose = Field("", description="How it is rolled back.")


class Cleared(shapes.Body):
    change: shapes.Named = Field(description="Id of the change.")


class AssessmentDocument(Schema):
    """The answers to the six questions as they are now; empty: not known yet."""

    customers: str
    seen: str
    internal_extent: str
    internal_figure: str
    external_extent: str
    external_figure: str
    factors: list[str]
    other: str
    coincides: str = Field(description="Whether it began with a change: yes, no, or empty: not known yet.")
    suspected_causes: list[SuspectedDocument]
    impact_started_at: shapes.Instant | None
    support_cases: int
    labelled_cases: int
    public_posts: int = Field(description="Posts that anybody may read and that are about the incident.")
    suggested_severity: int | None = Field(description="What the answers speak for; null while they say too little.")
    because: str
    at: shapes.Instant | None
    by: shapes.PersonRef | None


class Confirmation(shapes.Body):
    severity: incidents.Severity
    products: list[shapes.Named] | None = Field(None, max_length=50, description="Null leaves them as they are.")


class NewCase(shapes.Body):
    """A case of the support desk that is about this incident."""

    reference: shapes.Line
    url: str = Field("", max_length=500)
    customer: str = Field("", max_length=120)


class CaseDocument(Schema):
    id: str
    reference: str
    url: str
    customer: str
    labelled_at: shapes.Instant
    labelled_by: shapes.PersonRef | None
    followed_up_at: shapes.Instant | None
    followed_up_by: shapes.PersonRef | None


def _incident(request: Request, wanted: str) -> Incident:
    return queries.by_key(request.actor, wanted)


def _document(actor: Actor, incident: Incident, found: Assessment | None) -> AssessmentDocument:
    answers = queries.answers(found) or {name: [] if name == "factors" else "" for name in assessing.FIELDS}
    suggested = assessing.suggested(answers)
    return AssessmentDocument(
        **answers,
        suspected_causes=[_suspected(one) for one in queries.suspected(actor, incident)],
        impact_started_at=incident.impact_started_at,
        support_cases=incident.support_cases,
        labelled_cases=queries.cases(actor, incident).count(),
        public_posts=attention.posts(actor, incident).count(),
        suggested_severity=suggested[0] if suggested else None,
        because=suggested[1] if suggested else "",
        at=found.at if found else None,
        by=shapes.person(found.by) if found else None,
    )


def _suspected(cause: SuspectedCause) -> SuspectedDocument:
    names = ("change", "what", "at", "service", "link", "rollback", "suspected_at")
    return SuspectedDocument(**{name: getattr(cause, name) for name in names}, by=shapes.person(cause.by))


def _near(one: queries.NearChange, suspected: set[str]) -> NearDocument:
    line = one.line
    plain = {name: getattr(line, name) for name in ("what", "who", "at", "link", "incident")}
    minutes = round(one.before.total_seconds() / 60, 1)
    service = line.service.slug if line.service else None
    return NearDocument(change=line.id, minutes_before=minutes, service=service, suspected=line.id in suspected, **plain)


def show_case(case: SupportCase) -> CaseDocument:
    """A case as the API shows it."""
    plain = {name: getattr(case, name) for name in ("id", "reference", "url", "customer", "labelled_at", "followed_up_at")}
    return CaseDocument(**plain, labelled_by=shapes.person(case.labelled_by), followed_up_by=shapes.person(case.followed_up_by))


@router.get("/{wanted}/assessment", response=AssessmentDocument, auth=READS, summary="What is known of the impact")
def get_assessment(request: Request, wanted: str) -> AssessmentDocument:
    incident = _incident(request, wanted)
    return _document(request.actor, incident, queries.assessment(request.actor, incident))


@router.post("/{wanted}/assess", response=AssessmentDocument, auth=RESPONDS, summary="Answer what is known of the impact")
def assess(request: Request, wanted: str, body: Answers) -> AssessmentDocument:
    incident = _incident(request, wanted)
    given = {name: value for name, value in body.model_dump(exclude_unset=True).items() if value is not None}
    return _document(request.actor, incident, commands.assess(request.actor, incident, **given, now=request.now))


@router.post(
    "/{wanted}/confirm-assessment", response=IncidentDocument, auth=RESPONDS, summary="Confirm severity and affected products"
)
def confirm_assessment(request: Request, wanted: str, body: Confirmation) -> IncidentDocument:
    incident = _incident(request, wanted)
    products = list(incident.products.all()) if body.products is None else services.find_products(body.products)
    done = commands.confirm_assessment(request.actor, incident, severity=body.severity, products=products, now=request.now)
    return incidents.one(request, done)


@router.get(
    "/{wanted}/near-changes", response=lists.Page[NearDocument], auth=READS, summary="Changes near the start, nearest first"
)
def near_changes(request: Request, wanted: str) -> dict:
    incident = _incident(request, wanted)
    suspected = set(queries.suspected(request.actor, incident).values_list("change", flat=True))
    return {"items": [_near(one, suspected) for one in queries.near(request.actor, incident).changes], "next": None}


@router.post("/{wanted}/suspect-change", response=AssessmentDocument, auth=RESPONDS, summary="A change may be the cause")
def suspect_change(request: Request, wanted: str, body: Suspicion) -> AssessmentDocument:
    incident = _incident(request, wanted)
    commands.suspect_change(request.actor, incident, body.change, rollback=body.rollback, now=request.now)
    return _document(request.actor, incident, queries.assessment(request.actor, incident))


@router.post("/{wanted}/clear-suspect", response=AssessmentDocument, auth=RESPONDS, summary="A change is not the cause after all")
def clear_suspect(request: Request, wanted: str, body: Cleared) -> AssessmentDocument:
    incident = _incident(request, wanted)
    commands.clear_suspect(request.actor, incident, body.change, now=request.now)
    return _document(request.actor, incident, queries.assessment(request.actor, incident))


@router.get("/{wanted}/cases", response=lists.Page[CaseDocument], auth=READS, summary="Labelled support cases")
def list_cases(request: Request, wanted: str) -> dict:
    found = queries.cases(request.actor, _incident(request, wanted))
    return {"items": [show_case(one) for one in found], "next": None}


@router.post("/{wanted}/label-case", response={201: CaseDocument}, auth=RESPONDS, summary="Label a support case with the key")
def label_case(request: Request, wanted: str, body: NewCase) -> Status:
    incident = _incident(request, wanted)
    made = commands.label_case(request.actor, incident, body.reference, url=body.url, customer=body.customer, now=request.now)
    return Status(201, show_case(made))


@router.post("/{wanted}/cases/{case}/follow-up", response=CaseDocument, auth=RESPONDS, summary="Its customer has heard the end")
def follow_up(request: Request, wanted: str, case: str) -> CaseDocument:
    found = queries.case(request.actor, _incident(request, wanted), case)
    return show_case(commands.follow_up_case(request.actor, found, now=request.now))


@router.post("/{wanted}/cases/{case}/unlabel", response={204: None}, auth=RESPONDS, summary="The case does not belong here")
def unlabel(request: Request, wanted: str, case: str) -> Status:
    found = queries.case(request.actor, _incident(request, wanted), case)
    commands.unlabel_case(request.actor, found, now=request.now)
    return Status(204, None)
