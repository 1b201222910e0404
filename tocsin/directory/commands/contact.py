"""How a person is reached: methods, their verification, their order by urgency."""

from __future__ import annotations

import datetime as dt
import hmac
import secrets as random
from collections.abc import Sequence

from django.db import transaction

from tocsin.core import secrets
from tocsin.core.actor import SYSTEM, Actor
from tocsin.core.errors import Conflict, Invalid
from tocsin.core.eventlog.events import record
from tocsin.core.store import db
from tocsin.core.work import hints, outbox
from tocsin.directory import events, permissions, rules
from tocsin.directory.commands import _checks
from tocsin.directory.models import CodeCall, ContactMethod, Gateway, NotifyStep, Person

_CODE_MAIL = """{code} is your code.

Enter it on your profile within 30 minutes. It proves that pages for {name} may be sent to this address.
If you did not ask for it, do nothing.
"""


@transaction.atomic
def add_contact_method(
    actor: Actor, person: Person, *, kind: str, address: str, gateway: Gateway | None = None, now: dt.datetime
) -> ContactMethod:
    """A new way to reach a person; a code goes there at once. An unverified one that is there already gets a fresh code."""
    permissions.require_self_or_administrator(actor, person)
    address = _address(kind, address, gateway)
    method = person.contact_methods.filter(kind=kind, gateway=gateway, address__iexact=address).first()
    if method is not None and method.verified_at is not None:
        raise Conflict(f"{address} is verified already.", field="address")
    if method is None:
        method = ContactMethod.objects.create(
            person=person, kind=kind, gateway=gateway, address=address, created_at=now, updated_at=now
        )
        data = {"kind": kind, "address": address, "gateway": gateway.name if gateway else ""}
        record(actor, events.CONTACT_METHOD_ADDED, method.id, now=now, context=person.id, data=data)
    _send_code(actor, method, now)
    return method


@transaction.atomic
def send_code(actor: Actor, method: ContactMethod, *, now: dt.datetime) -> ContactMethod:
    """A fresh code to an unverified or broken method. Raises Conflict when the last one left less than 30 s ago."""
    permissions.require_self_or_administrator(actor, method.person)
    method = db.lock(ContactMethod.objects.filter(pk=method.pk)).select_related("person", "gateway").get()
    if method.verified_at is not None and method.broken_at is None:
        raise Conflict(f"{method.address} is verified already.")
    if method.code_sent_at is not None and now - method.code_sent_at < rules.CODE_PAUSE:
        raise Conflict("A code has just been sent. Wait half a minute before asking for another.", code="too_soon")
    _send_code(actor, method, now)
    return method


def verify_contact_method(actor: Actor, method: ContactMethod, code: str, *, now: dt.datetime) -> ContactMethod:
    """Prove an address with the code sent there. Raises Invalid for a wrong code; after five wrong ones a new one is needed.

    The count of wrong codes must outlast the refusal, so it is written before the answer is looked at.
    """
    permissions.require_self_or_administrator(actor, method.person)
    return _judge(actor, method.pk, code, now)


def mark_verified(actor: Actor, method: ContactMethod, *, now: dt.datetime) -> ContactMethod:
    """Take an address as proven without a code: for the system and the demo company only."""
    if not actor.is_system:
        permissions.require_administrator(actor)
    with transaction.atomic():
        return _mark_verified(actor, method, now)


@transaction.atomic
def mark_broken(method: ContactMethod, reason: str, *, now: dt.datetime) -> None:
    """Stop using a method that the provider refuses for good; its person sees why and how to mend it."""
    changed = ContactMethod.objects.filter(pk=method.pk, broken_at__isnull=True).update(
        broken_at=now, broken_reason=reason[:400], updated_at=now
    )
    if changed:
        data = {"reason": reason[:400], "address": method.address}
        record(SYSTEM, events.CONTACT_METHOD_BROKEN, method.id, now=now, context=method.person_id, data=data)


def mark_answered(method: ContactMethod, *, now: dt.datetime) -> None:
    """Note that a page sent by this method was answered: the best proof that it works."""
    ContactMethod.objects.filter(pk=method.pk).update(last_answered_at=now)


@transaction.atomic
def remove_contact_method(actor: Actor, method: ContactMethod, *, now: dt.datetime) -> None:
    """Take a method away, also out of the person's order."""
    permissions.require_self_or_administrator(actor, method.person)
    method_id, data = method.id, {"kind": method.kind, "address": method.address}
    ContactMethod.objects.filter(pk=method_id).delete()
    record(actor, events.CONTACT_METHOD_REMOVED, method_id, now=now, context=method.person_id, data=data)


