"""API tokens, sign-ins and second factors."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from allauth.mfa.models import Authenticator
from django.db import transaction

from tocsin.core import secrets
from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict, Invalid
from tocsin.core.eventlog.events import record
from tocsin.core.work import outbox
from tocsin.directory import events, permissions, queries, rules
from tocsin.directory.commands import _checks
from tocsin.directory.models import ApiToken, Person

_USE_KEPT_TO = dt.timedelta(minutes=1)


@transaction.atomic
def create_token(
    actor: Actor, person: Person, *, name: str, scopes: Iterable[str], now: dt.datetime, expires_at: dt.datetime | None = None
) -> tuple[ApiToken, str]:
    """A key to the API that acts for this person, and its plain text, which is shown this once."""
    permissions.require_self_or_administrator(actor, person)
    if not person.is_active:
        raise Conflict(f"{person.name} is deactivated.")
    wanted = [scope for scope in rules.SCOPES if scope in set(scopes)]
    if not wanted or set(scopes) - set(rules.SCOPES):
        raise Invalid(f"Scopes are {', '.join(rules.SCOPES)}; choose at least one.", field="scopes")
    if any(not permissions.has_scope(actor, scope) for scope in wanted):
        raise Invalid("A token cannot make one with more scopes than its own.", field="scopes")
    if expires_at is not None and expires_at <= now:
        raise Invalid("The end of the token is in the past.", field="expires_at")
    plain = f"tcs_{secrets.new_token()}"
    token = ApiToken.objects.create(
        person=person,
        name=_checks.one_line(name, "name", 120),
        digest=secrets.digest(plain),
        hint=plain[-4:],
        scopes=wanted,
        created_at=now,
        expires_at=expires_at,
    )
    record(actor, events.TOKEN_CREATED, token.id, now=now, context=person.id, data={"name": token.name, "scopes": wanted})
    return token, plain


@transaction.atomic
def revoke_token(actor: Actor, token: ApiToken, *, now: dt.datetime) -> ApiToken:
    """Stop a token at once."""
    permissions.require_self_or_administrator(actor, token.person)
    if token.revoked_at is None:
        token.revoked_at = now
        token.save(update_fields=["revoked_at"])
        record(actor, events.TOKEN_REVOKED, token.id, now=now, context=token.person_id, data={"name": token.name})
    return token


def use_token(plain: str, *, now: dt.datetime) -> Actor | None:
    """Who a token acts for, or None. Notes that it was used, to the minute."""
    token = queries.live_token(plain, now)
    if token is None:
        return None
    if token.last_used_at is None or now - token.last_used_at >= _USE_KEPT_TO:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return queries.actor_for(token.person, via="api", scopes=frozenset(token.scopes))


@transaction.atomic
def note_sign_in(person: Person, *, now: dt.datetime) -> None:
    """Put a sign-in into the log."""
    record(queries.actor_for(person, via="web"), events.PERSON_SIGNED_IN, person.id, now=now)


@transaction.atomic
def send_account_mail(to: str, subject: str, body: str, *, now: dt.datetime) -> None:
    """A mail about access, such as a link to a forgotten password. At most one a minute with the same words to one address."""
    key = secrets.digest(f"{to}\n{subject}\n{body}\n{int(now.timestamp()) // 60}")[:32]
    outbox.enqueue(to, subject, body, now=now, key=f"account:{key}")


@transaction.atomic
def reset_second_factor(actor: Actor, person: Person, *, now: dt.datetime) -> Person:
    """Take away codes, recovery codes and passkeys, so that the password alone signs in until new ones are set up."""
    permissions.require_administrator(actor)
    removed = sorted(Authenticator.objects.filter(user=person).values_list("type", flat=True))
    Authenticator.objects.filter(user=person).delete()
    record(actor, events.PERSON_SECOND_FACTOR_RESET, person.id, now=now, data={"removed": removed})
    return person
