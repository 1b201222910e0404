"""Lists, versions and repeated requests."""

from __future__ import annotations

import json
import threading

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import company
from tests.api.caller import Api, refusal
from tocsin.alerts import commands
from tocsin.alerts.models import Alert
from tocsin.core import clock
from tocsin.core.actor import SYSTEM
from tocsin.core.ids import new_id
from tocsin.core.models import RememberedRequest
from tocsin.core.store import once
from tocsin.directory.models import Service

NOUNS = ("alerts", "incidents", "services", "people", "teams", "schedules", "pages", "postmortems", "actions")


def fired(shop: Service) -> Alert:
    """An alert as its source would make it."""
    return commands.trigger(SYSTEM, shop, title="5xx above 5 %", source="test", dedup_key=new_id("key"), now=clock.now())


@pytest.mark.django_db
def test_a_list_is_read_to_its_end_without_counting() -> None:
    caller, shop = Api(), company.service()
    numbers = [fired(shop).number for _ in range(5)]
    seen, cursor = [], ""
    with CaptureQueriesContext(
        connection,
    ) as queries:
        while cursor is not None:
            part = caller.get(f"alerts?limit=2&cursor={cursor}").json()
            seen += [item["number"] for item in part["items"]]
            cursor = part["next"]
    assert seen == sorted(numbers, reverse=True)
    assert not [query for query in queries if "COUNT(" in query["sql"].upper()]


@pytest.mark.django_db
@pytest.mark.parametrize("noun", NOUNS)
def test_every_list_has_items_and_next_and_refuses_a_foreign_cursor(noun: str) -> None:
    caller = Api()
    assert caller.get(noun).json().keys() == {"items", "next"}
    refusal(caller.get(f"{noun}?cursor=WyJub3N1Y2giLCAxXQ"), 422)


@pytest.mark.django_db
def test_a_list_takes_the_same_number_of_queries_for_one_and_for_many() -> None:
    caller, shop = Api(), company.service()
    fired(shop)
    caller.get("alerts")
    with CaptureQueriesContext(connection) as few:
        caller.get("alerts")
    for _ in range(20):
        fired(shop)
    with CaptureQueriesContext(connection) as many:
        caller.get("alerts")
    assert len(few) == len(many)


@pytest.mark.django_db
def test_a_change_needs_the_version_that_was_read() -> None:
    caller, shop = Api(), company.service()
    path = f"services/{shop.slug}"
    read = caller.get(path)
    assert refusal(caller.patch(path, {"description": "new"}), 428)["code"] == "if_match_missing"
    changed = caller.patch(path, {"description": "new"}, If_Match=read["ETag"])
    assert changed.status_code == 200
    assert changed.json()["description"] == "new"
    assert changed["ETag"] != read["ETag"]
    stale = refusal(caller.patch(path, {"description": "newer"}, If_Match=read["ETag"]), 412)
    assert stale["current"]["description"] == "new"
    assert caller.get(path, If_None_Match=changed["ETag"]).status_code == 304


@pytest.mark.django_db
def test_the_same_key_gives_the_first_answer_and_does_nothing_twice() -> None:
    caller, shop = Api(), company.service()
    body = {"service": shop.slug, "title": "Checkout is down"}
    first = caller.post("alerts", body, Idempotency_Key="one")
    again = caller.post("alerts", body, Idempotency_Key="one")
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert again["Idempotency-Replayed"] == "true"
    assert first["ETag"] == again["ETag"]
    assert Alert.objects.count() == 1
    problem = refusal(caller.post("alerts", {**body, "title": "other"}, Idempotency_Key="one"), 409)
    assert problem["code"] == "idempotency_key_reused"
    assert Api(company.person("Bo")).post("alerts", body, Idempotency_Key="one").status_code == 201


@pytest.mark.django_db
def test_a_refused_request_is_not_remembered() -> None:
    caller, shop = Api(), company.service()
    refusal(caller.post("alerts", {"service": "nosuch", "title": "x"}, Idempotency_Key="one"), 422)
    assert caller.post("alerts", {"service": shop.slug, "title": "x"}, Idempotency_Key="one").status_code == 201
    refusal(caller.post("alerts", {"service": shop.slug, "title": "x"}, Idempotency_Key="not ascii ä"), 422)


@pytest.mark.django_db
def test_keys_are_forgotten_after_a_day(now) -> None:
    def work() -> once.Answer:
        return once.Answer(201, "{}")

    once.once(work, key="a", content="x", now=now)
    assert once.forget(now + once.KEPT) == 0
    assert once.forget(now + once.KEPT * 1.01) == 1
    assert not RememberedRequest.objects.exists()


@pytest.mark.django_db
def test_what_is_remembered_is_encrypted() -> None:
    caller, shop = Api(), company.service()
    made = caller.post(f"services/{shop.slug}/keys", {"kind": "generic", "name": "t"}, Idempotency_Key="one").json()
    kept = RememberedRequest.objects.get()
    assert made["key"] not in json.dumps(kept.answer)


@pytest.mark.django_db
def test_a_rehearsal_answers_and_changes_nothing() -> None:
    caller, shop = Api(), company.service()
    assert caller.post("alerts?dry_run=true", {"service": shop.slug, "title": "x"}).status_code == 201
    assert Alert.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_two_at_once_with_the_same_key_have_one_winner_and_one_answer() -> None:
    done: list[int] = []
    answers: list[once.Answer] = []
    both = threading.Barrier(2)

    def work() -> once.Answer:
        done.append(1)
        return once.Answer(201, json.dumps({"made": len(done)}))

    def ask() -> None:
        both.wait()
        try:
            answers.append(once.once(work, key="k", content="x", now=clock.now()))
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 1
    assert [answer.body for answer in answers] == ['{"made": 1}'] * 2
    assert sorted(answer.again for answer in answers) == [False, True]
