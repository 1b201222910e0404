"""From one update to everybody: a walk over the subscribers in batches, each batch in one commit that also moves the cursor.

A crash loses the batch that was not committed and no more; whoever walks on begins after the last one who has a notice.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Value, When

from tocsin.core.actor import Actor
from tocsin.core.models import Event
from tocsin.core.store import facts
from tocsin.core.work import hints, leases
from tocsin.core.work.engine import OWNER, Module
from tocsin.statuspages import rules as pages
from tocsin.statuspages.maintenance.models import MaintenanceUpdate
from tocsin.statuspages.models import Update
from tocsin.statuspages.subscribers.models import CALLS, MAIL, MAILS, SMS, TEXTS, FanOut, Notice, Subscriber
from tocsin.statuspages.subscribers.telling import Concern, concern

LANE = "fanout"
BATCH = 500
LEASE = dt.timedelta(seconds=10)


def update_published(event: Event, actor: Actor) -> None:
    """Begin to tell subscribers. Hears `update.published`, inside the publishing transaction."""
    said = {
        "entry__incident_id": event.context,
        "entry__page__audience": pages.EXTERNAL,
        "confirmation": event.data["confirmation"],
    }
    for update in Update.objects.filter(**said, entry__incident__is_private=False, entry__incident__is_drill=False):
        FanOut.objects.get_or_create(update=update, defaults={"at": event.at, "lane": LANE, "due_at": event.at})
        hints.wake_after_commit(LANE)


def work_said(event: Event, actor: Actor) -> None:
    """The same for planned work. Hears all that is announced of it, inside the announcing transaction."""
    said = MaintenanceUpdate.objects.filter(pk=event.data.get("update") or "-", is_told=True)
    for update in said.filter(maintenance__page__audience=pages.EXTERNAL):
        FanOut.objects.get_or_create(of_work=update, defaults={"at": event.at, "lane": LANE, "due_at": event.at})
        hints.wake_after_commit(LANE)


def walk(now: dt.datetime) -> int:
    """Module: one batch of one update. Returns how many got a notice."""
    if facts.on_hold():
        return 0
    rows = leases.claim(FanOut, lane=LANE, owner=OWNER, now=now, limit=1, lease=LEASE)
    return sum(_batch(row, now) for row in rows)


def _batch(row: FanOut, now: dt.datetime) -> int:
    about = concern(row)
    if about is None:
        leases.finish(row, FanOut.CANCELLED, walked_at=now)
        return 1
    told = audience(about, row)
    meant = told.count() if row.begun_at is None else row.meant
    lane = Case(
        When(channel=MAIL, then=Value(MAILS)), When(channel=SMS, then=Value(TEXTS)), default=Value(CALLS), output_field=CharField()
    )
    batch = list(told.filter(pk__gt=row.cursor).annotate(to=lane).order_by("pk").values_list("pk", "to")[:BATCH])
    ends = len(batch) < BATCH
    notices = [Notice(fan_out=row, subscriber_id=pk, lane=to, priority=5, due_at=now, at=now) for pk, to in batch]
    with transaction.atomic():
        Notice.objects.bulk_create(notices, ignore_conflicts=True)
        moved = {
            "cursor": batch[-1][0] if batch else row.cursor,
            "queued": row.queued + len(batch),
            "meant": meant,
            "begun_at": row.begun_at or now,
            "walked_at": now if ends else None,
        }
        if not leases.finish(row, FanOut.DONE if ends else FanOut.DUE, **moved):
            transaction.set_rollback(True)
            return 0
        for lane_name in {to for _, to in batch}:
            hints.wake_after_commit(lane_name)
    return len(batch) or 1


def audience(about: Concern, fan_out: FanOut) -> QuerySet[Subscriber]:
    """Who is told of an update, of those who subscribed to its page before it was published and were not stopped: whoever chose
    everything, or a part that it concerns, or heard of the same before. One that names no part is for everybody.
    """
    ready = Subscriber.objects.filter(page=about.page, confirmed_at__lte=fan_out.at, stopped_at=None)
    if not about.parts:
        return ready
    chose = Subscriber.parts.through._default_manager.filter(subscriber_id=OuterRef("pk"), component_id__in=about.parts)
    heard = Notice.objects.filter(about.heard_before, subscriber_id=OuterRef("pk")).exclude(fan_out=fan_out.pk)
    return ready.filter(Q(is_whole=True) | Exists(chose) | Exists(heard))


MODULES = (Module("fanout", walk, channel=LANE),)
