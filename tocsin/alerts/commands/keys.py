"""Integration keys: made, shown once, revoked."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tocsin.alerts import events as names
from tocsin.alerts import permissions, ports
from tocsin.alerts.models import IntegrationKey
from tocsin.core import secrets
from tocsin.core.actor import Actor
from tocsin.core.errors import Invalid
from tocsin.core.eventlog import events
from tocsin.core.work import hints
from tocsin.directory.models import Service

CHANNEL = "intake.keys"
"""Hint that keys changed: the intake door forgets what it remembers."""


def create_key(actor: Actor, service: Service, *, kind: str, name: str, now: dt.datetime) -> tuple[IntegrationKey, str]:
    """A new key of `service` for one kind of sender, and its plain text, which is not kept anywhere."""
    permissions.require_keys(actor, service)
    if kind not in ports.kinds():
        raise Invalid(f"There is no kind of integration called {kind[:40]!r}; there are {', '.join(ports.kinds())}.", field="kind")
    name = name.strip()[:120]
    if not name:
        raise Invalid("Give the key a name, such as the system that will send with it.", field="name")
    plain = secrets.new_token()
    with transaction.atomic():
        key = IntegrationKey.objects.create(
            service=service, kind=kind, name=name, digest=secrets.digest(plain), hint=plain[-4:], created_at=now
        )
        events.record(actor, names.KEY_CREATED, key.id, context=service.id, now=now, data={"name": name, "kind": kind})
    return key, plain


def revoke_key(actor: Actor, key: IntegrationKey, *, now: dt.datetime) -> IntegrationKey:
    """From within a second, the key's door answers 404. Revoking twice changes nothing."""
    permissions.require_keys(actor, key.service)
    with transaction.atomic():
        if IntegrationKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now):
            events.record(actor, names.KEY_REVOKED, key.id, context=key.service_id, now=now, data={"name": key.name})
            transaction.on_commit(_keys_changed)
        key.refresh_from_db()
    return key


def _keys_changed() -> None:
    hints.wake(CHANNEL)
