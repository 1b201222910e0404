"""A payload of every class where customers and the house read most: pages for everybody, and those of an incident."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.site import Site, Visit
from tests.planted import corpus
from tests.planted.ground import RESOLVE, ahead, anew
from tests.planted.watching import Watch

WORDS = [corpus.pick(kind, 1) for kind in corpus.CLASSES]
OUTSIDE = ("/status", "/status/history", "/status/widget", "/status/p/partner")
VERBS = (
    ("note", ("text",)),
    ("add-finding", ("text",)),
    ("open-stream", ("title", "step")),
    ("log-change", ("what", "who")),
    ("label-case", ("reference", "customer")),
)
"""What takes words of an incident's team, and in which fields; each hears some of the classes, the soak has all of them in all."""
FIXED = {"add-finding": {"kind": "theory"}}
PLACES = ("", "/theories", "/streams", "/changes", "/doc", "/cases", "/update", "/transcript", "/history", "/drafts", "/postmortem")


@pytest.fixture
def incident(site: Site) -> Iterator[str]:
    """Full of such words; over at the end, so that later tests find the demo as it was."""
    short = [one for one in WORDS if len(one) < 60 and one.isprintable()]
    summary = " ".join(short[::2])[:200].strip()
    made = site.api("POST", "/incidents", {"summary": summary, "severity": 3, "description": "\n\n".join(short)})
    assert made.status == 201, made
    key = str(made.json["key"])
    for verb in ("take-command", "set-up"):
        assert site.api("POST", f"/incidents/{key}/{verb}").status == 200
    yield key
    letter = {"title": "Over", "body": "It is over."}
    done = site.api("POST", f"/incidents/{key}/resolve", {**RESOLVE, "final": {"internal": letter, "external": letter}})
    assert done.status == 200, done


def said(site: Site, key: str, verb: str, body: dict[str, Any]) -> bool:
    """Whether it was taken. Fails unless a refusal is one that says why."""
    answer = site.api("POST", f"/incidents/{key}/{verb}", body)
    assert answer.status < 300 or (answer.status == 422 and answer.json["field"]), answer
    return answer.status < 300


@pytest.mark.req("R21", "ICO-01")
def test_words_stay_words_wherever_an_incident_is_read(browser: Browser, site: Site, incident: str) -> None:
    visit = Visit(browser, site, signed_in=True)
    watch = Watch(visit.page, site.url)
    watch.visit(f"/{incident}")
    taken = 0
    for place, text in enumerate(WORDS):
        letter = {"title": text[:80], "body": text}
        more = {"next_update_at": ahead(hours=1), "confirmation": f"hostile {anew()}"}
        taken += said(site, incident, "post-update", {"status": "investigating", "external": letter, **more})
        taken += said(site, incident, "say", {"text": text})
        verb, body = VERBS[place % len(VERBS)]
        taken += said(site, incident, verb, dict.fromkeys(body, text[:80]) | FIXED.get(verb, {}))
    assert taken > 2 * len(WORDS)
    watch.look(f"/{incident} while it was read")
    for path in (*(f"/{incident}{place}" for place in PLACES), "/", "/incidents", "/status/internal", *OUTSIDE):
        watch.visit(path)
    assert watch.faults == []
    visit.close()
