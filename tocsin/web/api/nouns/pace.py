"""`/api/v1/incidents/{key}/pace`, `/behaviour`, `/discipline`: the regular question, five questions, hours and relief."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from ninja import Router, Schema
from pydantic import Field

from tocsin.incidents import commands
from tocsin.incidents import queries as incidents
from tocsin.incidents.iterating import queries
from tocsin.incidents.iterating.models import Behaviour
from tocsin.incidents.models import Incident
from tocsin.web.api import shapes
from tocsin.web.api.nouns import people
from tocsin.web.api.nouns.command import Role
from tocsin.web.api.scopes import READS, RESPONDS
from tocsin.web.forms.request import Request

router = Router(tags=["incidents"])

Question = Literal["communication", "overview", "decisions", "changes", "roles"]


class BehaviourBody(shapes.Body):
    """What is left out stays as it is."""

    observed: shapes.Prose | None = None
    expected: shapes.Prose | None = None


class BehaviourDocument(Schema):
    observed: str
    expected: str
    at: shapes.Instant | None


class Checked(shapes.Body):
    questions: list[Question] = Field(max_length=5)


class DisciplineCheckDocument(Schema):
    name: str
    question: str
    at: shapes.Instant | None = Field(description="When it was last answered with yes.")
    by: str


class AwakeBody(shapes.Body):
    hours: float = Field(ge=0, le=96)
    person: shapes.Named | None = Field(None, description="Id or mail address; null: you.")


class ReliefBody(shapes.Body):
    role: Role
    person: shapes.Named
    at: shapes.Instant


class CancelBody(shapes.Body):
    role: Role


class AtWorkDocument(Schema):
    person: shapes.PersonRef
    since: shapes.Instant
    hours: float = Field(description="On the incident, without a rest.")
    hours_awake: float | None = Field(description="As declared, and on from there; null: not declared.")
    tired: str = Field(description="Why they need relief, or empty.")


class ReliefDocument(Schema):
    role: str
    person: shapes.PersonRef
    at: shapes.Instant


class PaceDocument(Schema):
    asked_at: shapes.Instant | None = Field(description="The open question whether impact or severity has changed.")
    answered_at: shapes.Instant | None
    answer: str
    next_at: shapes.Instant | None
    at_work: list[AtWorkDocument]
    reliefs: list[ReliefDocument]


def _incident(request: Request, wanted: str) -> Incident:
    return incidents.by_key(request.actor, wanted)


def _behaviour(found: Behaviour | None) -> BehaviourDocument:
    if found is None:
        return BehaviourDocument(observed="", expected="", at=None)
    return BehaviourDocument(observed=found.observed, expected=found.expected, at=found.at)


def _hours(span: dt.timedelta) -> float:
    return round(span.total_seconds() / 3600, 2)


def _at_work(one: queries.AtWork) -> AtWorkDocument:
    awake = _hours(one.awake) if one.awake is not None else None
    who = shapes.PersonRef(id=one.person.id, name=one.person.name)
    return AtWorkDocument(person=who, since=one.since, hours=_hours(one.on_it), hours_awake=awake, tired=one.tired)


def _pace(request: Request, incident: Incident) -> PaceDocument:
    found = queries.pace(request.actor, incident, request.now)
    reliefs = [
        ReliefDocument(role=one.role, person=shapes.PersonRef(id=one.person.id, name=one.person.name), at=one.at)
        for one in found.reliefs
    ]
    return PaceDocument(
        asked_at=found.prompt.asked_at if found.prompt else None,
        answered_at=found.answered.answered_at if found.answered else None,
        answer=found.answered.answer if found.answered else "",
        next_at=found.next_at,
        at_work=[_at_work(one) for one in found.at_work],
        reliefs=reliefs,
    )


@router.get("/{wanted}/pace", response=PaceDocument, auth=READS, summary="The regular question, hours, planned relief")
def get_pace(request: Request, wanted: str) -> PaceDocument:
    return _pace(request, _incident(request, wanted))


@router.post("/{wanted}/no-change", response=PaceDocument, auth=RESPONDS, summary="Impact and severity have not changed")
def no_change(request: Request, wanted: str) -> PaceDocument:
    incident = _incident(request, wanted)
    commands.no_change(request.actor, incident, now=request.now)
    return _pace(request, incident)


@router.post("/{wanted}/declare-awake", response=PaceDocument, auth=RESPONDS, summary="For how long somebody has been awake")
def declare_awake(request: Request, wanted: str, body: AwakeBody) -> PaceDocument:
    incident = _incident(request, wanted)
    person = people.find(body.person, field="person") if body.person else None
    commands.declare_awake(request.actor, incident, dt.timedelta(hours=body.hours), person=person, now=request.now)
    return _pace(request, incident)


@router.post("/{wanted}/plan-relief", response=PaceDocument, auth=RESPONDS, summary="Who takes over a role next, and when")
def plan_relief(request: Request, wanted: str, body: ReliefBody) -> PaceDocument:
    incident = _incident(request, wanted)
    person = people.find(body.person, field="person")
    commands.plan_relief(request.actor, incident, body.role, person, at=body.at, now=request.now)
    return _pace(request, incident)


@router.post("/{wanted}/cancel-relief", response=PaceDocument, auth=RESPONDS, summary="Nobody takes this role over for now")
def cancel_relief(request: Request, wanted: str, body: CancelBody) -> PaceDocument:
    incident = _incident(request, wanted)
    commands.cancel_relief(request.actor, incident, body.role, now=request.now)
    return _pace(request, incident)


@router.get("/{wanted}/behaviour", response=BehaviourDocument, auth=READS, summary="Observed against expected")
def get_behaviour(request: Request, wanted: str) -> BehaviourDocument:
    return _behaviour(queries.behaviour(request.actor, _incident(request, wanted)))


@router.post("/{wanted}/describe-behaviour", response=BehaviourDocument, auth=RESPONDS, summary="Say what happens and what should")
def describe_behaviour(request: Request, wanted: str, body: BehaviourBody) -> BehaviourDocument:
    incident = _incident(request, wanted)
    return _behaviour(commands.describe_behaviour(request.actor, incident, **body.model_dump(), now=request.now))


@router.get("/{wanted}/discipline", response=list[DisciplineCheckDocument], auth=READS, summary="The discipline checklist")
def get_discipline(request: Request, wanted: str) -> list[DisciplineCheckDocument]:
    found = queries.checklist(request.actor, _incident(request, wanted))
    return [DisciplineCheckDocument(name=one.name, question=one.question, at=one.at, by=one.by) for one in found]


@router.post("/{wanted}/check", response=list[DisciplineCheckDocument], auth=RESPONDS, summary="Answer questions of it with yes")
def check(request: Request, wanted: str, body: Checked) -> list[DisciplineCheckDocument]:
    commands.check(request.actor, _incident(request, wanted), body.questions, now=request.now)
    return get_discipline(request, wanted)
