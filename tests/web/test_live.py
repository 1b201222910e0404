"""The live door: who may listen, what wakes them, and that nobody is sent what is not for them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import transaction

from tests import company
from tests.web.walk import signed_in
from tocsin.core import clock
from tocsin.core.actor import SYSTEM
from tocsin.core.eventlog import events, sealing
from tocsin.directory.models import Person
from tocsin.incidents import commands as incidents
from tocsin.incidents.models import Incident
from tocsin.web.live import Live, door
from tocsin.web.live.streams import LINES_LIMIT, Stream

pytestmark = pytest.mark.django_db(transaction=True)
LIMIT = 5.0


class Listener:
    """A browser's end of one stream."""

    def __init__(self, live: Live, session: str, query: str = "after=0", **headers: str) -> None:
        self.status = 0
        self.said = ""
        self._gone = asyncio.Event()
        self._changed = asyncio.Event()
        cookies = [(b"cookie", f"theme=dark; sessionid={session}".encode())] if session else []
        more = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": "http", "method": "GET", "path": "/live", "query_string": query.encode(), "headers": cookies + more}
        self.task = asyncio.ensure_future(live(scope, self._receive, self._send))

    async def _receive(self) -> dict[str, Any]:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: dict[str, Any]) -> None:
        self.status = message.get("status", self.status)
        self.said += message.get("body", b"").decode()
        self._changed.set()

    async def hears(self, words: str) -> None:
        """Waits until these words were sent."""
        async with asyncio.timeout(LIMIT):
            while words not in self.said:
                self._changed.clear()
                if words not in self.said:
                    await self._changed.wait()

    async def leave(self) -> None:
        self._gone.set()
        with contextlib.suppress(TimeoutError, asyncio.CancelledError):
            await asyncio.wait_for(self.task, LIMIT)


@contextlib.asynccontextmanager
async def opened() -> AsyncIterator[Live]:
    live = Live()
    await live.start()
    try:
        yield live
    finally:
        await live.stop()


def listening(story: Callable[[Live], Awaitable[None]]) -> None:
    """Run a story around a door that is open."""

    async def whole() -> None:
        async with opened() as live:
            await story(live)

    asyncio.run(whole())


def session_of(person: Person) -> str:
    return signed_in(person).cookies["sessionid"].value


@sync_to_async
def happens(name: str, subject: str, context: str = "") -> int:
    """One sealed event; its position."""
    with transaction.atomic():
        events.record(SYSTEM, name, subject, context=context, now=clock.now(), data={"secret": "not for the wire"})
    sealing.seal(clock.now())
    return events.last_position()


def test_whoever_is_not_signed_in_hears_nothing() -> None:
    async def story(live: Live) -> None:
        for session in ("", "made-up"):
            stranger = Listener(live, session)
            await asyncio.wait_for(stranger.task, LIMIT)
            assert stranger.status == 401

    listening(story)


def test_news_is_a_position_and_no_word_of_what_happened() -> None:
    session = session_of(company.person("Ada"))

    async def story(live: Live) -> None:
        ada = Listener(live, session)
        await ada.hears("retry: 3000")
        position = await happens("service.changed", "svc_x")
        await ada.hears("event: news")
        assert ada.said == f'retry: 3000\n\nid: {position}\nevent: news\ndata: {{"lines": "", "within": 40}}\n\n'
        await ada.leave()

    listening(story)


def test_what_happened_between_the_page_and_its_stream_is_news() -> None:
    session = session_of(company.person("Ada"))

    async def story(live: Live) -> None:
        before = await happens("service.changed", "svc_x")
        after = await happens("service.changed", "svc_y")
        late = Listener(live, session, f"after={before}")
        await late.hears(f"id: {after}")
        again = Listener(live, session, f"after={before}", last_event_id=str(after))
        await again.hears("retry")
        assert "news" not in again.said
        await late.leave()
        await again.leave()

    listening(story)


def test_a_page_about_one_thing_hears_of_that_thing_only() -> None:
    session = session_of(company.person("Ada"))

    async def story(live: Live) -> None:
        ada = Listener(live, session, "after=0&about=inc_a,svc_b")
        await ada.hears("retry")
        await happens("service.changed", "svc_other")
        mine = await happens("room.noted", "msg_1", "inc_a")
        await ada.hears("event: news")
        assert f"id: {mine}\n" in ada.said
        assert ada.said.count("news") == 1
        await ada.leave()

    listening(story)


def test_a_private_incident_wakes_only_those_who_may_know_of_it() -> None:
    ada, otto = company.person("Ada"), company.person("Otto")
    seen, unseen = session_of(ada), session_of(otto)
    incident = incidents.declare(company.actor(ada), summary="Hush", severity=3, private=True, now=clock.now())
    sealing.seal(clock.now())

    async def story(live: Live) -> None:
        inside = Listener(live, seen, f"after=0&about={incident.id}")
        outside = [Listener(live, unseen, "after=0"), Listener(live, unseen, f"after=0&about={incident.id}")]
        for one in (inside, *outside):
            await one.hears("retry")
        secret = await happens("room.noted", "msg_1", incident.id)
        await inside.hears(f"id: {secret}")
        public = await happens("service.changed", "svc_x")
        await outside[0].hears(f"id: {public}")
        assert f"id: {secret}\n" not in outside[0].said
        assert "news" not in outside[1].said
        for one in (inside, *outside):
            await one.leave()

    listening(story)


