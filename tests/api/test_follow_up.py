"""What follows an incident, through the API: tasks elsewhere, what is left, the last words."""

from __future__ import annotations

import pytest

from tests.api.caller import Api, refusal
from tests.incidents import given
from tocsin.statuspages import commands as statuspages

pytestmark = pytest.mark.django_db
TICKET = "https://tracker.example.com/OPS-7"


@pytest.fixture
def there():
    return given.house()


@pytest.fixture
def caller(there):
    return Api(there.root)


@pytest.fixture
def incident(there):
    found = given.fixing(there)
    words = {"internal": {"body": "Looking"}, "external": {"body": "Looking"}, "confirmation": "first"}
    statuspages.post_update(
        there.actor("ben"), found, status="investigating", **words, next_update_at=given.later(30), now=given.later(2)
    )
    return found


RESOLVE = {
    "impact_over": True,
    "none_about_to_follow": True,
    "unknown": ["impact_started_at", "impact_ended_at"],
    "postmortem_owner": "ana@example.com",
}


@pytest.mark.req("RES-08")
def test_resolving_closes_every_entry_or_hears_why_not(caller, incident):
    refused = refusal(caller.post(f"incidents/{incident.key}/resolve", RESOLVE), 422)
    assert refused["field"] == "final"
    done = caller.post(f"incidents/{incident.key}/resolve", RESOLVE | {"final": {}, "leave_open": {"external": "banks catch up"}})
    assert done.status_code == 200
    after = caller.get(f"incidents/{incident.key}/follow-up").json()
    assert [(one["page"], one["why"]) for one in after["entries"]] == [("external", "banks catch up")]
    assert (after["left"], after["postmortem"]["owner"]["name"]) == (2, "Ana")
    closed = caller.post(f"incidents/{incident.key}/close-updates", {})
    assert [one["page"] for one in closed.json()["updates"]] == ["external"]
    assert caller.post(f"incidents/{incident.key}/close-updates", {}).json()["updates"] == []


@pytest.mark.req("RES-03")
def test_a_task_elsewhere_is_linked_done_and_taken_away(caller, incident):
    made = caller.post(f"incidents/{incident.key}/link-task", {"address": TICKET, "title": "Clear the queue"})
    assert (made.status_code, made.json()["state"], made.json()["kept_by_hand"]) == (201, "open", True)
    path = f"incidents/{incident.key}/tasks/{made.json()['id']}"
    assert caller.post(f"{path}/complete").json()["state"] == "done"
    assert caller.post(f"{path}/reopen").json()["state"] == "open"
    assert [one["title"] for one in caller.get(f"incidents/{incident.key}/tasks").json()["items"]] == ["Clear the queue"]
    assert caller.post(f"{path}/unlink").status_code == 204
    refusal(caller.post(f"{path}/complete"), 404)
    wrong = caller.post(f"incidents/{incident.key}/link-task", {"address": "OPS-7", "title": "x"})
    assert refusal(wrong, 422)["field"] == "address"
