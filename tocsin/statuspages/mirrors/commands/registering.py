"""Registering pages elsewhere, switching and trying them."""

from __future__ import annotations

import base64
import datetime as dt
import secrets as random
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.text import slugify

from tocsin.core import secrets
from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict, Invalid
from tocsin.core.eventlog.events import record
from tocsin.core.ids import new_id
from tocsin.core.store import db
from tocsin.core.work import hints
from tocsin.statuspages import events
from tocsin.statuspages.mirrors import permissions, rules
from tocsin.statuspages.mirrors.commands import _fields
from tocsin.statuspages.mirrors.models import Mirror, MirrorCopy
from tocsin.statuspages.mirrors.queueing import LANE

_MOST = 50
_TAKEN = frozenset({"new"})


def create_mirror(
    actor: Actor,
    *,
    name: str,
    kind: str,
    audience: str,
    address: str,
    remote_page: str = "",
    key: str = "",
    parts: Mapping[str, str] | None = None,
    notifies: bool = True,
    page: str = "",
    now: dt.datetime,
) -> tuple[Mirror, str]:
    """Register a page elsewhere that repeats `page` (slug; empty: the first of the audience); of a signed call also the secret
    `whsec_…`, shown this once.

    `parts` says what our parts (by id or name) are called there. Raises Invalid with the field.
    """
    permissions.require_editor(actor)
    _fields.one_of(kind, rules.KINDS, "kind")
    _fields.one_of(audience, rules.AUDIENCES, "audience")
    given = {"name": name, "address": address, "remote_page": remote_page, "parts": parts or {}, "notifies": notifies}
    ours = _fields.repeated(audience, page)
    values = _fields.checked(given, kind=kind, page=ours)
    kept, shown = _key(kind, key)
    with transaction.atomic():
        if Mirror.objects.filter(removed_at=None).count() >= _MOST:
            raise Conflict(f"There are {_MOST} pages already. Remove one that is not used.")
        made = Mirror.objects.create(
            slug=_slug(values["name"]),
            page=ours,
            kind=kind,
            audience=audience,
            key_encrypted=kept,
            **values,
            created_at=now,
            updated_at=now,
        )
        data = {"name": made.name, "page": ours.slug, "kind": kind, "host": urlsplit(made.address).hostname}
        record(actor, events.MIRROR_CREATED, made.id, now=now, data=data)
    return made, shown


def change_mirror(actor: Actor, mirror: Mirror, *, key: str | None = None, now: dt.datetime, **changes: Any) -> Mirror:
    """Change `name`, `address`, `remote_page`, `parts`, `notifies`, or of a hosted page the `key`; what is None stays.

    A hosted page that moves to another host needs its key again: a key goes nowhere but where it was entered for.
    """
    permissions.require_editor(actor)
    given = {name: value for name, value in changes.items() if value is not None}
    values = _fields.checked(given, kind=mirror.kind, page=mirror.page)
    if key:
        values["key_encrypted"] = _hosted_key(mirror, key)
    with transaction.atomic():
        mirror = _locked(mirror)
        changed = [name for name, value in values.items() if getattr(mirror, name) != value]
        if "address" in changed and mirror.kind == Mirror.HOSTED and not key and _moves(mirror.address, values["address"]):
            raise Invalid("Enter the key again: it was entered for another host.", field="key")
        for name in changed:
            setattr(mirror, name, values[name])
        if changed:
            mirror.updated_at = now
            mirror.save()
            named = ["key" if name == "key_encrypted" else name for name in changed]
            record(actor, events.MIRROR_CHANGED, mirror.id, now=now, data={"name": mirror.name, "fields": named})
    return mirror


