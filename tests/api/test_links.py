"""Links over the API: each kind made, read at this end and at the other; the page of links shows them."""

from __future__ import annotations

import pytest

from tests.api.caller import Api, refusal
from tests.incidents import given
from tests.web.walk import signed_in
from tocsin.alerts import commands as alerts
from tocsin.core.actor import SYSTEM

pytestmark = pytest.mark.django_db


@pytest.mark.req("TRK-08")
def test_each_kind_is_made_and_both_ends_show_it():
    house = given.house()
    caller = Api(house.root)
    done, again = given.resolved(house), given.declared(house, summary="Cards fail again")
    change = alerts.record_change(SYSTEM, "Checkout 412", now=given.NOW)
    at, problem = f"incidents/{again.key}/links", "https://problems.example.com/PRB-7"
    for kind, target in (
        ("related", done.key),
        ("repeats", done.key),
        ("duplicates", done.key),
        ("caused_by", done.key),
        ("follow_up_of", done.key),
        ("causing_change", change.id),
        ("postmortem", done.key),
        ("cleanup_task", "https://tasks.example.com/12"),
        ("support_case", "CS-1"),
        ("problem_record", problem),
    ):
        answer = caller.post(at, {"kind": kind, "target": target, "title": "Named"})
        assert answer.status_code == 201, answer.content
        assert kind in [one["kind"] for one in answer.json()["items"]]
    here = {one["kind"]: one for one in caller.get(at).json()["items"]}
    there = {one["kind"]: one for one in caller.get(f"incidents/{done.key}/links").json()["items"]}
    assert (here["repeats"]["words"], there["repeats"]["words"], there["repeats"]["inverse"]) == ("Repeats", "Repeated by", True)
    assert {"related", "repeats", "duplicates", "caused_by", "follow_up_of", "postmortem"} <= set(there)
    for target in (change.id, problem, here["postmortem"]["target"]):
        assert [one["incident"] for one in caller.get(f"links?target={target}").json()["items"]] == [again.key]
    assert refusal(caller.post(at, {"kind": "related", "target": "HOT-999"}), 422)["field"] == "target"
    assert refusal(caller.post(at, {"kind": "x", "target": done.key}), 422)["field"] == "kind"
    assert caller.post(f"incidents/{done.key}/links/{here['repeats']['id']}/remove").status_code == 204
    refusal(caller.post(f"{at}/{here['repeats']['id']}/remove"), 404)


def test_the_pages_of_both_ends_tell_it_and_the_form_keeps_what_was_typed():
    house = given.house()
    done, again = given.resolved(house), given.declared(house, summary="Cards fail again")
    change = alerts.record_change(SYSTEM, "Checkout 412", now=given.NOW)
    client = signed_in(house.ben)
    wrong = client.post(f"/{again.key}/links/add", {"kind": "related", "target": "HOT-999"})
    assert wrong.status_code == 422
    assert b'value="HOT-999"' in wrong.content
    for kind, target in (("repeats", done.key), ("causing_change", change.id), ("postmortem", done.key)):
        assert client.post(f"/{again.key}/links/add", {"kind": kind, "target": target}).status_code == 302
    assert f"{again.key} Cards fail again" in client.get(f"/{done.key}/links").content.decode()
    assert "Repeated by" in client.get(f"/{done.key}").content.decode()
    assert again.key in client.get(f"/{done.key}/postmortem").content.decode()
    assert f'<a href="/{again.key}">' in client.get("/changes?days=90").content.decode()
    assert "/remove" not in signed_in(house.sven).get(f"/{done.key}/links").content.decode()
