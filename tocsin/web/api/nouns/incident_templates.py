"""`/api/v1/incident-templates`: what a team has prepared for its incidents; and what one incident took from its own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from ninja import Router, Schema, Status
from pydantic import Field, StringConstraints

from tocsin.core.actor import Actor
from tocsin.core.errors import Invalid, NotFound
from tocsin.directory.models import Person, Team
from tocsin.incidents import commands, rules
from tocsin.incidents import queries as incidents
from tocsin.incidents.template import preparation, queries
from tocsin.incidents.template.models import IncidentTemplate, TemplateLine
from tocsin.incidents.template.preparation import Asked, Preparation
from tocsin.oncall import queries as oncall
from tocsin.oncall.models import Policy, Schedule
from tocsin.web.api import etags, lists, shapes
from tocsin.web.api.nouns import people, services, teams
from tocsin.web.api.scopes import CONFIGURES, READS
from tocsin.web.forms.request import Request

router, of_incidents = Router(tags=["incidents"]), Router(tags=["incidents"])

Audience = Literal["internal", "external"]
Role = Annotated[str, StringConstraints(max_length=40)]


class Whom(shapes.Body):
    """Exactly one of the four: slugs, for a person an id or a mail address."""

    team: shapes.Named | None = None
    schedule: shapes.Named | None = None
    policy: shapes.Named | None = None
    person: shapes.Named | None = None


class OfferTo(shapes.Body):
    """A role, and either a person or a schedule: whoever is on call there at that time is asked."""

    role: Role
    person: shapes.Named | None = None
    schedule: shapes.Named | None = None


class OfferPreset(Schema):
    role: str
    person: shapes.PersonRef | None = None
    schedule: str | None = None


class WhomDocument(Schema):
    team: str | None = None
    schedule: str | None = None
    policy: str | None = None
    person: shapes.PersonRef | None = None


class TemplateDocument(shapes.Object):
    """What is preset when an incident is declared from it. Everything may be changed before declaring."""

    slug: str
    name: str
    team: str
    service: str | None
    summary: str
    description: str
    severity: Literal[1, 2, 3]
    products: list[str]
    private: bool
    pages: list[WhomDocument] = Field(description="Who is paged at Sev 1 and 2, besides those whom the service pages.")
    offers: list[OfferPreset] = Field(description="Which roles are offered to whom.")
    told: list[WhomDocument] = Field(description="Who is told by mail: at the beginning, and of what is published inside.")
    internal: str = Field(description="First words for the company.")
    external: str = Field(description="First words for customers.")
    audiences: list[Audience] = Field(description="The pages that the first words are meant for.")


class TemplateChange(shapes.Body):
    """What is left out stays as it is."""

    name: shapes.Line | None = None
    service: shapes.Named | None = Field(None, description="A service of the same team; null: none.")
    summary: shapes.Line | None = None
    description: shapes.Prose | None = None
    severity: Literal[1, 2, 3] | None = None
    products: list[shapes.Named] | None = Field(None, max_length=50)
    private: bool | None = None
    pages: list[Whom] | None = Field(None, max_length=20)
    offers: list[OfferTo] | None = Field(None, max_length=20)
    told: list[Whom] | None = Field(None, max_length=20, description="People and teams.")
    internal: shapes.Prose | None = None
    external: shapes.Prose | None = None
    audiences: list[Audience] | None = Field(None, max_length=2)


class NewTemplate(TemplateChange):
    """Severity is 2 and the words are for both pages unless said."""

    name: shapes.Line
    team: shapes.Named
    slug: Annotated[str, StringConstraints(max_length=60)] = ""


class PlanDocument(Schema):
    """What an incident took from its template."""

    template: str | None = Field(description="The slug of the template; null: it was removed since, or there was none.")
    name: str
    internal: str
    external: str
    audiences: list[Audience]
    followers: list[shapes.PersonRef] = Field(description="Who is told by mail.")


def show(found: Iterable[IncidentTemplate]) -> list[TemplateDocument]:
    return [_document(one) for one in found]


def _document(found: IncidentTemplate) -> TemplateDocument:
    lines: dict[str, list[TemplateLine]] = {kind: [] for kind in (TemplateLine.PAGE, TemplateLine.OFFER, TemplateLine.TELL)}
    for line in found.lines.all():
        lines[line.kind].append(line)
    plain = ("slug", "name", "summary", "description", "severity", "internal", "external", "audiences")
    return TemplateDocument(
        id=found.id,
        url=shapes.address(f"/declare?template={found.slug}"),
        created_at=found.created_at,
        updated_at=found.updated_at,
        team=found.team.slug,
        service=found.service.slug if found.service else None,
        products=[product.slug for product in found.products.all()],
        private=found.is_private,
        pages=[WhomDocument(**_named(line)) for line in lines[TemplateLine.PAGE]],
        offers=[OfferPreset(role=line.role, **_named(line)) for line in lines[TemplateLine.OFFER]],
        told=[WhomDocument(**_named(line)) for line in lines[TemplateLine.TELL]],
        **{name: getattr(found, name) for name in plain},
    )


def _named(line: TemplateLine) -> dict[str, Any]:
    named = line.named
    return {"person": shapes.person(named)} if isinstance(named, Person) else {type(named).__name__.lower(): named.slug}


def find_whom(actor: Actor, body: Whom, field: str) -> Team | Schedule | Policy | Person:
    """Whom it names. Raises Invalid with the place."""
    given = [name for name in ("team", "schedule", "policy", "person") if getattr(body, name)]
    if len(given) != 1:
        raise Invalid("Name exactly one of team, schedule, policy and person.", field=field)
    if body.team:
        return teams.find(body.team, field=f"{field}.team")
    if body.person:
        return people.find(body.person, field=f"{field}.person")
    try:
        return oncall.policy(actor, body.policy) if body.policy else oncall.schedule(actor, body.schedule or "")
    except NotFound as error:
        raise Invalid(error.detail, field=f"{field}.{given[0]}") from None


def _offered(actor: Actor, body: OfferTo, field: str) -> tuple[str, Person | Schedule]:
    one = Whom(person=body.person, schedule=body.schedule)
    if bool(body.person) == bool(body.schedule):
        raise Invalid("Name either a person or a schedule.", field=field)
    named = find_whom(actor, one, field)
    assert isinstance(named, Person | Schedule)
    return body.role, named


def _told(actor: Actor, body: Whom, field: str) -> Person | Team:
    named = find_whom(actor, body, field)
    if not isinstance(named, Person | Team):
        raise Invalid("People and teams are told.", field=field)
    return named


def _fields(actor: Actor, body: TemplateChange, *, without: set[str]) -> dict[str, Any]:
    """A body as arguments of the command. Raises Invalid with the place of what names nothing."""
    given = body.model_dump(exclude_unset=True, exclude={"pages", "offers", "told", *without})
    fields = {name: value for name, value in given.items() if value is not None}
    if "service" in given:
        fields["service"] = services.find(given["service"], field="service") if given["service"] else None
    if "products" in fields:
        fields["products"] = services.find_products(fields["products"])
    if body.pages is not None:
        fields["pages"] = [find_whom(actor, one, f"pages.{place}") for place, one in enumerate(body.pages)]
    if body.offers is not None:
        fields["offers"] = [_offered(actor, one, f"offers.{place}") for place, one in enumerate(body.offers)]
    if body.told is not None:
        fields["told"] = [_told(actor, one, f"told.{place}") for place, one in enumerate(body.told)]
    return fields


@router.get("", response=lists.Page[TemplateDocument], auth=READS, summary="List incident templates by slug")
def list_templates(request: Request, limit: lists.Limit = 50, cursor: lists.Cursor = "") -> dict:
    return lists.page(queries.templates(request.actor), "slug", limit=limit, cursor=cursor, show=show)


@router.post("", response={201: TemplateDocument}, auth=CONFIGURES, summary="Add an incident template of a team")
def create_template(request: Request, body: NewTemplate) -> Status:
    team = teams.find(body.team, field="team")
    fields = _fields(request.actor, body, without={"team", "name", "slug"})
    made = commands.create_template(request.actor, team=team, name=body.name, slug=body.slug, **fields, now=request.now)
    return Status(201, _document(queries.template(request.actor, made.id)))


@router.get("/{wanted}", response=TemplateDocument, auth=READS, summary="One incident template, by id or slug")
def get_template(request: Request, wanted: str) -> TemplateDocument:
    return etags.one(request, _document(queries.template(request.actor, wanted)))


@router.patch("/{wanted}", response=TemplateDocument, auth=CONFIGURES, summary="Change an incident template")
def change_template(request: Request, wanted: str, body: TemplateChange) -> TemplateDocument:
    found = queries.template(request.actor, wanted)
    etags.require_current(request, _document(found))
    commands.change_template(request.actor, found, **_fields(request.actor, body, without=set()), now=request.now)
    return etags.one(request, _document(queries.template(request.actor, found.id)))


@router.post("/{wanted}/remove", response={204: None}, auth=CONFIGURES, summary="Remove an incident template")
def remove_template(request: Request, wanted: str) -> Status:
    commands.remove_template(request.actor, queries.template(request.actor, wanted), now=request.now)
    return Status(204, None)


@of_incidents.get("/{wanted}/plan", response=PlanDocument, auth=READS, summary="What an incident took from its template")
def get_plan(request: Request, wanted: str) -> PlanDocument:
    """Empty for an incident that was declared without one."""
    incident = incidents.by_key(request.actor, wanted)
    plan = queries.plan(request.actor, incident)
    return PlanDocument(
        template=plan.template.slug if plan and plan.template else None,
        name=plan.name if plan else "",
        internal=plan.internal if plan else "",
        external=plan.external if plan else "",
        audiences=plan.audiences if plan else list(preparation.AUDIENCES),
        followers=[shapes.PersonRef(id=one.id, name=one.name) for one in queries.followers(request.actor, incident)],
    )


class Prepared(shapes.Body):
    """Part of a report: the template it begins with, and what is otherwise than there. What is left out is as in the template."""

    template: shapes.Named | None = Field(None, description="Slug or id of an incident template.")
    pages: list[Whom] | None = Field(None, max_length=20, description="Whom to page instead of those in the template.")
    offers: list[OfferTo] | None = Field(None, max_length=20, description="Roles to offer instead.")
    told: list[Whom] | None = Field(None, max_length=20, description="People and teams to tell instead.")
    internal: shapes.Prose | None = Field(None, description="First words for the company.")
    external: shapes.Prose | None = Field(None, description="First words for customers.")
    audiences: list[Audience] | None = Field(None, max_length=2)


def prepared(request: Request, body: Prepared) -> Preparation | None:
    """What a report asks to be carried out; None when it asks for nothing. Raises Invalid with the place."""
    actor, now = request.actor, request.now
    own, given = Preparation(), body.model_dump(include=set(Prepared.model_fields), exclude_none=True)
    if not given:
        return None
    if body.template:
        try:
            own = queries.preparation(queries.template(actor, body.template), now)
        except NotFound as error:
            raise Invalid(error.detail, field="template") from None
    pages = [find_whom(actor, one, f"pages.{place}") for place, one in enumerate(body.pages or [])]
    asked = [_asked(request, one, f"offers.{place}") for place, one in enumerate(body.offers or [])]
    told = [_told(actor, one, f"told.{place}") for place, one in enumerate(body.told or [])]
    return Preparation(
        template=own.template,
        pages=own.pages if body.pages is None else tuple(pages),
        offers=own.offers if body.offers is None else tuple(asked),
        told=own.told if body.told is None else tuple(queries.everybody(told)),
        internal=own.internal if body.internal is None else body.internal,
        external=own.external if body.external is None else body.external,
        audiences=own.audiences if body.audiences is None else tuple(body.audiences),
    )


def _asked(request: Request, body: OfferTo, field: str) -> Asked:
    role, named = _offered(request.actor, body, field)
    person = named if isinstance(named, Person) else next(iter(oncall.people_on_call(named, request.now)), None)
    if person is None:
        raise Invalid(f"Nobody is on call in {named.name} now.", field=field)
    return Asked(rules.role(role), person)
