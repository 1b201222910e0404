"""The door of an empty installation. It closes for good when the first administrator exists."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import transaction

from tocsin.core import clock, secrets
from tocsin.core.actor import SYSTEM, Actor
from tocsin.core.errors import Invalid, NotFound
from tocsin.core.eventlog.events import record
from tocsin.core.models import InstallationFact
from tocsin.core.settings import SettingsError, Smtp
from tocsin.core.store import db, facts
from tocsin.core.work import outbox
from tocsin.directory import events, permissions, queries, rules
from tocsin.directory.commands.links import prove_address
from tocsin.directory.commands.people import create_person
from tocsin.directory.models import OneTimeLink, Person

_FACT = "setup_token"
SMTP_FACT = "smtp_url"
"""A mail server entered in the browser, encrypted; the environment goes before it."""
_TEST_MAIL = """This mail proves that Tocsin reaches you. Open the link and press the button there:

{link}

The button is on the page, not in the link, because mail scanners open links too.
"""


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


@transaction.atomic
def set_mail_server(actor: Actor, url: str, *, now: dt.datetime) -> None:
    """Send mail through this server from now on; `smtp://user:password@host:port`, kept encrypted. Empty: none."""
    permissions.require_administrator(actor)
    if settings.TOCSIN.smtp_url:
        raise Invalid("TOCSIN_SMTP_URL is set in the environment and goes before what is entered here.", field="smtp_url")
    url = url.strip()
    host = ""
    if url:
        try:
            host = Smtp(url).host
        except (SettingsError, ValueError):
            detail = "A mail server looks like smtp://user:password@mail.example.com:587"
            raise Invalid(detail, field="smtp_url") from None
    facts.put(SMTP_FACT, secrets.encrypt(url) if url else None)
    record(actor, events.MAIL_SERVER_SET, "installation", now=now, data={"host": host})


@transaction.atomic
def send_test_mail(actor: Actor, person: Person, *, now: dt.datetime) -> None:
    """A mail to the person's sign-in address with a link whose page has a button: pressing it proves the whole way."""
    permissions.require_self_or_administrator(actor, person)
    token = secrets.new_token()
    link = OneTimeLink.objects.create(
        person=person,
        purpose=rules.MAIL_TEST,
        digest=secrets.digest(token),
        created_at=now,
        expires_at=now + rules.SETUP_LIFETIME,
    )
    body = _TEST_MAIL.format(link=f"{settings.TOCSIN.base_url.rstrip('/')}/start/mail/{token}")
    outbox.enqueue(person.email, "Tocsin reaches you: please confirm", body, now=now, key=f"test:{link.id}")


@transaction.atomic
def confirm_mail(token: str, *, now: dt.datetime) -> Person:
    """The answer to a test mail: the sign-in address is proven. Raises NotFound for a link that is used up or out of date."""
    links = OneTimeLink.objects.filter(digest=secrets.digest(token), purpose=rules.MAIL_TEST, expires_at__gt=now)
    link = db.lock(links.filter(used_at__isnull=True, person__is_active=True)).first()
    if link is None:
        raise NotFound("This link is used up or out of date. Send another test mail.")
    link.used_at = now
    link.save(update_fields=["used_at"])
    prove_address(queries.actor_for(link.person, via="link"), link.person, "test mail", now)
    return link.person
