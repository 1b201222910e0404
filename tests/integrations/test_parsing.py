"""What each sender's payload becomes, and that nothing strange in it breaks anything."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin import integrations
from tocsin.alerts.ports import FIRING, RESOLVED, Unreadable
from tocsin.integrations.alertmanager import parse as alertmanager
from tocsin.integrations.generic import parse as generic

HOME = Path(integrations.__file__).parent
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def fixture(name: str) -> Any:
    return json.loads((HOME / name).read_text())


@pytest.mark.req("PAG-01")
def test_each_alert_of_a_real_group_is_an_event_of_its_own() -> None:
    first, second = alertmanager.parse(fixture("alertmanager/fixtures/firing_group.json"))
    assert (first.dedup_key, first.title, first.severity) == ("170bad6af7b8f1d3", "Checkout answers slowly", "critical")
    assert (first.status, first.description) == (FIRING, "p99 is 4.2 s")
    assert first.url.startswith("http://prometheus.example.com/")
    assert first.started_at is not None
    assert first.started_at.tzinfo is dt.UTC
    assert first.ended_at is None
    assert (second.title, second.url) == ("HighLatency on web2:9100", "http://alertmanager.example.com")


def test_a_group_that_fires_still_resolves_the_alert_that_is_over() -> None:
    over, burning = alertmanager.parse(fixture("alertmanager/fixtures/one_resolved_without_start.json"))
    assert (over.status, over.dedup_key) == (RESOLVED, "170bad6af7b8f1d3")
    assert over.started_at == over.ended_at
    assert burning.status == FIRING


def test_an_alert_without_fingerprint_is_known_by_its_labels() -> None:
    def key(labels: dict[str, str]) -> str:
        return alertmanager.parse({"alerts": [{"status": "firing", "labels": labels}]})[0].dedup_key

    assert key({"alertname": "X", "a": "1"}) == key({"a": "1", "alertname": "X"})
    assert key({"alertname": "X", "a": "1"}) != key({"alertname": "X", "a": "2"})


def test_a_notification_about_nothing_is_nothing_to_do() -> None:
    assert alertmanager.parse({"version": "4", "alerts": []}) == []


@pytest.mark.parametrize("document", [None, 7, "x", [], {}, {"alerts": {}}, {"alerts": ["x", 7]}])
def test_what_is_no_notification_is_unreadable(document: Any) -> None:
    with pytest.raises(Unreadable):
        alertmanager.parse(document)


@given(ANYTHING, ANYTHING, ANYTHING)
def test_whatever_stands_in_a_notification_it_is_events_or_unreadable(labels: Any, when: Any, whole: Any) -> None:
    item = {"labels": labels, "annotations": when, "startsAt": when, "endsAt": labels, "status": whole, "fingerprint": when}
    for document in ({"alerts": [item]}, {"alerts": whole}, whole):
        for parse in (alertmanager.parse, generic.parse):
            try:
                events = parse(document)
            except Unreadable:
                continue
            for event in events:
                assert all(isinstance(text, str) for text in (event.dedup_key, event.title, event.severity, event.url))


def test_the_generic_door_takes_its_six_fields() -> None:
    (event,) = generic.parse(fixture("generic/fixtures/firing.json"))
    assert (event.title, event.dedup_key, event.status) == ("Backup of db1 failed", "backup/db1", FIRING)
    assert (event.severity, event.description) == ("warning", "exit code 3")
    assert event.url == "https://cron.example.com/backup/db1"


def test_a_resolve_needs_no_title_when_it_has_the_key() -> None:
    (event,) = generic.parse({"dedup_key": "backup/db1", "status": "Resolved"})
    assert (event.status, event.title) == (RESOLVED, "backup/db1")


@pytest.mark.parametrize("document", [None, [], {}, {"title": ""}, {"title": None, "dedup_key": " "}])
def test_an_event_about_nothing_is_unreadable_and_says_that_the_title_is_missing(document: Any) -> None:
    with pytest.raises(Unreadable, match=r"title is missing|not an object"):
        generic.parse(document)
