"""The intake door as a sender sees it: 202 only for what is on disk, a 4xx that names what is wrong, 503 when it cannot be kept."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from tests import company
from tocsin.alerts import commands, jobs
from tocsin.alerts.models import Alert, IntakeEvent, IntegrationKey
from tocsin.core import clock
from tocsin.core.actor import SYSTEM
from tocsin.core.models import Event
from tocsin.web import intake

pytestmark = pytest.mark.django_db(transaction=True)
FIRE = {"title": "It burns", "dedup_key": "k"}


@pytest.fixture
def key() -> str:
    made, plain = commands.create_key(SYSTEM, company.service(), kind="generic", name="cron", now=clock.now())
    assert plain not in (made.digest, made.name)
    return plain


@pytest.fixture(autouse=True)
def _door() -> Iterator[None]:
    intake.start()
    yield
    intake.stop()


class Reply:
    def __init__(self, sent: list[dict[str, Any]]) -> None:
        self.status = sent[0]["status"] if sent else 0
        self.headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]} if sent else {}
        self.json = json.loads(sent[1]["body"]) if sent else None


async def _knock(path: str, chunks: list[bytes], method: str, headers: list[tuple[bytes, bytes]]) -> Reply:
    messages = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    messages.append({"type": "http.request", "body": b"", "more_body": False})
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    await intake.intake({"type": "http", "path": path, "method": method, "headers": headers}, receive, send)
    return Reply(sent)


def knock(path: str, body: Any = b"", *, method: str = "POST", headers: list[tuple[bytes, bytes]] | None = None) -> Reply:
    chunks = body if isinstance(body, list) else [body if isinstance(body, bytes) else json.dumps(body).encode()]
    return asyncio.run(_knock(path, chunks, method, headers or []))


def understand() -> None:
    while jobs.understand(clock.now()):
        pass


@pytest.mark.req("PAG-01", "SYS-24")
def test_an_accepted_event_is_on_disk_when_the_sender_hears_202_and_becomes_an_alert(key: str) -> None:
    reply = knock(f"/in/{key}/generic", FIRE)
    assert reply.status == 202
    row = IntakeEvent.objects.get(pk=reply.json["event"])
    assert json.loads(bytes(row.body)) == FIRE
    understand()
    alert = Alert.objects.get()
    assert (alert.title, alert.status, alert.source) == ("It burns", Alert.TRIGGERED, "generic")
    row.refresh_from_db()
    assert row.work_state == IntakeEvent.DONE
    assert IntegrationKey.objects.get().last_event_at == row.received_at


def test_events_that_arrive_together_share_commits_and_all_are_answered(key: str) -> None:
    async def many() -> list[Reply]:
        bodies = [json.dumps({"title": f"{number}"}).encode() for number in range(300)]
        return await asyncio.gather(*(_knock(f"/in/{key}/generic", [body], "POST", []) for body in bodies))

    replies = asyncio.run(many())
    assert {reply.status for reply in replies} == {202}
    assert IntakeEvent.objects.count() == len({reply.json["event"] for reply in replies}) == 300


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", "body"),
        (b"{", "body"),
        (b"\xff\xfe", "body"),
        (b'{"title": NaN}', "title"),
        (b'{"title": "x", "labels": {"a": -Infinity}}', "labels.a"),
        (b'{"title": "\\ud800"}', "title"),
        (b"[" * 65 + b"]" * 65, "body"),
        (b"[" * 500_000, "body"),
        (b'{"title": "x", "n": ' + b"1" * 5000 + b"}", "n"),
        (b'{"title": "x", "n": 12345678901234567890}', "n"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_place_and_kept_as_evidence(key: str, body: bytes, field: str) -> None:
    reply = knock(f"/in/{key}/generic", body)
    assert (reply.status, reply.headers["content-type"]) == (400, "application/problem+json")
    assert reply.json["status"] == 400
    assert reply.json["field"] == field
    assert {"type", "title", "code", "detail"} <= reply.json.keys()
    assert IntakeEvent.objects.exclude(unreadable="").count() == 1


@pytest.mark.parametrize(
    "body",
    [
        {"title": "x", "unknown": [1, {"deep": None}], "severity": 5, "labels": "no", "status": "odd", "url": ["x"]},
        {"title": 7},
        {"title": "x", "n": 1234567890123456789},
        json.dumps({"title": "\x00 nul and 💥"}).encode(),
        b'{"title": "\\ud83d\\ude00"}',
        b"[" * 64 + b"]" * 64,
        b"7",
        {},
    ],
)
def test_odd_but_readable_bodies_are_accepted_and_always_end_as_an_alert(key: str, body: Any) -> None:
    assert knock(f"/in/{key}/generic", body).status == 202
    understand()
    assert Alert.objects.filter(status=Alert.TRIGGERED).count() == 1


def test_an_unknown_key_a_wrong_kind_and_a_malformed_path_are_not_found(key: str) -> None:
    for path in (
        f"/in/{'x' * 43}/generic",
        f"/in/{key}/alertmanager",
        f"/in/{key}",
        f"/in/{key}/generic/x",
        "/in//",
        "/in/é/generic",
    ):
        reply = knock(path, FIRE)
        assert (reply.status, reply.json["code"]) == (404, "not_found")
    assert not IntakeEvent.objects.exists()


def test_other_methods_are_told_to_post(key: str) -> None:
    reply = knock(f"/in/{key}/generic", method="GET")
    assert (reply.status, reply.headers["allow"]) == (405, "POST")
    assert knock(f"/in/{'x' * 43}/generic", method="GET").status == 404


def test_a_body_over_one_mebibyte_is_refused_early_whether_announced_or_not(key: str) -> None:
    limit = 1024 * 1024
    assert knock(f"/in/{key}/generic", b'{"title": "' + b"x" * (limit - 13) + b'"}').status == 202
    assert knock(f"/in/{key}/generic", [b"x" * 65536] * 17).status == 413
    announced = knock(f"/in/{key}/generic", [b"x" * 65536] * 17, headers=[(b"content-length", str(17 * 65536).encode())])
    assert (announced.status, announced.json["field"]) == (413, "body")
    assert all(len(bytes(row.body)) <= 65536 for row in IntakeEvent.objects.exclude(unreadable=""))


def test_refused_bodies_turn_the_key_red_and_page_once_an_hour(key: str) -> None:
    for _ in range(3):
        assert knock(f"/in/{key}/generic", b"{oops").status == 400
    understand()
    alert = Alert.objects.get()
    assert alert.status == Alert.TRIGGERED
    assert alert.description == "{oops"
    made = IntegrationKey.objects.get()
    assert made.unreadable_at is not None
    assert "JSON" in made.unreadable_reason
    commands.resolve(SYSTEM, alert, now=clock.now())
    knock(f"/in/{key}/generic", b"{oops")
    understand()
    assert Alert.objects.count() == 1
    assert Event.objects.filter(name="intake.unreadable").count() == 4


def test_a_revoked_key_is_closed_at_once_on_this_node(key: str) -> None:
    assert knock(f"/in/{key}/generic", FIRE).status == 202
    commands.revoke_key(SYSTEM, IntegrationKey.objects.get(), now=clock.now())
    assert knock(f"/in/{key}/generic", FIRE).status == 404


def test_a_sender_that_hangs_up_leaves_nothing(key: str) -> None:
    async def hang_up() -> list[Any]:
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {"type": "http", "path": f"/in/{key}/generic", "method": "POST", "headers": []}
        await intake.intake(scope, receive, send)
        return sent

    assert asyncio.run(hang_up()) == []
    assert not IntakeEvent.objects.exists()


@pytest.mark.req("SYS-24")
def test_a_store_that_fails_is_a_503_with_retry_after_and_never_a_202(key: str) -> None:
    assert knock(f"/in/{key}/generic", FIRE).status == 202
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE alerts_intakeevent RENAME TO hidden_for_a_moment")
    try:
        reply = knock(f"/in/{key}/generic", FIRE)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE hidden_for_a_moment RENAME TO alerts_intakeevent")
    assert (reply.status, reply.headers["retry-after"]) == (503, "5")
    assert knock(f"/in/{key}/generic", FIRE).status == 202


def test_a_closed_door_says_503() -> None:
    intake.stop()
    assert knock(f"/in/{'x' * 43}/generic", FIRE).status == 503


def test_the_door_can_be_opened_twice_in_one_process(key: str) -> None:
    intake.stop()
    intake.start()
    assert knock(f"/in/{key}/generic", FIRE).status == 202
