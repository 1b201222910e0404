"""From an alert to a person: by mail, by templated call, on and on until somebody answers, then silence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.acceptance.rig import Rig
from tests.acceptance.shelf import Shelf


@pytest.mark.everywhere
@pytest.mark.req("PAG-01", "PAG-09", "PAG-14")
def test_an_alert_pages_by_mail_and_two_minutes_later_by_a_templated_call(rig: Rig) -> None:
    rig.send_alert("Checkout answers 500", severity="critical")
    mail = rig.expect_mail("Ada", "Checkout answers 500")
    assert mail.line["message_id"]
    rig.fast_forward(minutes=2)
    call = rig.expect_call("Ada", "Checkout answers 500")
    body = json.loads(call.line["body"])
    assert body["to"] == "+43-ada"
    assert body["link"].startswith(rig.tocsin.url + "/ack/")
    assert call.line["headers"]["x-key"] == "k7"
    rig.acknowledge(call)


@pytest.mark.req("PAG-05", "PAG-06")
def test_after_an_acknowledgement_by_link_nobody_hears_more(rig: Rig) -> None:
    key = rig.send_alert()
    answer = rig.acknowledge(rig.expect_mail("Ada"))
    assert answer.status in (200, 302, 303), answer
    alert = rig.expect_status(key, "acknowledged")
    assert alert["acknowledged_by"]["name"] == "Ada"
    rig.fast_forward(minutes=3)
    rig.expect_silence()
    rig.fast_forward(minutes=30)
    rig.expect_silence()


@pytest.mark.everywhere
@pytest.mark.req("PAG-03")
def test_when_nobody_answers_the_next_step_is_paged_and_then_the_last_resort(rig: Rig) -> None:
    key = rig.send_alert()
    rig.expect_mail("Ada")
    rig.fast_forward(minutes=2)
    rig.expect_call("Ada")
    rig.fast_forward(minutes=3, seconds=5)
    rig.expect_call("Bo")
    rig.fast_forward(minutes=5, seconds=5)
    rig.acknowledge(rig.expect_mail("Imogen"))
    assert rig.expect_status(key, "acknowledged")["acknowledged_by"]["name"] == "Imogen"
    rig.fast_forward(hours=1)
    rig.expect_silence()


@pytest.mark.req("PAG-04")
def test_a_source_that_resolves_its_alert_ends_the_paging(rig: Rig) -> None:
    key = rig.send_alert("Checkout answers 500")
    rig.expect_mail("Ada")
    rig.send_alert("Checkout answers 500", key=key, status="resolved")
    assert rig.expect_status(key, "resolved")["resolved_at"]
    rig.fast_forward(minutes=30)
    rig.expect_silence()


@pytest.mark.everywhere
def test_the_same_problem_reported_again_is_one_alert_and_one_page(rig: Rig) -> None:
    key = rig.send_alert()
    first = rig.expect_mail("Ada")
    for _ in range(5):
        rig.send_alert(key=key)
    rig.expect_silence()
    numbers = {one["number"] for one in rig.api("GET", "/alerts?limit=200").json["items"] if one["dedup_key"] == key}
    assert len(numbers) == 1
    rig.acknowledge(first)


def test_a_problem_that_comes_back_after_its_end_is_a_new_alert(rig: Rig) -> None:
    key = rig.send_alert()
    rig.expect_mail("Ada")
    rig.send_alert(key=key, status="resolved")
    rig.expect_status(key, "resolved")
    rig.send_alert(key=key)
    rig.acknowledge(rig.expect_mail("Ada"))
    same = [one for one in rig.api("GET", "/alerts?limit=200").json["items"] if one["dedup_key"] == key]
    assert sorted(one["status"] for one in same) == ["acknowledged", "resolved"]


@pytest.mark.req("PAG-09")
def test_a_warning_pages_with_low_urgency_by_the_list_for_it(rig: Rig) -> None:
    key = rig.send_alert("Disk is filling", severity="warning")
    mail = rig.expect_mail("Ada", "Disk is filling")
    rig.fast_forward(minutes=3)
    rig.expect_silence()
    assert rig.alert(key)["urgency"] == "low"
    rig.acknowledge(mail)


def test_information_is_recorded_and_pages_nobody(rig: Rig) -> None:
    key = rig.send_alert("Deployment finished", severity="info")
    assert rig.alert(key)["title"] == "Deployment finished"
    rig.expect_silence()


@pytest.mark.req("PAG-09")
def test_a_person_may_put_the_call_first(rig: Rig) -> None:
    """Bo's list has only the call."""
    rig.send_alert()
    first = rig.expect_mail("Ada")
    rig.fast_forward(minutes=2)
    rig.expect_call("Ada")
    rig.fast_forward(minutes=3, seconds=5)
    rig.acknowledge(rig.expect_call("Bo"))
    rig.fast_forward(minutes=30)
    rig.expect_silence()
    assert first.link


def test_an_unreadable_body_pages_once_in_an_hour_and_says_why(rig: Rig) -> None:
    for body in (b"{", b"\xff\xfe", b'{"title": NaN}'):
        answer = rig.at_door("generic", body)
        assert answer.status == 400, answer
        headers = {name.lower(): value for name, value in answer.headers.items()}
        assert headers["content-type"].startswith("application/problem+json")
    rig.acknowledge(rig.expect_mail("Ada"))
    rig.expect_silence()


@pytest.mark.everywhere
def test_a_restart_changes_nothing_for_who_is_paged(rig: Rig) -> None:
    key = rig.send_alert()
    mail = rig.expect_mail("Ada")
    assert rig.tocsin.terminate() == 0
    rig.fast_forward(minutes=2)
    rig.tocsin.start()
    rig.expect_call("Ada")
    rig.acknowledge(mail)
    rig.expect_status(key, "acknowledged")


@pytest.mark.everywhere
@pytest.mark.req("PAG-03")
def test_the_place_of_somebody_who_is_deactivated_is_taken_within_five_seconds(shelf: Shelf, tmp_path: Path) -> None:
    """F29, and no hour of darkness: the next one hears of it while the first one's page is still open."""
    rig = shelf.rig(tmp_path)
    try:
        key = rig.send_alert()
        rig.expect_mail("Ada")
        assert rig.api("POST", f"/people/{rig.made['people']['Ada']}/deactivate", {}).status == 200
        rig.acknowledge(rig.expect_call("Bo", within=5))
        assert rig.expect_status(key, "acknowledged")["acknowledged_by"]["name"] == "Bo"
        rig.fast_forward(minutes=30)
        rig.expect_silence()
    finally:
        rig.close()
