"""The messages of one incident, byte for byte, wherever somebody reads them: pages, mail, feed and JSON.

Seven: the first to the company, by page and by mail; the first to customers; what both hear in between; the last to each.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit
from xml.etree import ElementTree

import pytest

from tests.acceptance.installation import call
from tests.acceptance.rig import Rig
from tests.acceptance.shelf import Shelf
from tests.waiting import until

SUMMARY = "Cards fail"
NUMBER = "+43 660 5550140"
PROMISED = "2099-01-01T00:00:00Z"
FIRST_INSIDE = (
    "An incident affecting Tickets and Wallet is under investigation. "
    "Updates will follow shortly by email and on the internal status page."
)
FIRST_OUTSIDE = (
    "Investigating issues with Tickets and Wallet",
    "We are looking into issues with Tickets and Wallet. Updates will come here soon.",
)
BETWEEN_INSIDE = """One in eight cards fails. We roll back.

Current status:
- Rolled back on two hosts
- Errors go down

Next steps:
- Finish the rollback
- Watch for an hour

Affected: 300 customers.
The root cause is currently unknown.
When it will be fixed is currently unknown.

The next update comes by 00:00 UTC on 1 January on the internal status page and by email."""
BETWEEN_OUTSIDE = "We have found what causes the issues with Tickets and Wallet and are working to put it right."
LAST_INSIDE = """{key} is resolved: Cards fail.
Affected: Tickets and Wallet. The impact lasted 1 h 8 min, it was detected after 1 min. Customers opened 2 support cases.
This is the last message about this incident, no more will follow."""
LAST_OUTSIDE = "Service is restored for Tickets and Wallet. A postmortem will follow."
PARTS = {
    "opening": "One in eight cards fails. We roll back.",
    "current_status": ["Rolled back on two hosts", "Errors go down"],
    "next_steps": ["Finish the rollback", "Watch for an hour"],
    "place": "on the internal status page and by email",
    "answers": {"impact": "opening", "affected": "300 customers", "root_cause": "unknown", "eta": "unknown"},
}


@pytest.fixture
def rig(shelf: Shelf, tmp_path: Path) -> Iterator[Rig]:
    made = shelf.rig(tmp_path)
    try:
        yield made
    finally:
        made.take_all()
        made.close()


def read(rig: Rig, path: str) -> str:
    return call("GET", rig.tocsin.url + path).text


def customers_read(rig: Rig, title: str, body: str, number: int) -> None:
    """On the page, in the feed and in the JSON that programs read, in this order and nothing else."""
    until(lambda: body in html.unescape(read(rig, "/status")), 10, f"customers do not read {body!r}")
    (entry,) = json.loads(read(rig, "/api/v2/incidents.json"))["incidents"]
    assert entry["name"] == title
    assert entry["incident_updates"][0]["body"] == body
    assert len(entry["incident_updates"]) == number
    feed = ElementTree.fromstring(read(rig, "/status/history.atom"))
    texts = [" ".join("".join(one.itertext()).split()) for one in feed.iter("{http://www.w3.org/2005/Atom}entry")]
    assert any(body in html.unescape(text) for text in texts), texts


def company_reads(rig: Rig, key: str, body: str) -> None:
    """On the internal page and by mail, with the same name and the same words."""
    cookie = {"Cookie": f"sessionid={rig.made['sessions']['Ada']}"}
    page = html.unescape(call("GET", rig.tocsin.url + "/status/internal", headers=cookie).text)
    for line in filter(None, body.splitlines()):
        assert line.removeprefix("- ") in page
    mail = rig.expect_mail("Sven", body.splitlines()[0])
    assert mail.line["subject"] == f"{key} - Sev 1 - {SUMMARY}"
    assert body in mail.text.replace("\r\n", "\n")


def say(rig: Rig, key: str, **words: Any) -> None:
    answer = rig.api("POST", f"/incidents/{key}/post-update", {"next_update_at": PROMISED, **words})
    assert answer.status == 200, answer


def subscribed_by_text(rig: Rig) -> None:
    """Somebody types the code that came to their telephone."""
    assert rig.api("PATCH", "/status-pages/external", {"text_gateway": "Text messages"}, If_Match="*").status == 200
    assert post(rig, "/status/subscribe", channel="sms", address=NUMBER) == 200
    code = re.search(r"\b\d{6}\b", came(rig, "is your code"))
    assert code
    assert post(rig, "/status/subscribe/code", address=NUMBER, code=code.group()) in {200, 302}


def read_as_text_and_ended(rig: Rig, title: str) -> None:
    """Title, state and two addresses; the second ends it by a POST."""
    text = came(rig, "Stop:")
    assert f"{title}. Investigating." in text
    assert post(rig, urlsplit(text.rpartition("Stop: ")[2]).path) == 200


def came(rig: Rig, words: str) -> str:
    def find() -> str:
        texts = [json.loads(one.text)["text"] for one in rig.messages() if one.to == NUMBER.replace(" ", "")]
        return next((one for one in texts if words in one), "")

    return until(find, 20, f"no text with {words!r}")


def post(rig: Rig, path: str, **fields: str) -> int:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    return call("POST", rig.tocsin.url + path, urlencode(fields).encode(), form).status


@pytest.mark.everywhere
@pytest.mark.req(
    "ICO-02", "ICO-03", "ICO-04", "ICO-05", "ICO-06", "ICO-10", "FCO-01", "FCO-04", "FCO-06", "FCO-07", "RES-06", "RES-07"
)
def test_each_message_reads_the_same_everywhere(rig: Rig) -> None:
    assert rig.api("POST", "/lists", {"name": "Interested", "severities": [1], "is_open": True}).status == 201
    assert rig.api("POST", "/lists/interested/subscribe", by="Sven").status == 200
    for product in ("Tickets", "Wallet"):
        assert rig.api("POST", "/products", {"name": product}, by="Root").status == 201
    report = {"summary": SUMMARY, "severity": 1, "service": "checkout-api", "products": ["tickets", "wallet"]}
    key = rig.api("POST", "/incidents", report).json["key"]
    rig.expect_mail("Ada")
    subscribed_by_text(rig)

    drafts = rig.api("GET", f"/incidents/{key}/drafts").json
    assert (drafts["internal"]["title"], drafts["internal"]["body"]) == (f"{key} - Sev 1 - {SUMMARY}", FIRST_INSIDE)
    assert (drafts["external"]["title"], drafts["external"]["body"]) == FIRST_OUTSIDE
    first = {audience: {name: drafts[audience][name] for name in ("title", "body")} for audience in ("internal", "external")}
    say(rig, key, status="investigating", **first)
    customers_read(rig, *FIRST_OUTSIDE, number=1)
    company_reads(rig, key, FIRST_INSIDE)
    assert "Updates will follow" not in read(rig, "/status")
    read_as_text_and_ended(rig, FIRST_OUTSIDE[0])

    between = rig.api("GET", f"/incidents/{key}/drafts?status=identified").json["external"]["body"]
    assert between == BETWEEN_OUTSIDE
    say(rig, key, status="identified", internal=PARTS, external={"body": between})
    customers_read(rig, FIRST_OUTSIDE[0], BETWEEN_OUTSIDE, number=2)
    company_reads(rig, key, BETWEEN_INSIDE)

    assert rig.api("POST", f"/incidents/{key}/take-command", by="Max").status == 200
    over = {"impact_over": True, "none_about_to_follow": True, "restored": ["observed"], "support_cases": 2, "final": {}}
    times = {
        "impact_started_at": "2026-11-20T08:14:00Z",
        "detected_at": "2026-11-20T08:15:00Z",
        "impact_ended_at": "2026-11-20T09:22:00Z",
    }
    resolved = rig.api("POST", f"/incidents/{key}/resolve", {**over, **times, "postmortem_owner": "ada@example.com"}, by="Max")
    assert resolved.status == 200, resolved
    customers_read(rig, "Issues with Tickets and Wallet", LAST_OUTSIDE, number=3)
    company_reads(rig, key, LAST_INSIDE.format(key=key))
    for path in ("/status", "/api/v2/summary.json", "/api/v2/incidents.json", "/status/history.atom", "/status/history.rss"):
        assert key not in read(rig, path), path
