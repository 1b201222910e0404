"""What follows an incident: what is left to do, tasks that other trackers hold, the last words of the status pages."""

from __future__ import annotations

from typing import Literal

from ninja import Router, Schema, Status
from pydantic import Field

from tocsin.core.errors import Invalid
from tocsin.core.ids import new_id
from tocsin.incidents import commands, queries
from tocsin.incidents.cleanup import ports
from tocsin.incidents.cleanup import queries as cleanup
from tocsin.incidents.cleanup.models import RemoteTask
from tocsin.incidents.models import Incident
from tocsin.insights.follow_up import follow_up
from tocsin.statuspages import commands as statuspages
from tocsin.statuspages.models import Entry
from tocsin.web.api import lists, shapes
from tocsin.web.api.nouns import actions, assessment, mirrors, status_pages
from tocsin.web.api.nouns.command import Final, LeftOpen
from tocsin.web.api.scopes import READS, RESPONDS
from tocsin.web.forms.request import Request

router = Router(tags=["incidents"])


class TaskDocument(Schema):
    """A task that another tracker holds."""

    id: str
    address: str
    title: str
    state: Literal["open", "done"]
    state_at: shapes.Instant
    state_by: shapes.PersonRef | None
    kept_by_hand: bool = Field(description="No tracker is asked: somebody says here when it is done.")


class OpenEntry(Schema):
    """What a status page still says of the incident."""

    page: Literal["internal", "external"]
    title: str
    why: str = Field(description="Why it stays open; empty when nobody has said so.")
    since: shapes.Instant | None
    by: shapes.PersonRef | None


class PostmortemPlace(Schema):
    id: str
    state: Literal["draft", "in_approval", "approved", "published"]
    owner: shapes.PersonRef


class FollowUpDocument(Schema):
    """Everything that follows an incident, done or not; `left` counts what is not."""

    incident: str
    left: int
    entries: list[OpenEntry] = Field(description="Status pages that still speak of it.")
    mirrored: list[mirrors.ThereDocument] = Field(description="Pages elsewhere that still speak of it although ours do not.")
    postmortem: PostmortemPlace | None
    actions: list[actions.ActionDocument]
    tasks: list[TaskDocument]
    cases: list[assessment.CaseDocument]


class NewTask(shapes.Body):
    address: shapes.Line = Field(description="Where the task is: https://.")
    title: shapes.Line


class LastWords(shapes.Body):
    """Closes every open entry at once, with these words or the drafted ones, but those that stay open for a reason."""

    final: Final = Field(default_factory=lambda: Final())
    leave_open: LeftOpen = Field(default_factory=dict, description="Why the entry of a page, by its short name, stays open.")
    confirmation: shapes.Line = Field("", max_length=64, description="The same confirmation publishes once.")


def _incident(request: Request, wanted: str) -> Incident:
    return queries.by_key(request.actor, wanted)


def _task(task: RemoteTask) -> TaskDocument:
    return TaskDocument(
        id=task.id,
        address=task.url,
        title=task.title,
        state=task.state,
        state_at=task.state_at,
        state_by=shapes.person(task.state_by),
        kept_by_hand=ports.tracker_of(task.url) is None,
    )


def _entry(entry: Entry) -> OpenEntry:
    return OpenEntry(
        page=entry.page.audience,
        title=entry.title,
        why=entry.left_open_why,
        since=entry.left_open_at,
        by=shapes.person(entry.left_open_by),
    )


@router.get("/{wanted}/follow-up", response=FollowUpDocument, auth=READS, summary="What is left to do after an incident")
def get_follow_up(request: Request, wanted: str) -> FollowUpDocument:
    incident = _incident(request, wanted)
    found = follow_up(request.actor, incident)
    written = found.postmortem
    return FollowUpDocument(
        incident=incident.key,
        left=found.open,
        entries=[_entry(one) for one in found.entries],
        mirrored=[mirrors.show_there(one) for one in found.mirrored],
        postmortem=PostmortemPlace(id=written.id, state=written.state, owner=shapes.person(written.owner)) if written else None,
        actions=actions.show(found.actions),
        tasks=[_task(one) for one in found.tasks],
        cases=[assessment.show_case(one) for one in found.cases],
    )


@router.get("/{wanted}/tasks", response=lists.Page[TaskDocument], auth=READS, summary="Tasks that other trackers hold")
def list_tasks(request: Request, wanted: str) -> dict:
    return {"items": [_task(one) for one in cleanup.tasks(request.actor, _incident(request, wanted))], "next": None}


@router.post("/{wanted}/link-task", response={201: TaskDocument}, auth=RESPONDS, summary="Link a task in another tracker")
def link_task(request: Request, wanted: str, body: NewTask) -> Status:
    try:
        made = commands.link_task(request.actor, _incident(request, wanted), body.address, title=body.title, now=request.now)
    except Invalid as refused:
        raise Invalid(refused.detail, field="address" if refused.field == "url" else refused.field) from None
    return Status(201, _task(made))


@router.post("/{wanted}/tasks/{task}/complete", response=TaskDocument, auth=RESPONDS, summary="A task elsewhere is done")
def complete_task(request: Request, wanted: str, task: str) -> TaskDocument:
    found = cleanup.task(request.actor, _incident(request, wanted), task)
    return _task(commands.complete_task(request.actor, found, now=request.now))


@router.post("/{wanted}/tasks/{task}/reopen", response=TaskDocument, auth=RESPONDS, summary="A task elsewhere is not done")
def reopen_task(request: Request, wanted: str, task: str) -> TaskDocument:
    found = cleanup.task(request.actor, _incident(request, wanted), task)
    return _task(commands.reopen_task(request.actor, found, now=request.now))


@router.post("/{wanted}/tasks/{task}/unlink", response={204: None}, auth=RESPONDS, summary="A task does not belong here")
def unlink_task(request: Request, wanted: str, task: str) -> Status:
    commands.unlink_task(request.actor, cleanup.task(request.actor, _incident(request, wanted), task), now=request.now)
    return Status(204, None)


@router.post("/{wanted}/close-updates", response=status_pages.Published, auth=RESPONDS, summary="Close every status entry at once")
def close_updates(request: Request, wanted: str, body: LastWords) -> status_pages.Published:
    done = statuspages.say_last_words(
        request.actor,
        _incident(request, wanted),
        final=body.final.model_dump(),
        kept=body.leave_open,
        confirmation=body.confirmation or new_id("cnf"),
        now=request.now,
    )
    return status_pages.published(done)
