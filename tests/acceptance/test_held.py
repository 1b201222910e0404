"""What is to be said later is on disk: a process that is killed says confirmed words, posts and planned work when it is back."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tests.acceptance.installation import call
from tests.acceptance.rig import COMPANY
from tests.acceptance.shelf import Shelf
from tests.waiting import until
from tocsin.core import clock


@pytest.mark.everywhere
@pytest.mark.req("ICO-10", "FCO-04", "APP-08")
def test_confirmed_words_survive_the_process_and_taken_back_ones_stay_unsaid(shelf: Shelf, tmp_path: Path) -> None:
    rig = shelf.rig(tmp_path, COMPANY)
    try:
        incident = rig.api("POST", "/incidents", {"summary": "Nobody can pay", "severity": 3}).json
        address = f"/incidents/{incident['key']}"
        words = {"status": "investigating", "next_update_at": "2099-01-01T00:00:00Z"}
        unsaid = {**words, "external": {"body": "A slip of the finger"}, "confirmation": "slip"}
        held = rig.api("POST", f"{address}/hold-update", unsaid)
        assert held.status == 201, held
        assert rig.api("POST", f"{address}/held-updates/{held.json['id']}/take-back").json["state"] == "taken_back"
        said = {**words, "external": {"body": "Some payments fail"}, "confirmation": "meant"}
        assert rig.api("POST", f"{address}/hold-update", said).json["state"] == "held"
        soon = clock.now() + dt.timedelta(minutes=2)
        work = {"title": "New disks", "body": "Short pauses.", "starts_at": clock.rfc3339(soon)}
        planned = rig.api("POST", "/maintenances", {**work, "ends_at": clock.rfc3339(soon + dt.timedelta(minutes=2))}).json
        assert rig.api("POST", "/blog-posts/subscribe").json == {"subscribed": True}
        post = rig.api("POST", "/blog-posts", {"title": "What the queue taught us", "text": "It was full."}).json["slug"]
        assert rig.api("POST", f"/blog-posts/{post}/publish").json["state"] == "on_its_way"
        rig.tocsin.kill9()
        rig.tocsin.start()
        rig.fast_forward(seconds=6)
        until(lambda: "Some payments fail" in call("GET", rig.tocsin.url + "/status").text, 20, "customers read nothing")
        rig.expect_mail("Root", "[Company blog] What the queue taught us")
        again = rig.api("POST", f"{address}/hold-update", said).json
        assert again["state"] == "published"
        assert [one["body"] for one in rig.api("GET", f"{address}/updates").json["items"]] == ["Some payments fail"]
        assert "slip" not in call("GET", rig.tocsin.url + "/status").text
        for state in ("in_progress", "completed"):
            rig.fast_forward(seconds=120)
            until(lambda: rig.api("GET", f"/maintenances/{planned['id']}").json["state"] == state, 20, f"never {state}")  # noqa: B023
        assert rig.api("GET", f"/blog-posts/{post}/mailed").json == {"sent": 1, "waiting": 0, "refused": 0}
        assert sum("[Company blog]" in one.text for one in rig.messages()) == 1
    finally:
        rig.take_all()
        rig.close()
