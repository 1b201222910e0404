"""What every change of a rota leaves behind: a new revision, and requests that have lost their ground."""

from __future__ import annotations

import datetime as dt

from tocsin.core.actor import SYSTEM
from tocsin.core.eventlog.events import record
from tocsin.core.store import db
from tocsin.oncall import compiling, events, rules
from tocsin.oncall.calendars import swaps
from tocsin.oncall.commands.notices import write_notices
from tocsin.oncall.models import CoverRequest, Schedule, new_revision


def touch(schedule: Schedule, now: dt.datetime) -> None:
    """Whoever kept an answer of this schedule asks again; requests for shifts that are no longer theirs lapse. In a transaction."""
    schedule.revision, schedule.updated_at = new_revision(), now
    Schedule.objects.filter(pk=schedule.pk).update(revision=schedule.revision, updated_at=now)
    lapse(schedule, now)


def lapse(schedule: Schedule, now: dt.datetime) -> None:
    """End the open requests whose askers have nothing to give away any more."""
    waiting = CoverRequest.objects.filter(schedule=schedule, state=CoverRequest.OPEN).select_related("person", "asked", "schedule")
    if not waiting:
        return
    rota = rules.Compiled(compiling.rules_of([schedule.pk])[schedule.pk])
    for request in db.lock(waiting):
        why = _why_lapsed(request, rota, now)
        if why:
            request.state, request.ended_because, request.updated_at = CoverRequest.LAPSED, why, now
            request.save(update_fields=["state", "ended_because", "updated_at"])
            data = {"person": request.person_id, "why": why}
            record(SYSTEM, events.COVER_LAPSED, request.id, context=schedule.pk, now=now, data=data)
            write_notices(swaps.lapsed(request), now=now)


def _why_lapsed(request: CoverRequest, rota: rules.Compiled, now: dt.datetime) -> str:
    if request.ends_at <= now:
        return "Nobody answered before the shift was over."
    if not has_shift(rota, request.person_id, request.starts_at, request.ends_at):
        return f"The rota was edited: {request.person.name} is not on call in that time any more."
    back = request.back_starts_at, request.back_ends_at
    if request.asked and back[0] and back[1] and not has_shift(rota, request.asked.pk, back[0], back[1]):
        return f"The rota was edited: {request.asked.name} is not on call in the time given in return any more."
    return ""


def has_shift(rota: rules.Compiled, person: str, starts_at: dt.datetime, ends_at: dt.datetime) -> bool:
    """Whether somebody is on call at some time in this stretch."""
    return any(person in one.people for one in rota.row(rules.seconds(starts_at), rules.seconds(ends_at)))
