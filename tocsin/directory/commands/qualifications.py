"""What people can do: set and taken away by administrators and the managers of their teams."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tocsin.core.actor import Actor
from tocsin.core.errors import Invalid, NotFound
from tocsin.core.eventlog.events import record
from tocsin.core.store import db
from tocsin.directory import events, permissions
from tocsin.directory.commands import _checks
from tocsin.directory.models import Person, Qualification

_MOST = 40


@transaction.atomic
def set_qualification(
    actor: Actor,
    person: Person,
    name: str,
    *,
    trained_on: dt.date | None = None,
    expires_on: dt.date | None = None,
    now: dt.datetime,
) -> Qualification:
    """Say that a person can do this, or change the days of what they could already. It counts up to and with `expires_on`.

    A day that is left out stays as it was. A name that somebody else has is spelled as theirs is, so that a search finds both.
    """
    permissions.require_qualify(actor, person)
    name = _checks.one_line(name, "name", 60)
    _check_days(trained_on, expires_on, now)
    person = db.lock(Person.objects.filter(pk=person.pk)).get()
    found = person.qualifications.filter(name__iexact=name).first() or Qualification(
        person=person, name=_spelled(name), created_at=now
    )
    if found._state.adding and person.qualifications.count() >= _MOST:
        raise Invalid(f"A person has at most {_MOST} qualifications.", field="name")
    found.trained_on, found.expires_on = trained_on or found.trained_on, expires_on or found.expires_on
    found.updated_at = now
    found.save()
    days = {"trained_on": str(found.trained_on or ""), "expires_on": str(found.expires_on or "")}
    record(actor, events.QUALIFICATION_SET, found.id, context=person.id, now=now, data={"name": found.name, **days})
    return found


@transaction.atomic
def remove_qualification(actor: Actor, qualification: Qualification, *, now: dt.datetime) -> None:
    """Take a qualification away. Raises NotFound when somebody did so already."""
    permissions.require_qualify(actor, qualification.person)
    key, name = qualification.pk, qualification.name
    gone, _ = Qualification.objects.filter(pk=key).delete()
    if not gone:
        raise NotFound("This qualification is gone already.")
    record(actor, events.QUALIFICATION_REMOVED, key, context=qualification.person_id, now=now, data={"name": name})


def _spelled(name: str) -> str:
    known = Qualification.objects.filter(name__iexact=name).order_by("created_at").first()
    return known.name if known else name


def _check_days(trained_on: dt.date | None, expires_on: dt.date | None, now: dt.datetime) -> None:
    for field, day in (("trained_on", trained_on), ("expires_on", expires_on)):
        if day is not None and not 1970 <= day.year <= 2200:
            raise Invalid("The day must lie between 1970 and 2200.", field=field)
    if trained_on is not None and trained_on > now.date() + dt.timedelta(days=1):
        raise Invalid("The day of a training lies in the past.", field="trained_on")
    if trained_on is not None and expires_on is not None and expires_on < trained_on:
        raise Invalid("It cannot end before it began.", field="expires_on")
