"""What came of telling a page elsewhere. Called with claimed copies, never by a door."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence

from django.db import transaction

from tocsin.core.actor import SYSTEM
from tocsin.core.eventlog.events import record
from tocsin.core.text import texts
from tocsin.core.work import leases
from tocsin.paging.ports import Result
from tocsin.statuspages import events
from tocsin.statuspages import rules as words
from tocsin.statuspages.maintenance.models import Maintenance
from tocsin.statuspages.mirrors import rules
from tocsin.statuspages.mirrors.models import Mirror, MirrorCopy, MirroredEntry, MirroredWork
from tocsin.statuspages.mirrors.ports import Landed


@transaction.atomic
def landed(good: Sequence[Result[MirrorCopy]]) -> list[MirrorCopy]:
    """Pages elsewhere took what they were told. Returns the copies that another process took over: its result counts."""
    lost = []
    for one in good:
        copy, now = one.attempt, one.ended_at
        if not leases.finish(copy, rules.DONE, sent_at=now, answer=one.delivery.answer, last_error=""):
            lost.append(copy)
            continue
        Mirror.objects.filter(pk=copy.mirror_id).update(last_ok_at=now, fault="", fault_at=None, quiet_until=None)
        _keep(copy, one.delivery, now, done=True)
        if context := _context(copy):
            said = {"mirror": copy.mirror.name, "page": copy.mirror.audience, "answer": one.delivery.answer}
            record(SYSTEM, events.MIRROR_TOLD, copy.mirror_id, context=context, now=now, data=said)
    return lost


@transaction.atomic
def refused(result: Result[MirrorCopy]) -> bool:
    """Try again later, or leave it to a person, who reads of it in the room. False when another process took the row over.

    A test is made once: somebody looks at the answer.
    """
    copy, delivery, now = result.attempt, result.delivery, result.ended_at
    final = delivery.permanent or not copy.about or (result.fault and copy.tries >= rules.TRIES_OF_A_FAULT)
    pause = delivery.pause if isinstance(delivery, Landed) else dt.timedelta(0)
    luck = random.random()  # noqa: S311
    at = rules.again_at(tries=copy.tries, permanent=final, wanted_at=copy.wanted_at, now=now, luck=luck, pause=pause)
    fields = {"answer": delivery.answer, "last_error": delivery.answer, "due_at": at or copy.due_at}
    if not leases.finish(copy, rules.DUE if at else rules.FAILED, **fields):
        return False
    quiet = {"quiet_until": now + min(pause, rules.KEEP_TRYING)} if pause else {}
    Mirror.objects.filter(pk=copy.mirror_id).update(fault=delivery.answer, fault_at=now, **quiet)
    _keep(copy, delivery, now, done=False)
    if at is None and copy.about:
        said = {"mirror": copy.mirror.name, "page": copy.mirror.audience, "answer": texts.shorten(delivery.answer, 200)}
        record(SYSTEM, events.MIRROR_FAILED, copy.mirror_id, context=_context(copy), now=now, data=said)
    return True


def withdrawn(copy: MirrorCopy, reason: str) -> bool:
    """A claimed copy is not sent after all."""
    return leases.finish(copy, rules.CANCELLED, last_error=reason[:2000])


def _keep(copy: MirrorCopy, delivery: object, now: dt.datetime, *, done: bool) -> None:
    """What was learned of the entry over there: also from a failure, such as that it is not there any more."""
    if not isinstance(delivery, Landed):
        return
    learned: dict[str, object] = {}
    if delivery.remote_id is not None:
        learned["remote_id"] = delivery.remote_id
    if delivery.address is not None:
        learned["address"] = delivery.address
    said = copy.update or copy.of_work
    if done and said is not None:
        closes = said.status in {words.RESOLVED, Maintenance.COMPLETED, Maintenance.CALLED_OFF}
        learned |= {"status": said.status, "closed_at": now if closes else None}
    if learned and copy.update is not None:
        MirroredEntry.objects.update_or_create(mirror=copy.mirror, entry=copy.update.entry, defaults=learned)
    elif learned and copy.of_work is not None:
        MirroredWork.objects.update_or_create(mirror=copy.mirror, maintenance=copy.of_work.maintenance, defaults=learned)


def _context(copy: MirrorCopy) -> str:
    """The incident or planned work that it is about; empty for a part and a test."""
    if copy.update is not None:
        return str(copy.update.entry.incident_id)
    return copy.of_work.maintenance_id if copy.of_work is not None else ""
