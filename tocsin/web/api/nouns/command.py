"""`/api/v1/incidents/{key}/<verb>`: running an incident, with the names of the buttons."""

from __future__ import annotations

from typing import Annotated, Literal

from ninja import Router, Schema
from pydantic import Field, StringConstraints

from tocsin.core.actor import Actor
from tocsin.core.errors import Invalid, NotFound
from tocsin.directory.models import Person, Team
from tocsin.incidents import commands, queries
from tocsin.incidents.models import Incident
from tocsin.incidents.template import queries as prepared
from tocsin.oncall import queries as oncall
from tocsin.oncall.models import Schedule
from tocsin.web.api import lists, shapes
from tocsin.web.api.nouns import alerts, incidents, people, teams, vendors
from tocsin.web.api.nouns.incidents import IncidentDocument
from tocsin.web.api.scopes import READS, RESPONDS
from tocsin.web.forms.request import Request

router = Router(tags=["incidents"])

Role = Annotated[str, StringConstraints(max_length=40)]
Time = Literal["impact_started_at", "detected_at", "impact_ended_at"]


class IncidentSeverityBody(shapes.Body):
    severity: incidents.Severity


class RoleBody(shapes.Body):
    role: Role = Field(
        description="`incident_manager`, `tech_lead` … as `/incident-roles` lists them, or words for one of your own."
    )
    person: shapes.Named | None = Field(None, description="Id or mail address; null: you.")
    about: str = Field("", max_length=80, description="The stream of work, for one of several tech leads.")


class NoteBody(shapes.Body):
    kind: Literal["observation", "change", "decision", "escalation", "communication", "status"] = "observation"
    text: shapes.Prose
    at: shapes.Instant | None = None
    revert: shapes.Prose = Field(
        "", description="Of a change: how it is taken back. It may stand in the text too, after `Revert:`."
    )


class TimesBody(shapes.Body):
    impact_started_at: shapes.Instant | None = None
    detected_at: shapes.Instant | None = None
    impact_ended_at: shapes.Instant | None = None
    unknown: list[Time] = Field(default_factory=list, description="Times that nobody knows.")


class LastWordsOfPage(shapes.Body):
    title: shapes.Line
    body: shapes.Prose


LeftOpen = dict[Annotated[str, StringConstraints(max_length=40)], shapes.Line]
"""The reason by the short name of a page: `internal`, `external`, or that of a further page for customers."""


class Final(shapes.Body):
    """What closes the entries on the status pages; a page left out gets the drafted words."""

    internal: LastWordsOfPage | None = None
    external: LastWordsOfPage | None = None


class ResolveBody(TimesBody):
    """Both confirmations are needed, and each of the three times set or declared unknown."""

    impact_over: bool = False
    none_about_to_follow: bool = False
    restored: list[Literal["support", "customers", "observed", "vendor"]] = Field(
        default_factory=list, max_length=4, description="From whom it is known that service is restored."
    )
    support_cases: int | None = Field(None, ge=0, lt=10_000_000)
    postmortem_owner: shapes.Named | None = None
    final: Final | None = Field(None, description="Confirms closing the entries on the status pages; `{}` takes the drafted words.")
    leave_open: LeftOpen = Field(
        default_factory=dict,
        description="Why the entry of a page, by its short name, stays open. Each open entry is closed or has its reason.",
    )


class LinkBody(shapes.Body):
    alert: shapes.Named


class MemberBody(shapes.Body):
    person: shapes.Named


class VendorCall(shapes.Body):
    vendor: shapes.Named = Field(description="Id or slug.")
    text: shapes.Prose = Field("", description="What was said: case number, when they call back.")


class PageBody(shapes.Body):
    """Whom to wake: exactly one of the three."""

    team: shapes.Named | None = None
    schedule: shapes.Named | None = None
    person: shapes.Named | None = None


class LineDocument(Schema):
    """One line of the timeline."""

    at: shapes.Instant
    kind: str
    actor: str
    role: str
    text: str
    event: str


def _incident(request: Request, wanted: str) -> Incident:
    return queries.by_key(request.actor, wanted)


def _someone(actor: Actor, wanted: str | None, field: str) -> Person:
    return people.find(wanted or actor.id, field=field)


