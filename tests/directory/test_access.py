"""Tokens, scopes, set-up: who gets in."""

from __future__ import annotations

import datetime as dt

import pytest

from tests import company
from tocsin.core.actor import SYSTEM
from tocsin.core.errors import Invalid, NotAllowed, NotFound
from tocsin.directory import commands, permissions, queries
from tocsin.directory.models import ApiToken, Person

pytestmark = pytest.mark.django_db


def token(person: Person, now: dt.datetime, *scopes: str, **rest: object) -> str:
    return commands.create_token(SYSTEM, person, name="ci", scopes=scopes or ["read"], now=now, **rest)[1]


def test_a_token_acts_for_its_person_within_its_scopes(now: dt.datetime) -> None:
    root = company.administrator()
    actor = commands.use_token(token(root, now, "read"), now=now)
    assert (actor.id, actor.via, actor.is_administrator) == (root.id, "api", True)
    permissions.require_scope(actor, "read")
    with pytest.raises(NotAllowed):
        permissions.require_responder(actor)
    with pytest.raises(NotAllowed):
        commands.create_team(actor, name="X", now=now)
    full = commands.use_token(token(root, now, "configure", "respond"), now=now)
    permissions.require_responder(full)
    commands.create_team(full, name="X", now=now)


def test_only_the_digest_of_a_token_is_kept(now: dt.datetime) -> None:
    plain = token(company.person("Ana"), now)
    assert plain not in str(ApiToken.objects.values().get())


def test_a_token_ends_with_its_time_its_revocation_and_its_person(now: dt.datetime) -> None:
    ana = company.person("Ana")
    short = token(ana, now, expires_at=now + dt.timedelta(hours=1))
    assert commands.use_token(short, now=now)
    assert commands.use_token(short, now=now + dt.timedelta(hours=2)) is None
    plain = token(ana, now)
    commands.revoke_token(SYSTEM, ApiToken.objects.latest("created_at", "id"), now=now)
    assert [commands.use_token(one, now=now) for one in (plain, "", "tcs_guess")] == [None, None, None]


def test_a_token_cannot_make_a_stronger_one(now: dt.datetime) -> None:
    ana = company.person("Ana")
    actor = commands.use_token(token(ana, now, "configure"), now=now)
    with pytest.raises(Invalid):
        commands.create_token(actor, ana, name="x", scopes=["respond"], now=now)
    reader = commands.use_token(token(ana, now, "read"), now=now)
    with pytest.raises(NotAllowed):
        commands.create_token(reader, ana, name="x", scopes=["read"], now=now)


def test_use_is_noted_to_the_minute(now: dt.datetime) -> None:
    plain = token(company.person("Ana"), now)
    for second in (0, 30, 59):
        commands.use_token(plain, now=now + dt.timedelta(seconds=second))
    assert ApiToken.objects.get().last_used_at == now


def test_a_person_cannot_make_a_token_for_somebody_else(now: dt.datetime) -> None:
    ana, ben = company.person("Ana"), company.person("Ben")
    with pytest.raises(NotAllowed):
        commands.create_token(company.actor(ana), ben, name="x", scopes=["read"], now=now)


def test_roles_and_teams_are_read_anew_for_every_request(now: dt.datetime) -> None:
    ana = company.person("Ana")
    plain = token(ana, now)
    team = company.team("Payments", manager=ana)
    assert commands.use_token(plain, now=now).manages == {team.id}
    commands.remove_member(SYSTEM, team, ana, now=now)
    commands.set_role(SYSTEM, ana, "stakeholder", now=now)
    actor = commands.use_token(plain, now=now)
    assert (actor.manages, actor.roles) == (frozenset(), {"stakeholder"})


def test_the_first_administrator_is_the_only_one_that_the_set_up_makes(now: dt.datetime) -> None:
    setup = commands.open_setup(now=now)
    first = {"email": "ina@example.com", "password": "a long enough one", "now": now}
    with pytest.raises(NotFound):
        commands.create_first_administrator("guess", **first)
    with pytest.raises(NotFound):
        commands.create_first_administrator(setup, **first | {"now": now + dt.timedelta(days=2)})
    ina = commands.create_first_administrator(setup, **first)
    assert ina.role == Person.ADMINISTRATOR
    with pytest.raises(NotFound):
        commands.create_first_administrator(setup, **first | {"email": "eve@example.com"})
    assert commands.open_setup(now=now) is None
    assert not queries.setup_is_open(setup, now)


def test_a_forgotten_password_is_mailed_to_active_people_and_not_too_often(now: dt.datetime) -> None:
    ana = company.person("Ana")
    for email in (ana.email.upper(), ana.email, "nobody@example.com"):
        commands.forgot_password(email, now=now)
    assert ana.links.count() == 1
    commands.forgot_password(ana.email, now=now + dt.timedelta(minutes=6))
    assert ana.links.count() == 2
    commands.deactivate(SYSTEM, ana, now=now)
    commands.forgot_password(ana.email, now=now + dt.timedelta(hours=1))
    assert ana.links.count() == 2
