"""A hosted page of Larkfield's that once took what ours said and is switched off since: the demo company calls nothing outside."""

from __future__ import annotations

import datetime as dt

from tocsin.core.actor import SYSTEM
from tocsin.core.work import leases
from tocsin.demo import cast
from tocsin.incidents.models import Incident
from tocsin.paging.ports import Result
from tocsin.statuspages.maintenance.models import MaintenanceUpdate
from tocsin.statuspages.mirrors import commands, queueing
from tocsin.statuspages.mirrors.commands import results
from tocsin.statuspages.mirrors.models import Mirror, MirrorCopy
from tocsin.statuspages.mirrors.ports import Landed
from tocsin.statuspages.models import Update

_MINUTE = dt.timedelta(minutes=1)


def fill(now: dt.datetime) -> None:
    """The page, the planned work and the words of the open major incident that it took, and those after it was switched off."""
    mirror, _ = commands.create_mirror(
        SYSTEM,
        name="Hosted status",
        kind=Mirror.HOSTED,
        audience="external",
        address=f"https://status-api.{cast.DOMAIN}/v1",
        remote_page="kctbh9vrtdwd",
        key="this-key-opens-nothing",
        now=now - dt.timedelta(days=30),
    )
    announced = MaintenanceUpdate.objects.filter(maintenance__state="scheduled", maintenance__page__slug="external", is_told=True)
    for said_of_work in announced.order_by("at"):
        queueing.queue_work(said_of_work, said_of_work.at)
        _take(said_of_work.at, "created" if said_of_work.act == "planned" else "updated")
    incident = Incident.objects.filter(state=Incident.FIXING, is_drill=False, is_private=False, severity__lt=3).first()
    rows = Update.objects.select_related("entry__page", "entry__incident").filter(entry__incident=incident)
    said = list(rows.filter(entry__page__slug="external").order_by("at", "id")) if incident else []
    for update in said[:1]:
        _taken(update)
    mirror = commands.pause_mirror(SYSTEM, mirror, now=min(now, said[0].at + _MINUTE) if said else now)
    for update in said[1:]:
        queueing.queue_update(update, update.at)


def _taken(update: Update) -> None:
    queueing.queue_update(update, update.at)
    _take(update.at, "created")


def _take(at: dt.datetime, answer: str) -> None:
    taken = Landed(ok=True, answer=answer, remote_id="p31zjtct2jer", address="")
    for copy in leases.claim(MirrorCopy, lane=queueing.LANE, owner="demo", now=at, limit=1):
        results.landed([Result(copy, taken, at, at + dt.timedelta(milliseconds=420))])