@transaction.atomic
def set_notify_steps(
    actor: Actor, person: Person, urgency: str, steps: Sequence[tuple[ContactMethod, int]], *, now: dt.datetime
) -> None:
    """By which methods a person is paged and how many minutes after the page was made. Replaces the list for this urgency.

    An empty list means: the list of the other urgency, and without that every verified method at once.
    """
    permissions.require_self_or_administrator(actor, person)
    if urgency not in (NotifyStep.HIGH, NotifyStep.LOW):
        raise Invalid("Urgency is high or low.", field="urgency")
    if len(steps) > rules.MAX_STEPS:
        raise Invalid(f"At most {rules.MAX_STEPS} steps.", field="steps")
    for method, delay in steps:
        if method.person_id != person.id:
            raise Invalid("A step uses one of the person's own methods.", field="steps")
        if not 0 <= delay <= rules.MAX_DELAY_MINUTES:
            raise Invalid(f"A delay is 0 to {rules.MAX_DELAY_MINUTES} minutes.", field="steps")
    NotifyStep.objects.filter(person=person, urgency=urgency).delete()
    NotifyStep.objects.bulk_create(
        NotifyStep(person=person, urgency=urgency, method=method, delay_minutes=delay) for method, delay in steps
    )
    data = {"urgency": urgency, "steps": [[method.id, delay] for method, delay in steps]}
    record(actor, events.NOTIFY_STEPS_SET, person.id, now=now, data=data)


def _address(kind: str, address: str, gateway: Gateway | None) -> str:
    if kind == ContactMethod.EMAIL:
        if gateway is not None:
            raise Invalid("A mail address needs no gateway.", field="gateway")
        return _checks.mail_address(address, "address")
    if kind != ContactMethod.GATEWAY:
        raise Invalid("A method is email or gateway.", field="kind")
    if gateway is None:
        raise Invalid("Choose the gateway that this address belongs to.", field="gateway")
    return _checks.one_line(address, "address", 254)


def _send_code(actor: Actor, method: ContactMethod, now: dt.datetime) -> None:
    code = f"{random.randbelow(10**rules.CODE_DIGITS):0{rules.CODE_DIGITS}d}"
    method.code_digest, method.code_sent_at, method.code_tries = _digest(method.pk, code), now, 0
    method.updated_at = now
    method.save(update_fields=["code_digest", "code_sent_at", "code_tries", "updated_at"])
    if method.gateway is None:
        body = _CODE_MAIL.format(code=code, name=method.person.name)
        key = f"code:{method.id}:{int(now.timestamp() * 1000)}"
        outbox.enqueue(method.address, f"{code} is your Tocsin code", body, now=now, key=key)
    else:
        text = secrets.encrypt(f"{code} is your Tocsin code")
        CodeCall.objects.create(method=method, text_encrypted=text, lane="codes", due_at=now, created_at=now)
        transaction.on_commit(_code_waits)
    record(actor, events.CONTACT_METHOD_CODE_SENT, method.id, now=now, context=method.person_id)


def _code_waits() -> None:
    hints.wake("codes")


def _judge(actor: Actor, method_id: str, code: str, now: dt.datetime) -> ContactMethod:
    with transaction.atomic():
        method = db.lock(ContactMethod.objects.filter(pk=method_id)).select_related("person").get()
        right = rules.code_is_current(method.code_sent_at, method.code_tries, now) and hmac.compare_digest(
            method.code_digest, _digest(method.pk, code.strip())
        )
        if right:
            return _mark_verified(actor, method, now)
        current = rules.code_is_current(method.code_sent_at, method.code_tries + 1, now)
        ContactMethod.objects.filter(pk=method_id).update(code_tries=method.code_tries + 1)
    detail = "That is not the code." if current else "That code is out of date or was tried too often. Ask for a new one."
    raise Invalid(detail, field="code", code="wrong_code")


def _mark_verified(actor: Actor, method: ContactMethod, now: dt.datetime) -> ContactMethod:
    method.verified_at, method.updated_at = now, now
    method.broken_at, method.broken_reason, method.code_digest, method.code_tries = None, "", "", rules.CODE_TRIES
    method.save(update_fields=["verified_at", "updated_at", "broken_at", "broken_reason", "code_digest", "code_tries"])
    record(actor, events.CONTACT_METHOD_VERIFIED, method.id, now=now, context=method.person_id, data={"address": method.address})
    return method


def _digest(method_id: str, code: str) -> str:
    return secrets.digest(f"{method_id}:{code}")
