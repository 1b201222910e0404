"""`/api/v1/on-call`: whether every alert ends at somebody, who would be paged, who carries how much."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from ninja import Query, Router, Schema
from pydantic import Field

from tocsin.core.errors import Invalid, NotFound
from tocsin.directory import queries as directory
from tocsin.directory.models import Service
from tocsin.oncall import proving
from tocsin.oncall import queries as oncall
from tocsin.oncall.load import burdens
from tocsin.paging import foresight
from tocsin.web.api import shapes
from tocsin.web.api.scopes import READS
from tocsin.web.forms.request import Request

router = Router(tags=["on-call"])
of_services = Router(tags=["on-call"])
MOST = dt.timedelta(days=400)


class CounterExampleDocument(Schema):
    """A counter-example: the first time at which a service pages nobody, or the last resort alone."""

    service: str
    urgencies: list[str]
    fails: bool = Field(description="Nobody answers; false: only the last resort does.")
    start: shapes.Instant
    end: shapes.Instant
    words: str = Field(description="When and why, in the zone of the service's team.")


class ProofDocument(Schema):
    """Worked out when it is asked for."""

    at: shapes.Instant
    days: int
    services: int = Field(description="How many were looked at.")
    proven: bool = Field(description="No finding fails.")
    findings: list[CounterExampleDocument] = Field(description="Failures first, then by time.")


class ProvenWayDocument(Schema):
    name: str = Field(description="`mail`, `sign-in mail`, or the name of a gateway.")
    delay_minutes: int
    proven: bool


class CalledDocument(Schema):
    person: shapes.PersonRef
    ways: list[ProvenWayDocument]


class WalkStepDocument(Schema):
    """One step of the walk."""

    at: shapes.Instant
    step: int = Field(description="The policy's step, from 1; 0: the last resort.")
    cycle: int = Field(description="Rounds through the policy before this one.")
    counts: bool = Field(description="False: the step is for other hours and is passed over.")
    targets: list[str]
    people: list[CalledDocument]
    gaps: list[str] = Field(description="Targets that mean nobody at this time.")
    webhooks: list[str] = Field(description="What is called besides.")
    wait_minutes: int = Field(description="Until the next step, when nobody answers.")


class ForesightDocument(Schema):
    """Who would be paged if nobody answered, until the last resort is called for the first time."""

    service: str
    urgency: str
    at: shapes.Instant
    policy: str | None
    places: list[WalkStepDocument]


class LoadDocument(Schema):
    """Hours of one person; night is 22:00 to 06:00 and the weekend Saturday and Sunday in the person's own zone."""

    person: shapes.PersonRef
    zone: str
    hours: float
    night_hours: float
    weekend_hours: float


def _service(wanted: str) -> Service | None:
    return directory.services().filter(slug=wanted).first() or directory.services().filter(id=wanted).first()


@router.get("/proof", response=ProofDocument, auth=READS, summary="Does every alert of 400 days end at somebody?")
def prove(
    request: Request, service: Annotated[str, Query("", max_length=60, description="Slug or id; empty: every service.")] = ""
) -> ProofDocument:
    chosen = _service(service) if service else None
    if service and chosen is None:
        raise Invalid("There is no such service.", field="service")
    report = proving.prove(request.now, [chosen] if chosen else None)
    names = ("service", "urgencies", "fails", "start", "end", "words")
    return ProofDocument(
        at=report.at,
        days=proving.DAYS,
        services=report.services,
        proven=report.proven,
        findings=[CounterExampleDocument(**{name: getattr(one, name) for name in names}) for one in report.findings],
    )


@of_services.get(
    "/{wanted}/would-page", response=ForesightDocument, auth=READS, summary="Who would be paged now or at `at`, when and how"
)
def foresee(
    request: Request,
    wanted: str,
    at: Annotated[str, Query("", max_length=40)] = "",
    urgency: Literal["high", "low"] = "high",
) -> ForesightDocument:
    service = _service(wanted)
    if service is None:
        raise NotFound("There is no such service.")
    found = foresight.foresee(service, urgency, shapes.asked_instant(at) if at else request.now)
    return ForesightDocument(
        service=found.service.slug,
        urgency=found.urgency,
        at=found.at,
        policy=found.policy.slug if found.policy else None,
        places=[_place(place) for place in found.places],
    )


def _place(place: foresight.Place) -> WalkStepDocument:
    people = [
        CalledDocument(
            person=shapes.person(one.person),
            ways=[ProvenWayDocument(name=way.name, delay_minutes=way.delay_minutes, proven=way.proven) for way in one.ways],
        )
        for one in place.people
    ]
    return WalkStepDocument(
        at=place.at,
        step=place.number,
        cycle=place.cycle,
        counts=place.counts,
        targets=list(place.targets),
        people=people,
        gaps=list(place.gaps),
        webhooks=list(place.webhooks),
        wait_minutes=int(place.wait.total_seconds()) // 60,
    )


@router.get("/load", response=list[LoadDocument], auth=READS, summary="Hours, nights and weekends of each person, the most first")
def load(
    request: Request,
    since: Annotated[str, Query("", max_length=40, description="Empty: four weeks before `until`.")] = "",
    until: Annotated[str, Query("", max_length=40, description="Empty: now.")] = "",
    schedule: Annotated[str, Query("", max_length=60, description="Slug or id; empty: all together.")] = "",
) -> list[LoadDocument]:
    end = shapes.asked_instant(until, "until") if until else request.now
    begin = shapes.asked_instant(since, "since") if since else end - dt.timedelta(weeks=4)
    if not dt.timedelta(0) < end - begin <= MOST:
        raise Invalid("The end must be after the start, and at most 400 days after it.", field="until")
    schedules = [oncall.schedule(request.actor, schedule)] if schedule else list(oncall.schedules(request.actor))
    return [
        LoadDocument(
            person=shapes.person(one.person),
            zone=one.person.zone,
            hours=round(one.hours, 2),
            night_hours=round(one.night_hours, 2),
            weekend_hours=round(one.weekend_hours, 2),
        )
        for one in burdens(schedules, begin, end)
    ]
