"""`/api/v1/people/{wanted}/…`: how a person is reached and what acts for them. For themselves and administrators only."""

from __future__ import annotations

from typing import Literal

from ninja import Router, Schema, Status
from pydantic import Field

from tocsin.core.actor import Actor
from tocsin.core.errors import NotFound
from tocsin.directory import commands, permissions, queries, rules
from tocsin.directory.models import ApiToken, ContactMethod, Person
from tocsin.web.api import lists, shapes
from tocsin.web.api.nouns import gateways, people
from tocsin.web.api.scopes import CONFIGURES
from tocsin.web.forms.request import Request

router = Router(tags=["people"])

Urgency = Literal["high", "low"]
Scope = Literal["read", "respond", "configure"]


class MethodDocument(Schema):
    """One way to reach a person."""

    id: str
    kind: Literal["email", "gateway"]
    gateway: str | None
    address: str
    verified_at: shapes.Instant | None
    broken_at: shapes.Instant | None
    broken_reason: str


class NewMethod(shapes.Body):
    kind: Literal["email", "gateway"]
    address: shapes.Named
    gateway: shapes.Named | None = Field(None, description="Name or id of a gateway.")


class Code(shapes.Body):
    code: shapes.Line


class NotifyStepDocument(shapes.Body):
    """Use this method so many minutes after the page was made."""

    method: shapes.Named
    delay_minutes: int = Field(0, ge=0, le=rules.MAX_DELAY_MINUTES)


class NewSteps(shapes.Body):
    urgency: Urgency
    steps: list[NotifyStepDocument] = Field(max_length=rules.MAX_STEPS)


class StepsDocument(Schema):
    """In which order and after how many minutes a person is paged, by urgency."""

    high: list[NotifyStepDocument]
    low: list[NotifyStepDocument]


class TokenDocument(Schema):
    """An API token. `token` is in the answer that makes it, and never again."""

    id: str
    name: str
    hint: str
    scopes: list[Scope]
    created_at: shapes.Instant
    last_used_at: shapes.Instant | None
    expires_at: shapes.Instant | None
    token: str | None = None


class NewToken(shapes.Body):
    name: shapes.Line
    scopes: list[Scope] = Field(min_length=1, max_length=3)
    expires_at: shapes.Instant | None = None


def _whose(actor: Actor, wanted: str) -> Person:
    """The person, for themselves and administrators. Raises NotAllowed for anybody else."""
    person = people.find(actor.id if wanted == "me" else wanted)
    permissions.require_self_or_administrator(actor, person)
    return person


def _method(method: ContactMethod) -> MethodDocument:
    return MethodDocument(
        id=method.id,
        kind=method.kind,
        gateway=method.gateway.name if method.gateway else None,
        address=method.address,
        verified_at=method.verified_at,
        broken_at=method.broken_at,
        broken_reason=method.broken_reason,
    )


def _steps(person: Person) -> StepsDocument:
    both = {
        urgency: [
            NotifyStepDocument(method=step.method_id, delay_minutes=step.delay_minutes)
            for step in queries.notify_steps(person, urgency)
        ]
        for urgency in ("high", "low")
    }
    return StepsDocument(**both)


def _token(token: ApiToken, plain: str | None = None) -> TokenDocument:
    return TokenDocument(
        id=token.id,
        name=token.name,
        hint=token.hint,
        scopes=token.scopes,
        created_at=token.created_at,
        last_used_at=token.last_used_at,
        expires_at=token.expires_at,
        token=plain,
    )


@router.get("/{wanted}/contact-methods", response=lists.Page[MethodDocument], auth=CONFIGURES, summary="Ways to reach a person")
def list_contact_methods(request: Request, wanted: str) -> dict:
    methods = queries.contact_methods(_whose(request.actor, wanted))
    return {"items": [_method(method) for method in methods], "next": None}


