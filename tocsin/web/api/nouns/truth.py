"""`/api/v1/truth`: how soon, how often and how truthfully staff and customers were told."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from ninja import Query, Router, Schema
from pydantic import Field

from tocsin.insights.truth import queries
from tocsin.insights.truth.queries import Row
from tocsin.insights.truth.rules import Account, Score
from tocsin.web.api import shapes
from tocsin.web.api.scopes import READS
from tocsin.web.forms.request import Request

router = Router(tags=["insights"])


class ScoreDocument(Schema):
    """How many of how many were in time."""

    kept: int
    of: int
    percent: int | None = Field(description="Null when there was nothing to keep; never rounded up to 100.")


class AccountDocument(Schema):
    """What one audience was told."""

    messages: int
    first_after_seconds: int | None = Field(description="From when it was known; null when nothing was said.")
    first_in_time: ScoreDocument
    longest_silence_seconds: int | None
    intervals: ScoreDocument
    promises: ScoreDocument


class TruthRowDocument(Schema):
    """One incident."""

    incident: str = Field(description="Key.")
    summary: str
    severity: int
    declared_at: shapes.Instant
    inside: AccountDocument
    outside: AccountDocument | None = Field(description="Null for an incident of which customers may not know.")
    green_seconds: int | None = Field(
        description="For how long the public page showed its products well while the impact was known; null without a part."
    )


class TruthDocument(Schema):
    """Major incidents declared in a period, drills left out, newest first."""

    since: shapes.Instant
    until: shapes.Instant
    first_words: ScoreDocument
    intervals: ScoreDocument
    promises: ScoreDocument
    green_seconds: int
    items: list[TruthRowDocument]


def _score(score: Score) -> ScoreDocument:
    return ScoreDocument(kept=score.kept, of=score.of, percent=score.percent)


def _seconds(length: dt.timedelta | None) -> int | None:
    return None if length is None else int(length.total_seconds())


def _account(account: Account) -> AccountDocument:
    return AccountDocument(
        messages=len(account.said),
        first_after_seconds=_seconds(account.first_after),
        first_in_time=_score(account.first),
        longest_silence_seconds=_seconds(account.longest.lasted if account.longest else None),
        intervals=_score(account.intervals),
        promises=_score(account.promises),
    )


def _row(row: Row) -> TruthRowDocument:
    return TruthRowDocument(
        incident=row.incident.key,
        summary=row.incident.summary,
        severity=row.incident.severity,
        declared_at=row.incident.created_at,
        inside=_account(row.inside),
        outside=_account(row.outside) if row.outside else None,
        green_seconds=_seconds(row.green),
    )


@router.get("", response=TruthDocument, auth=READS, summary="First words, silences and promises of major incidents")
def get_truth(request: Request, days: Annotated[int, Query(ge=1, le=3660)] = 90) -> TruthDocument:
    found = queries.report(request.actor, request.now - dt.timedelta(days=days), request.now)
    return TruthDocument(
        since=found.since,
        until=found.until,
        first_words=_score(found.first),
        intervals=_score(found.intervals),
        promises=_score(found.promises),
        green_seconds=int(found.green.total_seconds()),
        items=[_row(row) for row in found.rows],
    )
