"""What an incident's lists were told by mail, and what came back: below `/api/v1/incidents/{key}`."""

from __future__ import annotations

from typing import Literal

from ninja import Router, Schema
from pydantic import Field

from tocsin.incidents import queries as incidents
from tocsin.statuspages.lists import permissions
from tocsin.statuspages.lists import queries as lists_of
from tocsin.statuspages.lists.queries import Mailed
from tocsin.statuspages.questions import commands, queries
from tocsin.statuspages.questions.models import Question
from tocsin.web.api import lists, shapes
from tocsin.web.api.scopes import READS, RESPONDS
from tocsin.web.forms.request import Request

router = Router(tags=["incidents"])


class QuestionDocument(Schema):
    """Something that a reader asked by replying to a mail. `text` is plain text of theirs, without what they quoted."""

    id: str
    state: Literal["open", "answered", "set_aside"]
    name: str
    person: shapes.PersonRef | None
    list: str | None = Field(description="Short name of the list in whose thread it was asked.")
    text: str
    at: shapes.Instant
    answer: str
    settled_at: shapes.Instant | None
    settled_by: shapes.PersonRef | None


class QuestionAnswer(shapes.Body):
    text: shapes.Prose


class MailCopyDocument(Schema):
    to: str
    state: Literal["due", "leased", "done", "failed", "cancelled"] = Field(description="`done`: the mail server took it.")
    answer: str = Field(description="What the mail server said last, when it did not.")


Copies = list[MailCopyDocument]


class MailedDocument(Schema):
    """One mail to one list; `copies` are for responders, who see how colleagues are reached."""

    id: str
    list: str
    thread: str
    message_id: str
    subject: str
    at: shapes.Instant
    readers: int
    copies: Copies


def _question(one: Question) -> QuestionDocument:
    plain = {name: getattr(one, name) for name in ("id", "state", "name", "text", "at", "answer", "settled_at")}
    by = {"person": shapes.person(one.person), "settled_by": shapes.person(one.settled_by)}
    return QuestionDocument(list=one.thread.list.slug if one.thread else None, **plain, **by)


def _mailed(one: Mailed, *, whole: bool) -> MailedDocument:
    letter = one.letter
    copies = [MailCopyDocument(to=copy.to, state=copy.state, answer=copy.answer) for copy in one.copies] if whole else []
    return MailedDocument(
        id=letter.id,
        list=letter.thread.list.slug,
        thread=letter.thread_id,
        message_id=letter.message_id,
        subject=letter.subject,
        at=letter.at,
        readers=len(one.copies),
        copies=copies,
    )


@router.get("/{wanted}/mails", response=lists.Page[MailedDocument], auth=READS, summary="What lists were told of an incident")
def list_mails(request: Request, wanted: str) -> dict:
    found = lists_of.mailed(request.actor, incidents.by_key(request.actor, wanted))
    whole = permissions.sees_members(request.actor)
    return {"items": [_mailed(one, whole=whole) for one in found], "next": None}


@router.get("/{wanted}/questions", response=lists.Page[QuestionDocument], auth=READS, summary="What was asked by mail")
def list_questions(request: Request, wanted: str, limit: lists.Limit = 50, cursor: lists.Cursor = "") -> dict:
    rows = queries.questions(request.actor, incidents.by_key(request.actor, wanted))
    return lists.page(rows, "id", limit=limit, cursor=cursor, show=lambda found: [_question(one) for one in found])


@router.post("/{wanted}/questions/{question}/answer", response=QuestionDocument, auth=RESPONDS, summary="Answer by mail")
def answer_question(request: Request, wanted: str, question: str, body: QuestionAnswer) -> QuestionDocument:
    """The answer goes to whoever asked, in their thread, and to the timeline."""
    found = queries.question(request.actor, incidents.by_key(request.actor, wanted), question)
    return _question(commands.answer(request.actor, found, body.text, now=request.now))


@router.post("/{wanted}/questions/{question}/set-aside", response=QuestionDocument, auth=RESPONDS, summary="Leave it unanswered")
def set_question_aside(request: Request, wanted: str, question: str) -> QuestionDocument:
    """Whoever asked hears nothing."""
    found = queries.question(request.actor, incidents.by_key(request.actor, wanted), question)
    return _question(commands.set_aside(request.actor, found, now=request.now))
