"""Short links in the browser: following, listing, keeping."""

from __future__ import annotations

import re

import pytest
from django.db import DatabaseError

from tests import company
from tests.web.walk import signed_in, world
from tocsin.collab import commands
from tocsin.collab.models import ShortLink
from tocsin.web.hits import hits

pytestmark = pytest.mark.django_db


def words(answer: object) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def _nothing_counted():
    hits.write()
    yield
    hits.write()


@pytest.mark.req("CHS-04")
def test_an_administrator_makes_a_link_it_leads_on_a_second_is_refused_and_hits_are_counted() -> None:
    admin, reader = signed_in(company.administrator()), signed_in(company.stakeholder())
    assert admin.post("/admin/links", {"name": "test", "target": "/alerts", "note": "A test"}).status_code == 302
    for _ in range(3):
        answer = reader.get("/go/test")
        assert (answer.status_code, answer["Location"]) == (302, "/alerts")
    again = admin.post("/admin/links", {"name": "Test", "target": "/oncall"})
    assert again.status_code == 422
    assert "go/test exists already and leads to /alerts." in words(again)
    assert 'aria-invalid="true"' in again.text
    assert hits.write()
    assert "3 times" in words(reader.get("/go"))


def test_a_link_is_changed_and_removed_on_purpose() -> None:
    admin = signed_in(company.administrator())
    admin.post("/admin/links", {"name": "test", "target": "/alerts"})
    assert admin.post("/admin/links/test", {"target": "javascript:x", "note": ""}).status_code == 422
    assert admin.post("/admin/links/test", {"target": "/incidents", "note": "Open ones"}).status_code == 302
    assert admin.get("/go/TEST")["Location"] == "/incidents"
    assert "Open ones" in admin.get("/admin/links/test").text
    assert admin.post("/admin/links/test/remove").status_code == 302
    for path in ("/go/test", "/admin/links/test"):
        assert admin.get(path).status_code == 404
    assert admin.post("/admin/links/test/remove").status_code == 404


def test_only_administrators_keep_links() -> None:
    client = signed_in(company.person())
    assert client.get("/go").status_code == 200
    assert client.get("/go/")["Location"] == "/go"
    assert client.get("/go/oncall/").status_code == 302, "as browsers complete it"
    for path in ("/admin/links", "/admin/links/oncall", "/admin/links/oncall/remove"):
        assert client.post(path, {"name": "x", "target": "/"}).status_code == 403


def test_a_link_is_followed_while_the_store_takes_no_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    client = signed_in(company.person())
    with monkeypatch.context() as busy:
        busy.setattr(commands, "count_hits", _refuses)
        assert client.get("/go/oncall").status_code == 302
        assert not hits.write()
    assert client.head("/go/oncall").status_code == 302
    hits.write()
    assert ShortLink.objects.get(name="oncall").hits == 1


def _refuses(counts: object) -> None:
    raise DatabaseError("database is locked")


FIRST = (
    "severity",
    "internalcomms",
    "externalcomms",
    "pagesecint",
    "oncall",
    "imoc",
    "awshelp",
    "changedashboard",
    "multistatuspageupdater",
    "mimcheatsheet",
)


@pytest.mark.req("CHS-05")
@pytest.mark.parametrize("name", FIRST)
def test_every_first_link_leads_to_a_page_that_works(name: str) -> None:
    for someone in (company.person(), company.stakeholder()):
        assert signed_in(someone).get(f"/go/{name}", follow=True).status_code == 200


@pytest.mark.req("PAG-11")
def test_the_on_call_link_shows_of_each_roster_who_is_on_call_and_who_is_next() -> None:
    there = world()
    company.schedule(company.team("Search", there.bo, there.ada), there.bo, there.ada)
    company.team("Tools", there.bo)
    answer = signed_in(there.bo).get("/go/oncall", follow=True)
    assert answer.redirect_chain == [("/oncall", 302)]
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", answer.text, re.DOTALL)
    said = {re.search(r'/schedules/([\w-]+)"', row).group(1): row for row in rows if "/schedules/" in row}
    assert {"payments-on-call", "search-on-call", "incident-managers"} == said.keys()
    row = said["search-on-call"]
    present, upcoming = row.index("Ada"), row.index("Bo")
    assert present < upcoming
    assert "<time" in row[upcoming:]
    assert "Without a schedule: Tools" in words(answer)
