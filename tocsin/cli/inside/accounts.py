"""The bodies of `user`, `token` and `release`."""

from __future__ import annotations

import contextlib
import dataclasses
import sys
from collections.abc import Iterator

from django.conf import settings

from tocsin.cli.answers import LOCKED, NO, NOT_ALLOWED, USAGE, fail, say, show_json, show_table, tell
from tocsin.cli.inside.store import locked, prepare
from tocsin.core import clock
from tocsin.core.actor import SYSTEM
from tocsin.core.errors import Conflict, Invalid, NotAllowed, NotFound, Refused
from tocsin.directory import commands, queries, rules
from tocsin.directory.models import ApiToken, Person
from tocsin.paging import commands as paging

ACTOR = dataclasses.replace(SYSTEM, name="Command line", via="cli")
_CODES: dict[type[Refused], int] = {Invalid: USAGE, NotFound: NO, Conflict: LOCKED, NotAllowed: NOT_ALLOWED}


@contextlib.contextmanager
def writing() -> Iterator[None]:
    """Hold the lock, bring the tables up to date, and turn a refusal into its exit code."""
    with locked(), answering():
        prepare()
        yield


@contextlib.contextmanager
def answering() -> Iterator[None]:
    """Turn a refusal into one line and its exit code."""
    try:
        yield
    except Refused as refused:
        code = next((code for kind, code in _CODES.items() if isinstance(refused, kind)), NO)
        fail(code, refused.detail)


def create_user(email: str, name: str, role: str, zone: str, password_stdin: bool, as_json: bool) -> None:
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    now = clock.now()
    with writing():
        person = commands.create_person(ACTOR, email=email, name=name, role=role, zone=zone, password=password, now=now)
        link = None if password_stdin else commands.invite(ACTOR, person, now=now)[1]
    _tell(person, link, as_json)


def reset_password(email: str, as_json: bool) -> None:
    with writing():
        person = _person(email)
        _, link = commands.invite(ACTOR, person, now=clock.now())
    _tell(person, link, as_json)


def reset_second_factor(email: str, as_json: bool) -> None:
    with writing():
        person = commands.reset_second_factor(ACTOR, _person(email), now=clock.now())
    tell(as_json, _row(person), "Done. The password alone signs in until a new second factor is set up.")


def list_users(as_json: bool) -> None:
    prepare(read_only=True)
    people = list(queries.people())
    if as_json:
        show_json([_row(person) for person in people])
        return
    columns = ("email", "name", "role", "active")
    show_table(columns, [[one.email, one.name, one.role, "yes" if one.is_active else "no"] for one in people])


def create_token(email: str, name: str, scopes: list[str], as_json: bool) -> None:
    with writing():
        person = _person(email)
        token, plain = commands.create_token(ACTOR, person, name=name, scopes=scopes or rules.SCOPES, now=clock.now())
    if as_json:
        show_json({"id": token.id, "token": plain, "name": token.name, "scopes": token.scopes, "person": person.id})
    else:
        say(plain)


def list_tokens(as_json: bool) -> None:
    prepare(read_only=True)
    tokens = list(queries.all_tokens(ACTOR))
    if as_json:
        show_json([_token(token) for token in tokens])
        return
    rows = [[one.id, one.person.email, one.name, " ".join(one.scopes), _instant(one.last_used_at)] for one in tokens]
    show_table(("id", "person", "name", "scopes", "last used"), rows)


def revoke_token(token_id: str, as_json: bool) -> None:
    with writing():
        token = queries.all_tokens(ACTOR).filter(pk=token_id).first()
        if token is None:
            raise NotFound("There is no such live token; `tocsin token list` shows them.")
        commands.revoke_token(ACTOR, token, now=clock.now())
    tell(as_json, {"id": token.id, "revoked": True}, f"{token.name} no longer works.")


def release(as_json: bool) -> None:
    with writing():
        released = paging.release_hold(ACTOR, now=clock.now())
    words = "Released: what is due is paged from now on." if released else "Nothing was on hold."
    tell(as_json, {"released": released}, words)


def _person(email: str) -> Person:
    found = queries.person_by_email(email)
    if found is None:
        raise NotFound(f"There is nobody with the address {email}.")
    return found


def _tell(person: Person, link: str | None, as_json: bool) -> None:
    address = settings.TOCSIN.base_url.rstrip("/") + link if link else None
    if as_json:
        show_json({**_row(person), "link": address})
    elif address:
        say(f"{person.name} ({person.email}) sets a password here, once:\n{address}")
    else:
        say(f"{person.name} ({person.email}) can sign in.")


def _row(person: Person) -> dict[str, object]:
    row = {"id": person.id, "email": person.email, "name": person.name, "role": person.role}
    return {**row, "active": person.is_active}


def _token(token: ApiToken) -> dict[str, object]:
    row = {"id": token.id, "person": token.person.email, "name": token.name, "scopes": token.scopes}
    return {**row, "last_used_at": _instant(token.last_used_at) or None}


def _instant(at: object) -> str:
    return clock.rfc3339(at) if at else ""  # type: ignore[arg-type]
