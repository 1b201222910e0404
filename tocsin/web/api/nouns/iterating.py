"""`/api/v1/incidents/{key}/findings`, `/streams` and `/changes`: what is found, worked on and changed."""

from __future__ import annotations

from typing import Literal

from ninja import Path, Router, Schema, Status
from pydantic import Field

from tocsin.directory.models import Person
from tocsin.incidents import commands
from tocsin.incidents import queries as incidents
from tocsin.incidents.iterating import queries
from tocsin.incidents.iterating.models import Change, Finding, Stream
from tocsin.incidents.models import Incident
from tocsin.web.api import lists, shapes
from tocsin.web.api.nouns import people
from tocsin.web.api.scopes import READS, RESPONDS
from tocsin.web.forms.request import Request

router = Router(tags=["incidents"])

Number = Path[int]
Evidence = Literal["", "kept", "lost"]


class NewFinding(shapes.Body):
    kind: Literal["observation", "theory", "experiment"]
    text: shapes.Prose
    about: int | None = Field(None, description="Number of the observation of a theory, of the theory of an experiment.")
    restarts: bool = Field(
        False, description="Of an experiment: it restarts or resets something. Then say what becomes of `evidence`."
    )
    evidence: Evidence = Field("", description="What shows the cause: kept, or lost, which makes an action to measure it.")


class Taken(shapes.Body):
    message: shapes.Named = Field(description="Id of a message of kind observation.")


class Result(shapes.Body):
    result: Literal["supports", "refutes", "inconclusive"]
    outcome: shapes.Prose = ""


class TheoryState(shapes.Body):
    state: Literal["open", "proven", "disproven"]


class FindingDocument(Schema):
    number: int
    kind: str
    text: str
    about: int | None
    state: str = Field(description="Of a theory: open, proven, disproven. Of an experiment: its result, empty while it runs.")
    outcome: str
    evidence: str
    at: shapes.Instant
    by: shapes.PersonRef | None


class NewStream(shapes.Body):
    title: shapes.Line
    lead: shapes.Named | None = Field(None, description="Tech lead: id or mail address.")
    step: shapes.Prose = ""
    next_steps: shapes.Prose = ""
    towards: shapes.Prose = Field("", description="How it moves towards resolution.")


class StreamChange(shapes.Body):
    """What is left out stays as it is."""

    title: shapes.Line | None = None
    lead: shapes.Named | None = Field(None, description="Id or mail address; null: nobody.")
    step: shapes.Prose | None = None
    next_steps: shapes.Prose | None = None
    towards: shapes.Prose | None = None
    state: Literal["open", "done"] | None = None
    version: int | None = Field(None, description="The version that was read; another one since then is a 412.")


class StreamDocument(Schema):
    number: int
    title: str
    lead: shapes.PersonRef | None
    step: str
    next_steps: str
    towards: str
    state: str
    version: int
    updated_at: shapes.Instant


class NewChange(shapes.Body):
    what: shapes.Prose
    why: shapes.Prose = ""
    how: shapes.Prose = ""
    revert: shapes.Prose = Field("", description="How it is taken back. Left out, it is asked for until somebody says it.")
    who: shapes.Line = Field("", description="Who made it; left out: you.")
    restarts: bool = Field(False, description="It restarts or resets something. Then say what becomes of `evidence`.")
    evidence: Evidence = Field("", description="What shows the cause: kept, or lost, which makes an action to measure it.")
    at: shapes.Instant | None = None


class Revert(shapes.Body):
    revert: shapes.Prose


class ChangeDocument(Schema):
    number: int
    at: shapes.Instant
    who: str
    what: str
    why: str
    how: str
    revert: str
    evidence: str
    asks: list[str] = Field(description="What nobody has said yet: `revert`, or nothing.")


def _incident(request: Request, wanted: str) -> Incident:
    return incidents.by_key(request.actor, wanted)


def _finding(one: Finding) -> FindingDocument:
    plain = {name: getattr(one, name) for name in ("number", "kind", "text", "state", "outcome", "evidence", "at")}
    return FindingDocument(**plain, about=one.about.number if one.about else None, by=shapes.person(one.by))


def show_stream(one: Stream) -> StreamDocument:
    names = ("number", "title", "step", "next_steps", "towards", "state", "version", "updated_at")
    return StreamDocument(**{name: getattr(one, name) for name in names}, lead=shapes.person(one.lead))


def show_change(one: Change) -> ChangeDocument:
    plain = {name: getattr(one, name) for name in ("number", "at", "who", "what", "why", "how", "revert", "evidence")}
    return ChangeDocument(**plain, asks=[] if one.revert else ["revert"])


