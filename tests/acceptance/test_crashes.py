"""Whatever is killed, whenever: every accepted alert exists once, every due page leaves, what was in flight at most twice."""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.checker import History, Sent, problems
from tests.acceptance.installation import Installation
from tests.acceptance.load import Client, Offer
from tests.acceptance.rig import LEASE_SECONDS, Rig, address
from tests.acceptance.shelf import Shelf, settings_for
from tests.postgres import Postgres
from tests.waiting import until

PEOPLE = [f"P{number:02}" for number in range(50)]
CROWD: dict[str, Any] = {
    "people": [{"name": "Root", "role": "administrator"}, *({"name": name} for name in PEOPLE)],
    "services": [{"name": f"Service {name}", "steps": [[name]], "wait": 600} for name in PEOPLE],
    "last_resort": ["P00"],
}


EVERYDAY = 300
"""Alerts of each run; the soak sends five times as many."""


def offers(rig: Rig, count: int) -> list[Offer]:
    doors = [rig.door("generic", f"service-{name.lower()}") for name in PEOPLE]
    return [Offer(f"e{number:04}-{PEOPLE[number % 50]}", doors[number % 50]) for number in range(count)]


def sent(rig: Rig) -> list[Sent]:
    found = []
    for message in rig.messages():
        name = re.search(r"e\d{4}-P\d\d", message.text)
        found.append(Sent(name.group(0) if name else message.text, message.to, message.line["message_id"], message.line["at"]))
    return found


def stored(rig: Rig) -> list[str]:
    keys, cursor = [], ""
    while True:
        answer = rig.api("GET", f"/alerts?limit=200{cursor}")
        assert answer.status == 200, answer
        keys += [one["dedup_key"] for one in answer.json["items"]]
        if not answer.json["next"]:
            return keys
        following = answer.json["next"]
        cursor = f"&cursor={following}"


def history(rig: Rig, client: Client, crashes: list[float]) -> History:
    due = {event: address(event.split("-")[1]) for event in client.accepted}
    return History(due, {offer.event for offer in client.offers}, sent(rig), stored(rig), crashes)


def everything_left(rig: Rig, client: Client) -> bool:
    return {message.event for message in sent(rig)} >= client.accepted


def wreck(rig: Rig, client: Client, crash: Callable[[], None], times: int, seed: int) -> list[float]:
    """Crash so many times while the client works, each time after another stretch of messages; the instants of the crashes."""
    moments = random.Random(seed)
    crashes = []
    for _ in range(times):
        target = len(rig.messages()) + moments.randrange(5, 60)
        until(lambda target=target: len(rig.messages()) >= target or not client.working(), 60, "no messages flow")
        threading.Event().wait(moments.random() * 0.05)
        crashes.append(time.time())
        crash()
    return crashes


def judge(rig: Rig, client: Client, crashes: list[float]) -> None:
    patience = 60 + len(client.offers) / 5  # a loaded machine sends a few messages a second; what counts is that none is lost
    until(lambda: not client.working(), patience, "the client has not got all its answers")
    assert client.wrong == []
    until(lambda: everything_left(rig, client), patience, f"pages are missing; log: {rig.tocsin.log_tail()}")
    rig.expect_no_more_than_now()
    assert problems(history(rig, client, crashes)) == []
    rig.take_all()


def still(rig: Rig) -> bool:
    """Whether no message came for three seconds: what is left then waits for its lease."""
    before = len(rig.messages())
    threading.Event().wait(3)
    return len(rig.messages()) == before


@pytest.mark.everywhere
@pytest.mark.req("PAG-03", "PAG-05")
def test_kill_9_at_many_moments_loses_nothing(shelf: Shelf, tmp_path: Path) -> None:
    rig = shelf.rig(tmp_path, CROWD)
    try:
        client = Client(offers(rig, EVERYDAY)).start()
        crashes = wreck(rig, client, rig.kill_and_restart, times=3, seed=1)
        judge(rig, client, crashes)
    finally:
        rig.close()


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(10))
def test_kill_9_again_and_again(shelf: Shelf, tmp_path: Path, seed: int) -> None:
    rig = shelf.rig(tmp_path, CROWD)
    try:
        client = Client(offers(rig, 1500)).start()
        crashes = wreck(rig, client, rig.kill_and_restart, times=20, seed=seed)
        judge(rig, client, crashes)
    finally:
        rig.close()


@pytest.mark.store("postgresql")
def test_a_crashed_database_server_loses_nothing(shelf: Shelf, tmp_path: Path) -> None:
    server = Postgres().start()
    tocsin = Installation(tmp_path, database_url=server.url("tocsin"), **settings_for(shelf.world))
    made = tocsin.seed({**CROWD, "gateway": f"{shelf.world.http_url}/messages"})
    rig = Rig(tocsin.start(), shelf.world, made)

    def crash() -> None:
        server.crash()
        server.start()

    try:
        client = Client(offers(rig, EVERYDAY)).start()
        crashes = wreck(rig, client, crash, times=4, seed=2)
        until(lambda: not client.working(), 300, "the client has not got all its answers")
        until(lambda: still(rig), 300, "messages never end")
        rig.fast_forward(seconds=LEASE_SECONDS)
        judge(rig, client, crashes)
        assert rig.tocsin.running()
    finally:
        rig.close()
        server.stop()