def renew_key(actor: Actor, mirror: Mirror, *, now: dt.datetime) -> tuple[Mirror, str]:
    """Another secret for a signed call, shown this once. Raises Conflict for a hosted page, whose key its account makes."""
    permissions.require_editor(actor)
    if mirror.kind != Mirror.SIGNED:
        raise Conflict("The key of a hosted page is made in its account. Enter it here.")
    kept, shown = _key(mirror.kind, "")
    with transaction.atomic():
        mirror = _locked(mirror)
        mirror.key_encrypted, mirror.updated_at = kept, now
        mirror.save(update_fields=["key_encrypted", "updated_at"])
        record(actor, events.MIRROR_CHANGED, mirror.id, now=now, data={"name": mirror.name, "fields": ["key"]})
    return mirror, shown


def pause_mirror(actor: Actor, mirror: Mirror, *, now: dt.datetime) -> Mirror:
    """Tell it nothing. What it would have been told is written down and may be sent by Retry once it is resumed."""
    return _switch(actor, mirror, now, events.MIRROR_PAUSED, now)


def resume_mirror(actor: Actor, mirror: Mirror, *, now: dt.datetime) -> Mirror:
    """Tell it again, from now on."""
    return _switch(actor, mirror, None, events.MIRROR_RESUMED, now)


def remove_mirror(actor: Actor, mirror: Mirror, *, now: dt.datetime) -> None:
    """Tell it nothing any more. What it was told stays with the incidents; its key is forgotten."""
    permissions.require_editor(actor)
    with transaction.atomic():
        mirror = _locked(mirror)
        if mirror.removed_at is None:
            mirror.removed_at = mirror.updated_at = now
            mirror.key_encrypted = ""
            mirror.save(update_fields=["removed_at", "updated_at", "key_encrypted"])
            record(actor, events.MIRROR_REMOVED, mirror.id, now=now, data={"name": mirror.name})


def try_mirror(actor: Actor, mirror: Mirror, *, now: dt.datetime) -> MirrorCopy:
    """Ask it whether address and key are right; nothing is published. Also while it is switched off."""
    permissions.require_editor(actor)
    with transaction.atomic():
        made = MirrorCopy.objects.create(mirror=mirror, lane=LANE, due_at=now, created_at=now, wanted_at=now)
        hints.wake_after_commit(LANE)
    return made


def _switch(actor: Actor, mirror: Mirror, paused_at: dt.datetime | None, name: str, now: dt.datetime) -> Mirror:
    permissions.require_editor(actor)
    with transaction.atomic():
        mirror = _locked(mirror)
        if (mirror.paused_at is None) != (paused_at is None):
            mirror.paused_at, mirror.updated_at = paused_at, now
            mirror.save(update_fields=["paused_at", "updated_at"])
            record(actor, name, mirror.id, now=now, data={"name": mirror.name})
    return mirror


def _locked(mirror: Mirror) -> Mirror:
    found = db.lock(Mirror.objects.filter(pk=mirror.pk, removed_at=None)).first()
    if found is None:
        raise Conflict(f"{mirror.name} was removed.")
    return found


def _slug(name: str) -> str:
    slug = slugify(name)[:50] or "page"
    taken = set(Mirror.objects.filter(removed_at=None).values_list("slug", flat=True)) | _TAKEN
    return f"{slug}-{new_id('mir')[-6:]}" if slug in taken else slug


def _key(kind: str, key: str) -> tuple[str, str]:
    """As it is kept, and what is shown once: of a signed call a secret as Standard Webhooks has it, made here."""
    if kind == Mirror.HOSTED:
        return _fields.key(key), ""
    if key:
        raise Invalid("The secret of a signed call is made here; leave the key out.", field="key")
    plain = "whsec_" + base64.b64encode(random.token_bytes(32)).decode()
    return secrets.encrypt(plain), plain


def _hosted_key(mirror: Mirror, key: str) -> str:
    if mirror.kind != Mirror.HOSTED:
        raise Invalid("The secret of a signed call is made here: ask for another one.", field="key")
    return _fields.key(key)


def _moves(old: str, new: str) -> bool:
    return urlsplit(old)[:2] != urlsplit(new)[:2]