def test_the_new_lines_of_a_room_come_with_the_news() -> None:
    ada, sven = company.person("Ada"), company.stakeholder("Sven")
    sessions = session_of(ada), session_of(sven)
    incident = incidents.declare(company.actor(ada), summary="Nobody can pay", severity=3, now=clock.now())
    incidents.set_up(company.actor(ada), incident, now=clock.now())
    sealing.seal(clock.now())

    async def story(live: Live) -> None:
        room, elsewhere = f"after=0&about={incident.id}&room={incident.id}", f"after=0&about={incident.id}"
        works, asks, list_ = (Listener(live, *one) for one in ((sessions[0], room), (sessions[1], room), (sessions[0], elsewhere)))
        for one in (works, asks, list_):
            await one.hears("retry")
        await note(ada, incident, "The <queue> grows")
        for one in (works, asks):
            await one.hears("The &lt;queue&gt; grows")
            assert "<queue>" not in one.said
            assert one.said.count("<li") == 1
        await list_.hears("news")
        assert "queue" not in list_.said
        for one in (works, asks, list_):
            await one.leave()

    listening(story)


def test_lines_of_a_private_room_reach_nobody_by_another_piece_of_news() -> None:
    ada, otto = company.person("Ada"), company.person("Otto")
    seen, unseen = session_of(ada), session_of(otto)
    incident = incidents.declare(company.actor(ada), summary="Hush", severity=3, private=True, now=clock.now())
    incidents.set_up(company.actor(ada), incident, now=clock.now())
    sealing.seal(clock.now())

    async def story(live: Live) -> None:
        inside, outside = (Listener(live, one, f"after=0&room={incident.id}") for one in (seen, unseen))
        for one in (inside, outside):
            await one.hears("retry")
        await note(ada, incident, "The secret", "service.changed")
        await inside.hears("The secret")
        await outside.hears("news")
        assert "secret" not in outside.said
        for one in (inside, outside):
            await one.leave()

    listening(story)


@sync_to_async
def note(by: Person, incident: Incident, words: str, *also: str) -> None:
    """Somebody writes in the room; what else happened is sealed in the same breath."""
    incidents.note(company.actor(by), incident, kind="observation", text=words, now=clock.now())
    with transaction.atomic():
        for name in also:
            events.record(SYSTEM, name, "svc_x", now=clock.now())
    sealing.seal(clock.now())


def test_a_slow_reader_is_not_kept_more_than_it_can_read() -> None:
    stream = Stream("session", company.actor(company.person("Ada")), frozenset(), position=1, sent=1)
    for number in range(2, 9):
        stream.tell(number, "x" * 20_000)
    assert len(stream.lines) <= LINES_LIMIT + 20_000
    assert stream.news().startswith("id: 8\n")
    assert stream.lines == ""


def test_a_third_stream_of_a_session_ends_the_oldest() -> None:
    session = session_of(company.person("Ada"))

    async def story(live: Live) -> None:
        streams = []
        for _ in range(3):
            streams.append(Listener(live, session))
            await streams[-1].hears("retry")
        await streams[0].hears("event: elsewhere")
        await asyncio.wait_for(streams[0].task, LIMIT)
        await happens("service.changed", "svc_x")
        for one in streams[1:]:
            await one.hears("event: news")
            await one.leave()
        assert not live.streams

    listening(story)


def test_a_person_who_is_deactivated_is_cut_off_at_once() -> None:
    ada = company.person("Ada")
    session = session_of(ada)

    async def story(live: Live) -> None:
        stream = Listener(live, session)
        await stream.hears("retry")
        await Person.objects.filter(pk=ada.pk).aupdate(is_active=False)
        await happens("person.deactivated", ada.id)
        await stream.hears("event: over")
        await asyncio.wait_for(stream.task, LIMIT)
        assert "news" not in stream.said

    listening(story)


def test_a_session_that_ends_is_noticed_without_any_event(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "RECHECK", 0.0)
    monkeypatch.setattr(door, "BEAT", 0.05)
    ada = company.person("Ada")
    client = signed_in(ada)
    session = client.cookies["sessionid"].value

    async def story(live: Live) -> None:
        stream = Listener(live, session)
        await stream.hears(": still here")
        await sync_to_async(client.session.flush)()
        await stream.hears("event: over")

    listening(story)


def test_closing_the_door_ends_every_stream() -> None:
    session = session_of(company.person("Ada"))

    async def story(live: Live) -> None:
        stream = Listener(live, session)
        await stream.hears("retry")
        live.close()
        await asyncio.wait_for(stream.task, LIMIT)
        late = Listener(live, session)
        await asyncio.wait_for(late.task, LIMIT)
        assert late.status == 503

    listening(story)


@pytest.mark.parametrize(
    "query", ["after=x", "after=-1", "after=99999999999999999999", "after=&about=,,,", "about=" + "inc_x," * 500]
)
def test_odd_questions_open_an_ordinary_stream(query: str) -> None:
    session = session_of(company.person("Ada"))

    async def story(live: Live) -> None:
        stream = Listener(live, session, query)
        await stream.hears("retry")
        assert stream.status == 200
        await stream.leave()

    listening(story)
