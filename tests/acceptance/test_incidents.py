"""A major incident pages by itself: whoever answers for the service, and an incident manager."""

from __future__ import annotations

import pytest

from tests.acceptance.rig import Rig


@pytest.mark.everywhere
@pytest.mark.req("DET-05", "PAG-01")
@pytest.mark.parametrize("severity", [1, 2])
def test_a_major_incident_pages_the_policy_and_the_roster(rig: Rig, severity: int) -> None:
    incident = rig.declare(severity=severity, summary="Nobody can pay")
    assert incident["key"].startswith("HOT-")
    first, second = rig.expect_mail("Ada", "Nobody can pay"), rig.expect_mail("Max", "Nobody can pay")
    rig.acknowledge(first)
    rig.acknowledge(second)
    rig.fast_forward(minutes=15)
    rig.expect_silence()


@pytest.mark.req("ICO-09", "U18")
def test_whoever_has_said_nothing_for_thirty_minutes_is_reminded_for_each_page_by_a_process_that_was_killed(rig: Rig) -> None:
    rig.declare(severity=2, summary="Nobody can pay")
    rig.acknowledge(rig.expect_mail("Ada", "Nobody can pay"))
    rig.acknowledge(rig.expect_mail("Max", "Nobody can pay"))
    rig.fast_forward(minutes=15)
    rig.expect_silence()
    rig.tocsin.kill9()
    rig.tocsin.start()
    rig.fast_forward(minutes=14)
    rig.expect_mail("Root", "First words to the company are due at")
    rig.expect_mail("Root", "First words to customers are due at")
    rig.expect_silence()
    rig.fast_forward(minutes=2)
    rig.expect_mail("Root", "First words to the company are due now")
    rig.expect_mail("Root", "First words to customers are due now")
    rig.expect_silence()


@pytest.mark.req("DET-05")
def test_a_minor_incident_pages_nobody(rig: Rig) -> None:
    incident = rig.declare(severity=3, summary="A typo on the invoice")
    assert incident["state"] == "pending"
    rig.expect_silence()
    rig.fast_forward(hours=1)
    rig.expect_silence()


@pytest.mark.req("PAG-02")
def test_raising_a_minor_incident_to_major_pages_once(rig: Rig) -> None:
    key = rig.declare(severity=3, summary="Slow invoices")["key"]
    rig.expect_silence(1.5)
    assert rig.api("POST", f"/incidents/{key}/set-severity", {"severity": 2}).status == 200
    mails = [rig.expect_mail("Ada", "Slow invoices"), rig.expect_mail("Max", "Slow invoices")]
    assert rig.api("POST", f"/incidents/{key}/set-severity", {"severity": 1}).status == 200
    rig.expect_silence()
    for mail in mails:
        rig.acknowledge(mail)


@pytest.mark.req("DET-06")
def test_an_incident_of_an_unknown_service_pages_the_last_resort(rig: Rig) -> None:
    rig.declare(severity=1, summary="Something is very wrong", service=None)
    rig.acknowledge(rig.expect_mail("Imogen", "Something is very wrong"))
    rig.fast_forward(minutes=30)
    rig.take_all_when_calm()


def test_resolving_ends_the_paging(rig: Rig) -> None:
    key = rig.declare(severity=2)["key"]
    rig.expect_mail("Ada")
    rig.expect_mail("Max")
    assert rig.api("POST", f"/incidents/{key}/take-command", by="Max").status == 200
    answer = rig.resolve(key)
    assert answer.status == 200, answer
    rig.fast_forward(minutes=30)
    rig.expect_silence()