def _lead(wanted: str | None) -> Person | None:
    return people.find(wanted, field="lead") if wanted else None


@router.get("/{wanted}/findings", response=lists.Page[FindingDocument], auth=READS, summary="Observations, theories, experiments")
def list_findings(request: Request, wanted: str) -> dict:
    return {"items": [_finding(one) for one in queries.findings(request.actor, _incident(request, wanted))], "next": None}


@router.post("/{wanted}/add-finding", response={201: FindingDocument}, auth=RESPONDS, summary="Put a finding on the board")
def add_finding(request: Request, wanted: str, body: NewFinding) -> Status:
    incident = _incident(request, wanted)
    about = queries.finding(request.actor, incident, body.about) if body.about is not None else None
    given = {"restarts": body.restarts, "evidence": body.evidence}
    made = commands.add_finding(request.actor, incident, body.kind, body.text, about=about, **given, now=request.now)
    return Status(201, _finding(made))


@router.post("/{wanted}/take-note", response={201: FindingDocument}, auth=RESPONDS, summary="Take an observation from the room")
def take_note(request: Request, wanted: str, body: Taken) -> Status:
    made = commands.take_note(request.actor, _incident(request, wanted), body.message, now=request.now)
    return Status(201, _finding(made))


@router.post("/{wanted}/findings/{finding_number}/conclude", response=FindingDocument, auth=RESPONDS, summary="What came of it")
def conclude(request: Request, wanted: str, finding_number: Number, body: Result) -> FindingDocument:
    found = queries.finding(request.actor, _incident(request, wanted), finding_number)
    return _finding(commands.conclude(request.actor, found, body.result, outcome=body.outcome, now=request.now))


@router.post("/{wanted}/findings/{finding_number}/set-theory", response=FindingDocument, auth=RESPONDS, summary="Proven or not")
def set_theory(request: Request, wanted: str, finding_number: Number, body: TheoryState) -> FindingDocument:
    found = queries.finding(request.actor, _incident(request, wanted), finding_number)
    return _finding(commands.set_theory(request.actor, found, body.state, now=request.now))


@router.get("/{wanted}/streams", response=lists.Page[StreamDocument], auth=READS, summary="Streams of work")
def list_streams(request: Request, wanted: str) -> dict:
    return {"items": [show_stream(one) for one in queries.streams(request.actor, _incident(request, wanted))], "next": None}


@router.post("/{wanted}/open-stream", response={201: StreamDocument}, auth=RESPONDS, summary="Begin a stream of work")
def open_stream(request: Request, wanted: str, body: NewStream) -> Status:
    incident, given = _incident(request, wanted), body.model_dump(exclude={"title", "lead"})
    made = commands.open_stream(request.actor, incident, body.title, lead=_lead(body.lead), **given, now=request.now)
    return Status(201, show_stream(made))


@router.post("/{wanted}/streams/{stream_number}/change", response=StreamDocument, auth=RESPONDS, summary="Change a stream of work")
def change_stream(request: Request, wanted: str, stream_number: Number, body: StreamChange) -> StreamDocument:
    found = queries.stream(request.actor, _incident(request, wanted), stream_number)
    given = {name: value for name, value in body.model_dump(exclude={"version"}).items() if value is not None}
    if "lead" in body.model_fields_set:
        given["lead"] = _lead(body.lead)
    return show_stream(commands.change_stream(request.actor, found, version=body.version, **given, now=request.now))


@router.get("/{wanted}/changes", response=lists.Page[ChangeDocument], auth=READS, summary="The change log")
def list_changes(request: Request, wanted: str) -> dict:
    return {"items": [show_change(one) for one in queries.changes(request.actor, _incident(request, wanted))], "next": None}


@router.post("/{wanted}/log-change", response={201: ChangeDocument}, auth=RESPONDS, summary="Log a change")
def log_change(request: Request, wanted: str, body: NewChange) -> Status:
    made = commands.log_change(request.actor, _incident(request, wanted), **body.model_dump(), now=request.now)
    return Status(201, show_change(made))


@router.post("/{wanted}/changes/{change_number}/state-revert", response=ChangeDocument, auth=RESPONDS, summary="How to revert it")
def state_revert(request: Request, wanted: str, change_number: Number, body: Revert) -> ChangeDocument:
    found = queries.change(request.actor, _incident(request, wanted), change_number)
    return show_change(commands.state_revert(request.actor, found, body.revert, now=request.now))
