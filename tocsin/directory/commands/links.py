"""One-time links by which a person sets a password: an invitation, or a reset by an administrator."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import transaction

from tocsin.core import clock, secrets
from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict, NotFound
from tocsin.core.eventlog.events import record
from tocsin.core.store import db
from tocsin.core.work import outbox
from tocsin.directory import events, permissions, queries, rules
from tocsin.directory.commands import _checks
from tocsin.directory.models import ContactMethod, OneTimeLink, Person

_RESET_PAUSE = dt.timedelta(minutes=5)
_GONE = "This link is used up or out of date. Ask an administrator for a new one."

_MAIL = """{actor} invites you to Tocsin, where alerts, on-call duty and incidents of your company are handled.

Set your password here, until {until} UTC:

{link}

Your sign-in name is {email}.
"""

_RESET_MAIL = """Somebody asked for a new password for your access to Tocsin. Set it here, until {until} UTC:

{link}

If it was not you, do nothing: your password stays as it is.
"""


@transaction.atomic
def invite(actor: Actor, person: Person, *, by_mail: bool = False, now: dt.datetime) -> tuple[OneTimeLink, str]:
    """A link for a person to set a password, and its path `/invite/<token>`, which exists nowhere else.

    Earlier links of the person stop working. With `by_mail` it is mailed too; following it then proves the address.
    """
    permissions.require_administrator(actor)
    if not person.is_active:
        raise Conflict(f"{person.name} is deactivated. Make them active first.")
    purpose = rules.RESET if person.has_usable_password() else rules.INVITE
    link, path = _make(person, purpose, by_mail, now)
    if by_mail:
        body = _MAIL.format(
            actor=actor.name,
            until=_until(link),
            link=settings.TOCSIN.base_url.rstrip("/") + path,
            email=person.email,
        )
        outbox.enqueue(person.email, "Your access to Tocsin", body, now=now, key=f"invite:{link.id}")
    record(actor, events.PERSON_INVITED, person.id, now=now, data={"purpose": purpose, "by_mail": by_mail})
    return link, path


@transaction.atomic
def forgot_password(email: str, *, now: dt.datetime) -> None:
    """Mail a reset link to an active person with this address, at most one in five minutes. Says nothing to whoever asks."""
    person = queries.person_by_email(email)
    if person is None or not person.is_active:
        return
    if person.links.filter(purpose="reset-mail", created_at__gt=now - _RESET_PAUSE).exists():
        return
    link, path = _make(person, rules.RESET, True, now)
    body = _RESET_MAIL.format(until=_until(link), link=settings.TOCSIN.base_url.rstrip("/") + path)
    outbox.enqueue(person.email, "A new password for Tocsin", body, now=now, key=f"reset:{link.id}")
    actor = queries.actor_for(person, via="link")
    record(actor, events.PERSON_INVITED, person.id, now=now, data={"purpose": rules.RESET, "by_mail": True})


@transaction.atomic
def accept_link(token: str, password: str, *, now: dt.datetime) -> Person:
    """Set the password of the person the link was made for, and use the link up. Raises NotFound for a stale one."""
    link = db.lock(queries.password_links(token, now)).first()
    if link is None:
        raise NotFound(_GONE, code="link_gone")
    person = link.person
    person.set_password(_checks.password(password, person))
    person.updated_at = now
    person.save(update_fields=["password", "updated_at"])
    link.used_at = now
    link.save(update_fields=["used_at"])
    actor = queries.actor_for(person, via="link")
    record(actor, events.PERSON_PASSWORD_SET, person.id, now=now, data={"purpose": link.purpose})
    if link.purpose.endswith("-mail"):
        prove_address(actor, person, "invitation", now)
    return person


def _make(person: Person, purpose: str, by_mail: bool, now: dt.datetime) -> tuple[OneTimeLink, str]:
    """The link and its path; earlier ones stop working."""
    token = secrets.new_token()
    OneTimeLink.objects.filter(person=person, used_at__isnull=True, expires_at__gt=now).update(expires_at=now)
    link = OneTimeLink.objects.create(
        person=person,
        purpose=f"{purpose}-mail" if by_mail else purpose,
        digest=secrets.digest(token),
        created_at=now,
        expires_at=now + rules.LINK_LIFETIME[purpose],
    )
    return link, f"/invite/{token}"


def _until(link: OneTimeLink) -> str:
    return f"{link.expires_at.astimezone(clock.UTC):%d %B %Y %H:%M}"


def prove_address(actor: Actor, person: Person, by: str, now: dt.datetime) -> None:
    """The sign-in address of a person answered: take it as a verified contact method. Inside a transaction."""
    method = person.contact_methods.filter(kind=ContactMethod.EMAIL, address__iexact=person.email).first()
    if method is None:
        method = ContactMethod.objects.create(
            person=person, kind=ContactMethod.EMAIL, address=person.email, created_at=now, updated_at=now
        )
    if method.verified_at is None or method.broken_at is not None:
        changes = {"verified_at": now, "updated_at": now, "broken_at": None, "broken_reason": ""}
        ContactMethod.objects.filter(pk=method.pk).update(**changes)
        record(actor, events.CONTACT_METHOD_VERIFIED, method.id, now=now, context=person.id, data={"by": by})
