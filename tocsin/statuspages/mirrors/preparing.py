"""From claimed copies to messages, looked at once more before anything leaves the house. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tocsin.core import secrets
from tocsin.statuspages.maintenance.models import MaintenanceUpdate
from tocsin.statuspages.mirrors import ports, queueing, rules
from tocsin.statuspages.mirrors.models import Mirror, MirrorCopy, MirroredEntry, MirroredWork
from tocsin.statuspages.models import StatusPage, Update
from tocsin.statuspages.outside.rules import code
from tocsin.statuspages.pages import addresses
from tocsin.statuspages.rules import EXTERNAL

OVERTAKEN = "later words stand there already"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A claimed copy and its message; without one, the reason why it must not be sent."""

    copy: MirrorCopy
    message: ports.Message | None
    reason: str = ""


def prepare(claimed: Sequence[MirrorCopy]) -> list[Prepared]:
    """What to do with copies that were just claimed."""
    related = ("mirror__page", "update__entry__incident", "update__entry__page", "of_work__maintenance__page")
    rows = MirrorCopy.objects.select_related(*related).in_bulk([copy.pk for copy in claimed])
    return [_prepared(copy, rows[copy.pk]) for copy in claimed if copy.pk in rows]


def _prepared(claimed: MirrorCopy, fresh: MirrorCopy) -> Prepared:
    fresh.fence, fresh.tries, fresh.work_state = claimed.fence, claimed.tries, claimed.work_state
    reason = _objection(fresh)
    return Prepared(fresh, None, reason) if reason else Prepared(fresh, _message(fresh))


def _objection(copy: MirrorCopy) -> str:
    """Why this must not be sent after all; empty when it must."""
    if copy.mirror.removed_at is not None:
        return "the page was removed here"
    if copy.mirror.paused_at is not None and copy.about:
        return queueing.PAUSED
    if copy.mirror.page.is_secret:
        return queueing.UNTOLD
    incident = copy.update.entry.incident if copy.update is not None else None
    if incident is not None and (incident.is_private or incident.is_drill):
        return "the incident is private"
    later = copy.mirror.copies.filter(about=copy.about, work_state=MirrorCopy.DONE, created_at__gt=copy.created_at)
    return OVERTAKEN if copy.about and later.exists() else ""


def _message(copy: MirrorCopy) -> ports.Message:
    mirror = copy.mirror
    parts = tuple(
        ports.Part(one["id"], one["name"], str(mirror.parts.get(one["id"]) or one["name"]), one["state"]) for one in copy.parts
    )
    return ports.Message(copy.id, target_of(mirror), parts, _words(copy))


def target_of(mirror: Mirror) -> ports.Target:
    """Where it is; without a key when that was encrypted with another one."""
    try:
        key = secrets.decrypt(mirror.key_encrypted)
    except ValueError:
        key = ""
    return ports.Target(mirror.kind, mirror.address, mirror.remote_page, key, mirror.notifies)


def _words(copy: MirrorCopy) -> ports.Words | None:
    if copy.update is not None:
        return _of_entry(copy, copy.update)
    return _of_work(copy, copy.of_work) if copy.of_work is not None else None


def _of_entry(copy: MirrorCopy, update: Update) -> ports.Words:
    entry = update.entry
    known = MirroredEntry.objects.filter(mirror=copy.mirror, entry=entry).first()
    rows = entry.updates.filter(at__lte=update.at).exclude(pk=update.pk).order_by("at", "id")
    said = tuple(ports.Said(one.id, one.status, one.body, one.at) for one in (*rows, update))
    return ports.Words(
        entry=entry.id,
        title=entry.title,
        updates=said,
        started_at=entry.started_at,
        remote_id=known.remote_id if known else "",
        address=_address(entry.page, entry.id),
    )


def _of_work(copy: MirrorCopy, update: MaintenanceUpdate) -> ports.Words:
    work = update.maintenance
    known = MirroredWork.objects.filter(mirror=copy.mirror, maintenance=work).first()
    rows = work.updates.filter(at__lte=update.at).exclude(pk=update.pk).order_by("at", "id")
    return ports.Words(
        entry=work.id,
        title=work.title,
        updates=tuple(ports.Said(one.id, rules.status_there(one.status), one.body, one.at) for one in (*rows, update)),
        started_at=work.begun_at or work.starts_at,
        remote_id=known.remote_id if known else "",
        address=_address(work.page, work.id),
        planned=ports.Planned(work.starts_at, work.ends_at, update.is_told),
    )


def _address(page: StatusPage, id: str) -> str:
    there = addresses.told(page)
    return f"{there}/incidents/{code(id)}" if page.audience == EXTERNAL else there
