"""Keeping a mail before it is accepted, understanding it afterwards, and what a person does with one that is held."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict, Invalid
from tocsin.core.eventlog.events import record
from tocsin.core.store import db
from tocsin.core.text import texts
from tocsin.core.work import hints, leases
from tocsin.directory import permissions
from tocsin.incidents.commands import label_case
from tocsin.incidents.models import Incident
from tocsin.statuspages import events
from tocsin.statuspages.arriving import deciding, reading, rules
from tocsin.statuspages.arriving.deciding import Fate
from tocsin.statuspages.arriving.models import IncomingMail
from tocsin.statuspages.questions.commands import Asked, ask

LANE = "mail_in"
HOUSE = Actor(id="system", name="Mail", via="mail")


class LostLease(Exception):
    """Another process has taken this mail over."""


def keep(raw: bytes, *, envelope_from: str, envelope_to: Sequence[str], now: dt.datetime) -> IncomingMail:
    """Write a mail down as it arrived. When this returns it is on disk, and its sender may hear that it was accepted."""
    with transaction.atomic():
        row = IncomingMail.objects.create(
            raw=raw,
            size=len(raw),
            envelope_from=envelope_from[:254],
            envelope_to=[one[:254] for one in envelope_to],
            received_at=now,
            lane=LANE,
            due_at=now,
        )
        transaction.on_commit(_wake)
    return row


def understand(row: IncomingMail, *, now: dt.datetime) -> str:
    """Do what a claimed mail is for, once, and note what that was. Raises LostLease."""
    try:
        letter = reading.read(bytes(row.raw), envelope_from=row.envelope_from)
    except reading.Unreadable as error:
        return hold(row, str(error), now=now)
    named = letter.message_id or rules.unnamed([hashlib.sha256(bytes(row.raw)).hexdigest()])
    facts = {
        "message_id": texts.shorten(named, 200),
        "sender": letter.sender[:254],
        "sender_name": letter.name[:120],
        "subject": letter.subject[:300],
    }
    with transaction.atomic():
        fate = _repeated(row, facts) or deciding.decide(row, letter, facts["message_id"], now=now)
        _finish(row, fate, now, **facts)
    return fate.outcome


def hold(row: IncomingMail, reason: str, *, now: dt.datetime) -> str:
    """Leave a claimed mail to a person."""
    with transaction.atomic():
        _finish(row, Fate(IncomingMail.HELD, reason), now)
    return IncomingMail.HELD


def admit_question(actor: Actor, mail: IncomingMail, incident: Incident, *, now: dt.datetime) -> IncomingMail:
    """What a held mail asks is asked about this incident. Raises Conflict when it is held no more."""
    with transaction.atomic():
        mail = _held(actor, mail)
        letter = _letter(mail)
        if not (letter.sender and letter.text):
            raise Invalid("It names no one sender, or says nothing; it cannot be answered.", field="mail")
        asked = Asked(letter.name, letter.sender, letter.text, letter.subject, mail.message_id, letter.references)
        question, _ = ask(incident, asked, now=now)
        return _admit(actor, mail, IncomingMail.QUESTION, question.pk, incident, now)


def admit_case(actor: Actor, mail: IncomingMail, incident: Incident, *, now: dt.datetime) -> IncomingMail:
    """A held mail is a support case of this incident. Raises Conflict when it is held no more."""
    with transaction.atomic():
        mail = _held(actor, mail)
        reference = rules.case_reference(mail.subject, incident.key) or "by mail"
        case = label_case(actor, incident, reference, customer=mail.sender_name, now=now)
        return _admit(actor, mail, IncomingMail.CASE, case.pk, incident, now)


def discard(actor: Actor, mail: IncomingMail, *, now: dt.datetime) -> IncomingMail:
    """A held mail is about nothing. Raises Conflict when it is held no more."""
    with transaction.atomic():
        mail = _held(actor, mail)
        _settle(actor, mail, now, outcome=IncomingMail.DISCARDED)
        record(actor, events.MAIL_DISCARDED, mail.id, now=now, data={"sender": mail.sender})
    return mail


def forget(*, now: dt.datetime) -> int:
    """Drop the bytes of settled mails after a month, and what was about nothing after three. Held ones stay."""
    settled = IncomingMail.objects.filter(work_state=IncomingMail.DONE).exclude(outcome=IncomingMail.HELD)
    nothing = (IncomingMail.IGNORED, IncomingMail.REPEATED, IncomingMail.DISCARDED)
    with transaction.atomic():
        settled.filter(outcome__in=nothing, received_at__lt=now - rules.KEEP_ROWS).delete()
        return settled.filter(received_at__lt=now - rules.KEEP_RAW).exclude(raw=b"").update(raw=b"")


def _wake() -> None:
    hints.wake(LANE)


def _repeated(row: IncomingMail, facts: dict[str, str]) -> Fate | None:
    """The same mail, handed over twice because its sender did not hear our answer."""
    same = IncomingMail.objects.filter(message_id=facts["message_id"], sender=facts["sender"], envelope_to=row.envelope_to)
    if same.exclude(pk=row.pk).filter(work_state=IncomingMail.DONE).exists():
        return Fate(IncomingMail.REPEATED, "It had arrived before.")
    return None


def _finish(row: IncomingMail, fate: Fate, now: dt.datetime, **facts: Any) -> None:
    reason = texts.shorten(fate.reason, 400)
    done = leases.finish(
        row, IncomingMail.DONE, outcome=fate.outcome, reason=reason, became=fate.became, incident=fate.incident, **facts
    )
    if not done:
        raise LostLease(row.pk)
    if fate.outcome == IncomingMail.HELD:
        record(HOUSE, events.MAIL_HELD, row.id, now=now, data={"sender": facts.get("sender", ""), "reason": reason})


def _held(actor: Actor, mail: IncomingMail) -> IncomingMail:
    permissions.require_administrator(actor)
    found = db.lock(IncomingMail.objects.filter(pk=mail.pk)).get()
    if found.outcome != IncomingMail.HELD:
        raise Conflict("Somebody has settled this mail meanwhile.", code="settled", current=found)
    return found


def _letter(mail: IncomingMail) -> reading.Letter:
    try:
        return reading.read(bytes(mail.raw))
    except reading.Unreadable as error:
        raise Invalid(f"It cannot be read. {error}", field="mail") from None


def _admit(actor: Actor, mail: IncomingMail, outcome: str, became: str, incident: Incident, now: dt.datetime) -> IncomingMail:
    _settle(actor, mail, now, outcome=outcome, became=became, incident=incident)
    data = {"sender": mail.sender, "became": outcome}
    record(actor, events.MAIL_ADMITTED, mail.id, context=incident.id, now=now, data=data)
    return mail


def _settle(actor: Actor, mail: IncomingMail, now: dt.datetime, **fields: Any) -> None:
    values = {**fields, "settled_at": now, "settled_by_id": None if actor.is_system else actor.id}
    for name, value in values.items():
        setattr(mail, name, value)
    mail.save(update_fields=[name.removesuffix("_id") for name in values])
