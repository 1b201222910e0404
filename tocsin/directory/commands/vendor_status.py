"""Keeping what vendors report. Written by the engine alone: what a feed says is not an act of anybody."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tocsin.core.actor import SYSTEM
from tocsin.core.eventlog.events import record
from tocsin.core.store import db
from tocsin.directory import events
from tocsin.directory.models import Vendor
from tocsin.directory.vendor_status.models import VendorReport, VendorState
from tocsin.directory.vendor_status.ports import MOST_REPORTS, Reading


@transaction.atomic
def keep_reading(vendor: Vendor, reading: Reading, *, url: str, now: dt.datetime) -> None:
    """What the feed at `url` says now, in place of what it said before; nothing when the vendor has another feed meanwhile."""
    state = _held(vendor, url)
    if state is None:
        return
    known = {one.uid: one for one in vendor.reports.all()}
    fresh = {one.uid: one for one in reading.reports[:MOST_REPORTS]}
    vendor.reports.exclude(uid__in=list(fresh)).delete()
    names = ("title", "status", "impact", "text", "url", "began_at", "said_at")
    for uid, one in fresh.items():
        VendorReport.objects.update_or_create(vendor=vendor, uid=uid, defaults={name: getattr(one, name) for name in names})
    state.read_at = state.good_at = now
    state.fault, state.indicator, state.words = "", reading.indicator, reading.words
    state.save()
    for uid in fresh.keys() - known.keys():
        record(
            SYSTEM, events.VENDOR_REPORTED, vendor.id, now=now, data={"name": vendor.name, "title": fresh[uid].title, "uid": uid}
        )


@transaction.atomic
def note_unread(vendor: Vendor, why: str, *, url: str, now: dt.datetime) -> None:
    """The feed could not be read. What it said last stays, with its age."""
    state = _held(vendor, url)
    if state is not None:
        state.read_at, state.fault = now, why[:300]
        state.save()


def forget(vendor: Vendor) -> None:
    """Another feed says other things: nothing of the old one stays. Called inside a transaction."""
    vendor.reports.all().delete()
    VendorState.objects.filter(vendor=vendor).delete()


def _held(vendor: Vendor, url: str) -> VendorState | None:
    """The state row, held; None when the vendor's feed is not `url` any more."""
    fresh = db.lock(Vendor.objects.filter(pk=vendor.pk)).get()
    if fresh.status_feed != url:
        return None
    return VendorState.objects.get_or_create(vendor=fresh)[0]
