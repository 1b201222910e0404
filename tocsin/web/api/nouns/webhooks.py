"""`/api/v1/webhooks`: addresses outside that steps of a policy call or that hear of incidents, and what came of every call."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from django.db.models import QuerySet
from ninja import Router, Schema, Status
from pydantic import Field, StringConstraints

from tocsin.core.actor import Actor
from tocsin.core.errors import NotFound
from tocsin.incidents import permissions as incidents
from tocsin.oncall import commands, permissions, webhooks
from tocsin.oncall.models import Webhook
from tocsin.paging import commands as paging
from tocsin.paging import queries
from tocsin.paging.models import WebhookCall
from tocsin.web.api import etags, lists, shapes
from tocsin.web.api.nouns import teams
from tocsin.web.api.scopes import CONFIGURES, READS
from tocsin.web.forms.request import Request

router = Router(tags=["webhooks"])

Events = Annotated[
    list[Annotated[str, StringConstraints(max_length=60)]],
    Field(max_length=20, description="`incident.declared`, `incident.changed`, `incident.state_changed`, `update.published`."),
]


class WebhookDocument(shapes.Object):
    """Its address may hold a key of the other side, so the host alone is shown."""

    slug: str
    name: str
    team: str
    host: str
    events: list[str] = Field(description="What it is told of, by the `type` of the call.")
    private: bool = Field(description="Whether it is told of private incidents too.")
    failing_since: shapes.Instant | None = Field(description="It has taken nothing of what it hears since then.")
    paused_at: shapes.Instant | None = Field(description="It failed for days and is told nothing more until it is resumed.")
    secret: str | None = Field(None, description="Shown once, where it was just made. `whsec_…`, as Standard Webhooks has it.")


class NewWebhook(shapes.Body):
    name: shapes.Line
    team: shapes.Named
    address: Annotated[str, StringConstraints(max_length=2000)] = Field(description="https:// or http://, at most 500 characters.")
    slug: Annotated[str, StringConstraints(max_length=60)] = ""
    events: Events = Field(default_factory=list)
    private: bool = Field(False, description="Tell it of private incidents too; for administrators.")


class WebhookChange(shapes.Body):
    """What is left out stays as it is."""

    name: shapes.Line | None = None
    address: Annotated[str, StringConstraints(max_length=2000)] | None = None
    events: Events | None = None
    private: bool | None = None


class TryDocument(Schema):
    """One try of a call."""

    at: shapes.Instant
    ok: bool
    answer: str
    ms: int


class CallDocument(Schema):
    """One call, whether it has been made or not. `id_sent` is the same at every try: the header `webhook-id`."""

    id: str
    id_sent: str
    created_at: shapes.Instant
    type: str = Field(description="`escalation.step`, `test`, or what the webhook hears.")
    subject: str | None = Field(description="The alert or incident; null for a test.")
    step: int | None
    state: Literal["due", "leased", "done", "failed", "cancelled"]
    tries: int
    sent_at: shapes.Instant | None
    answer: str = Field(description="What the other side, or the network, said last.")
    attempts: list[TryDocument] = Field(description="The latest tries, the oldest first.")


def show(found: Iterable[Webhook]) -> list[WebhookDocument]:
    return [_document(one) for one in found]


def _document(webhook: Webhook, secret: str | None = None) -> WebhookDocument:
    return WebhookDocument(
        id=webhook.id,
        url=shapes.address(f"/webhooks/{webhook.slug}"),
        created_at=webhook.created_at,
        updated_at=webhook.updated_at,
        slug=webhook.slug,
        name=webhook.name,
        team=webhook.team.slug,
        host=webhook.host,
        events=webhook.hears,
        private=webhook.tells_private,
        failing_since=webhook.failing_since,
        paused_at=webhook.paused_at,
        secret=secret,
    )


def _calls(calls: Iterable[WebhookCall]) -> list[CallDocument]:
    return [_call(call) for call in calls]


def _call(call: WebhookCall) -> CallDocument:
    return CallDocument(
        id=call.id,
        id_sent=call.idempotency_key,
        created_at=call.created_at,
        type=call.kind,
        subject=None if call.kind == WebhookCall.TEST else call.subject,
        step=call.said.get("step"),
        state=call.work_state,
        tries=call.tries,
        sent_at=call.sent_at,
        answer=call.provider_answer or call.last_error,
        attempts=call.attempts,
    )


@router.get("", response=lists.Page[WebhookDocument], auth=READS, summary="List webhooks by slug")
def list_webhooks(request: Request, limit: lists.Limit = 50, cursor: lists.Cursor = "") -> dict:
    return lists.page(webhooks.webhooks(request.actor), "slug", limit=limit, cursor=cursor, show=show)


@router.post("", response={201: WebhookDocument}, auth=CONFIGURES, summary="Add a webhook; its secret is shown once")
def create_webhook(request: Request, body: NewWebhook) -> Status:
    team = teams.find(body.team, field="team")
    made, secret = commands.create_webhook(
        request.actor,
        team=team,
        name=body.name,
        address=body.address,
        slug=body.slug,
        hears=body.events,
        tells_private=body.private,
        now=request.now,
    )
    return Status(201, _document(made, secret))


@router.get("/{wanted}", response=WebhookDocument, auth=READS, summary="One webhook, by id or slug")
def get_webhook(request: Request, wanted: str) -> WebhookDocument:
    return etags.one(request, _document(webhooks.webhook(request.actor, wanted)))


@router.patch("/{wanted}", response=WebhookDocument, auth=CONFIGURES, summary="Change a webhook")
def change_webhook(request: Request, wanted: str, body: WebhookChange) -> WebhookDocument:
    found = webhooks.webhook(request.actor, wanted)
    etags.require_current(request, _document(found))
    name = found.name if body.name is None else body.name
    address = found.address if body.address is None else body.address
    commands.change_webhook(
        request.actor,
        found,
        name=name,
        address=address,
        hears=body.events,
        tells_private=body.private,
        now=request.now,
    )
    return etags.one(request, _document(webhooks.webhook(request.actor, found.id)))


@router.post(
    "/{wanted}/renew-secret",
    response=WebhookDocument,
    auth=CONFIGURES,
    summary="Make another secret; shown once",
)
def renew_secret(request: Request, wanted: str) -> WebhookDocument:
    return _document(*commands.renew_secret(request.actor, webhooks.webhook(request.actor, wanted), now=request.now))


@router.post("/{wanted}/try", response={202: CallDocument}, auth=CONFIGURES, summary="Send a test call")
def try_webhook(request: Request, wanted: str) -> Status:
    return Status(202, _call(paging.try_webhook(request.actor, webhooks.webhook(request.actor, wanted), now=request.now)))


@router.post("/{wanted}/resume", response=WebhookDocument, auth=CONFIGURES, summary="Tell a paused webhook again what it hears")
def resume_webhook(request: Request, wanted: str) -> WebhookDocument:
    return _document(commands.resume_webhook(request.actor, webhooks.webhook(request.actor, wanted), now=request.now))


@router.post("/{wanted}/remove", response={204: None}, auth=CONFIGURES, summary="Remove a webhook that no policy calls")
def remove_webhook(request: Request, wanted: str) -> Status:
    commands.remove_webhook(request.actor, webhooks.webhook(request.actor, wanted), now=request.now)
    return Status(204, None)


@router.get("/{wanted}/calls", response=lists.Page[CallDocument], auth=READS, summary="The calls of a webhook, newest first")
def list_calls(request: Request, wanted: str, limit: lists.Limit = 50, cursor: lists.Cursor = "") -> dict:
    """For managers of its team. Calls about private incidents are there for those who may know of them."""
    rows = _readable(request.actor, webhooks.webhook(request.actor, wanted))
    return lists.page(rows, "-id", limit=limit, cursor=cursor, show=_calls)


@router.post(
    "/{wanted}/calls/{call_id}/send-again", response={202: CallDocument}, auth=CONFIGURES, summary="Send again what it heard"
)
def send_again(request: Request, wanted: str, call_id: str) -> Status:
    """The same words under the same id. For managers of its team."""
    call = _readable(request.actor, webhooks.webhook(request.actor, wanted)).filter(pk=call_id).first()
    if call is None:
        raise NotFound("This webhook has no such call.")
    return Status(202, _call(paging.send_again(request.actor, call, now=request.now)))


def _readable(actor: Actor, found: Webhook) -> QuerySet[WebhookCall]:
    permissions.require_read_calls(actor, found)
    return queries.calls_to(found).exclude(subject__in=incidents.hidden_from(actor).values("pk"))
