"""Mail about shifts on its way, and whether somebody wants reminders."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from tocsin.core.actor import Actor
from tocsin.core.eventlog.events import record
from tocsin.core.work import outbox
from tocsin.directory import permissions
from tocsin.directory.models import Person
from tocsin.oncall import events
from tocsin.oncall.calendars.notices import Notice
from tocsin.oncall.models import NoticeChoice


@transaction.atomic
def write_notices(notices: Iterable[Notice], *, now: dt.datetime) -> None:
    """Put notices into the outbox; one that is there already stays one."""
    for one in notices:
        outbox.enqueue(one.to, one.subject, one.body, now=now, key=one.key)


@transaction.atomic
def choose_notices(actor: Actor, person: Person, *, reminders: bool, now: dt.datetime) -> None:
    """Whether a person gets mail the day before a shift and at the start of the week. Hand-over notices always come."""
    permissions.require_self_or_administrator(actor, person)
    before = NoticeChoice.objects.filter(person=person).values_list("reminders", flat=True).first()
    if (before is None or before) == reminders:
        return
    NoticeChoice.objects.update_or_create(person=person, defaults={"reminders": reminders})
    record(actor, events.NOTICES_CHOSEN, person.pk, now=now, data={"reminders": reminders})
