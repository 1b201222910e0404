"""Subscribers through the API: for administrators, but for the numbers."""

from __future__ import annotations

import pytest

from tests.api.caller import Api, refusal
from tests.incidents import given
from tests.statuspages import readers
from tests.statuspages.post import arrives
from tocsin.core.models import OutboxMail

pytestmark = pytest.mark.django_db


@pytest.fixture
def there(settings):
    arrives(settings)
    return given.house()


def test_subscribers_are_added_read_and_removed(there):
    root, payments = Api(there.root), readers.part("Payments")
    made = root.post("subscribers", {"address": "Rita@Example.net", "parts": [payments.pk]})
    assert (made.status_code, made.json()["address"], made.json()["parts"]) == (201, "rita@example.net", ["Payments"])
    assert root.get("subscribers/rita@example.net").json()["state"] == "confirmed"
    hook = root.post("subscribers", {"channel": "slack", "address": "https://hooks.slack.com/services/T/B/secret"}).json()
    assert hook["address"] == "hooks.slack.com/…cret"
    assert [one["channel"] for one in root.get("subscribers?limit=1").json()["items"]] == ["mail"]
    assert refusal(root.post("subscribers", {"address": "nobody"}), 422)["field"] == "address"
    assert refusal(root.post("subscribers", {"address": "a@example.net", "parts": ["cmp_x"]}), 422)["field"] == "parts"
    assert refusal(root.get("subscribers?state=odd"), 422)["field"] == "state"
    assert root.post("subscribers/rita@example.net/remove").status_code == 204
    assert root.get("subscribers/rita@example.net").status_code == 404
    assert not OutboxMail.objects.exists()


def test_a_file_is_counted_before_it_is_written(there):
    root = Api(there.root)
    lines = {"text": "a@example.net\nb@example.net\nb@example.net\nno\n"}
    assert root.post("subscribers/import", {**lines, "dry_run": True}).json() == {
        "added": 2,
        "known": 0,
        "stopped": 0,
        "wrong": [{"line": 4, "reason": "Write a mail address such as ops@example.com."}],
        "dry_run": True,
    }
    assert root.get("subscribers").json()["items"] == []
    assert refusal(root.post("subscribers/import", lines), 422)["field"] == "consent"
    done = root.post("subscribers/import", {**lines, "consent": True}).json()
    assert (done["added"], done["dry_run"]) == (2, False)
    assert root.post("subscribers/import", {**lines, "dry_run": True}).json()["known"] == 2


def test_addresses_are_for_administrators_and_numbers_for_everybody(there):
    readers.subscriber()
    incident = given.fixing(there)
    readers.said(there, incident)
    readers.walk()
    ben = Api(there.ben)
    assert ben.get("subscribers").status_code == 403
    assert ben.get("subscribers/rita@example.net").status_code == 403
    telling = ben.get("subscribers/tellings").json()["items"][0]
    assert (telling["incident"], telling["meant"], telling["told"], telling["over"]) == (incident.key, 1, 0, False)
    assert "rita" not in str(telling)