@router.post("/{wanted}/contact-methods", response={201: MethodDocument}, auth=CONFIGURES, summary="Add a way; a code is sent")
def add_contact_method(request: Request, wanted: str, body: NewMethod) -> Status:
    person = _whose(request.actor, wanted)
    gateway = gateways.find(body.gateway, field="gateway") if body.gateway else None
    method = commands.add_contact_method(
        request.actor, person, kind=body.kind, address=body.address, gateway=gateway, now=request.now
    )
    return Status(201, _method(method))


@router.post(
    "/{wanted}/contact-methods/{method_id}/verify", response=MethodDocument, auth=CONFIGURES, summary="Prove it with the code"
)
def verify_contact_method(request: Request, wanted: str, method_id: str, body: Code) -> MethodDocument:
    method = queries.method_of(_whose(request.actor, wanted), method_id)
    return _method(commands.verify_contact_method(request.actor, method, body.code, now=request.now))


@router.post("/{wanted}/contact-methods/{method_id}/send-code", response=MethodDocument, auth=CONFIGURES, summary="Another code")
def send_code(request: Request, wanted: str, method_id: str) -> MethodDocument:
    method = queries.method_of(_whose(request.actor, wanted), method_id)
    return _method(commands.send_code(request.actor, method, now=request.now))


@router.post("/{wanted}/contact-methods/{method_id}/remove", response=StepsDocument, auth=CONFIGURES, summary="Remove a way")
def remove_contact_method(request: Request, wanted: str, method_id: str) -> StepsDocument:
    person = _whose(request.actor, wanted)
    commands.remove_contact_method(request.actor, queries.method_of(person, method_id), now=request.now)
    return _steps(person)


@router.get("/{wanted}/notify-steps", response=StepsDocument, auth=CONFIGURES, summary="Order and delays when paged")
def get_notify_steps(request: Request, wanted: str) -> StepsDocument:
    return _steps(_whose(request.actor, wanted))


@router.post("/{wanted}/set-notify-steps", response=StepsDocument, auth=CONFIGURES, summary="Set order and delays")
def set_notify_steps(request: Request, wanted: str, body: NewSteps) -> StepsDocument:
    person = _whose(request.actor, wanted)
    steps = [(queries.method_of(person, step.method), step.delay_minutes) for step in body.steps]
    commands.set_notify_steps(request.actor, person, body.urgency, steps, now=request.now)
    return _steps(person)


@router.get("/{wanted}/tokens", response=lists.Page[TokenDocument], auth=CONFIGURES, summary="Tokens that act for a person")
def list_tokens(request: Request, wanted: str) -> dict:
    tokens = queries.tokens(_whose(request.actor, wanted))
    return {"items": [_token(token) for token in tokens], "next": None}


@router.post("/{wanted}/tokens", response={201: TokenDocument}, auth=CONFIGURES, summary="Make a token; shown once")
def create_token(request: Request, wanted: str, body: NewToken) -> Status:
    person = _whose(request.actor, wanted)
    token, plain = commands.create_token(
        request.actor, person, name=body.name, scopes=body.scopes, expires_at=body.expires_at, now=request.now
    )
    return Status(201, _token(token, plain))


@router.post("/{wanted}/tokens/{token_id}/revoke", response=TokenDocument, auth=CONFIGURES, summary="Stop a token at once")
def revoke_token(request: Request, wanted: str, token_id: str) -> TokenDocument:
    token = queries.tokens(_whose(request.actor, wanted)).select_related("person").filter(pk=token_id).first()
    if token is None:
        raise NotFound("There is no such token.")
    return _token(commands.revoke_token(request.actor, token, now=request.now))


@router.post(
    "/{wanted}/reset-second-factor", response=people.PersonDocument, auth=CONFIGURES, summary="Take away codes and passkeys"
)
def reset_second_factor(request: Request, wanted: str) -> people.PersonDocument:
    person = people.find(wanted)
    commands.reset_second_factor(request.actor, person, now=request.now)
    return people.show([people.find(person.id)])[0]
