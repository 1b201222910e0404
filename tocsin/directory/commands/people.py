"""People come, change and go. Nobody is deleted."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict, Invalid
from tocsin.core.eventlog.events import record
from tocsin.core.store import db
from tocsin.directory import events, permissions, rules
from tocsin.directory.commands import _checks
from tocsin.directory.models import ApiToken, ContactMethod, OneTimeLink, Person


@transaction.atomic
def create_person(
    actor: Actor,
    *,
    email: str,
    name: str = "",
    role: str = Person.RESPONDER,
    zone: str = "UTC",
    password: str | None = None,
    now: dt.datetime,
) -> Person:
    """A new person, and their mail address as a contact method that waits to be verified.

    Without a password nobody can sign in yet: `invite` them. Raises Conflict when the address is somebody's already.
    """
    permissions.require_administrator(actor)
    email = _checks.mail_address(email)
    person = Person(
        email=email,
        name=_checks.one_line(name or rules.name_from_mail(email), "name", 120),
        role=_role(role),
        zone=_checks.zone(zone),
        created_at=now,
        updated_at=now,
    )
    if password is None:
        person.set_unusable_password()
    else:
        person.set_password(_checks.password(password, person))
    detail = f"{email} is in use. A deactivated person can be made active again."
    if Person.objects.filter(email__iexact=email).exists():
        raise Conflict(detail, field="email")
    with _checks.only_once("email", detail):
        person.save(force_insert=True)
    ContactMethod.objects.create(person=person, kind=ContactMethod.EMAIL, address=email, created_at=now, updated_at=now)
    record(actor, events.PERSON_CREATED, person.id, now=now, data={"name": person.name, "email": email, "role": role})
    return person


@transaction.atomic
def change_profile(
    actor: Actor,
    person: Person,
    *,
    name: str | None = None,
    zone: str | None = None,
    theme: str | None = None,
    shortcuts: bool | None = None,
    now: dt.datetime,
) -> Person:
    """Change what is given; the rest stays."""
    permissions.require_self_or_administrator(actor, person)
    changed: dict[str, Any] = {}
    if name is not None:
        changed["name"] = _checks.one_line(name, "name", 120)
    if zone is not None:
        changed["zone"] = _checks.zone(zone)
    if theme is not None:
        if theme not in dict(Person.THEMES):
            raise Invalid("A theme is auto, light, dark or night.", field="theme")
        changed["theme"] = theme
    if shortcuts is not None:
        changed["shortcuts"] = shortcuts
    changed = {field: value for field, value in changed.items() if getattr(person, field) != value}
    if changed:
        _update(person, now, **changed)
        record(actor, events.PERSON_CHANGED, person.id, now=now, data=changed)
    return person


@transaction.atomic
def set_role(actor: Actor, person: Person, role: str, *, now: dt.datetime) -> Person:
    """Make a person administrator, responder or stakeholder. One active administrator always remains."""
    permissions.require_administrator(actor)
    role = _role(role)
    old = person.role
    if role == old:
        return person
    if old == Person.ADMINISTRATOR:
        _require_another_administrator(person)
    if role == Person.STAKEHOLDER and person.memberships.exists():
        raise Conflict(
            f"{person.name} is in a team, and a stakeholder is not paged. Take them out of their teams first.", field="role"
        )
    _update(person, now, role=role)
    record(actor, events.PERSON_ROLE_CHANGED, person.id, now=now, data={"old": old, "new": role})
    return person


@transaction.atomic
def deactivate(actor: Actor, person: Person, *, now: dt.datetime) -> Person:
    """End a person's access at once: sessions, tokens and links stop working. What they did stays."""
    permissions.require_administrator(actor)
    if not person.is_active:
        return person
    if person.role == Person.ADMINISTRATOR:
        _require_another_administrator(person)
    _update(person, now, is_active=False, deactivated_at=now)
    ApiToken.objects.filter(person=person, revoked_at__isnull=True).update(revoked_at=now)
    OneTimeLink.objects.filter(person=person, used_at__isnull=True).update(expires_at=now)
    record(actor, events.PERSON_DEACTIVATED, person.id, now=now)
    return person


@transaction.atomic
def reactivate(actor: Actor, person: Person, *, now: dt.datetime) -> Person:
    """Give access back. Tokens stay revoked."""
    permissions.require_administrator(actor)
    if not person.is_active:
        _update(person, now, is_active=True, deactivated_at=None)
        record(actor, events.PERSON_REACTIVATED, person.id, now=now)
    return person


@transaction.atomic
def set_password(actor: Actor, person: Person, password: str, *, now: dt.datetime) -> Person:
    """A new password for oneself, or for anybody from the command line. All of the person's sessions end."""
    if not permissions.is_self(actor, person):
        permissions.require_administrator(actor)
    permissions.require_scope(actor, rules.CONFIGURE)
    person.set_password(_checks.password(password, person))
    _update(person, now, password=person.password)
    record(actor, events.PERSON_PASSWORD_SET, person.id, now=now)
    return person


def _role(role: str) -> str:
    if role not in dict(Person.ROLES):
        raise Invalid("A role is administrator, responder or stakeholder.", field="role")
    return role


def _require_another_administrator(person: Person) -> None:
    """Locks the administrators, so that two of them cannot take each other's role at the same time."""
    active = db.lock(Person.objects.filter(role=Person.ADMINISTRATOR, is_active=True).order_by("id"))
    if not [other for other in active if other.pk != person.pk]:
        raise Conflict(f"{person.name} is the only administrator. Make somebody else administrator first.")


def _update(person: Person, now: dt.datetime, **fields: Any) -> None:
    for field, value in fields.items():
        setattr(person, field, value)
    person.updated_at = now
    person.save(update_fields=[*fields, "updated_at"])
