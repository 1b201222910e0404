"""Large bodies at the door: a few addresses take them, to disk, within their limit, and nobody waits for a slow sender."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable
from typing import Any

import pytest

from tocsin.web import uploads
from tocsin.web.doors import Doors
from tocsin.web.uploads import Gone, Refusal, Uploads

MIB = 1024 * 1024
COOKIE = (b"cookie", b"sessionid=x")
FORM = (b"content-type", b"multipart/form-data; boundary=x")


def scope(path: str, *headers: tuple[bytes, bytes], method: str = "POST") -> dict[str, Any]:
    return {"type": "http", "method": method, "path": path, "headers": list(headers)}


@pytest.mark.parametrize(
    ("request_", "taken"),
    [
        (scope("/HOT-12/say", COOKIE, FORM), True),
        (scope("/api/v1/incidents/HOT-12/attach", (b"authorization", b"Bearer x"), FORM), True),
        (scope("/me/away", COOKIE, FORM), True),
        (scope("/t/payments/away", COOKIE, FORM), True),
        (scope("/t/payments/away/awc_1/remove", COOKIE, FORM), False),
        (scope("/HOT-12/say", FORM), False),
        (scope("/HOT-12/say", COOKIE), False),
        (scope("/HOT-12/note", COOKIE, FORM), False),
        (scope("/HOT-12/say/", COOKIE, FORM), False),
        (scope("/api/v1/incidents/HOT-12/say", COOKIE, FORM), False),
        (scope("/account/login/", COOKIE, FORM), False),
        (scope("/HOT-12/say", COOKIE, FORM, method="GET"), False),
    ],
)
def test_only_the_doors_for_files_take_large_bodies(request_: dict[str, Any], taken: bool) -> None:
    assert uploads.takes_files(request_) is taken


def sender(chunks: Iterable[bytes], *, hangs_up: bool = False) -> Any:
    waiting = list(chunks)

    async def receive() -> dict[str, Any]:
        if not waiting:
            return {"type": "http.disconnect"}
        chunk = waiting.pop(0)
        return {"type": "http.request", "body": chunk, "more_body": bool(waiting) or hangs_up}

    return receive


async def _digest(receive: Any) -> tuple[str, int]:
    digest, longest = hashlib.sha256(), 0
    while True:
        message = await receive()
        digest.update(message["body"])
        longest = max(longest, len(message["body"]))
        if not message["more_body"]:
            return digest.hexdigest(), longest


@pytest.mark.parametrize("size", [0, 1, uploads.CHUNK, uploads.CHUNK * 2, 5 * MIB + 3])
def test_what_was_sent_arrives_piece_by_piece(size: int) -> None:
    content = bytes(number % 251 for number in range(1000)) * (size // 1000 + 1)
    content = content[:size]

    async def run() -> tuple[str, int]:
        spool = await Uploads().read(sender([content[at : at + 65_536] for at in range(0, max(size, 1), 65_536)]))
        return await _digest(uploads.replay(spool, sender([])))

    digest, longest = asyncio.run(run())
    assert digest == hashlib.sha256(content).hexdigest()
    assert longest <= uploads.CHUNK


def test_more_than_three_whole_files_are_refused_in_words() -> None:
    with pytest.raises(Refusal) as refused:
        asyncio.run(Uploads().read(sender([b"x" * MIB] * 33)))
    assert refused.value.status == 413
    assert "30 MiB" in refused.value.words


def test_somebody_who_never_stops_is_hung_up_on() -> None:
    with pytest.raises(Gone):
        asyncio.run(Uploads().read(sender([b"x" * MIB] * 70)))


def test_somebody_who_hangs_up_leaves_nothing_open() -> None:
    door = Uploads()
    with pytest.raises(Gone):
        asyncio.run(door.read(sender([b"x"], hangs_up=True)))
    assert door._open == 0


def test_a_sender_who_falls_silent_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "IDLE_SECONDS", 0.05)

    async def silent() -> dict[str, Any]:
        await asyncio.Event().wait()
        return {}

    with pytest.raises(Refusal) as refused:
        asyncio.run(Uploads().read(silent))
    assert refused.value.status == 408


def test_a_ninth_upload_at_once_is_asked_to_come_again() -> None:
    async def run() -> None:
        door, never = Uploads(), asyncio.Event()

        async def silent() -> dict[str, Any]:
            await never.wait()
            return {}

        tasks = [asyncio.create_task(door.read(silent)) for _ in range(uploads.AT_ONCE)]
        await asyncio.sleep(0)
        with pytest.raises(Refusal) as refused:
            await door.read(silent)
        assert refused.value.status == 503
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(run())


async def _answered(asked: dict[str, Any]) -> tuple[int, str, str]:
    """Status, kind and body of the answer to two MiB."""
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    await Doors(None, lambda fault: None)({**asked, "query_string": b""}, sender([b"x" * MIB] * 2), send)
    return sent[0]["status"], dict(sent[0]["headers"])[b"content-type"].decode(), sent[1]["body"].decode()


def test_a_person_reads_that_a_form_was_too_large_and_finds_back() -> None:
    asks, host = (b"accept", b"text/html,*/*;q=0.8"), (b"host", b"tocsin.example")
    came = (b"referer", b"https://tocsin.example/schedules/pay?at=<now>")
    status, kind, body = asyncio.run(_answered(scope("/schedules/pay/overrides", asks, host, came)))
    assert (status, kind) == (413, "text/html; charset=utf-8")
    assert "A request may hold 1024 KiB at most. Nothing was stored." in body
    assert '<a href="/schedules/pay?at=&lt;now&gt;">Go back</a>' in body
    elsewhere = (b"referer", b"https://evil.example/x")
    assert '<a href="/">' in asyncio.run(_answered(scope("/declare", asks, host, elsewhere)))[2]


def test_a_program_reads_a_problem() -> None:
    status, kind, body = asyncio.run(_answered(scope("/api/v1/people", (b"accept", b"text/html"))))
    assert (status, kind) == (413, "application/problem+json")
    assert '"code": "too_large"' in body
