"""Tasks in other trackers that clean up after an incident: linked here, and their state kept by hand."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tocsin.alerts.rules import link
from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict, Invalid, NotFound
from tocsin.core.text import texts
from tocsin.incidents import events, permissions
from tocsin.incidents.cleanup.models import RemoteTask
from tocsin.incidents.commands._numbers import author
from tocsin.incidents.commands._record import locked, tell
from tocsin.incidents.models import Incident

_MOST = 200


def link_task(actor: Actor, incident: Incident, url: str, *, title: str, now: dt.datetime) -> RemoteTask:
    """A task elsewhere belongs to this incident, open. The same address again is the same task.

    Raises Invalid for what is no address, Conflict beyond 200 tasks. May be done while it is fixed and long after.
    """
    permissions.require_responder(actor, incident)
    url = _address(url)
    title = texts.line(title, field="title", limit=240)
    with transaction.atomic():
        incident = locked(incident)
        known = incident.remote_tasks.filter(url=url).first()
        if known:
            return known
        if incident.remote_tasks.count() >= _MOST:
            raise Conflict(f"{incident.key} has {_MOST} linked tasks. Link one that holds the others.", field="url")
        made = RemoteTask.objects.create(
            incident=incident, url=url, title=title, state_at=now, state_by=author(actor), created_at=now, updated_at=now
        )
        tell(actor, events.TASK_LINKED, incident, now=now, task=made.id, title=title, url=url)
    return made


def _address(url: str) -> str:
    words = texts.line(url, field="url", limit=500)
    if not link(words):
        raise Invalid("A task elsewhere has an address that begins with https:// and names a host.", field="url")
    return words


def complete_task(actor: Actor, task: RemoteTask, *, now: dt.datetime) -> RemoteTask:
    """It is done, says somebody who looked."""
    return _move(actor, task, RemoteTask.DONE, now)


def reopen_task(actor: Actor, task: RemoteTask, *, now: dt.datetime) -> RemoteTask:
    """It is not done after all."""
    return _move(actor, task, RemoteTask.OPEN, now)


def _move(actor: Actor, task: RemoteTask, state: str, now: dt.datetime) -> RemoteTask:
    permissions.require_responder(actor, task.incident)
    with transaction.atomic():
        incident = locked(task.incident)
        fresh = _still_linked(task)
        if fresh.state != state:
            old, fresh.state, fresh.state_at, fresh.updated_at = fresh.state, state, now, now
            fresh.state_by = author(actor)
            fresh.save(update_fields=["state", "state_at", "state_by", "updated_at"])
            tell(actor, events.TASK_STATE_CHANGED, incident, now=now, task=fresh.id, title=fresh.title, old=old, new=state)
    return fresh


def unlink_task(actor: Actor, task: RemoteTask, *, now: dt.datetime) -> None:
    """The task does not belong here. Raises NotFound when somebody took it away already."""
    permissions.require_responder(actor, task.incident)
    with transaction.atomic():
        incident = locked(task.incident)
        fresh = _still_linked(task)
        fresh.delete()
        tell(actor, events.TASK_UNLINKED, incident, now=now, title=task.title, url=task.url)


def _still_linked(task: RemoteTask) -> RemoteTask:
    found = RemoteTask.objects.select_related("incident").filter(pk=task.pk).first()
    if found is None:
        raise NotFound("This task is not linked any more.")
    return found
