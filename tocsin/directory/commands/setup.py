"""The door of an empty installation. It closes for good when the first administrator exists."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tocsin.core import clock, db, facts, secrets
from tocsin.core.actor import SYSTEM
from tocsin.core.errors import NotFound
from tocsin.core.models import InstallationFact
from tocsin.directory import queries, rules
from tocsin.directory.commands.people import create_person
from tocsin.directory.models import Person

_FACT = "setup_token"


@transaction.atomic
def open_setup(*, now: dt.datetime) -> str | None:
    """A fresh set-up token, good for a day; earlier ones stop working. None when an administrator exists."""
    if queries.has_administrator():
        facts.put(_FACT, None)
        return None
    token = secrets.new_token()
    facts.put(_FACT, {"digest": secrets.digest(token), "expires_at": clock.rfc3339(now + rules.SETUP_LIFETIME)})
    return token


@transaction.atomic
def create_first_administrator(
    token: str, *, email: str, name: str = "", zone: str = "UTC", password: str, now: dt.datetime
) -> Person:
    """The person who sets Tocsin up. Raises NotFound when the token is not the current one or an administrator exists.

    The fact's row is locked first, so that of two who press at once only one becomes administrator.
    """
    list(db.lock(InstallationFact.objects.filter(name=_FACT)))
    if not queries.setup_is_open(token, now):
        raise NotFound("There is nothing to set up here.")
    person = create_person(SYSTEM, email=email, name=name, role=Person.ADMINISTRATOR, zone=zone, password=password, now=now)
    facts.put(_FACT, None)
    return person
