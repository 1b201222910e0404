"""Short links: made once, changed on purpose, counted without holding anybody up."""

from __future__ import annotations

import pytest
from django.db import DatabaseError

from tests import company
from tests.conftest import NOW
from tocsin.collab import commands, queries
from tocsin.core.actor import SYSTEM
from tocsin.core.errors import Conflict, Invalid, NotAllowed, NotFound
from tocsin.core.models import Event
from tocsin.web.hits import Hits

pytestmark = pytest.mark.django_db


@pytest.fixture
def root():
    return company.actor(company.administrator())


@pytest.mark.parametrize("target", ["/status", "https://wiki.example.com/mim"])
def test_a_short_link_leads_where_an_administrator_said(root, target):
    link = commands.create_short_link(root, "Runbooks", "/", note=" The  books ", now=NOW)
    assert (link.name, link.note) == ("runbooks", "The books")
    changed = commands.change_short_link(root, link, target=target, now=NOW)
    assert queries.short_link("RUNBOOKS").target == target
    assert changed.note == "The books"
    commands.remove_short_link(root, link, now=NOW)
    with pytest.raises(NotFound):
        commands.remove_short_link(root, link, now=NOW)
    with pytest.raises(NotFound):
        commands.change_short_link(root, link, target="/", now=NOW)


@pytest.mark.req("CHS-04")
def test_a_name_that_is_taken_is_refused_and_stays_as_it_was(root):
    commands.create_short_link(root, "test", "/alerts", now=NOW)
    with pytest.raises(Conflict, match="leads to /alerts") as refused:
        commands.create_short_link(root, "TEST", "/oncall", now=NOW)
    assert refused.value.field == "name"
    assert queries.short_link("test").target == "/alerts"
    assert Event.objects.filter(name="short_link.created").count() == 1


@pytest.mark.parametrize("target", ["javascript:alert(1)", "//evil.example", "/\\evil.example", "ftp://x", "", "x" * 501])
def test_a_short_link_leads_nowhere_else(root, target):
    link = commands.create_short_link(root, "x", "/", now=NOW)
    for attempt in (
        lambda: commands.create_short_link(root, "y", target, now=NOW),
        lambda: commands.change_short_link(root, link, target=target, now=NOW),
    ):
        with pytest.raises(Invalid) as refused:
            attempt()
        assert refused.value.field == "target"


@pytest.mark.parametrize("name", ["", "a b", "über", "-x", "x" * 41, "a/b", "x" * 300])
def test_a_name_is_short_and_can_be_said(root, name):
    with pytest.raises(Invalid) as refused:
        commands.create_short_link(root, name, "/", now=NOW)
    assert refused.value.field == "name"


def test_only_administrators_keep_short_links(root):
    ana, link = company.actor(company.person("Ana")), commands.create_short_link(root, "x", "/", now=NOW)
    for attempt in (
        lambda: commands.create_short_link(ana, "y", "/", now=NOW),
        lambda: commands.change_short_link(ana, link, target="/alerts", now=NOW),
        lambda: commands.remove_short_link(ana, link, now=NOW),
    ):
        with pytest.raises(NotAllowed):
            attempt()


def test_saying_the_same_again_is_no_event(root):
    link = commands.create_short_link(root, "x", "/", now=NOW)
    commands.change_short_link(root, link, target="/", note="", now=NOW)
    assert not Event.objects.filter(name="short_link.changed").exists()


@pytest.mark.req("CHS-04")
def test_hits_are_counted_by_name_and_added_up(root):
    commands.create_short_link(root, "x", "/", now=NOW)
    hits = Hits()
    for name in ("x", "x", "gone", "x"):
        hits.follow(name)
    assert hits.write()
    hits.follow("x")
    assert hits.write()
    assert queries.short_link("x").hits == 4


def test_while_the_store_is_away_hits_wait_and_none_is_lost(root, monkeypatch):
    commands.create_short_link(root, "x", "/", now=NOW)
    hits = Hits()
    hits.follow("x")
    with monkeypatch.context() as away:
        away.setattr(commands, "count_hits", _refuses)
        assert not hits.write()
    hits.follow("x")
    assert hits.write()
    assert queries.short_link("x").hits == 2


def _refuses(counts):
    raise DatabaseError("database is locked")


def test_a_fresh_installation_has_links_to_pages_that_exist():
    links = {link.name: link.target for link in queries.short_links()}
    assert links == {
        "awshelp": "/vendors?q=aws",
        "changedashboard": "/changes",
        "externalcomms": "/status",
        "imoc": "/oncall",
        "internalcomms": "/status/internal",
        "mimcheatsheet": "/cheatsheet",
        "multistatuspageupdater": "/updates",
        "oncall": "/oncall",
        "pagesecint": "/page-security",
        "severity": "/severity",
    }


@pytest.mark.django_db(transaction=True)
def test_the_thread_writes_what_is_counted_and_at_its_end_what_is_left():
    commands.create_short_link(SYSTEM, "x", "/", now=NOW)
    hits = Hits()
    hits.start()
    hits.follow("x")
    hits.follow("x")
    hits.stop()
    assert queries.short_link("x").hits == 2


def test_a_short_link_leads_to_no_other_so_that_none_goes_in_a_ring(root):
    with pytest.raises(Invalid) as refused:
        commands.create_short_link(root, "loop", "/go/loop", now=NOW)
    assert refused.value.field == "target"
