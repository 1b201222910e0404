"""What the impact is: the six answers, and the support cases behind them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from tocsin.alerts.rules import link
from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict, Invalid, NotFound
from tocsin.core.text import texts
from tocsin.directory.models import Product
from tocsin.incidents import assessing, events, permissions
from tocsin.incidents.commands._numbers import author
from tocsin.incidents.commands._record import locked, save, tell
from tocsin.incidents.commands.changing import change_fields, set_severity
from tocsin.incidents.models import Assessment, Incident, SupportCase

_MOST_CASES = 2_000


def assess(actor: Actor, incident: Incident, *, now: dt.datetime, **answers: Any) -> Assessment:
    """Write down the answers that are given (see `assessing.FIELDS`); the others stay. Each change is kept, old and new.

    Raises Invalid with the field.
    """
    permissions.require_responder(actor, incident)
    given = assessing.checked(answers)
    with transaction.atomic():
        incident = locked(incident)
        _require_change(incident, given)
        kept, made = Assessment.objects.get_or_create(incident=incident, defaults={"at": now, "by": author(actor)})
        changed = {
            name: {"old": getattr(kept, name), "new": value} for name, value in given.items() if getattr(kept, name) != value
        }
        for name, change in changed.items():
            setattr(kept, name, change["new"])
        if changed or made:
            kept.at, kept.by = now, author(actor)
            kept.save()
            save(incident, now=now)
            tell(actor, events.ASSESSED, incident, now=now, answers=changed)
    return kept


def _require_change(incident: Incident, given: dict[str, Any]) -> None:
    """Whether it began with a change is not said against the changes that are suspected."""
    if "coincides" not in given:
        return
    suspected = incident.suspected_causes.first()
    if given["coincides"] == "yes" and suspected is None:
        raise Invalid("Say with which change: suspect it.", field="coincides")
    if given["coincides"] != "yes" and suspected is not None:
        raise Conflict(f"“{texts.shorten(suspected.what, 80)}” is suspected. Take that back first.", field="coincides")


def confirm_assessment(
    actor: Actor, incident: Incident, *, severity: int, products: Sequence[Product], now: dt.datetime
) -> Incident:
    """Severity and products are what they are: the room, the topic and the timeline say so."""
    with transaction.atomic():
        incident = change_fields(actor, incident, products=products, now=now)
        return set_severity(actor, incident, severity, now=now)


def label_case(
    actor: Actor, incident: Incident, reference: str, *, url: str = "", customer: str = "", now: dt.datetime
) -> SupportCase:
    """A support case belongs to this incident. The same reference again is the same case.

    The incident's number of cases follows the labels until somebody corrects it by hand. Everybody of the house may label.
    """
    permissions.require_speaker(actor, incident)
    reference = texts.line(reference, field="reference", limit=80)
    url = texts.line(url, field="url", limit=500, required=False)
    if url and not link(url):
        raise Invalid("A case has an address that begins with https://.", field="url")
    customer = texts.line(customer, field="customer", limit=120, required=False)
    with transaction.atomic():
        incident = locked(incident)
        known = incident.cases.filter(reference=reference).first()
        if known:
            return known
        before = incident.cases.count()
        if before >= _MOST_CASES:
            raise Conflict(f"{incident.key} has {_MOST_CASES} labelled cases; write the number down instead.", field="reference")
        made = SupportCase.objects.create(
            incident=incident, reference=reference, url=url, customer=customer, labelled_at=now, labelled_by=author(actor)
        )
        _follow(incident, before, now)
        tell(actor, events.CASE_LABELLED, incident, now=now, case=made.id, reference=reference, cases=before + 1)
    return made


def unlabel_case(actor: Actor, case: SupportCase, *, now: dt.datetime) -> None:
    """The case does not belong here after all. Raises NotFound when somebody took it away already."""
    permissions.require_responder(actor, case.incident)
    with transaction.atomic():
        incident = locked(case.incident)
        before = incident.cases.count()
        gone, _ = SupportCase.objects.filter(pk=case.pk).delete()
        if not gone:
            raise NotFound("This case is not labelled any more.")
        _follow(incident, before, now)
        tell(actor, events.CASE_UNLABELLED, incident, now=now, reference=case.reference, cases=before - 1)


def _follow(incident: Incident, before: int, now: dt.datetime) -> None:
    if incident.support_cases == before:
        incident.support_cases = incident.cases.count()
        save(incident, "support_cases", now=now)


def follow_up_case(actor: Actor, case: SupportCase, *, done: bool = True, now: dt.datetime) -> SupportCase:
    """The customer behind a case has heard how it ended, or has not after all."""
    permissions.require_speaker(actor, case.incident)
    with transaction.atomic():
        incident = locked(case.incident)
        case = SupportCase.objects.select_related("incident").get(pk=case.pk)
        if (case.followed_up_at is not None) != done:
            case.followed_up_at = now if done else None
            case.followed_up_by = author(actor) if done else None
            case.save(update_fields=["followed_up_at", "followed_up_by"])
            tell(actor, events.CASE_FOLLOWED_UP, incident, now=now, reference=case.reference, done=done)
    return case
