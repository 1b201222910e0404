"""Reading what arrived: for administrators, since nobody knows yet whom it concerns."""

from __future__ import annotations

from django.db.models import QuerySet

from tocsin.core.actor import Actor
from tocsin.core.errors import NotFound
from tocsin.core.models import DueRow
from tocsin.directory import permissions
from tocsin.incidents.models import Incident
from tocsin.incidents.queries import by_key
from tocsin.statuspages.arriving import reading
from tocsin.statuspages.arriving.models import IncomingMail


def mails(actor: Actor, *, outcome: str = "") -> QuerySet[IncomingMail]:
    """What arrived, newest first, without the bytes; `outcome` is one of its words. For administrators alone."""
    permissions.require_administrator(actor)
    rows = IncomingMail.objects.defer("raw").select_related("incident", "settled_by").order_by("-received_at", "-id")
    return rows.filter(outcome=outcome) if outcome else rows


def mail(actor: Actor, wanted: str) -> IncomingMail:
    """One of them, with its bytes. Raises NotFound."""
    permissions.require_administrator(actor)
    found = IncomingMail.objects.select_related("incident").filter(pk=wanted).first()
    if found is None:
        raise NotFound("There is no such mail.")
    return found


def waiting_for_a_person() -> int:
    """How many are held."""
    return IncomingMail.objects.filter(outcome=IncomingMail.HELD, work_state=DueRow.DONE).count()


def text_of(row: IncomingMail) -> str:
    """What its sender typed, as plain text; empty when it cannot be read, or was not kept so long."""
    try:
        return reading.read(bytes(row.raw)).text[:20_000] if row.raw else ""
    except reading.Unreadable:
        return ""


def incident_called(actor: Actor, key: str) -> Incident:
    """The incident with this key. Raises NotFound."""
    return by_key(actor, key.strip()[:24])
