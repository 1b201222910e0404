"""Reading what vendors report, with how old that is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from tocsin.core.store.prepared import Prepared
from tocsin.directory.models import Service, Vendor
from tocsin.directory.vendor_status import rules
from tocsin.directory.vendor_status.models import VendorReport, VendorState

_DEEPEST = 4
"""So many steps along what a service needs."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What one vendor with a feed says: `kind` of `rules`, a sentence, when it was true, and what is open."""

    vendor: Vendor
    kind: str
    words: str
    as_of: dt.datetime | None
    fault: str
    indicator: str
    reports: list[VendorReport]

    @property
    def loud(self) -> bool:
        """Whether somebody who looks for a cause should see it."""
        return self.kind in (rules.TROUBLE, rules.BROKEN, rules.OLD)


def due(now: dt.datetime) -> Vendor | None:
    """The vendor whose feed waited longest, None when none is due."""
    rested = Q(state=None) | Q(state__read_at=None) | Q(state__read_at__lte=now - rules.EVERY)
    return Vendor.objects.exclude(status_feed="").filter(rested).order_by("state__read_at", "id").first()


def standing(vendor: Vendor, now: dt.datetime) -> Standing | None:
    """None for a vendor without a feed."""
    return next(iter(_standings([vendor], now)), None)


def standings(vendors: Collection[Vendor], now: dt.datetime) -> dict[str, Standing]:
    """By vendor id, of those that have a feed. Two queries."""
    return {one.vendor.pk: one for one in _standings(vendors, now)}


def behind(service: Service | None, now: dt.datetime) -> list[Standing]:
    """What is reported by the vendors that this service cannot do without, through what it needs too; by all when it is unknown."""
    vendors = _fed() if service is None else _fed_behind(tuple(_needed(service)))
    return [one for one in _standings(vendors, now) if one.loud]


def _with_feed() -> QuerySet[Vendor]:
    return Vendor.objects.exclude(status_feed="")


_fed, _fed_behind = Prepared(_with_feed), Prepared(lambda services: _with_feed().filter(services__in=services).distinct())
_needed_by = Prepared(lambda services: Service.objects.filter(needed_by__in=services).values_list("pk", flat=True))
_states = Prepared(lambda vendors: VendorState.objects.filter(vendor__in=vendors))
_reports = Prepared(lambda vendors: VendorReport.objects.filter(vendor__in=vendors))


def _needed(service: Service) -> set[str]:
    """The service and what it needs, ids; a ring ends the search."""
    found, fresh = {service.pk}, {service.pk}
    for _ in range(_DEEPEST):
        fresh = set(_needed_by(tuple(fresh))) - found
        found |= fresh
    return found


def _standings(vendors: Collection[Vendor], now: dt.datetime) -> list[Standing]:
    fed = [vendor for vendor in vendors if vendor.status_feed]
    ids = tuple(vendor.pk for vendor in fed)
    states = {state.vendor_id: state for state in _states(ids)}
    reports: dict[str, list[VendorReport]] = {}
    for report in _reports(ids):
        reports.setdefault(report.vendor_id, []).append(report)
    return [
        _standing(vendor, states.get(vendor.pk) or VendorState(vendor=vendor), reports.get(vendor.pk, []), now) for vendor in fed
    ]


def _standing(vendor: Vendor, state: VendorState, reports: list[VendorReport], now: dt.datetime) -> Standing:
    kind = rules.standing(state.indicator, len(reports), fault=state.fault, good_at=state.good_at, now=now)
    if kind == rules.BROKEN and state.good_at is None:
        words = "Their feed cannot be read, and never could."
    else:
        words = rules.sentence(kind, state.indicator, len(reports), state.words)
    return Standing(vendor, kind, words, state.good_at, state.fault, state.indicator, reports)
