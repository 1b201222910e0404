"""The demo company as a whole: made once, refreshed when asked again, removed without a trace but its lines in the event log."""

from __future__ import annotations

import datetime as dt
import random
import secrets
from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models, transaction

from tocsin.alerts import commands as alerts
from tocsin.alerts.models import IntegrationKey
from tocsin.core.actor import SYSTEM
from tocsin.core.errors import Conflict
from tocsin.core.eventlog import sealing
from tocsin.core.store import facts
from tocsin.demo import (
    automation,
    blogged,
    calendars,
    cast,
    history,
    incidents,
    linked,
    mailing,
    mirroring,
    partners,
    planned,
    prepared,
    readers,
    reviewed,
    staff,
)
from tocsin.directory import commands as directory
from tocsin.directory import queries, rules
from tocsin.directory.models import ApiToken, Person, Service

Progress = Callable[[str, float], None]

_ROOMS = ("directory", "oncall", "collab", "alerts", "paging", "incidents", "statuspages", "postmortems")
_LASTING = {
    "directory.Severity",
    "directory.Value",
    "directory.BackupSystem",
    "statuspages.StatusPage",
    "collab.ShortLink",
    "collab.StoredFile",
    "collab.FilePiece",
    "incidents.SheetSection",
    "incidents.SheetItem",
}
"""Seeded by migrations, so not the demo's to remove; or swept away by itself when no message has it any more."""
_FACT, _GIVEN = "demo", "demo"


def quiet(what: str, done: float) -> None:
    """Progress for nobody."""


def ensure(now: dt.datetime, progress: Progress = quiet) -> dict[str, Any]:
    """Make the demo company, or issue fresh credentials where it is already. Raises Conflict on other data.

    Returns what a script needs: address, administrator, token, keys, status pages.
    """
    if facts.get(_FACT) is None:
        if Person.objects.exists():
            raise Conflict("This installation holds other data; the demo company needs an empty folder or database.")
        with transaction.atomic():
            _make(now, progress)
    given = _credentials(now)
    while sealing.seal(now):
        progress("sealing the event log", 0.99)
    progress("done", 1.0)
    return given


def remove(now: dt.datetime) -> dict[str, int]:
    """Delete the demo's objects and nothing else; returns how many went and how many stay because others refer to them."""
    last = facts.get(_FACT)
    if last is None:
        raise Conflict("There is no demo company here.")
    with transaction.atomic():
        readers.clear()
        gone, kept = _delete(last["last"])
        prepared.clear(now)
        partners.clear()
        facts.put(_FACT, None)
    return {"removed": gone, "kept": kept}


def _make(now: dt.datetime, progress: Progress) -> None:
    dice = random.Random(7)
    began = now - dt.timedelta(days=history.DAYS + 7)
    progress("people, teams, services", 0.0)
    company = staff.hire(began)
    watch = history.Watch(company)
    older, happenings = history.alerts_of_six_months(company, watch, now, dice)
    progress("six months of alerts", 0.1)
    alerts.bring_history(SYSTEM, older, now=now)
    happenings += incidents.incident_happenings(company, watch, now, dice)
    happenings.sort(key=lambda happening: happening.at)
    for place, happening in enumerate(happenings):
        happening.do(happening.at)
        if place % (len(happenings) // 8) == 0:
            progress("incidents and what followed", 0.2 + 0.8 * place / len(happenings))
    staff.plan_ahead(company, now)
    automation.heard(company, now)
    linked.link(now)
    reviewed.fill(now)
    calendars.fill(company, now)
    prepared.fill(company, now)
    mailing.fill(now)
    blogged.fill(now)
    planned.fill(company, now)
    readers.fill(now)
    mirroring.fill(now)
    facts.put(_FACT, {"last": _last(), "made_at": now.isoformat()})


def _models() -> list[type[models.Model]]:
    found = [model for room in _ROOMS for model in apps.get_app_config(room).get_models(include_auto_created=True)]
    return [model for model in found if model._meta.label not in _LASTING]


def _last() -> dict[str, Any]:
    """The greatest key of each table: ids are ordered by time, so whatever is made later has a greater one."""
    return {model._meta.label: model._base_manager.aggregate(last=models.Max("pk"))["last"] for model in _models()}


def _delete(last: dict[str, Any]) -> tuple[int, int]:
    gone, waiting = 0, [model for model in reversed(_models()) if last.get(model._meta.label) is not None]
    while True:
        before = gone
        stay = []
        for model in waiting:
            rows = model._base_manager.filter(pk__lte=last[model._meta.label])
            count, protected = _delete_rows(rows)
            gone += count
            if protected:
                stay.append(model)
        waiting = stay
        if not waiting or gone == before:
            break
    kept = sum(model._base_manager.filter(pk__lte=last[model._meta.label]).count() for model in waiting)
    return gone, kept


def _delete_rows(rows: models.QuerySet[Any]) -> tuple[int, bool]:
    try:
        with transaction.atomic():
            return rows.delete()[0], False
    except models.ProtectedError:
        pass
    gone, protected = 0, False
    for row in rows:
        try:
            with transaction.atomic():
                gone += row.delete()[0]
        except models.ProtectedError:
            protected = True
    return gone, protected


def _password() -> str:
    return "-".join(secrets.token_hex(2) for _ in range(4))


def _credentials(now: dt.datetime) -> dict[str, Any]:
    """Fresh administrator password, token and keys; those issued before stop."""
    administrator = Person.objects.get(email=f"{cast.ADMINISTRATOR[1]}@{cast.DOMAIN}")
    service = Service.objects.get(name=cast.SERVICES[0].name)
    password = _password()
    directory.set_password(SYSTEM, administrator, password, now=now)
    for token in ApiToken.objects.filter(name=_GIVEN, revoked_at=None):
        directory.revoke_token(SYSTEM, token, now=now)
    for key in IntegrationKey.objects.filter(name=_GIVEN, revoked_at=None):
        alerts.revoke_key(SYSTEM, key, now=now)
    actor = queries.actor_for(administrator, via="cli")
    _, token_text = directory.create_token(actor, administrator, name=_GIVEN, scopes=rules.SCOPES, now=now)
    keys = {kind: alerts.create_key(SYSTEM, service, kind=kind, name=_GIVEN, now=now)[1] for kind in ("alertmanager", "generic")}
    return {
        "base_url": settings.TOCSIN.base_url,
        "admin": {"email": administrator.email, "password": password},
        "api_token": token_text,
        "service": service.slug,
        "keys": keys,
        "status_pages": {"external": "/status", "internal": "/status/internal", "partner": "/status/p/partner"},
    }
