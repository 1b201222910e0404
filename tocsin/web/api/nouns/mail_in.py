"""`/api/v1/mail-in`: mail that arrived and what became of it; a held one waits for an administrator."""

from __future__ import annotations

from typing import Annotated, Literal

from ninja import Query, Router, Schema
from pydantic import Field

from tocsin.core.errors import Invalid, NotFound
from tocsin.incidents import queries as incidents
from tocsin.incidents.models import Incident
from tocsin.statuspages.arriving import commands, queries
from tocsin.statuspages.arriving.models import IncomingMail
from tocsin.web.api import lists, shapes
from tocsin.web.api.scopes import CONFIGURES
from tocsin.web.forms.request import Request

router = Router(tags=["mail"])

Outcome = Literal["", "question", "case", "bounce", "ignored", "repeated", "held", "discarded"]


class IncomingDocument(Schema):
    """A mail that arrived. An empty `outcome`: the engine has not come to it yet."""

    id: str
    received_at: shapes.Instant
    sender: str = Field(description="Who it says wrote it. Anybody can write that.")
    name: str
    to: list[str]
    subject: str
    size: int
    outcome: Outcome
    reason: str
    incident: str | None = Field(description="Key.")
    became: str | None = Field(description="The id of the question, case or list member that it led to.")


class Admission(shapes.Body):
    incident: shapes.Named = Field(description="The key of the incident that it is about.")
    as_: Literal["question", "case"] = Field("question", alias="as")


def _show(one: IncomingMail) -> IncomingDocument:
    plain = {name: getattr(one, name) for name in ("id", "received_at", "sender", "subject", "size", "outcome", "reason")}
    return IncomingDocument(
        name=one.sender_name,
        to=one.envelope_to,
        incident=one.incident.key if one.incident else None,
        became=one.became or None,
        **plain,
    )


def _incident(request: Request, wanted: str) -> Incident:
    try:
        return incidents.by_key(request.actor, wanted)
    except NotFound as missing:
        raise Invalid(missing.detail, field="incident") from None


Wanted = Annotated[Outcome, Query("", description="Only those that became this; `held` waits for you.")]


@router.get("", response=lists.Page[IncomingDocument], auth=CONFIGURES, summary="Mail that arrived, newest first")
def list_incoming(request: Request, outcome: Wanted, limit: lists.Limit = 50, cursor: lists.Cursor = "") -> dict:
    rows = queries.mails(request.actor, outcome=outcome)
    return lists.page(rows, "-id", limit=limit, cursor=cursor, show=lambda found: [_show(one) for one in found])


@router.post("/{wanted}/admit", response=IncomingDocument, auth=CONFIGURES, summary="Say what a held mail is about")
def admit_mail(request: Request, wanted: str, body: Admission) -> IncomingDocument:
    mail = queries.mail(request.actor, wanted)
    admit = commands.admit_case if body.as_ == "case" else commands.admit_question
    return _show(admit(request.actor, mail, _incident(request, body.incident), now=request.now))


@router.post("/{wanted}/discard", response=IncomingDocument, auth=CONFIGURES, summary="A held mail is about nothing")
def discard_mail(request: Request, wanted: str) -> IncomingDocument:
    return _show(commands.discard(request.actor, queries.mail(request.actor, wanted), now=request.now))
