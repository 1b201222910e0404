"""The external page for programs, beside what the public reference says, and what must never be in it."""

from __future__ import annotations

import datetime as dt
import importlib
import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import feedparser
import pytest
from django.test import Client

from tests import company
from tests.web.walk import World, world
from tocsin.core.actor import SYSTEM
from tocsin.core.net import addresses
from tocsin.core.net.outbound import Guard
from tocsin.incidents import commands as incidents
from tocsin.integrations.vendor_status import Feeds
from tocsin.statuspages import commands, queries
from tocsin.statuspages.models import Component
from tocsin.web.public import documents

pytestmark = pytest.mark.django_db

MINUTE = dt.timedelta(minutes=1)
PAGE = {"id", "name", "url", "time_zone", "updated_at"}
COMPONENT = {
    "id",
    "name",
    "status",
    "created_at",
    "updated_at",
    "position",
    "description",
    "showcase",
    "start_date",
    "group_id",
    "page_id",
    "group",
}
COMPONENT |= {"only_show_if_degraded"}
INCIDENT = {
    "id",
    "name",
    "status",
    "created_at",
    "updated_at",
    "monitoring_at",
    "resolved_at",
    "impact",
    "shortlink",
    "started_at",
    "page_id",
}
INCIDENT |= {"incident_updates", "components", "reminder_intervals"}
UPDATE = {
    "id",
    "status",
    "body",
    "incident_id",
    "created_at",
    "updated_at",
    "display_at",
    "affected_components",
    "deliver_notifications",
}
UPDATE |= {"custom_tweet", "tweet_id"}
KEYS = {
    "summary": {"status", "components", "incidents", "scheduled_maintenances"},
    "status": {"status"},
    "components": {"components"},
    "incidents": {"incidents"},
    "incidents/unresolved": {"incidents"},
    "scheduled-maintenances": {"scheduled_maintenances"},
    "scheduled-maintenances/upcoming": {"scheduled_maintenances"},
    "scheduled-maintenances/active": {"scheduled_maintenances"},
}


@pytest.fixture
def house() -> World:
    return world()


@pytest.fixture
def wallet(house: World, now: dt.datetime) -> Component:
    """A part of the page."""
    return commands.create_component(SYSTEM, queries.page("external"), name="Wallet", now=now - 60 * MINUTE)


@pytest.fixture
def open_one(house: World, wallet: Component, now: dt.datetime) -> World:
    """An incident that takes the wallet down in part, told about twice."""
    incident = declare(house, now)
    say(house, incident, "investigating", "Paying by card fails", now, {wallet.id: "partial_outage"})
    say(house, incident, "identified", "We know why", now + 5 * MINUTE, {})
    return house


def declare(house: World, now: dt.datetime, **more: Any) -> Any:
    actor = company.actor(house.ada)
    return incidents.declare(
        actor, summary="Vault refuses", severity=2, service=house.checkout, products=[house.tickets], now=now, **more
    )


def say(house: World, incident: Any, status: str, body: str, at: dt.datetime, states: dict[str, str]) -> None:
    promise = None if status == "resolved" else at + 30 * MINUTE
    commands.post_update(
        company.actor(house.ada),
        incident,
        status=status,
        external={"body": body},
        next_update_at=promise,
        confirmation=f"{status} {at}",
        components=states,
        now=at,
    )


def fetched(name: str) -> dict[str, Any]:
    answer = Client().get(f"/api/v2/{name}.json")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json; charset=utf-8"
    assert answer["Access-Control-Allow-Origin"] == "*"
    return json.loads(answer.content)


@pytest.mark.parametrize("name", sorted(KEYS))
def test_every_document_has_its_keys_at_both_addresses(open_one: World, name: str) -> None:
    found = fetched(name)
    assert set(found) == {"page"} | KEYS[name]
    assert set(found["page"]) == PAGE
    assert json.loads(Client().get(f"/status/api/v2/{name}.json").content)["page"]["id"] == found["page"]["id"]


