"""A step calls a webhook: the real process, its calls in the ledger of the world outside, through a 503 and through kill -9."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.outside import Message
from tests.acceptance.rig import LEASE_SECONDS, Rig
from tests.acceptance.shelf import Shelf
from tests.integrations.test_webhook import published
from tests.waiting import until

COMPANY: dict[str, Any] = {
    "people": [{"name": "Root", "role": "administrator"}, {"name": "Ada"}, {"name": "Imogen"}],
    "webhooks": {"Chat": "/chat"},
    "services": [{"name": "Checkout API", "steps": [["Chat"], ["Ada"]], "wait": 30, "repeats": 0}],
    "last_resort": ["Imogen"],
}


@pytest.fixture
def rig(shelf: Shelf, tmp_path: Path) -> Iterator[Rig]:
    made = shelf.rig(tmp_path, COMPANY)
    try:
        yield made
    finally:
        made.close()


def calls(rig: Rig) -> list[Message]:
    return [message for message in rig.messages() if message.to == "/chat"]


def until_called(rig: Rig, times: int) -> list[Message]:
    found: list[Message] = until(lambda: calls(rig) if len(calls(rig)) >= times else [], 30, f"not called {times} times")
    return found


def check(rig: Rig, message: Message) -> dict[str, Any]:
    """The signature holds by the published way, for the time at which the installation sent it; the document."""
    headers, body = message.line["headers"], message.line["body"].encode()
    assert published()["is_ours"](rig.made["secrets"]["Chat"], headers, body, now=int(headers["webhook-timestamp"]))
    return dict(json.loads(body))


def test_it_is_called_at_once_and_again_after_a_503_while_people_are_paged_all_the_same(rig: Rig) -> None:
    rig.world.mood(calls=503, to="/chat")
    key = rig.send_alert()
    page = rig.expect_mail("Ada")
    first = until_called(rig, 1)[0]
    assert first.line["mood"] == "503"
    rig.world.mood(calls=200, to="/chat")
    rig.fast_forward(seconds=61)
    until(lambda: calls(rig)[-1].line["mood"] == "200", 30, "not called again after a 503")
    found = calls(rig)
    assert len({message.line["headers"]["webhook-id"] for message in found}) == 1
    assert len({message.text for message in found}) == 1
    document = check(rig, found[-1])
    alert = rig.alert(key)
    assert (document["type"], document["data"]["subject"]["id"]) == ("escalation.step", alert["id"])
    assert alert["status"] == "triggered", "a webhook answers nothing"
    rig.acknowledge(page)
    told = rig.api("GET", "/webhooks/chat/calls").json["items"]
    assert [(one["state"], one["answer"], one["subject"]) for one in told] == [("done", "HTTP 200", alert["id"])]
    rig.take_all_when_calm()


@pytest.mark.everywhere
@pytest.mark.parametrize("mood", ["hang", "200"])
def test_kill_9_while_it_is_called_costs_at_most_one_repeat_under_the_same_id(rig: Rig, mood: str) -> None:
    rig.world.mood(calls=mood, to="/chat")
    rig.send_alert()
    until_called(rig, 1)
    rig.tocsin.kill9()
    rig.world.mood(calls=200, to="/chat")
    rig.fast_forward(seconds=LEASE_SECONDS)
    rig.tocsin.start()
    if mood == "hang":
        until_called(rig, 2)
    rig.take_all_when_calm()
    found = calls(rig)
    assert len(found) <= 2
    assert len({message.line["headers"]["webhook-id"] for message in found}) == 1
    for message in found:
        check(rig, message)


def test_a_manager_sends_a_test_call_and_reads_the_answer(rig: Rig) -> None:
    rig.world.mood(calls=404, to="/chat")
    assert rig.api("POST", "/webhooks/chat/try", {}).status == 202
    (call,) = until_called(rig, 1)
    assert check(rig, call)["type"] == "test"

    def answered() -> bool:
        (one,) = rig.api("GET", "/webhooks/chat/calls").json["items"]
        return (one["state"], one["answer"], one["tries"]) == ("failed", "HTTP 404", 1)

    until(answered, 10, "the answer is not told")
    rig.take_all_when_calm()


def test_an_address_inside_is_refused_at_the_door(rig: Rig) -> None:
    answer = rig.api("POST", "/webhooks", {"name": "Inside", "team": "payments", "address": "http://169.254.169.254/x"})
    assert (answer.status, answer.json["field"]) == (422, "address")
