"""Asking, answering and setting aside: the only writers of questions."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict, NotFound
from tocsin.core.eventlog.events import record
from tocsin.core.store import db
from tocsin.core.text import texts
from tocsin.core.work import outbox
from tocsin.directory.models import Person
from tocsin.incidents import permissions
from tocsin.incidents.models import Incident
from tocsin.statuspages import events
from tocsin.statuspages.lists import rules as words
from tocsin.statuspages.lists.mailing import answering, link_of
from tocsin.statuspages.lists.models import ListThread
from tocsin.statuspages.questions import noticing
from tocsin.statuspages.questions.models import Question

LONGEST = 8_000


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it came: who asks from which address, and the headers by which an answer joins the thread."""

    name: str
    address: str
    text: str
    subject: str
    message_id: str
    references: tuple[str, ...]
    person: Person | None = None
    thread: ListThread | None = None


def ask(incident: Incident, asked: Asked, *, now: dt.datetime) -> tuple[Question, bool]:
    """Put what a mail asks on the incident. The same Message-ID is the same question; whether it is new."""
    text = texts.shorten(texts.prose(asked.text, field="text", limit=1_000_000, required=True), LONGEST)
    with transaction.atomic():
        made, is_new = Question.objects.get_or_create(
            incident=incident,
            message_id=asked.message_id,
            defaults={
                "thread": asked.thread,
                "person": asked.person,
                "name": asked.name or asked.address,
                "address": asked.address,
                "text": text,
                "at": now,
                "subject": asked.subject,
                "references": list(asked.references),
            },
        )
        if is_new:
            by = Actor(id=asked.person.pk if asked.person else "nobody", name=made.name, via="mail")
            said = {"name": made.name, "text": texts.shorten(text, 4_000), "list": asked.thread.list.slug if asked.thread else ""}
            record(by, events.QUESTION_ASKED, made.id, context=incident.id, now=now, data=said)
            noticing.expect(incident, now)
    return made, is_new


def answer(actor: Actor, question: Question, text: str, *, now: dt.datetime) -> Question:
    """Answer whoever asked, in their thread, and put the answer on the timeline. Raises Conflict when somebody was faster."""
    permissions.require_responder(actor, question.incident)
    text = texts.prose(text, field="text", limit=LONGEST, required=True)
    with transaction.atomic():
        question = _still_open(question)
        if question.incident.is_private and not _may_read(question):
            raise Conflict(
                f"{question.incident.key} is private now, and {question.name} may not know of it.", code="private_incident"
            )
        _settle(actor, question, Question.ANSWERED, text, now)
        _mail(question, now)
        data = {"name": question.name, "text": text, "question": texts.shorten(question.text, 1_000)}
        record(actor, events.QUESTION_ANSWERED, question.id, context=question.incident_id, now=now, data=data)
    return question


def set_aside(actor: Actor, question: Question, *, now: dt.datetime) -> Question:
    """Say that it needs no answer by mail. Whoever asked hears nothing."""
    permissions.require_responder(actor, question.incident)
    with transaction.atomic():
        question = _still_open(question)
        _settle(actor, question, Question.SET_ASIDE, "", now)
        data = {"name": question.name}
        record(actor, events.QUESTION_SET_ASIDE, question.id, context=question.incident_id, now=now, data=data)
    return question


def _still_open(question: Question) -> Question:
    rows = Question.objects.filter(pk=question.pk).select_related("incident", "person")
    found = db.lock(rows).first()
    if found is None:
        raise NotFound("There is no such question.")
    if found.state != Question.OPEN:
        raise Conflict("Somebody has settled this question meanwhile.", code="settled", current=found)
    return found


def _may_read(question: Question) -> bool:
    """Whether whoever asked may know of a private incident now: the rule for a signed-in person, role and all."""
    person = question.person
    if person is None or not person.is_active:
        return False
    return permissions.may_see(Actor(id=person.pk, name=person.name, roles=frozenset({person.role}), via="mail"), question.incident)


def _settle(actor: Actor, question: Question, state: str, text: str, now: dt.datetime) -> None:
    question.state, question.answer, question.settled_at = state, text, now
    question.settled_by = Person.objects.filter(pk=actor.id).first()
    question.save(update_fields=["state", "answer", "settled_at", "settled_by"])


def _mail(question: Question, now: dt.datetime) -> None:
    key = question.incident.key
    plain = question.subject if key in question.subject else f"{key} {question.subject}"
    subject = plain if plain.lower().startswith("re:") else f"Re: {plain}"
    named = [*question.references[:1], *question.references[1:][-8:], question.message_id]
    text = words.reply(question.answer, question.text, question.name, link_of(question.incident))
    headers = {"In-Reply-To": question.message_id, "References": " ".join(dict.fromkeys(named))}
    if settings.TOCSIN.mail_address:
        headers |= answering(key)
    outbox.enqueue(question.address, subject, text, now=now, headers=headers, key=f"answer.{question.pk}")
