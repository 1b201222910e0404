"""Further pages over HTTP: what each shows to whom, in its words, its zone and its colours; and how administrators make them."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests import company
from tests.hostile import NASTY
from tests.web import objects
from tests.web.walk import World, signed_in, world
from tocsin.core import clock
from tocsin.core.actor import SYSTEM
from tocsin.incidents import commands as incidents
from tocsin.statuspages import commands, queries
from tocsin.statuspages.models import Entry, StatusPage
from tocsin.statuspages.pages import addresses
from tocsin.statuspages.pages import commands as pages
from tocsin.statuspages.pages.commands import grouping
from tocsin.statuspages.subscribers import tokens
from tocsin.statuspages.subscribers.models import Ask
from tocsin.web.kept.door import Kept
from tocsin.web.kept.shelf import Shelf
from tocsin.web.public import documents, export

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def there() -> World:
    return world()


@pytest.fixture
def page(there: World, now: dt.datetime) -> StatusPage:
    """In German, in Vienna, in violet, with one part."""
    theme = {"accent": "#7a1fa2"}
    made = pages.create_page(SYSTEM, name="Partner", language="de", zone="Europe/Vienna", theme=theme, now=now - 90 * MINUTE)
    commands.create_component(SYSTEM, made, name="Fahrkarten", product=there.tickets, now=now - 90 * MINUTE)
    return made


def tell(there: World, now: dt.datetime, body: str = "Paying fails", *, on: list[str] | None = None) -> Any:
    actor = company.actor(there.ada)
    incident = incidents.declare(actor, summary="Vault", severity=2, service=there.checkout, products=[there.tickets], now=now)
    external = {"title": "Paying", "body": body}
    promise = now + 30 * MINUTE
    commands.post_update(
        actor, incident, status="investigating", external=external, next_update_at=promise, pages=on, confirmation=body, now=now
    )
    return incident


def test_a_page_speaks_its_language_in_its_zone_and_its_colours(there: World, page: StatusPage, now: dt.datetime) -> None:
    tell(there, now)
    text = Client().get("/status/p/partner").content.decode()
    assert '<html lang="de">' in text
    assert "Wird untersucht." in text
    assert "Alle Zeiten in Europe/Vienna (" in text
    assert f"{now.astimezone(documents.reader.known_zone('Europe/Vienna')):%H:%M}</time>" in text
    assert f'datetime="{clock.rfc3339(now)}"' in text
    assert "--accent:light-dark(#7a1fa2,#62b4ba)" in text
    assert not re.search(r"All times|Earlier|Subscribe|next update", text)


@pytest.mark.parametrize(
    "path", ["", "/history", "/history.atom", "/history.rss", "/badge.svg", "/widget", "/subscribe", "/api/v2/summary.json"]
)
def test_a_page_has_everything_that_the_first_one_has(page: StatusPage, path: str) -> None:
    answer = Client().get(f"/status/p/partner{path}")
    assert (answer.status_code, answer.cookies) == (200, {})
    assert Client().get(f"/status/p/nobody{path}").status_code == 404


def test_what_is_said_on_one_page_stands_on_no_other(there: World, page: StatusPage, now: dt.datetime) -> None:
    hidden = pages.create_page(SYSTEM, name="Secret readers", is_secret=True, now=now)
    tell(there, now, "For partners alone", on=["partner"])
    tell(there, now, "For those who know", on=["secret-readers"])
    made = documents.render(now)
    told = {path for path, one in made.items() if b"For partners alone" in one.body}
    assert told
    assert {path for path in told if not path.startswith("/status/p/partner")} == set()
    secret = {
        path for path, one in made.items() if b"For those who know" in one.body or addresses.secret(hidden).encode() in one.body
    }
    assert {path for path in secret if not path.startswith(addresses.path(hidden))} == set()


def test_a_secret_page_is_found_by_nobody_and_tells_nobody(there: World, now: dt.datetime) -> None:
    hidden = pages.create_page(SYSTEM, name="Quiet", is_secret=True, now=now)
    path = addresses.path(hidden)
    for below in ("", "/history", "/api/v2/summary.json", "/badge.svg", "/subscribe"):
        answer = Client().get(path + below)
        assert answer.status_code == 200
        assert (answer["X-Robots-Tag"], answer["Referrer-Policy"]) == ("noindex, nofollow, noarchive", "no-referrer")
    assert Client().get("/status/p/quiet").status_code == 404
    pages.renew_address(SYSTEM, hidden, now=now)
    assert Client().get(path).status_code == 404
    for role in (signed_in(there.ada), signed_in(company.administrator("Root"))):
        listed = role.get("/status").content.decode()
        assert "Quiet" not in listed


def test_programs_read_groups_as_hosted_pages_have_them(page: StatusPage, now: dt.datetime) -> None:
    group = grouping.create_group(SYSTEM, page, name="Laden", now=now)
    (part,) = page.components.all()
    grouping.change_component(SYSTEM, part, group=group, now=now)
    document = json.loads(Client().get("/status/p/partner/api/v2/components.json").content)
    head, one = document["components"]
    assert (head["group"], head["components"], head["group_id"]) == (True, [one["id"]], None)
    assert (one["group"], one["group_id"]) == (False, head["id"])
    assert set(head) - {"components"} == set(one)
    assert document["page"]["time_zone"] == "Europe/Vienna"
    assert "Laden" in Client().get("/status/p/partner").content.decode()


def test_subscribing_on_a_page_is_for_that_page(page: StatusPage) -> None:
    answer = Client().post("/status/p/partner/subscribe", {"address": "paul@example.net"})
    assert "Bitte im Postfach nachsehen" in answer.content.decode()
    assert [ask.page for ask in Ask.objects.all()] == [page]


class Asked:
    """One request to the bare door at a host."""

    def __init__(self, kept: Kept, host: str, path: str, method: str = "GET") -> None:
        scope: dict[str, Any] = {"type": "http", "method": method, "path": path, "headers": [(b"host", host.encode())]}
        self.host, self.ready, self.body = kept.own_host(scope), kept.find(scope), b""
        if self.ready is not None:
            asyncio.run(kept.send(self.ready, scope, self._hear))

    async def _hear(self, message: Any) -> None:
        self.body += message.get("body", b"")


def test_at_its_own_host_a_page_is_the_whole_world(there: World, page: StatusPage, now: dt.datetime, tmp_path: Path) -> None:
    pages.change_page(SYSTEM, page, host="status.partner.example", now=now)
    tell(there, now)
    shelf = Shelf(look_up=0)
    shelf.put(documents.render(now), now)
    shelf.save(tmp_path / "kept.zip")
    again = Shelf(look_up=0)
    assert again.load(tmp_path / "kept.zip")
    for kept in (Kept(shelf), Kept(again)):
        at_host = Asked(kept, "Status.Partner.example:8443", "/")
        assert b"Wird untersucht" in at_host.body
        assert b'href="/history"' in at_host.body
        assert b"/status" not in re.sub(rb"https?://\S+", b"", at_host.body)
        assert json.loads(Asked(kept, "status.partner.example", "/api/v2/status.json").body)["page"]["name"] == "Partner"
        for path in ("/status", "/status/p/partner", "/incidents", "/account/login/", "/api/v1/incidents"):
            asked = Asked(kept, "status.partner.example", path)
            assert (asked.host, asked.ready) == ("status.partner.example", None)
        assert Asked(kept, "tocsin.example.com", "/status").ready is not None
        assert Asked(kept, "other.example", "/").ready is None


def test_whoever_left_reads_so_in_the_language_of_the_host_they_came_to(page: StatusPage, now: dt.datetime) -> None:
    pages.change_page(SYSTEM, page, host="status.partner.example", now=now)
    gone = tokens.token("sbr_01k9aaaaaaaaaaaaaaaaaaaaaa")
    for path in (f"/status/subscription/{gone}", f"/status/unsubscribe/{gone}"):
        assert "Sie hören nichts mehr" in Client(headers={"host": "status.partner.example"}).get(path).content.decode()
        assert "You hear no more" in Client().get(path).content.decode()


def test_the_copy_of_each_night_has_every_page_for_itself(there: World, page: StatusPage, now: dt.datetime, settings: Any) -> None:
    tell(there, now, "For partners alone", on=["partner"])
    export.nightly(now)
    data = settings.TOCSIN.data
    assert "For partners alone" in (data / "status-page-partner" / "index.html").read_text()
    assert not [file for file in (data / "status-page").rglob("*") if file.is_file() and b"For partners alone" in file.read_bytes()]
    for file in (data / "status-page-partner").rglob("*.html"):
        for link in re.findall(r'href="([^"#]+)"', file.read_text()):
            assert link.startswith(("data:", settings.TOCSIN.base_url)) or (file.parent / link).is_file(), (file.name, link)


def test_the_composer_ticks_the_pages_that_the_products_touch_and_asks_nobody_while_there_is_one(
    there: World, now: dt.datetime
) -> None:
    client = signed_in(there.ada)
    actor = company.actor(there.ada)
    incidents.declare(actor, summary="Vault", severity=2, service=there.checkout, products=[there.tickets], now=now)
    assert 'name="pages"' not in client.get("/HOT-1/update").content.decode()
    one, two = (pages.create_page(SYSTEM, name=name, now=now) for name in ("Partner", "Region"))
    for made in (queries.page("external"), one):
        commands.create_component(SYSTEM, made, name="Tickets", product=there.tickets, now=now)
    form = client.get("/HOT-1/update").context["form"]
    assert form["pages"] == ["external", "partner"]
    sent = {name: value for name, value in form.values.items() if isinstance(value, str)} | {"to_internal": "1", "to_external": "1"}
    part = one.components.get()
    chosen = {"pages_shown": "1", "pages": ["partner", two.slug], f"c-{part.id}": "major_outage", "seen": ""}
    page = client.post("/HOT-1/update", {**sent, **chosen, "do": "review"})
    assert page.status_code == 200, page.context["form"].errors
    names: dict[str, list[str]] = {}
    for name, value in page.context["carried"]:
        names.setdefault(name, []).append(value)
    confirmed = {"confirmation": page.context["confirmation"], "seen": page.context["seen"], "do": "publish"}
    assert client.post("/HOT-1/update", {**names, **confirmed})["Location"] == "/HOT-1"
    assert {entry.page.slug for entry in Entry.objects.all()} == {"internal", "partner", "region"}
    part.refresh_from_db()
    assert part.state == "major_outage"
    nobody = client.post("/HOT-1/update", {**sent, "pages_shown": "1", "do": "review"})
    assert (nobody.status_code, "pages" in nobody.context["form"].errors) == (422, True)


def test_an_administrator_makes_changes_and_archives_a_page_in_the_browser(there: World) -> None:
    client = signed_in(company.administrator("Root"))
    made = client.post("/admin/status-pages/new", {"name": "Partner", "language": "fr", "zone": "Europe/Paris", "is_secret": "1"})
    assert made["Location"] == "/admin/status-pages/partner"
    page = StatusPage.objects.get(slug="partner")
    assert (page.language, page.zone, page.is_secret) == ("fr", "Europe/Paris", True)
    shown = client.get("/admin/status-pages/partner").content.decode()
    assert addresses.secret(page) in shown
    looks = {"name": "Partenaires", "language": "fr", "zone": "Europe/Paris", "position": "3", "theme_accent": "#ffff00"}
    pale = client.post("/admin/status-pages/partner", looks)
    assert (pale.status_code, "contrast of 1.1" in pale.content.decode()) == (422, True)
    assert client.post("/admin/status-pages/partner", looks | {"theme_accent": "#0a5a63"}).status_code == 302
    assert client.post("/admin/status-pages/partner/groups", {"name": "Boutique"}).status_code == 302
    group = page.groups.get()
    assert client.post(f"/admin/status-groups/{group.id}", {"name": "Magasin", "state": "", "position": "x"}).status_code == 422
    assert client.post("/admin/status-pages/partner/act", {"do": "archive"}).status_code == 302
    assert "Partenaires" in client.get("/admin/status-pages").content.decode()
    assert client.get("/admin/status-pages/partner").status_code == 200


def test_the_api_makes_and_changes_a_page_against_its_tag(there: World) -> None:
    root = company.administrator("Root")
    house = objects.House(people={"administrator": root})
    token = objects.tokens(house, "read", "configure")["administrator"]
    headers = {"Authorization": f"Bearer {token}"}
    client = Client()
    made = client.post(
        "/api/v1/status-pages",
        json.dumps({"name": "Partner", "zone": "Europe/Vienna"}),
        content_type="application/json",
        headers=headers,
    )
    assert (made.status_code, made.json()["slug"]) == (201, "partner")
    path = "/api/v1/status-pages/partner"
    tag = client.get(path, headers=headers)["ETag"]
    body = json.dumps({"theme": {"accent": "#ffff00"}})
    pale = client.patch(path, body, content_type="application/json", headers={**headers, "If-Match": tag})
    assert (pale.status_code, pale.json()["field"]) == (422, "theme")
    body = json.dumps({"language": "de"})
    assert (
        client.patch(path, body, content_type="application/json", headers={**headers, "If-Match": tag}).json()["language"] == "de"
    )
    assert client.patch(path, body, content_type="application/json", headers={**headers, "If-Match": tag}).status_code == 412
    assert client.patch(path, body, content_type="application/json", headers=headers).status_code == 428


@pytest.mark.parametrize("text", NASTY)
def test_hostile_words_do_nothing_on_a_page(there: World, now: dt.datetime, text: str) -> None:
    line = " ".join(text.split())[:120]
    page = pages.create_page(SYSTEM, name=line, slug="hostile", language="fr", now=now)
    group = grouping.create_group(SYSTEM, page, name=line, now=now)
    part = commands.create_component(SYSTEM, page, name=line, product=there.tickets, now=now)
    grouping.change_component(SYSTEM, part, group=group, now=now)
    tell(there, now, text, on=["hostile"])
    made = {path: one.body.decode() for path, one in documents.page_documents(page, now).items() if one.kind == documents.HTML}
    assert len(made) >= 4
    for path, html in made.items():
        seen = Seen(html)
        assert not seen.tags & {"script", "img", "iframe", "object", "embed"}, path
        assert not {name for name in seen.attributes if name.startswith("on")} | (seen.attributes & {"style"}), path
        assert not [link for link in seen.links if re.match(r"\s*(javascript|data:text|//)", link, re.IGNORECASE)], path
        assert html.count("<style>") == 1, path


class Seen(HTMLParser):
    """The tags, attributes and links of a page, as a browser takes them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]
