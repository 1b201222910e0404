"""Vendors: whom outside the house to call, and what to say. Kept by administrators; services name the ones they need."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from tocsin.core.actor import Actor
from tocsin.core.errors import Invalid
from tocsin.core.eventlog.events import record
from tocsin.core.net import outbound
from tocsin.core.store import db
from tocsin.core.text import texts
from tocsin.directory import events, permissions
from tocsin.directory.commands import _checks, vendor_status
from tocsin.directory.models import Vendor

_PROCEDURE_LIMIT = 10_000


@transaction.atomic
def create_vendor(
    actor: Actor,
    *,
    name: str,
    support_url: str = "",
    phone: str = "",
    procedure: str = "",
    status_feed: str = "",
    slug: str = "",
    now: dt.datetime,
) -> Vendor:
    """A new vendor. Raises Conflict when the name or the short name is taken."""
    permissions.require_administrator(actor)
    fields = _read({"name": name, "support_url": support_url, "phone": phone, "procedure": procedure, "status_feed": status_feed})
    short = _checks.slug(slug, fields["name"], list(Vendor.objects.values_list("slug", flat=True)))
    with _checks.only_once("name", f"There is a vendor “{fields['name']}” already."):
        vendor = Vendor.objects.create(slug=short, created_at=now, updated_at=now, **fields)
    record(actor, events.VENDOR_CREATED, vendor.id, now=now, data={"name": vendor.name, "slug": short})
    return vendor


@transaction.atomic
def change_vendor(
    actor: Actor,
    vendor: Vendor,
    *,
    name: str | None = None,
    support_url: str | None = None,
    phone: str | None = None,
    procedure: str | None = None,
    status_feed: str | None = None,
    now: dt.datetime,
) -> Vendor:
    """Change what is given; the short name stays, links point at it."""
    permissions.require_administrator(actor)
    vendor = db.lock(Vendor.objects.filter(pk=vendor.pk)).get()
    given = {"name": name, "support_url": support_url, "phone": phone, "procedure": procedure, "status_feed": status_feed}
    fields = _read({field: text for field, text in given.items() if text is not None})
    changed = {field: text for field, text in fields.items() if getattr(vendor, field) != text}
    if not changed:
        return vendor
    for field, text in changed.items():
        setattr(vendor, field, text)
    vendor.updated_at = now
    with _checks.only_once("name", f"There is a vendor “{vendor.name}” already."):
        vendor.save(update_fields=[*changed, "updated_at"])
    if "status_feed" in changed:
        vendor_status.forget(vendor)
    record(actor, events.VENDOR_CHANGED, vendor.id, now=now, data=changed)
    return vendor


def _read(given: dict[str, Any]) -> dict[str, str]:
    """The fields that are there, checked. Raises Invalid that names the field."""
    checks = {
        "name": lambda text: _checks.one_line(text, "name", 120),
        "support_url": lambda text: _checks.web_address(text, "support_url"),
        "phone": lambda text: _checks.one_line(text, "phone", 60, required=False),
        "status_feed": _feed,
        "procedure": lambda text: texts.prose(text, field="procedure", limit=_PROCEDURE_LIMIT),
    }
    return {field: checks[field](text) for field, text in given.items()}


def _feed(text: str) -> str:
    """An address that may be called, or nothing. Raises Invalid."""
    words = _checks.web_address(text, "status_feed")
    if words:
        try:
            outbound.refuse_hostile(words)
        except outbound.Forbidden as error:
            raise Invalid(f"This address cannot be read: {error}.", field="status_feed") from None
    return words