@router.get("/{wanted}/timeline", response=lists.Page[LineDocument], auth=READS, summary="The timeline, newest first")
def get_timeline(request: Request, wanted: str, only: Literal["", "key", "talk", "alerts"] = "", limit: lists.Limit = 50) -> dict:
    lines = queries.timeline(request.actor, _incident(request, wanted), only=only or None, limit=limit)
    items = [
        LineDocument(at=line.at, kind=line.kind, actor=line.actor_name, role=line.role, text=line.text, event=line.event_name)
        for line in lines
    ]
    return {"items": items, "next": None}


@router.post("/{wanted}/set-up", response=IncidentDocument, auth=RESPONDS, summary="Make room and document")
def set_up(request: Request, wanted: str) -> IncidentDocument:
    return incidents.one(request, commands.set_up(request.actor, _incident(request, wanted), now=request.now))


@router.post("/{wanted}/take-command", response=IncidentDocument, auth=RESPONDS, summary="Become incident manager")
def take_command(request: Request, wanted: str) -> IncidentDocument:
    return incidents.one(request, commands.take_command(request.actor, _incident(request, wanted), now=request.now))


@router.post("/{wanted}/set-severity", response=IncidentDocument, auth=RESPONDS, summary="Set or confirm the severity")
def set_severity(request: Request, wanted: str, body: IncidentSeverityBody) -> IncidentDocument:
    incident = commands.set_severity(request.actor, _incident(request, wanted), body.severity, now=request.now)
    return incidents.one(request, incident)


@router.post("/{wanted}/assign-role", response=IncidentDocument, auth=RESPONDS, summary="Give a role to a person")
def assign_role(request: Request, wanted: str, body: RoleBody) -> IncidentDocument:
    person = _someone(request.actor, body.person, "person")
    return incidents.one(
        request,
        commands.assign_role(request.actor, _incident(request, wanted), body.role, person, about=body.about, now=request.now),
    )


@router.post("/{wanted}/release-role", response=IncidentDocument, auth=RESPONDS, summary="Give up a role")
def release_role(request: Request, wanted: str, body: RoleBody) -> IncidentDocument:
    person = _someone(request.actor, body.person, "person")
    return incidents.one(
        request, commands.release_role(request.actor, _incident(request, wanted), body.role, person, now=request.now)
    )


@router.post("/{wanted}/hand-over", response=IncidentDocument, auth=RESPONDS, summary="Pass a role of yours on")
def hand_over(request: Request, wanted: str, body: RoleBody) -> IncidentDocument:
    if not body.person:
        raise Invalid("Say to whom.", field="person")
    person = _someone(request.actor, body.person, "person")
    return incidents.one(
        request, commands.hand_over(request.actor, _incident(request, wanted), person, role=body.role, now=request.now)
    )


@router.post("/{wanted}/note", response=IncidentDocument, auth=RESPONDS, summary="Write something on the timeline")
def note(request: Request, wanted: str, body: NoteBody) -> IncidentDocument:
    incident = _incident(request, wanted)
    if body.revert and body.kind != "change":
        raise Invalid("Only a change is taken back.", field="revert")
    text = f"{body.text.rstrip().rstrip('.')}. Revert: {body.revert}" if body.revert else body.text
    return incidents.one(request, commands.note(request.actor, incident, kind=body.kind, text=text, at=body.at, now=request.now))


@router.post("/{wanted}/set-times", response=IncidentDocument, auth=RESPONDS, summary="Set impact and detection times")
def set_times(request: Request, wanted: str, body: TimesBody) -> IncidentDocument:
    incident = commands.set_times(
        request.actor,
        _incident(request, wanted),
        impact_started_at=body.impact_started_at,
        detected_at=body.detected_at,
        impact_ended_at=body.impact_ended_at,
        unknown=body.unknown,
        now=request.now,
    )
    return incidents.one(request, incident)


@router.post("/{wanted}/resolve", response=IncidentDocument, auth=RESPONDS, summary="Resolve: the emergency is over")
def resolve(request: Request, wanted: str, body: ResolveBody) -> IncidentDocument:
    owner = people.find(body.postmortem_owner, field="postmortem_owner") if body.postmortem_owner else None
    incident = commands.resolve(
        request.actor,
        _incident(request, wanted),
        impact_over=body.impact_over,
        none_about_to_follow=body.none_about_to_follow,
        impact_started_at=body.impact_started_at,
        detected_at=body.detected_at,
        impact_ended_at=body.impact_ended_at,
        unknown=body.unknown,
        restored=body.restored,
        support_cases=body.support_cases,
        postmortem_owner=owner,
        final=body.final.model_dump() if body.final else None,
        leave_open=body.leave_open,
        now=request.now,
    )
    return incidents.one(request, incident)


