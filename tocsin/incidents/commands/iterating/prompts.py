"""Questions at their time: putting them on their way, answering them, taking them back. Called inside a transaction."""

from __future__ import annotations

import datetime as dt

from django.conf import settings

from tocsin.directory.models import Person
from tocsin.incidents.iterating import queries, rules
from tocsin.incidents.iterating.models import Prompt
from tocsin.incidents.models import Incident
from tocsin.incidents.rules import is_major

LANE = "prompts"
_WAITING = (Prompt.DUE, Prompt.LEASED)


def schedule(incident: Incident, kind: str, due_at: dt.datetime, *, about: str = "", person: Person | None = None) -> None:
    """Let the engine ask at `due_at`; whatever of this kind waits about the same thing and person is replaced."""
    withdraw(incident, kind, about=about, person=person)
    Prompt.objects.create(incident=incident, kind=kind, about=about, person=person, lane=LANE, due_at=due_at)


def withdraw(incident: Incident, kind: str, *, about: str = "", person: Person | None = None) -> None:
    """Do not ask any more."""
    incident.prompts.filter(kind=kind, about=about, person=person, work_state__in=_WAITING).update(work_state=Prompt.CANCELLED)


def watch_person(incident: Incident, person: Person, now: dt.datetime) -> None:
    """Look at somebody's hours on the incident when they reach the limit."""
    since = rules.on_it_since(queries.spans(incident, person.pk))
    withdraw(incident, Prompt.FATIGUE, about=Prompt.ON_IT, person=person)
    if since is not None:
        due_at = max(now, since + queries.limits().on_it)
        schedule(incident, Prompt.FATIGUE, due_at, about=Prompt.ON_IT, person=person)


def withdraw_all(incident: Incident) -> None:
    """The emergency is over: nobody is asked anything."""
    incident.prompts.filter(work_state__in=_WAITING).update(work_state=Prompt.CANCELLED)


def review_due(incident: Incident, now: dt.datetime) -> None:
    """Ask about impact and severity a whole period from now while a major incident is being fixed; else not at all."""
    if incident.state == Incident.FIXING and is_major(incident.severity):
        schedule(incident, Prompt.IMPACT, now + dt.timedelta(minutes=settings.TOCSIN.review_minutes))
    else:
        withdraw(incident, Prompt.IMPACT)


def answer(incident: Incident, by: Person | None, word: str, *, now: dt.datetime) -> Prompt | None:
    """The latest question about the impact is answered, when it is open; the next one comes a whole period from now."""
    asked = incident.prompts.filter(kind=Prompt.IMPACT, asked_at__isnull=False)
    latest = asked.order_by("-asked_at").first()
    if latest is not None and latest.answered_at is None:
        latest.answered_at, latest.answered_by, latest.answer = now, by, word
        latest.save(update_fields=["answered_at", "answered_by", "answer"])
    else:
        latest = None
    review_due(incident, now)
    return latest
