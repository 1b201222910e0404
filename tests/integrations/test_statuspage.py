"""A hosted Statuspage: what it is told is what its API takes, a lost answer makes nothing twice, and hostile answers are judged."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator

import pytest

from tests.conftest import NOW
from tests.statuspages import hosted
from tests.statuspages.hosted import Hosted
from tocsin.core.net import addresses
from tocsin.core.net.outbound import Guard
from tocsin.integrations.statuspage import api
from tocsin.integrations.statuspage.send import send
from tocsin.statuspages.mirrors.ports import Landed, Message, Part, Said, Target, Words

FIRST = Said("upd_1", "investigating", "We look, Zürich 🔥.", NOW)
SECOND = Said("upd_2", "identified", "We know.", NOW + dt.timedelta(minutes=5))
LAST = Said("upd_3", "resolved", "Over.", NOW + dt.timedelta(minutes=9))


@pytest.fixture
def there() -> Iterator[Hosted]:
    made = Hosted("API", "Checkout")
    yield made
    made.stop()


def tell(there: Hosted, *said: Said, remote: str = "", parts: tuple[Part, ...] = (), key: str = hosted.KEY, **more: str) -> Landed:
    words = Words("ent_1", "Cards fail", said, NOW, remote, "https://status.example.com/i/1") if said else None
    target = Target("statuspage", more.get("address", there.url), more.get("page", hosted.PAGE), key, False)
    return send(Message("mrc_1", target, parts, words), now=NOW, guard=there.guard)


def part(name: str, state: str) -> Part:
    return Part("cmp_1", "Ours", name, state)


@pytest.mark.req("SYS-10")
def test_an_incident_is_created_updated_and_resolved_with_its_parts(there: Hosted) -> None:
    made = tell(there, FIRST, parts=(part("checkout", "major_outage"),))
    assert (made.ok, made.answer, made.address) == (True, "created", f"https://stspg.example/{made.remote_id}")
    assert there.state("Checkout") == "major_outage"
    assert tell(there, FIRST, SECOND, remote=made.remote_id or "").answer == "updated"
    ended = tell(there, FIRST, SECOND, LAST, remote=made.remote_id or "", parts=(part("c00000000001", "operational"),))
    assert (ended.answer, ended.remote_id) == ("resolved", made.remote_id)
    assert there.told == [(one.status, one.body) for one in (FIRST, SECOND, LAST)]
    assert (len(there.incidents), there.incidents[0]["status"], there.state("Checkout")) == (1, "resolved", "operational")
    assert there.wrong == []


@pytest.mark.parametrize("known", [False, True])
def test_a_lost_answer_makes_neither_two_incidents_nor_two_updates(there: Hosted, known: bool) -> None:
    there.lose = 1
    lost = tell(there, FIRST)
    assert (lost.ok, lost.permanent, lost.remote_id) == (False, False, None)
    again = tell(there, FIRST)
    assert (again.ok, again.answer) == (True, "it is there already")
    there.lose = 1
    assert not tell(there, FIRST, SECOND, remote=again.remote_id or "").ok
    assert tell(there, FIRST, SECOND, remote=again.remote_id or "" if known else "").answer == "it is there already"
    assert (len(there.incidents), there.told) == (1, [(one.status, one.body) for one in (FIRST, SECOND)])


def test_an_incident_of_somebody_else_is_not_touched(there: Hosted) -> None:
    there.incidents = [{"id": "p31zjtct2jer", "status": "identified", "metadata": {}, "incident_updates": []}]
    assert tell(there, FIRST).answer == "created"
    assert there.incidents[1]["incident_updates"] == []


def test_what_was_deleted_over_there_is_for_a_person_and_then_made_anew(there: Hosted) -> None:
    gone = tell(there, FIRST, SECOND, remote="p31zjtct2jer")
    assert (gone.ok, gone.permanent, gone.remote_id) == (False, True, "")
    assert tell(there, FIRST, SECOND).answer == "created"


def test_a_part_that_is_not_there_does_not_hold_up_the_words(there: Hosted) -> None:
    made = tell(there, FIRST, parts=(part("Search", "major_outage"), part("API", "partial_outage")))
    assert (made.ok, made.answer, there.state("API")) == (True, "created; it has no part Search", "partial_outage")


def test_a_part_set_by_hand_and_a_test(there: Hosted) -> None:
    assert tell(there, parts=(part("API", "degraded_performance"),)).answer == "set"
    assert there.state("API") == "degraded_performance"
    assert tell(there).answer == "It answers and has 2 parts."
    assert [method for method, _ in there.asked] == ["GET", "PATCH", "GET"]
    assert (there.incidents, there.wrong) == ([], [])


@pytest.mark.parametrize(
    ("status", "permanent"),
    [(400, True), (403, True), (404, True), (422, True), (420, False), (429, False), (500, False), (503, False)],
)
def test_answers_are_judged(there: Hosted, status: int, permanent: bool) -> None:
    there.trouble = lambda method, path: (status, {}, b'{"error":["Name is odd","Body too"]}')
    got = tell(there, FIRST)
    assert (got.ok, got.permanent, got.answer) == (False, permanent, f"HTTP {status}: Name is odd; Body too")


@pytest.mark.parametrize("status", [429, 503])
def test_a_page_that_asks_for_a_pause_says_how_long(there: Hosted, status: int) -> None:
    there.trouble = lambda method, path: (status, {"Retry-After": "90"}, b"{}")
    assert tell(there, FIRST).pause == dt.timedelta(seconds=90)
    at = (NOW + dt.timedelta(minutes=5)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    there.trouble = lambda method, path: (status, {"Retry-After": at}, b"{}")
    assert tell(there, FIRST).pause == dt.timedelta(minutes=5)


def test_parts_beyond_the_first_five_hundred_are_found_and_beyond_what_is_read_the_answer_says_so(there: Hosted) -> None:
    there.components += [
        {"id": f"x{number:011d}", "name": f"Part {number}", "status": "operational", "group": False} for number in range(2_100)
    ]
    assert tell(there, parts=(part("Part 700", "partial_outage"),)).answer == "set"
    assert there.state("Part 700") == "partial_outage"
    made = tell(there, FIRST, parts=(part("Part 2099", "partial_outage"), part("API", "partial_outage")))
    assert made.answer == "created; it has no part Part 2099 among the first 2,000"
    assert tell(there).answer == "It answers and has 100 parts or more."


def test_a_wrong_key_is_final_and_is_never_repeated_in_words(there: Hosted) -> None:
    got = tell(there, FIRST, key="wrong-key-123")
    assert (got.permanent, got.answer) == (True, "HTTP 401: Could not authenticate")
    there.trouble = lambda method, path: (403, {}, b'{"message":"key wrong-key-123 is not allowed"}')
    assert tell(there, FIRST, key="wrong-key-123").answer == "HTTP 403: key … is not allowed"


@pytest.mark.parametrize(
    ("status", "headers", "body", "words"),
    [
        (200, {"content-type": "text/html"}, b"<html>Sign in</html>", "no JSON"),
        (200, {}, b"[" * 10_000_000, "larger than 2 MB"),
        (200, {}, b"[" * 5000, "no JSON"),
        (200, {}, b'{"incidents": []}', "not answer with a list"),
        (302, {"location": "http://127.0.0.1:1/steal"}, b"", "moved elsewhere"),
        (200, {}, b"", "no JSON"),
        (500, {"content-type": "text/html"}, b"<html>" + b"x" * 9000, "HTTP 500"),
        (422, {}, b'{"error":{"a":[1]}}', "HTTP 422"),
    ],
)
def test_hostile_answers_are_failures_in_words(
    there: Hosted, status: int, headers: dict[str, str], body: bytes, words: str
) -> None:
    there.trouble = lambda method, path: (status, headers, body)
    got = tell(there, FIRST)
    assert not got.ok
    assert words in got.answer
    assert len(got.answer) <= 300
    assert there.incidents == []


def test_one_that_does_not_answer_is_left_alone_and_tried_again(there: Hosted, monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()

    def never(method: str, path: str) -> None:
        over.wait(20)

    there.trouble = never
    monkeypatch.setattr(api, "TOGETHER", 0.3)
    try:
        got = tell(there, FIRST)
    finally:
        over.set()
    assert (got.ok, got.permanent) == (False, False)
    assert "time limit" in got.answer


def test_an_id_that_would_lead_elsewhere_is_not_followed(there: Hosted) -> None:
    mark = b'[{"id": "../../../admin", "metadata": {"tocsin": {"entry": "ent_1"}}}]'
    there.trouble = lambda method, path: (200, {}, mark) if method == "GET" and "incidents" in path else None
    assert tell(there, FIRST).answer == "created"
    assert all("admin" not in path for _, path in there.asked)


def test_nobody_there_may_be_tried_again_and_a_private_address_may_not(there: Hosted) -> None:
    closed = Guard(addresses.parse_allow("127.0.0.1:1"), only_allowed=True)
    target = Target("statuspage", "http://127.0.0.1:1/v1", hosted.PAGE, hosted.KEY, True)
    got = send(Message("mrc_1", target), now=NOW, guard=closed)
    assert (got.ok, got.permanent) == (False, False)
    got = send(Message("mrc_1", target), now=NOW, guard=Guard(addresses.parse_allow("")))
    assert (got.ok, got.permanent) == (False, True)
    assert "private or reserved" in got.answer