@router.post("/{wanted}/link-alert", response=IncidentDocument, auth=RESPONDS, summary="Put an alert to this incident")
def link_alert(request: Request, wanted: str, body: LinkBody) -> IncidentDocument:
    try:
        alert = alerts.find(request.actor, body.alert)
    except NotFound as error:
        raise Invalid(error.detail, field="alert") from None
    return incidents.one(request, commands.link_alert(request.actor, _incident(request, wanted), alert, now=request.now))


@router.post("/{wanted}/add-member", response=IncidentDocument, auth=RESPONDS, summary="Let a person see a private incident")
def add_member(request: Request, wanted: str, body: MemberBody) -> IncidentDocument:
    person = people.find(body.person, field="person")
    return incidents.one(request, commands.add_member(request.actor, _incident(request, wanted), person, now=request.now))


@router.post("/{wanted}/page", response=IncidentDocument, auth=RESPONDS, summary="Page a team, a schedule or a person for it")
def page(request: Request, wanted: str, body: PageBody) -> IncidentDocument:
    target = _target(request.actor, body)
    return incidents.one(request, commands.page_team(request.actor, _incident(request, wanted), target, now=request.now))


@router.post("/{wanted}/call-vendor", response=IncidentDocument, auth=RESPONDS, summary="A vendor was called about it")
def call_vendor(request: Request, wanted: str, body: VendorCall) -> IncidentDocument:
    incident, vendor = _incident(request, wanted), vendors.find(body.vendor, field="vendor")
    return incidents.one(request, commands.call_vendor(request.actor, incident, vendor, text=body.text, now=request.now))


@router.get("/{wanted}/followers", response=lists.Page[shapes.PersonRef], auth=READS, summary="Who is told of it by mail")
def list_followers(request: Request, wanted: str) -> dict:
    found = prepared.followers(request.actor, _incident(request, wanted))
    return {"items": [shapes.PersonRef(id=one.id, name=one.name) for one in found], "next": None}


@router.post("/{wanted}/follow", response=IncidentDocument, auth=RESPONDS, summary="Tell me by mail what is published inside")
def follow(request: Request, wanted: str) -> IncidentDocument:
    return incidents.one(request, commands.follow(request.actor, _incident(request, wanted), now=request.now))


@router.post("/{wanted}/unfollow", response=IncidentDocument, auth=RESPONDS, summary="No more mail about it")
def unfollow(request: Request, wanted: str) -> IncidentDocument:
    return incidents.one(request, commands.unfollow(request.actor, _incident(request, wanted), now=request.now))


@router.get(
    "/{wanted}/vendor-reports", response=lists.Page[vendors.StandingDocument], auth=READS, summary="What vendors behind it report"
)
def list_vendor_reports(request: Request, wanted: str) -> dict:
    found = queries.vendor_reports(request.actor, _incident(request, wanted), request.now)
    return {"items": [vendors.standing(one) for one in found], "next": None}


def _target(actor: Actor, body: PageBody) -> Team | Schedule | Person:
    named = [name for name in ("team", "schedule", "person") if getattr(body, name)]
    if len(named) != 1:
        raise Invalid("Name exactly one of team, schedule and person.", field="team")
    if body.team:
        return teams.find(body.team, field="team")
    if body.person:
        return people.find(body.person, field="person")
    try:
        return oncall.schedule(actor, body.schedule or "")
    except NotFound as error:
        raise Invalid(error.detail, field="schedule") from None


@router.get("/{wanted}/alerts", response=lists.Page[alerts.AlertDocument], auth=READS, summary="The alerts of an incident")
def list_linked_alerts(request: Request, wanted: str) -> dict:
    incident = _incident(request, wanted)
    rows = queries.linked_alerts(request.actor, incident).select_related("acknowledged_by")[:200]
    return {"items": alerts.show(request.actor, rows), "next": None}
