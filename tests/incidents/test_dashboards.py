"""Dashboards: who sees what in them, what a secret address shows, and who may make and revoke either."""

from __future__ import annotations

import pytest

from tests import company
from tests.conftest import NOW
from tests.incidents.given import House, declared, house, later, resolved
from tocsin.core.errors import Conflict, Invalid, NotAllowed, NotFound
from tocsin.core.models import Event
from tocsin.incidents import commands
from tocsin.incidents.boards import queries, rules
from tocsin.incidents.boards.models import Dashboard

pytestmark = pytest.mark.django_db


def board_of(there: House, **fields):
    given = {"team": there.team, "name": "Support", "now": NOW, **fields}
    return commands.create_dashboard(there.actor("root"), **given)


def keys(there: House, dashboard: Dashboard, reader: str = "sven") -> list[str]:
    return [one.key for one in queries.board(there.actor(reader), queries.dashboard(there.actor(reader), dashboard.id)).incidents]


@pytest.mark.req("DET-11")
def test_each_filter_narrows_and_what_is_left_out_is_counted():
    there = house()
    search = company.service("Search", company.team("Booking"))
    wallet = company.product("Wallet")
    first = declared(there, products=[wallet])
    second = declared(there, service=search, severity=2)
    third = declared(there, service=None, severity=3)
    assert keys(there, board_of(there)) == [first.key, second.key, third.key]
    assert keys(there, board_of(there, services=[search])) == [second.key]
    assert keys(there, board_of(there, teams=[there.team])) == [first.key]
    assert keys(there, board_of(there, products=[wallet])) == [first.key]
    assert keys(there, board_of(there, severities=[2, 3])) == [second.key, third.key]
    assert keys(there, board_of(there, states=["fixing"])) == []
    narrow = board_of(there, severities=[2], services=[there.service])
    shown = queries.board(there.actor("sven"), narrow)
    assert (shown.incidents, shown.elsewhere) == ([], 3)


@pytest.mark.req("DET-11")
def test_what_is_over_or_an_exercise_is_not_in_progress():
    there = house()
    dashboard = board_of(there)
    declared(there, drill=True)
    resolved(there)
    assert queries.board(there.actor("root"), dashboard).elsewhere == 0
    assert keys(there, dashboard, "root") == []


@pytest.mark.req("DET-11")
def test_a_private_incident_is_there_for_its_people_alone_and_not_even_counted_for_others():
    there = house()
    dashboard, narrow = board_of(there), board_of(there, severities=[3])
    hidden = declared(there, private=True)
    assert keys(there, dashboard, "ana") == [hidden.key], "she reported it"
    assert keys(there, dashboard, "sven") == []
    assert queries.board(there.actor("sven"), narrow).elsewhere == 0
    assert queries.outside(dashboard).incidents == []
    assert queries.outside(narrow).elsewhere == 0


@pytest.mark.req("DET-11")
def test_the_address_stays_whatever_is_changed_and_nobody_else_gets_it():
    there = house()
    dashboard = board_of(there, name="Customer support")
    assert dashboard.slug == "customer-support"
    commands.change_dashboard(there.actor("root"), dashboard, name="Help desk", severities=[1], now=later(1))
    assert queries.dashboard(there.actor("sven"), "customer-support").name == "Help desk"
    with pytest.raises(Conflict) as refused:
        board_of(there, slug="customer-support")
    assert refused.value.field == "slug"
    log = Event.objects.get(name="dashboard.changed")
    assert log.data["changes"] == ["name Customer support → Help desk", "severities any → 1"]


def test_managers_of_the_team_keep_it_and_nobody_else():
    there = house()
    dashboard = board_of(there)
    mia = company.person("Mia")
    company.team("Search", mia, manager=mia)
    for actor in (there.actor("ana"), there.actor("sven"), company.actor(mia)):
        with pytest.raises(NotAllowed):
            commands.create_dashboard(actor, team=there.team, name="Mine", now=NOW)
        with pytest.raises(NotAllowed):
            commands.change_dashboard(actor, dashboard, name="Mine", now=NOW)
        with pytest.raises(NotAllowed):
            commands.remove_dashboard(actor, dashboard, now=NOW)
        with pytest.raises(NotAllowed):
            commands.create_embed(actor, dashboard, now=NOW)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"severities": [4]}, "severities"),
        ({"severities": [True]}, "severities"),
        ({"states": ["resolved"]}, "states"),
        ({"slug": "Not a slug"}, "slug"),
    ],
)
def test_odd_values_are_refused_at_their_field(fields, field):
    with pytest.raises(Invalid) as refused:
        board_of(house(), **fields)
    assert refused.value.field == field


@pytest.mark.req("DET-10")
def test_a_secret_address_is_kept_as_a_digest_and_ends_when_it_is_revoked():
    there = house()
    dashboard, root = board_of(there), there.actor("root")
    made, path = commands.create_embed(root, dashboard, origins=["https://Wiki.example.com/"], now=NOW)
    token = path.removeprefix("/embed/")
    assert token not in str(list(Event.objects.values_list("data", flat=True))) + made.digest
    assert made.origins == ["https://wiki.example.com"]
    assert queries.embed_by_token(token) == made
    commands.revoke_embed(root, made, now=later(1))
    commands.revoke_embed(root, made, now=later(2))
    with pytest.raises(NotFound):
        queries.embed_by_token(token)
    assert Event.objects.filter(name="embed.revoked").count() == 1


@pytest.mark.parametrize(
    "origin",
    [
        "*",
        "https://*.example.com",
        "wiki.example.com",
        "https://wiki.example.com/page",
        "https://a.example; script-src *",
        "https://a.example\nhttps://b.example x",
        "javascript:alert(1)",
        "https://",
        "'self'",
        "https://a..example.com",
    ],
)
def test_only_whole_houses_may_frame_a_list(origin):
    with pytest.raises(Invalid) as refused:
        rules.origins([origin])
    assert refused.value.field == "origins"
