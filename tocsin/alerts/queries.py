"""Reads of alerts, each with a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from tocsin.alerts.models import Alert, AlertEvent, IntakeEvent, IntegrationKey
from tocsin.core.actor import Actor
from tocsin.core.errors import Invalid, NotFound
from tocsin.core.store.prepared import Prepared
from tocsin.directory.models import Service

OPEN = (Alert.TRIGGERED, Alert.ACKNOWLEDGED)
STATUSES = (Alert.TRIGGERED, Alert.ACKNOWLEDGED, Alert.RESOLVED, Alert.SUPPRESSED)
COUNTED_TO = 1000


@dataclass(frozen=True, slots=True)
class Counts:
    """Open alerts by status. Counting stops at `COUNTED_TO`; a larger number is shown as `1000+`."""

    triggered: int
    acknowledged: int

    @property
    def open(self) -> int:
        return self.triggered + self.acknowledged


def alerts(actor: Actor, *, status: str | None = None, service: Service | str | None = None, q: str = "") -> QuerySet[Alert]:
    """Newest first by number, which is what a cursor goes by. `status` may also be `open`; `service` an object or a slug."""
    rows = Alert.objects.select_related("service", "service__team", "acknowledged_by").order_by("-number")
    if status == "open":
        rows = rows.filter(status__in=OPEN)
    elif status in STATUSES:
        rows = rows.filter(status=status)
    elif status:
        raise Invalid(f"Status is open, {', '.join(STATUSES)}.", field="status")
    if service is not None:
        rows = rows.filter(service__slug=service) if isinstance(service, str) else rows.filter(service=service)
    return _matching(rows, q.strip()[:200])


def named(actor: Actor, q: str) -> QuerySet[Alert]:
    """Those whose title holds `q`, or the one with this number, newest first: number, title and status alone."""
    number = q.removeprefix("#")
    wanted = Q(title__icontains=q)
    if number.isascii() and number.isdigit() and len(number) < 19:
        wanted |= Q(number=int(number))
    return Alert.objects.only("number", "title", "status").filter(wanted).order_by("-number")


def _matching(rows: QuerySet[Alert], q: str) -> QuerySet[Alert]:
    if not q:
        return rows
    number = q.lstrip("#")
    wanted = Q(title__icontains=q) | Q(service__name__icontains=q) | Q(dedup_key=q)
    if number.isascii() and number.isdigit() and len(number) < 19:
        wanted |= Q(number=int(number))
    return rows.filter(wanted)


def alert_by_number(actor: Actor, number: int) -> Alert:
    """The alert people call by this number. Raises NotFound."""
    return _there(_by_number.first(number))


def alert_by_id(actor: Actor, alert_id: str) -> Alert:
    """The alert with this typed id. Raises NotFound."""
    return _there(_by_id.first(alert_id))


def _whole() -> QuerySet[Alert]:
    return Alert.objects.select_related("service", "service__team", "acknowledged_by", "resolved_by")


_by_number, _by_id = Prepared(lambda number: _whole().filter(number=number)), Prepared(lambda key: _whole().filter(pk=key))


def _there(alert: Alert | None) -> Alert:
    if alert is None:
        raise NotFound("There is no such alert.")
    return alert


def counts(actor: Actor) -> Counts:
    """How many alerts are open. Never scans more than `COUNTED_TO` entries of the status index each."""
    return Counts(len(_in_state(Alert.TRIGGERED)), len(_in_state(Alert.ACKNOWLEDGED)))


_in_state = Prepared(
    lambda status: Alert.objects.filter(status=status).order_by("-started_at").values_list("pk", flat=True)[:COUNTED_TO]
)
_said = Prepared(lambda alert: AlertEvent.objects.filter(alert=alert).order_by("-at", "-id")[:100])
_alike = Prepared(
    lambda service, source, key, but: (
        Alert.objects.filter(service=service, source=source, dedup_key=key)
        .exclude(pk=but)
        .order_by("-number")
        .select_related("acknowledged_by")[:8]
    )
)


def event_history(alert: Alert) -> list[AlertEvent]:
    """The last hundred things that the source said, newest first."""
    return _said(alert.pk)


def alike(alert: Alert) -> list[Alert]:
    """The last eight alerts before and after this one about the same thing, newest first."""
    return _alike(alert.service_id, alert.source, alert.dedup_key, alert.pk)


def keys(service: Service) -> QuerySet[IntegrationKey]:
    """The integration keys of a service, those in use first."""
    return service.integration_keys.order_by("revoked_at", "name")


@dataclass(frozen=True, slots=True)
class KeyState:
    """How a service's keys do: how many are in use, when the last event came, and since when one sends what nobody can read."""

    live: int = 0
    last_event_at: dt.datetime | None = None
    unreadable_at: dt.datetime | None = None

    @property
    def broken(self) -> bool:
        """Whether the latest thing that came could not be read."""
        return self.unreadable_at is not None and (self.last_event_at is None or self.unreadable_at >= self.last_event_at)


def key_states(services: Iterable[Service]) -> dict[str, KeyState]:
    """The state of the keys in use, by service id; services without a key are left out. One query."""
    states: dict[str, KeyState] = {}
    for key in IntegrationKey.objects.filter(service__in=[one.pk for one in services], revoked_at=None):
        before = states.get(key.service_id, KeyState())
        states[key.service_id] = KeyState(
            before.live + 1,
            max(filter(None, (before.last_event_at, key.last_event_at)), default=None),
            max(filter(None, (before.unreadable_at, key.unreadable_at)), default=None),
        )
    return states


def key_by_id(actor: Actor, key_id: str) -> IntegrationKey:
    """An integration key with its service. Raises NotFound."""
    key = IntegrationKey.objects.select_related("service", "service__team").filter(pk=key_id).first()
    if key is None:
        raise NotFound("There is no such integration key.")
    return key


def key_by_digest(digest: str) -> IntegrationKey | None:
    """The key with this digest when it may be used."""
    return IntegrationKey.objects.filter(digest=digest, revoked_at=None).first()


def refused_bodies(service: Service, *, limit: int = 20) -> QuerySet[IntakeEvent]:
    """The latest bodies of this service that could not be read, newest first."""
    rows = IntakeEvent.objects.select_related("key").filter(key__service=service)
    return rows.filter(~Q(unreadable="") | Q(work_state=IntakeEvent.FAILED)).order_by("-received_at")[:limit]
