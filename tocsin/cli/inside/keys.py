"""The bodies of `key create|list|revoke`."""

from __future__ import annotations

from django.conf import settings

from tocsin.alerts import commands, queries
from tocsin.alerts.models import IntegrationKey
from tocsin.cli.answers import say, show_json, show_table, tell
from tocsin.cli.inside.accounts import ACTOR, answering, writing
from tocsin.cli.inside.store import prepare
from tocsin.core import clock
from tocsin.core.errors import NotFound
from tocsin.directory import queries as directory
from tocsin.directory.models import Service


def create(service: str, kind: str, name: str, as_json: bool) -> None:
    with writing():
        key, plain = commands.create_key(ACTOR, _service(service), kind=kind, name=name, now=clock.now())
    address = f"{settings.TOCSIN.base_url.rstrip('/')}/in/{plain}/{key.kind}"
    if as_json:
        show_json({"id": key.id, "key": plain, "kind": key.kind, "name": key.name, "url": address})
    else:
        say(address)


def show(service: str, as_json: bool) -> None:
    prepare(read_only=True)
    with answering():
        keys = list(queries.keys(_service(service)))
    if as_json:
        show_json([_row(key) for key in keys])
        return
    rows = [[key.id, key.kind, key.name, f"…{key.hint}", _state(key)] for key in keys]
    show_table(("id", "kind", "name", "ends in", "last event"), rows)


def revoke(key_id: str, as_json: bool) -> None:
    with writing():
        key = commands.revoke_key(ACTOR, queries.key_by_id(ACTOR, key_id), now=clock.now())
    tell(as_json, _row(key), f"{key.name} is closed; its address answers 404.")


def _service(wanted: str) -> Service:
    rows = directory.services(archived=True)
    found = rows.filter(slug=wanted).first() or rows.filter(pk=wanted).first()
    if found is None:
        raise NotFound(f"There is no service {wanted}.")
    return found


def _state(key: IntegrationKey) -> str:
    if key.revoked_at:
        return "revoked"
    return clock.rfc3339(key.last_event_at) if key.last_event_at else "never"


def _row(key: IntegrationKey) -> dict[str, object]:
    last = clock.rfc3339(key.last_event_at) if key.last_event_at else None
    row = {"id": key.id, "kind": key.kind, "name": key.name, "hint": key.hint}
    return {**row, "last_event_at": last, "revoked": key.revoked_at is not None}