def test_every_field_is_as_the_reference_says(open_one: World, wallet: Component, now: dt.datetime) -> None:
    found = fetched("summary")
    (part,), (one,) = found["components"], found["incidents"]
    newest, first = one["incident_updates"]
    assert (set(part), set(one), set(newest)) == (COMPONENT, INCIDENT, UPDATE)
    assert found["status"] == {"indicator": "major", "description": "Partial System Outage"}
    assert (one["status"], one["impact"], one["components"]) == ("identified", "major", [part])
    assert (newest["status"], newest["body"], newest["affected_components"]) == ("identified", "We know why", None)
    affected = {"code": part["id"], "name": "Wallet", "old_status": "operational", "new_status": "partial_outage"}
    assert first["affected_components"] == [affected]
    assert first["incident_id"] == one["id"]
    assert one["page_id"] == part["page_id"] == found["page"]["id"]
    assert all(re.fullmatch(r"[a-z0-9]{12}", ident) for ident in (found["page"]["id"], part["id"], one["id"], first["id"]))
    assert first["display_at"] == now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert part["created_at"] < part["updated_at"] == first["created_at"]
    assert newest["created_at"] == one["updated_at"] <= found["page"]["updated_at"]
    assert one["shortlink"] == f"{found['page']['url']}/incidents/{one['id']}"


def test_what_is_over_is_in_the_list_alone(open_one: World, wallet: Component, now: dt.datetime) -> None:
    incident = queries.open_entries().get(page__audience="external").incident
    say(open_one, incident, "monitoring", "It should work", now + 9 * MINUTE, {})
    say(open_one, incident, "resolved", "It works", now + 19 * MINUTE, {})
    (one,) = fetched("incidents")["incidents"]
    assert (one["status"], one["impact"]) == ("resolved", "major")
    assert one["monitoring_at"] == one["incident_updates"][1]["created_at"]
    assert one["resolved_at"] == one["incident_updates"][0]["created_at"]
    assert one["incident_updates"][0]["affected_components"][0]["new_status"] == "operational"
    summary = fetched("summary")
    assert (summary["incidents"], fetched("incidents/unresolved")["incidents"]) == ([], [])
    assert summary["status"] == {"indicator": "none", "description": "All Systems Operational"}


def test_an_entry_that_names_no_part_is_minor(house: World, now: dt.datetime) -> None:
    say(house, declare(house, now), "investigating", "Something is odd", now, {})
    assert fetched("status")["status"] == {"indicator": "minor", "description": "Partially Degraded Service"}


def test_a_part_that_is_down_by_hand_is_told_without_an_incident(house: World, wallet: Component, now: dt.datetime) -> None:
    commands.set_component_state(SYSTEM, wallet, "major_outage", now=now)
    assert fetched("status")["status"]["indicator"] == "critical"


@pytest.mark.req("ICO-01")
def test_private_incidents_drills_and_words_of_the_house_are_in_no_document(open_one: World, now: dt.datetime) -> None:
    incident = queries.open_entries().get(page__audience="external").incident
    everything = b"".join(one.body for one in documents.render(now).values())
    assert b"We know why" in everything
    for inside in (b"HOT-1", b"Vault refuses", b"Checkout API", b"Ada", incident.id.encode()):
        assert inside not in everything
    for hiding in ({"is_private": True, "is_drill": False}, {"is_private": False, "is_drill": True}):
        type(incident).objects.filter(pk=incident.pk).update(**hiding)
        everything = b"".join(one.body for one in documents.render(now).values())
        assert b"We know why" not in everything
        assert b"incidents/" not in documents.render(now)["/status/history.rss"].body


def test_an_entry_has_an_address_of_its_own(open_one: World) -> None:
    (one,) = fetched("summary")["incidents"]
    page = Client().get(f"/status/incidents/{one['id']}")
    assert page.status_code == 200
    assert "We know why" in page.content.decode()
    assert json.loads(Client().get(f"/status/incidents/{one['id']}.json").content)["incident"] == one
    assert Client().get("/status/incidents/000000000000").status_code == 404


