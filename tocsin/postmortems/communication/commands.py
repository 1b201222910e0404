"""Holding a communications review: begin, note, act, complete; and reminding people of what was agreed."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict, Invalid
from tocsin.core.eventlog.events import record
from tocsin.core.store import db
from tocsin.core.text import texts
from tocsin.core.work import leases, outbox
from tocsin.directory.models import Person
from tocsin.incidents.models import Incident, IncidentMember
from tocsin.incidents.rules import word_of
from tocsin.postmortems import events, permissions
from tocsin.postmortems.commands.following_up import add_action as follow_up
from tocsin.postmortems.communication import rules
from tocsin.postmortems.communication.models import CommunicationsReview, ReviewNote, ReviewReminder
from tocsin.postmortems.models import Action

LANE = "reviews"
_MORNING = dt.time(9)


def start_review(actor: Actor, incident: Incident, *, scribe: Person | None, now: dt.datetime) -> CommunicationsReview:
    """Begin the review of a finished incident; the running one when there is one. The actor leads it.

    The scribe may see a private incident from now on.

    Raises Conflict for an incident that is not over, that is a drill, or that ended more than 30 days ago.
    """
    permissions.require_author(actor, incident)
    scribe = permissions.accountable(scribe, "scribe")
    if incident.is_drill:
        raise Conflict(f"{incident.key} is a drill: nobody was told anything.", code="drill")
    if incident.state != Incident.RESOLVED or incident.resolved_at is None:
        raise Conflict(f"{incident.key} is not resolved yet. Review it when it is over.", field="incident", current=incident)
    if incident.resolved_at < now - rules.LOOK_BACK:
        raise Conflict(f"{incident.key} ended more than {rules.LOOK_BACK.days} days ago: too long to remember.", field="incident")
    with transaction.atomic():
        db.lock(Incident.objects.filter(pk=incident.pk)).get()
        known = CommunicationsReview.objects.filter(incident=incident, state=CommunicationsReview.RUNNING).first()
        if known is not None:
            return known
        lead = Person.objects.filter(pk=actor.id).first() or scribe
        made = CommunicationsReview.objects.create(incident=incident, lead=lead, scribe=scribe, created_at=now, updated_at=now)
        if incident.is_private:
            IncidentMember.objects.get_or_create(incident=incident, person=scribe)
        _tell(actor, events.REVIEW_STARTED, made, now, lead=lead.name, scribe=scribe.name)
    return made


def note_review(
    actor: Actor, review: CommunicationsReview, *, at: dt.datetime, text: str, about: str = "", now: dt.datetime
) -> ReviewNote:
    """Write down what was said about one instant of the incident. Raises Conflict once the review is completed."""
    permissions.require_author(actor, review.incident)
    text = texts.prose(text, field="text", limit=4_000, required=True)
    about = texts.line(about, field="about", limit=2_000, required=False)
    if at > now:
        raise Invalid("A note is about something that has happened.", field="at")
    with transaction.atomic():
        _running(review)
        author = None if actor.is_system else actor.id
        about = texts.shorten(about, 300)
        made = ReviewNote.objects.create(review=review, at=at, about=about, text=text, author_id=author, written_at=now)
        _tell(actor, events.REVIEW_NOTED, review, now, note=made.id, text=text)
    return made


def act_on_review(
    actor: Actor,
    review: CommunicationsReview,
    *,
    title: str,
    kind: str,
    owner: Person | None,
    next_step: str = "",
    due_on: dt.date | None = None,
    now: dt.datetime,
) -> Action:
    """An action of a review: people, process or technology, with an owner, a next step and a day; on the board like any other.

    Without a day it is due when people meet again, some weeks from now. Raises Invalid with the field.
    """
    kind = word_of(kind, rules.KINDS, "kind")
    next_step = texts.line(next_step, field="next_step", limit=400)
    with transaction.atomic():
        _running(review)
        due_on = due_on or rules.regroup_day(None, now.date())
        made = follow_up(
            actor,
            review.incident,
            title=title,
            category="mitigate_future",
            link_type="improvement",
            owner=owner,
            due_on=due_on,
            now=now,
        )
        made.kind, made.next_step, made.review = kind, next_step, review
        made.save(update_fields=["kind", "next_step", "review"])
    return made


def complete_review(
    actor: Actor,
    review: CommunicationsReview,
    *,
    regroup_on: dt.date | None = None,
    next_on: dt.date | None = None,
    every_months: int = rules.EVERY_MONTHS,
    now: dt.datetime,
) -> CommunicationsReview:
    """End it: people meet again about the actions on one day, the next review is due on another. Both are reminded of.

    The reminder of the next review comes back every `every_months` until somebody completes one.
    """
    permissions.require_author(actor, review.incident)
    today = now.date()
    regroup_on, next_on = rules.regroup_day(regroup_on, today), rules.next_day(next_on, today, every_months)
    with transaction.atomic():
        review = _running(review)
        review.state, review.completed_at, review.updated_at = CommunicationsReview.COMPLETED, now, now
        review.regroup_on, review.next_on, review.every_months = regroup_on, next_on, every_months
        review.save()
        due = (ReviewReminder.DUE, ReviewReminder.LEASED)
        earlier = ReviewReminder.objects.filter(kind=ReviewReminder.NEXT, work_state__in=due)
        earlier.update(work_state=ReviewReminder.CANCELLED, lease_until=None)
        _schedule(review, ReviewReminder.REGROUP, regroup_on)
        _schedule(review, ReviewReminder.NEXT, next_on)
        days: dict[str, Any] = {"regroup_on": regroup_on.isoformat(), "next_on": next_on.isoformat()}
        _tell(actor, events.REVIEW_COMPLETED, review, now, **days, every_months=every_months)
    return review


def remind(reminder: ReviewReminder, *, now: dt.datetime) -> None:
    """What the engine does when a day has come; of the next review again some months later."""
    with transaction.atomic():
        if not leases.finish(reminder, ReviewReminder.DONE):
            return
        review = CommunicationsReview.objects.select_related("incident", "lead", "scribe").get(pk=reminder.review_id)
        if reminder.kind == ReviewReminder.REGROUP:
            _regroup(reminder, review, now)
            return
        day = rules.months_on(now.date(), review.every_months)
        CommunicationsReview.objects.filter(pk=review.pk).update(next_on=day)
        _schedule(review, ReviewReminder.NEXT, day)
        lines = ["The next communications review is due.", "", "Pick a finished incident of the last 30 days:"]
        _mail(reminder, [review.lead, review.scribe], "The next communications review is due", [*lines, _link("")], now)


def _regroup(reminder: ReviewReminder, review: CommunicationsReview, now: dt.datetime) -> None:
    todo = list(Action.objects.filter(review=review, state=Action.OPEN).select_related("owner").order_by("due_on", "number"))
    private = review.incident.is_private
    lines = [f"Today you meet again about how {review.incident.key} was communicated.", ""]
    for one in todo:
        about = "an action" if private else f"{one.title}; next: {one.next_step}"
        lines.append(f"- x/{one.number} {one.owner.name}: {about}")
    lines += ["" if todo else "Every action is done.", _link(f"/{review.pk}")]
    _mail(
        reminder, [review.lead, review.scribe, *(one.owner for one in todo)], f"[{review.incident.key}] Regroup today", lines, now
    )


def _mail(reminder: ReviewReminder, people: list[Person], subject: str, lines: list[str], now: dt.datetime) -> None:
    for person in {one.pk: one for one in people}.values():
        if person.is_active and person.email:
            body, key = "\n".join([*lines, ""]), f"review.{reminder.id}.{person.pk}"
            outbox.enqueue(person.email, subject, body, now=now, key=key)


def _link(tail: str) -> str:
    return f"{settings.TOCSIN.base_url.rstrip('/')}/communications-reviews{tail}"


def _schedule(review: CommunicationsReview, kind: str, day: dt.date) -> None:
    """In the morning of whoever leads it."""
    at = dt.datetime.combine(day, _MORNING, tzinfo=ZoneInfo(review.lead.zone or "UTC"))
    ReviewReminder.objects.create(review=review, kind=kind, lane=LANE, due_at=at.astimezone(dt.UTC))


def _running(review: CommunicationsReview) -> CommunicationsReview:
    """The row, locked, while it runs. Raises Conflict."""
    db.lock(CommunicationsReview.objects.filter(pk=review.pk)).get()
    found = CommunicationsReview.objects.select_related("incident", "lead", "scribe").get(pk=review.pk)
    if found.state != CommunicationsReview.RUNNING:
        raise Conflict("This review is completed.", current=found)
    return found


def _tell(actor: Actor, name: str, review: CommunicationsReview, now: dt.datetime, **data: Any) -> None:
    record(actor, name, review.id, context=review.incident_id, now=now, data=data)
