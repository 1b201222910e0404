"""Swaps and covers: somebody asks for their shift to be taken, a colleague accepts, and overrides say so from then on."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tocsin.core import clock
from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict, Invalid, NotAllowed
from tocsin.core.eventlog.events import record
from tocsin.core.store import db
from tocsin.core.text.texts import line
from tocsin.directory.models import Person
from tocsin.oncall import compiling, events, permissions, rules
from tocsin.oncall.calendars import swaps
from tocsin.oncall.commands import _checks, overrides
from tocsin.oncall.commands._touching import has_shift, lapse, touch
from tocsin.oncall.commands.notices import write_notices
from tocsin.oncall.models import CoverRequest, Schedule

Time = tuple[dt.datetime, dt.datetime]


@transaction.atomic
def ask_cover(
    actor: Actor,
    schedule: Schedule,
    *,
    person: Person,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    asked: Person | None = None,
    back: Time | None = None,
    note: str = "",
    now: dt.datetime,
) -> CoverRequest:
    """Ask one colleague, or without `asked` the whole team, to take over the shifts of `person` in this time.

    `back` makes it a swap: the shifts of whoever accepts that `person` takes over in return. A manager may ask for others.
    """
    schedule = db.lock(Schedule.objects.filter(pk=schedule.pk)).get()
    permissions.require_ask_cover(actor, schedule, person)
    starts_at, ends_at = overrides.stretch(starts_at, ends_at, now)
    given = overrides.stretch(*back, now, prefix="back_") if back else (None, None)
    rota = rules.Compiled(compiling.rules_of([schedule.pk])[schedule.pk])
    if not has_shift(rota, person.pk, starts_at, ends_at):
        raise Invalid(f"{person.name} is not on call in that time, so there is nothing to take over.", field="starts_at")
    if asked is not None:
        _check_asked(asked, person, rota, given)
    request = CoverRequest.objects.create(
        schedule=schedule,
        person=person,
        asked=asked,
        starts_at=starts_at,
        ends_at=ends_at,
        back_starts_at=given[0],
        back_ends_at=given[1],
        note=line(note, field="note", limit=200, required=False),
        created_at=now,
        updated_at=now,
    )
    record(actor, events.COVER_ASKED, request.id, context=schedule.pk, now=now, data=_said(request))
    write_notices(swaps.asked(request, actor.id), now=now)
    return request


def _check_asked(asked: Person, person: Person, rota: rules.Compiled, back: tuple[dt.datetime | None, dt.datetime | None]) -> None:
    _checks.on_call_person(asked, "asked")
    if asked.pk == person.pk:
        raise Invalid("Ask somebody else.", field="asked")
    if back[0] and back[1] and not has_shift(rota, asked.pk, back[0], back[1]):
        raise Invalid(f"{asked.name} is not on call in that time, so there is nothing to give in return.", field="back_starts_at")


@transaction.atomic
def accept_cover(actor: Actor, request: CoverRequest, *, now: dt.datetime) -> CoverRequest:
    """The actor takes the shifts over, and gives theirs in return when it is a swap."""
    schedule = db.lock(Schedule.objects.filter(pk=request.schedule_id)).get()
    request = _open(request)
    taker = Person.objects.get(pk=actor.id)
    permissions.require_answer_cover(actor, request)
    rota = rules.Compiled(compiling.rules_of([schedule.pk])[schedule.pk])
    if request.ends_at <= now:
        raise Conflict("This shift is over.")
    back = (request.back_starts_at, request.back_ends_at)
    if back[0] and back[1] and not has_shift(rota, taker.pk, back[0], back[1]):
        raise Conflict("You are not on call in the time that is wanted in return.")
    _hand_over(actor, schedule, rota, request.person, taker, (request.starts_at, request.ends_at), now)
    if back[0] and back[1]:
        _hand_over(actor, schedule, rota, taker, request.person, (back[0], back[1]), now)
    _end(request, CoverRequest.ACCEPTED, taker, now)
    record(actor, events.COVER_ACCEPTED, request.id, context=schedule.pk, now=now, data={**_said(request), "by": taker.name})
    write_notices(swaps.accepted(request, taker), now=now)
    touch(schedule, now)
    return request


def _hand_over(
    actor: Actor, schedule: Schedule, rota: rules.Compiled, giver: Person, taker: Person, time: Time, now: dt.datetime
) -> None:
    """An override for each stretch in which the giver is on call; others who share the turn, or are on call else, stay."""
    layers = {layer.id: layer for layer in rota.rule.layers}
    since, until = rules.seconds(max(time[0], now)), rules.seconds(time[1])
    rotations = {one.pk: one for one in schedule.rotations.all()}
    for stretch in rules.joined(rota.row(since, until)):
        if giver.pk not in stretch.people:
            continue
        if len(stretch.people) > 1:
            raise Conflict("Several people share this turn; ask a manager of the team to enter an override.")
        begin, end = rules.instant(stretch.start), rules.instant(stretch.end)
        layer = rotations.get(stretch.source) if stretch.source in layers else None
        overrides.write(actor, schedule, taker, begin, end, layer, f"Takes over from {giver.name}"[:200], now)


@transaction.atomic
def decline_cover(actor: Actor, request: CoverRequest, *, now: dt.datetime) -> CoverRequest:
    """The one who was asked says no. A request to the whole team stays open for the others."""
    request = _open(request)
    if request.asked is None or request.asked_id != actor.id:
        raise NotAllowed("Only whoever was asked can say no; a request to the team stays open for the others.")
    _end(request, CoverRequest.DECLINED, request.asked, now)
    record(actor, events.COVER_DECLINED, request.id, context=request.schedule_id, now=now, data=_said(request))
    write_notices(swaps.declined(request, request.asked), now=now)
    return request


@transaction.atomic
def withdraw_cover(actor: Actor, request: CoverRequest, *, now: dt.datetime) -> CoverRequest:
    """The one who asked, or a manager, takes the request back."""
    request = _open(request)
    permissions.require_ask_cover(actor, request.schedule, request.person)
    _end(request, CoverRequest.WITHDRAWN, None, now)
    record(actor, events.COVER_WITHDRAWN, request.id, context=request.schedule_id, now=now, data=_said(request))
    write_notices(swaps.withdrawn(request, actor.id), now=now)
    return request


@transaction.atomic
def lapse_unanswered(*, now: dt.datetime) -> None:
    """End the requests whose shift is over, so that nobody is asked for it any more. One query when there is none."""
    over = CoverRequest.objects.filter(state=CoverRequest.OPEN, ends_at__lte=now)
    for schedule in db.lock(Schedule.objects.filter(id__in=over.values("schedule")).order_by("id")):
        lapse(schedule, now)


def _open(request: CoverRequest) -> CoverRequest:
    rows = CoverRequest.objects.select_related("person", "asked", "schedule__team", "answered_by")
    request = db.lock(rows.filter(pk=request.pk)).get()
    if request.state != CoverRequest.OPEN:
        who = f" by {request.answered_by.name}" if request.answered_by else ""
        raise Conflict(f"This request is {request.state} already{who}.")
    return request


def _end(request: CoverRequest, state: str, by: Person | None, now: dt.datetime) -> None:
    request.state, request.answered_by, request.answered_at, request.updated_at = state, by, now, now
    request.save(update_fields=["state", "answered_by", "answered_at", "updated_at"])


def _said(request: CoverRequest) -> dict[str, str]:
    return {
        "person": request.person.name,
        "asked": request.asked.name if request.asked else "",
        "starts_at": clock.rfc3339(request.starts_at),
        "ends_at": clock.rfc3339(request.ends_at),
    }