def test_the_history_is_by_month_and_leads_to_each_entry(open_one: World) -> None:
    page = Client().get("/status/history").content.decode()
    (one,) = fetched("summary")["incidents"]
    assert "November 2026" in page
    assert f'<a href="/status/incidents/{one["id"]}">{one["name"]}</a>' in page
    assert "not over" in page


@pytest.mark.parametrize("kind", ["atom", "rss"])
def test_feeds_are_read_by_a_reader_of_feeds(open_one: World, kind: str) -> None:
    feed = feedparser.parse(Client().get(f"/status/history.{kind}").content)
    assert not feed.bozo
    (entry,) = feed.entries
    (one,) = fetched("summary")["incidents"]
    assert feed.feed.title.endswith(" - Incident History")
    assert (entry.title, entry.link) == (one["name"], one["shortlink"])
    assert entry.id == (one["shortlink"] if kind == "rss" else f"tag:localhost,2005:Incident/{one['id']}")
    words = entry.content[0].value if kind == "atom" else entry.description
    assert words.index("We know why") < words.index("Paying by card fails")
    assert "<strong>Identified</strong>" in words


def test_hostile_words_stay_words(house: World, now: dt.datetime) -> None:
    said = "<script>alert(1)</script> \x08]]> & \u2028 <img src=x onerror=alert(1)>"
    say(house, declare(house, now), "investigating", said, now, {})
    made = documents.render(now)
    for path in ("/status", "/status/widget"):
        assert b"<script" not in made[path].body
    assert not feedparser.parse(made["/status/history.atom"].body).bozo
    assert not feedparser.parse(made["/status/history.rss"].body).bozo


def test_the_badge_is_a_picture_that_says_it(open_one: World) -> None:
    answer = Client().get("/status/badge.svg")
    picture = ElementTree.fromstring(answer.content)
    assert answer["Content-Type"] == "image/svg+xml"
    assert picture.attrib["aria-label"].endswith(": Partial System Outage")
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_the_widget_may_stand_in_any_frame_and_runs_nothing(open_one: World) -> None:
    answer = Client().get("/status/widget")
    assert "frame-ancestors *" in answer["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer
    assert b"<script" not in answer.content
    assert not answer.cookies


class _Host(BaseHTTPRequestHandler):
    """Sends what was rendered, as a host of its own."""

    made: dict[str, documents.Document]

    def do_GET(self) -> None:
        found = self.made.get(self.path)
        self.send_response(200 if found else 404)
        self.end_headers()
        self.wfile.write(found.body if found else b"")

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def host(open_one: World, now: dt.datetime) -> Iterator[str]:
    handler = type("Host", (_Host,), {"made": documents.render(now)})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_program_of_others_that_watches_hosted_pages_reads_it(host: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "services.json").write_text("{}")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SERVICES_JSON_PATH", str(tmp_path / "services.json"))
    exporter = importlib.import_module("statuspage_prometheus_exporter.service_checker")
    seen = exporter.check_status_page_service("ours", {"name": "Ours", "url": f"{host}/api/v2/summary.json"})
    assert seen["success"], seen
    assert (seen["raw_status"], seen["status"]) == ("major", 0)
    assert seen["component_metadata"] == [{"name": "Wallet", "status": "partial_outage", "status_value": 0}]
    assert [one["name"] for one in seen["incident_metadata"]] == [fetched("summary")["incidents"][0]["name"]]


def test_our_own_reader_of_vendors_reads_it(host: str, now: dt.datetime) -> None:
    guard = Guard(addresses.parse_allow(host.removeprefix("http://")))
    reading = Feeds(guard).read(f"{host}/api/v2/summary.json", now)
    assert [one.uid for one in reading.reports] == [fetched("summary")["incidents"][0]["id"]]
