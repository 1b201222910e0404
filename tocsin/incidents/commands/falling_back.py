"""Going on in a backup system, and coming back."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict
from tocsin.directory import agreed, rules
from tocsin.directory.models import BackupSystem
from tocsin.incidents import events, permissions
from tocsin.incidents.commands._record import locked, refresh_room, require_open, save, tell
from tocsin.incidents.models import Fallback, Incident

_VIDEO = "video"


def mark_down(actor: Actor, incident: Incident, backup: BackupSystem, *, now: dt.datetime) -> Fallback:
    """The primary of this kind is down: the incident goes on in the backup system. A video call takes its address.

    Noted on the timeline. Done twice it changes nothing. Conflict when nobody has named a backup of this kind.
    """
    permissions.require_responder(actor, incident)
    if not backup.link:
        words = rules.BACKUP_KINDS[backup.kind].lower()
        raise Conflict(f"Nobody has named a backup for {words}. An administrator does so on the page Backup systems.", field="kind")
    with transaction.atomic():
        incident = locked(incident)
        require_open(incident)
        known = incident.fallbacks.filter(kind=backup.kind, until=None).first()
        if known:
            return known
        before = incident.video_url if backup.kind == _VIDEO else ""
        name = backup.name or rules.BACKUP_KINDS[backup.kind]
        fallback = Fallback.objects.create(
            incident=incident, kind=backup.kind, name=name, link=backup.link, before=before, since=now
        )
        tell(actor, events.PRIMARY_DOWN, incident, now=now, kind=backup.kind, name=name, link=backup.link)
        if backup.kind == _VIDEO and backup.link.startswith("http") and len(backup.link) <= 300:
            _move_call(actor, incident, backup.link, now)
        refresh_room(actor, incident, now=now)
    return fallback


def mark_up(actor: Actor, incident: Incident, kind: str, *, now: dt.datetime) -> None:
    """The primary works again. Nothing happens when it was not marked down."""
    permissions.require_responder(actor, incident)
    agreed.backup_system(kind)
    with transaction.atomic():
        incident = locked(incident)
        fallback = incident.fallbacks.filter(kind=kind, until=None).first()
        if fallback is None:
            return
        fallback.until = now
        fallback.save(update_fields=["until"])
        tell(actor, events.PRIMARY_UP, incident, now=now, kind=kind, name=fallback.name)
        if kind == _VIDEO and incident.video_url == fallback.link:
            _move_call(actor, incident, fallback.before, now)
        refresh_room(actor, incident, now=now)


def _move_call(actor: Actor, incident: Incident, link: str, now: dt.datetime) -> None:
    old, incident.video_url = incident.video_url, link
    save(incident, "video_url", now=now)
    tell(actor, events.FIELD_CHANGED, incident, now=now, field="video_url", old=old, new=link)
