"""The bare door to the status page: it needs no store, says its age, and never shows half of anything."""

from __future__ import annotations

import asyncio
import datetime as dt
import gzip
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError

from tests.conftest import MovedClock
from tocsin.core import clock
from tocsin.web.kept.door import FILE, Kept
from tocsin.web.kept.renewal import Renewal
from tocsin.web.kept.shelf import Document, Shelf

WORDS = b"<p>" + b"Everything works. " * 40 + b"</p><p><!--age--></p>"
PAGE = Document(WORDS, "text/html", (("Cache-Control", "public"),))
JSON = Document(b'{"page":1}', "application/json")


class Answer:
    """What the door sent for one request."""

    def __init__(self, kept: Kept, path: str, method: str = "GET", **headers: str) -> None:
        named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        scope: dict[str, Any] = {"type": "http", "method": method, "path": path, "headers": named}
        self.status, self.headers, self.body = 0, {}, b""
        self.ready = kept.find(scope)
        if self.ready is not None:
            asyncio.run(kept.send(self.ready, scope, self._hear))

    async def _hear(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            self.body += message["body"]


class Store:
    """A store that can be away; the page says what is in it."""

    def __init__(self) -> None:
        self.words, self.changes, self.away, self.rendered = b"one", 0, False, 0

    def standing(self) -> int:
        if self.away:
            raise OperationalError("gone")
        return self.changes

    def render(self, now: dt.datetime) -> Mapping[str, Document]:
        self.rendered += 1
        return {"/status": Document(self.words + b"<!--age-->", "text/html")}

    def say(self, words: bytes) -> None:
        self.words, self.changes = words, self.changes + 1


@pytest.fixture
def kept() -> Kept:
    shelf = Shelf(look_up=0)
    shelf.put({"/status": PAGE, "/api/v2/status.json": JSON}, clock.now())
    return Kept(shelf)


def test_a_page_is_sent_plain_or_packed_with_its_headers(kept: Kept) -> None:
    plain, packed = Answer(kept, "/status"), Answer(kept, "/status", accept_encoding="br, gzip")
    assert (plain.status, plain.body) == (200, WORDS)
    assert (plain.headers["content-type"], plain.headers["cache-control"]) == ("text/html", "public")
    assert gzip.decompress(packed.body) == WORDS
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) == len(packed.body) < len(WORDS)


def test_who_has_it_already_gets_its_name_alone(kept: Kept) -> None:
    etag = Answer(kept, "/status").headers["etag"]
    again = Answer(kept, "/status", if_none_match=f'"other", W/{etag}')
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", etag)
    assert Answer(kept, "/status", if_none_match='"other"').status == 200


def test_a_head_is_answered_without_a_body_and_other_verbs_are_left_to_the_house(kept: Kept) -> None:
    head = Answer(kept, "/status", "HEAD")
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", str(len(WORDS)))
    assert Answer(kept, "/status", "POST").ready is None
    assert Answer(kept, "/status/internal").ready is None


def test_after_a_minute_without_the_store_it_says_its_age(kept: Kept, moved_clock: MovedClock) -> None:
    moved_clock.forward(seconds=50)
    assert Answer(kept, "/status").body == WORDS
    moved_clock.forward(minutes=4)
    old, document = Answer(kept, "/status"), Answer(kept, "/api/v2/status.json")
    assert b"This page is 4 minutes old." in old.body
    assert (document.body, int(document.headers["age"])) == (JSON.body, pytest.approx(290, abs=5))
    kept.shelf.confirm(clock.now())
    assert Answer(kept, "/status").body == WORDS


def test_what_was_kept_on_disk_is_served_with_its_age(kept: Kept, tmp_path: Path, moved_clock: MovedClock) -> None:
    kept.shelf.save(tmp_path / FILE)
    moved_clock.forward(hours=3)
    later = Kept(Shelf(look_up=0))
    assert later.load(tmp_path)
    found = Answer(later, "/status")
    assert b"This page is 3 hours old." in found.body
    assert found.headers["cache-control"] == "public"
    assert [file.name for file in tmp_path.iterdir()] == [FILE]


@pytest.mark.parametrize("broken", [b"", b"PK\x03\x04 torn", b"nonsense"])
def test_a_torn_file_is_no_page_and_no_fault(tmp_path: Path, broken: bytes) -> None:
    (tmp_path / FILE).write_bytes(broken)
    assert not Kept(Shelf(look_up=0)).load(tmp_path)


def test_a_page_is_made_anew_when_something_changed_and_not_before(tmp_path: Path, now: dt.datetime) -> None:
    store, shelf = Store(), Shelf(look_up=0)
    renewal = Renewal(shelf, tmp_path / FILE, store.standing, store.render)
    assert [renewal.turn(now + dt.timedelta(seconds=second)) for second in (0, 1, 2)] == [True, False, False]
    store.say(b"two")
    assert renewal.turn(now + dt.timedelta(seconds=3))
    assert shelf.find("/status").plain.startswith(b"two")
    assert renewal.turn(now + dt.timedelta(seconds=40)), "time passes on a page too"


def test_the_last_good_page_outlives_the_store(tmp_path: Path, moved_clock: MovedClock) -> None:
    store, shelf = Store(), Shelf(look_up=0)
    renewal = Renewal(shelf, tmp_path / FILE, store.standing, store.render)
    renewal.turn(clock.now())
    store.away = True
    moved_clock.forward(minutes=2)
    with pytest.raises(OperationalError):
        renewal.turn(clock.now())
    assert b"2 minutes old" in shelf.find("/status").plain
    store.away = False
    renewal.turn(clock.now())
    assert shelf.find("/status").plain == b"one<!--age-->"


def test_a_full_disk_takes_nothing_from_readers(tmp_path: Path, now: dt.datetime) -> None:
    store, shelf = Store(), Shelf(look_up=0)
    (tmp_path / "file").write_text("in the way")
    Renewal(shelf, tmp_path / "file" / FILE, store.standing, store.render).turn(now)
    assert shelf.find("/status") is not None
