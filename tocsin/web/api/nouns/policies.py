"""`/api/v1/policies`: whom to page, in which order, how long to wait."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from ninja import Router, Schema, Status
from pydantic import Field, StringConstraints, model_validator

from tocsin.core.actor import Actor
from tocsin.core.errors import Invalid, NotFound
from tocsin.directory.models import Person, Team
from tocsin.oncall import commands, meanwhile, queries, webhooks
from tocsin.oncall.commands.policies import NO_POLICY
from tocsin.oncall.models import Policy, PolicyStep, Schedule, StepTarget, Webhook
from tocsin.web.api import etags, lists, shapes
from tocsin.web.api.nouns import people, teams
from tocsin.web.api.nouns.rotations import Hours
from tocsin.web.api.scopes import CONFIGURES, READS
from tocsin.web.forms.request import Request

router = Router(tags=["policies"])


class TargetDocument(Schema):
    """A schedule, a team or a webhook by its slug, or a person."""

    schedule: str | None = None
    person: shapes.PersonRef | None = None
    team: str | None = None
    webhook: str | None = None


class StepDocument(Schema):
    wait_minutes: int
    urgency: str = Field(description="high, low, or empty for both")
    windows: list[dict] = Field(description="The hours in which the step counts, in `zone`; none: always.")
    zone: str
    targets: list[TargetDocument]


class PolicyDocument(shapes.Object):
    """After its steps, repeated, the last resort is asked."""

    slug: str
    name: str
    team: str
    repeats: int
    steps: list[StepDocument]


class NewTarget(shapes.Body):
    """Exactly one of the four. A team: everybody in it. A webhook is called and is nobody: a step of webhooks alone goes on at
    once.
    """

    schedule: shapes.Named | None = None
    person: shapes.Named | None = None
    team: shapes.Named | None = None
    webhook: shapes.Named | None = None

    @model_validator(mode="before")
    @classmethod
    def _no_policy(cls, given: Any) -> Any:
        """Said before “extra inputs are not permitted”, which does not say why."""
        if isinstance(given, dict) and ("policy" in given or given.get("kind") == "policy"):
            raise ValueError(NO_POLICY[:-1])
        return given


class NewStep(shapes.Body):
    wait_minutes: int = Field(5, ge=1, le=24 * 60)
    urgency: Literal["", "high", "low"] = ""
    windows: list[Hours] = Field([], max_length=20)
    zone: shapes.Line = "UTC"
    targets: list[NewTarget] = Field(min_length=1, max_length=50)


class NewPolicy(shapes.Body):
    name: shapes.Line
    team: shapes.Named
    steps: list[NewStep] = Field(min_length=1, max_length=50)
    repeats: int = Field(1, ge=0, le=9)
    slug: Annotated[str, StringConstraints(max_length=60)] = ""


class PolicyChange(shapes.Body):
    """What is left out stays as it is."""

    name: shapes.Line | None = None
    steps: list[NewStep] | None = Field(None, min_length=1, max_length=50)
    repeats: int | None = Field(None, ge=0, le=9)


def show(policies: Iterable[Policy]) -> list[PolicyDocument]:
    return [_document(policy) for policy in policies]


def _document(policy: Policy) -> PolicyDocument:
    return PolicyDocument(
        id=policy.id,
        url=shapes.address(f"/policies/{policy.slug}"),
        created_at=policy.created_at,
        updated_at=policy.updated_at,
        slug=policy.slug,
        name=policy.name,
        team=policy.team.slug,
        repeats=policy.repeats,
        steps=[
            StepDocument(
                wait_minutes=step.wait_minutes,
                urgency=step.urgency,
                windows=step.windows,
                zone=step.zone,
                targets=[_shown(target) for target in step.targets.all()],
            )
            for step in policy.steps.all()
        ],
    )


def _shown(target: StepTarget) -> TargetDocument:
    return TargetDocument(
        schedule=target.schedule.slug if target.schedule else None,
        person=shapes.person(target.person),
        team=target.team.slug if target.team else None,
        webhook=target.webhook.slug if target.webhook else None,
    )


def _targets(actor: Actor, steps: list[NewStep]) -> list[dict[str, Any]]:
    """The steps with the objects they name."""
    return [
        {
            "wait_minutes": step.wait_minutes,
            "urgency": step.urgency,
            "windows": [one.model_dump(by_alias=True) for one in step.windows],
            "zone": step.zone,
            "targets": [_target(actor, one, f"steps.{at}.targets.{place}") for place, one in enumerate(step.targets)],
        }
        for at, step in enumerate(steps)
    ]


def _target(actor: Actor, target: NewTarget, field: str) -> Schedule | Person | Team | Webhook:
    if sum(map(bool, (target.schedule, target.person, target.team, target.webhook))) != 1:
        raise Invalid("A target is a schedule, a person, a team or a webhook.", field=field)
    if target.person:
        return people.find(target.person, field=field)
    if target.team:
        return teams.find(target.team, field=field)
    try:
        return webhooks.webhook(actor, target.webhook) if target.webhook else queries.schedule(actor, target.schedule or "")
    except NotFound as error:
        raise Invalid(error.detail, field=field) from None


def _kept(step: PolicyStep) -> dict[str, Any]:
    """A stored step as the command takes it."""
    fields = {name: getattr(step, name) for name in ("wait_minutes", "urgency", "windows", "zone")}
    return {**fields, "targets": [target.named for target in step.targets.all()]}


def _one(request: Request, policy: Policy) -> PolicyDocument:
    return etags.one(request, _document(queries.policy(request.actor, policy.id)))


@router.get("", response=lists.Page[PolicyDocument], auth=READS, summary="List escalation policies by slug")
def list_policies(request: Request, limit: lists.Limit = 50, cursor: lists.Cursor = "") -> dict:
    return lists.page(queries.policies(request.actor), "slug", limit=limit, cursor=cursor, show=show)


@router.post("", response={201: PolicyDocument}, auth=CONFIGURES, summary="Add an escalation policy")
def create_policy(request: Request, body: NewPolicy) -> Status:
    policy = commands.create_policy(
        request.actor,
        team=teams.find(body.team, field="team"),
        name=body.name,
        steps=_targets(request.actor, body.steps),
        repeats=body.repeats,
        slug=body.slug,
        now=request.now,
    )
    return Status(201, _one(request, policy))


@router.get("/{wanted}", response=PolicyDocument, auth=READS, summary="One escalation policy, by id or slug")
def get_policy(request: Request, wanted: str) -> PolicyDocument:
    return _one(request, queries.policy(request.actor, wanted))


@router.patch("/{wanted}", response=PolicyDocument, auth=CONFIGURES, summary="Change an escalation policy")
def change_policy(request: Request, wanted: str, body: PolicyChange) -> PolicyDocument:
    policy = queries.policy(request.actor, wanted)
    etags.require_current(request, _document(policy))
    kept = [_kept(step) for step in policy.steps.all()]
    commands.change_policy(
        request.actor,
        policy,
        name=policy.name if body.name is None else body.name,
        steps=kept if body.steps is None else _targets(request.actor, body.steps),
        repeats=policy.repeats if body.repeats is None else body.repeats,
        read=meanwhile.version_of(policy),
        now=request.now,
    )
    return _one(request, policy)
