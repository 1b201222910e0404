"""What vendors publish about themselves, served by a small server as the public documentation shapes it; and what is refused."""

from __future__ import annotations

import datetime as dt
import http.server
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import NOW
from tocsin.core import clock
from tocsin.core.net import addresses
from tocsin.core.net.outbound import Guard
from tocsin.directory.vendor_status.ports import Reading, Unread
from tocsin.integrations.vendor_status import Feeds, fetch

MINUTE = dt.timedelta(minutes=1)


class Vendor(http.server.ThreadingHTTPServer):
    """A vendor's status page on loopback: `pages` by path, or a redirect to another path."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.pages: dict[str, bytes | str] = {}
        self.asked: list[str] = []
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.guard = Guard(addresses.parse_allow(f"127.0.0.1:{self.server_port}"))
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def json(self, path: str, **document: Any) -> None:
        self.pages[path] = json.dumps({"page": {"id": "kctbh9vrtdwd", "name": "Stratus"}, **document}).encode()

    def read(self, path: str = "", now: dt.datetime = NOW) -> Reading:
        return Feeds(self.guard).read(self.url + path, now)


class _Answer(http.server.BaseHTTPRequestHandler):
    server: Vendor

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        found = self.server.pages.get(self.path)
        self.send_response(404 if found is None else 302 if isinstance(found, str) else 200)
        if isinstance(found, str):
            self.send_header("location", found)
        self.end_headers()
        if isinstance(found, bytes):
            self.wfile.write(found)

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    made = Vendor()
    yield made
    made.shutdown()
    made.server_close()


STATUS = {"indicator": "major", "description": "Partial System Outage"}
INCIDENT = {
    "id": "p31zjtct2jer",
    "name": "Block storage is slow",
    "status": "identified",
    "impact": "major",
    "shortlink": "https://stspg.example/p31z",
    "started_at": "2026-11-19T01:02:03.000Z",
    "created_at": "2026-11-19T01:02:03.000Z",
    "updated_at": "2026-11-19T01:30:00.000Z",
    "incident_updates": [
        {"id": "u2", "status": "identified", "body": "A switch fails.", "display_at": "2026-11-19T01:30:00.000Z"},
        {"id": "u1", "status": "investigating", "body": "We look.", "display_at": "2026-11-19T01:05:00.000Z"},
    ],
}


def test_a_summary_says_state_and_open_incidents(vendor: Vendor) -> None:
    done = INCIDENT | {"id": "old", "status": "resolved"}
    planned = INCIDENT | {"id": "m1", "status": "scheduled", "name": "New disks"}
    working = INCIDENT | {"id": "m2", "status": "in_progress", "name": "New switches"}
    vendor.json("/api/v2/summary.json", status=STATUS, incidents=[INCIDENT, done], scheduled_maintenances=[planned, working])
    found = vendor.read("/api/v2/summary.json")
    assert (found.indicator, found.words) == ("major", "Partial System Outage")
    assert [one.title for one in found.reports] == ["Block storage is slow", "New switches"]
    first = found.reports[0]
    assert (first.uid, first.status, first.impact, first.text) == ("p31zjtct2jer", "identified", "major", "A switch fails.")
    assert (first.url, first.said_at) == ("https://stspg.example/p31z", clock.parse("2026-11-19T01:30:00Z"))


def test_a_status_asks_for_the_unresolved_incidents_apart(vendor: Vendor) -> None:
    vendor.json("/api/v2/status.json", status=STATUS)
    vendor.json("/api/v2/incidents/unresolved.json", incidents=[INCIDENT])
    assert [one.uid for one in vendor.read("/api/v2/status.json").reports] == ["p31zjtct2jer"]
    assert vendor.asked == ["/api/v2/status.json", "/api/v2/incidents/unresolved.json"]


def test_the_address_of_the_page_for_people_leads_to_its_summary(vendor: Vendor) -> None:
    vendor.pages["/"] = b"<!DOCTYPE html><html><title>Stratus</title>"
    vendor.json("/api/v2/summary.json", status={"indicator": "none", "description": "All Systems Operational"}, incidents=[])
    assert vendor.read("/") == Reading("none", "All Systems Operational", ())


def atom(*entries: str) -> bytes:
    head = '<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>History</title>'
    return (head + "".join(entries) + "</feed>").encode()


def entry(name: str, status: str, age: dt.timedelta) -> str:
    at = clock.rfc3339(NOW - age)
    words = (
        f"&lt;p&gt;&lt;small&gt;Nov 19, 01:30 UTC&lt;/small&gt;&lt;br&gt;&lt;strong&gt;{status}&lt;/strong&gt; - Text.&lt;/p&gt;"
    )
    return (
        f"<entry><id>tag:x,2005:Incident/{name}</id><published>{at}</published><updated>{at}</updated>"
        f'<link rel="alternate" type="text/html" href="https://status.example/{name}"/><title>{name}</title>'
        f'<content type="html">{words}</content></entry>'
    )


def test_an_atom_history_tells_what_is_recent_and_not_over(vendor: Vendor) -> None:
    vendor.pages["/history.atom"] = atom(
        entry("slow", "Identified", 20 * MINUTE), entry("over", "Resolved", 30 * MINUTE), entry("old", "Monitoring", 2000 * MINUTE)
    )
    found = vendor.read("/history.atom")
    assert (found.indicator, [one.title for one in found.reports]) == ("", ["slow"])
    assert found.reports[0].url == "https://status.example/slow"
    assert found.reports[0].text == "Nov 19, 01:30 UTC Identified - Text."


def test_an_rss_feed_is_read_and_markup_in_it_is_only_text(vendor: Vendor) -> None:
    when = (NOW - 5 * MINUTE).strftime("%a, %d %b %Y %H:%M:%S GMT")
    markup, ended = "Elevated &lt;b&gt;errors&lt;/b&gt;", "Service is operating normally: [RESOLVED]"
    items = (
        f"<item><title>{markup}</title><pubDate>{when}</pubDate><link>javascript:alert(1)</link><guid>g1</guid>"
        "<description>&lt;script&gt;x&lt;/script&gt; soon</description></item>"
        f"<item><title>{ended}</title><pubDate>{when}</pubDate><guid>g2</guid></item>"
    )
    vendor.pages["/rss"] = f"<rss version='2.0'><channel><title>S</title>{items}</channel></rss>".encode()
    (one,) = vendor.read("/rss").reports
    assert (one.uid, one.title, one.url, one.text) == ("g1", "Elevated errors", "", "x soon")


BOMB = b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]><rss><item>&lol2;</item></rss>'
FILE = b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><feed><entry><title>&f;</title></entry></feed>'


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (BOMB, "document type"),
        (FILE, "neither JSON nor a feed|document type"),
        (b"<feed><entry>", "broken XML"),
        (b"<feed>" + b"<a>" * 100, "nested too deeply"),
        (b"<svg/>", "neither Atom nor RSS"),
        (b"{", "broken"),
        (b'{"a": 1}', "not a summary"),
        (b'{"status": {"indicator": "fine"}, "incidents": []}', "not a summary"),
        (b'{"status": {"indicator": "none"}, "incidents": 7}', "which incidents are open"),
        (b"OK", "neither JSON nor a feed"),
        (b"", "neither JSON nor a feed"),
        (b"{" + b" " * 1_100_000 + b"}", "larger than 1 MB"),
    ],
)
def test_what_is_not_a_feed_is_never_taken_for_calm(vendor: Vendor, body: bytes, words: str) -> None:
    vendor.pages["/feed"] = body
    with pytest.raises(Unread, match=words):
        vendor.read("/feed")


def test_a_status_whose_incidents_cannot_be_read_is_not_calm(vendor: Vendor) -> None:
    vendor.json("/api/v2/status.json", status={"indicator": "none", "description": "All Systems Operational"})
    with pytest.raises(Unread, match="404"):
        vendor.read("/api/v2/status.json")


def test_a_feed_that_moved_is_followed_three_times_and_each_address_is_checked(vendor: Vendor) -> None:
    vendor.pages |= {"/1": "/2", "/2": "/3", "/3": "/4", "/4": b"x", "/0": "/1", "/away": "http://127.0.0.1:1/"}
    assert fetch.body(f"{vendor.url}/1", vendor.guard) == b"x"
    with pytest.raises(Unread, match="more than 3 times"):
        fetch.body(f"{vendor.url}/0", vendor.guard)
    with pytest.raises(Unread, match="may not be called"):
        fetch.body(f"{vendor.url}/away", vendor.guard)
