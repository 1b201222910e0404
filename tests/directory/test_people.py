"""People come, change and go."""

from __future__ import annotations

import datetime as dt

import pytest

from tests import company
from tocsin.core.actor import SYSTEM
from tocsin.core.errors import Conflict, Invalid, NotAllowed, NotFound
from tocsin.core.models import Event, OutboxMail
from tocsin.directory import commands, queries
from tocsin.directory.models import ContactMethod, Person

pytestmark = pytest.mark.django_db


def names() -> list[str]:
    return list(Event.objects.order_by("id").values_list("name", flat=True))


def test_a_new_person_has_their_address_as_a_method_that_waits_to_be_verified(now: dt.datetime) -> None:
    ana = commands.create_person(SYSTEM, email="ana.kovac@Example.COM", role="responder", now=now)
    assert (ana.name, ana.email) == ("Ana Kovac", "ana.kovac@example.com")
    assert not ana.has_usable_password()
    assert [(m.address, m.verified_at) for m in queries.contact_methods(ana)] == [("ana.kovac@example.com", None)]
    assert names() == ["person.created"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("email", "nobody"), ("zone", "Mars/Base"), ("role", "king"), ("password", "short"), ("name", "x" * 121), ("name", "a\ud800")],
)
def test_odd_fields_are_refused_by_name(field: str, value: str, now: dt.datetime) -> None:
    fields = {
        "email": "a@example.com",
        "name": "A",
        "zone": "UTC",
        "role": "responder",
        "password": "a long enough one",
        field: value,
    }
    with pytest.raises(Invalid) as refusal:
        commands.create_person(SYSTEM, **fields, now=now)
    assert refusal.value.field == field


def test_two_people_never_share_an_address(now: dt.datetime) -> None:
    commands.create_person(SYSTEM, email="ana@example.com", name="Ana", now=now)
    with pytest.raises(Conflict):
        commands.create_person(SYSTEM, email="ANA@example.com", name="Other", now=now)


def test_only_administrators_make_change_and_deactivate_people(now: dt.datetime) -> None:
    ana, ben = company.person("Ana"), company.person("Ben")
    actor = company.actor(ana)
    for attempt in (
        lambda: commands.create_person(actor, email="x@example.com", name="X", now=now),
        lambda: commands.deactivate(actor, ben, now=now),
        lambda: commands.reactivate(actor, ben, now=now),
        lambda: commands.set_role(actor, ana, "administrator", now=now),
        lambda: commands.invite(actor, ben, now=now),
        lambda: commands.reset_second_factor(actor, ben, now=now),
        lambda: commands.change_profile(actor, ben, name="Benno", now=now),
        lambda: commands.set_password(actor, ben, "another long one", now=now),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    assert names() == []


def test_the_last_administrator_stays_one(now: dt.datetime) -> None:
    root, actor = company.administrator(), SYSTEM
    with pytest.raises(Conflict):
        commands.deactivate(actor, root, now=now)
    with pytest.raises(Conflict):
        commands.set_role(actor, root, "responder", now=now)
    second = company.administrator("Second")
    commands.set_role(actor, root, "responder", now=now)
    with pytest.raises(Conflict):
        commands.deactivate(actor, second, now=now)


def test_deactivation_ends_tokens_and_links_at_once(now: dt.datetime) -> None:
    ana = company.person("Ana")
    _, plain = commands.create_token(SYSTEM, ana, name="ci", scopes=["read"], now=now)
    _, path = commands.invite(SYSTEM, ana, now=now)
    commands.deactivate(SYSTEM, ana, now=now)
    assert queries.actor_for_token(plain, now) is None
    with pytest.raises(NotFound):
        commands.accept_link(path.rpartition("/")[2], "a long enough one", now=now)
    commands.reactivate(SYSTEM, ana, now=now)
    assert queries.actor_for_token(plain, now) is None
    assert Person.objects.get(pk=ana.pk).is_active


def test_a_person_changes_their_own_profile(now: dt.datetime) -> None:
    ana = company.person("Ana")
    commands.change_profile(company.actor(ana), ana, zone="Europe/Vienna", theme="night", shortcuts=False, now=now)
    ana.refresh_from_db()
    assert (ana.zone, ana.theme, ana.shortcuts) == ("Europe/Vienna", "night", False)
    commands.change_profile(company.actor(ana), ana, zone="Europe/Vienna", now=now)
    assert names() == ["person.changed"]


def test_an_invitation_sets_the_password_once(now: dt.datetime) -> None:
    ana = commands.create_person(SYSTEM, email="ana@example.com", name="Ana", now=now)
    link, path = commands.invite(SYSTEM, ana, now=now)
    token = path.removeprefix("/invite/")
    assert link.digest not in path
    with pytest.raises(Invalid):
        commands.accept_link(token, "short", now=now)
    commands.accept_link(token, "a long enough one", now=now)
    ana.refresh_from_db()
    assert ana.check_password("a long enough one")
    with pytest.raises(NotFound):
        commands.accept_link(token, "a second long one", now=now)
    assert not OutboxMail.objects.exists()


def test_a_newer_invitation_makes_the_older_one_stale_and_time_does_too(now: dt.datetime) -> None:
    ana = commands.create_person(SYSTEM, email="ana@example.com", name="Ana", now=now)
    _, older = commands.invite(SYSTEM, ana, now=now)
    _, newer = commands.invite(SYSTEM, ana, now=now)
    assert queries.link_by_token(older.rpartition("/")[2], now) is None
    assert queries.link_by_token(newer.rpartition("/")[2], now + dt.timedelta(days=6)) is not None
    assert queries.link_by_token(newer.rpartition("/")[2], now + dt.timedelta(days=8)) is None


def test_an_invitation_by_mail_proves_the_address(now: dt.datetime) -> None:
    ana = commands.create_person(SYSTEM, email="ana@example.com", name="Ana", now=now)
    _, path = commands.invite(SYSTEM, ana, by_mail=True, now=now)
    mail = OutboxMail.objects.get()
    assert mail.to == "ana@example.com"
    assert path in mail.body
    commands.accept_link(path.rpartition("/")[2], "a long enough one", now=now)
    assert ContactMethod.objects.get(person=ana).verified_at == now


def test_a_stakeholder_is_in_no_team(now: dt.datetime) -> None:
    sven, team = company.stakeholder(), company.team("Payments")
    with pytest.raises(Conflict):
        commands.add_member(SYSTEM, team, sven, now=now)
    ana = company.person("Ana")
    commands.add_member(SYSTEM, team, ana, now=now)
    with pytest.raises(Conflict):
        commands.set_role(SYSTEM, ana, "stakeholder", now=now)
