"""`/api/v1/coverage`: which services have monitoring, on-call alerting and incident managers."""

from __future__ import annotations

from typing import Literal

from ninja import Router, Schema
from pydantic import Field

from tocsin.insights.coverage import Line, coverage
from tocsin.web.api import shapes
from tocsin.web.api.scopes import READS
from tocsin.web.forms.request import Request

router = Router(tags=["services"])


class LackDocument(Schema):
    """Something that is missing, and where it is mended."""

    part: Literal["monitoring", "alerting", "roster"]
    words: str
    url: str


class CoverageLine(Schema):
    """One service."""

    service: str = Field(description="Slug.")
    name: str
    team: str = Field(description="Slug.")
    complete: bool
    missing: list[LackDocument]
    cautions: list[str] = Field(description="What is there but weak, in sentences.")
    keys: int = Field(description="Integration keys in use.")
    last_signal_at: shapes.Instant | None
    policy: str | None = Field(description="Slug.")
    roster: str | None = Field(description="Slug.")


class CoverageDocument(Schema):
    """Worked out when it is asked for; services that lack something first."""

    at: shapes.Instant
    complete: bool = Field(description="No service lacks anything.")
    services: list[CoverageLine]


def _line(line: Line) -> CoverageLine:
    return CoverageLine(
        service=line.service.slug,
        name=line.service.name,
        team=line.service.team.slug,
        complete=not line.missing,
        missing=[LackDocument(part=one.part, words=one.words, url=shapes.address(one.path)) for one in line.missing],
        cautions=list(line.cautions),
        keys=line.keys,
        last_signal_at=line.last_signal_at,
        policy=line.policy.slug if line.policy else None,
        roster=line.roster.slug if line.roster else None,
    )


@router.get("", response=CoverageDocument, auth=READS, summary="What each service has of monitoring, alerting, incident managers")
def get_coverage(request: Request) -> CoverageDocument:
    found = coverage(request.actor, request.now)
    return CoverageDocument(at=found.at, complete=not found.missing, services=[_line(line) for line in found.lines])
