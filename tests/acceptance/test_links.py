"""The link in a page: it works without sign-in, for one page, and only by pressing its button."""

from __future__ import annotations

import concurrent.futures

import pytest

from tests.acceptance.installation import call
from tests.acceptance.rig import Rig


@pytest.mark.req("PAG-06")
def test_mail_scanners_that_open_every_link_change_nothing(rig: Rig) -> None:
    key = rig.send_alert()
    mail = rig.expect_mail("Ada")
    for link in mail.links:
        for method in ("GET", "HEAD", "OPTIONS", "GET"):
            assert call(method, link).status < 500
    assert rig.alert(key)["status"] == "triggered"
    rig.acknowledge(mail)
    rig.expect_status(key, "acknowledged")


@pytest.mark.everywhere
def test_two_who_press_at_once_have_one_winner_and_both_are_told(rig: Rig) -> None:
    key = rig.send_alert()
    mail = rig.expect_mail("Ada")
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: rig.acknowledge(mail), range(4)))
    assert all(answer.status < 400 for answer in answers), answers
    assert rig.expect_status(key, "acknowledged")["acknowledged_by"]["name"] == "Ada"
    page = call("GET", mail.link)
    assert "Ada" in page.text


def test_the_second_person_is_told_who_was_first(rig: Rig) -> None:
    key = rig.send_alert()
    mail = rig.expect_mail("Ada")
    rig.fast_forward(minutes=2)
    rig.expect_call("Ada")
    rig.fast_forward(minutes=3, seconds=5)
    late = rig.expect_call("Bo")
    rig.acknowledge(mail)
    page = call("GET", late.link)
    assert page.status == 200
    assert "Ada" in page.text
    assert rig.expect_status(key, "acknowledged")["acknowledged_by"]["name"] == "Ada"


def test_a_link_shows_the_state_and_sign_in_when_its_time_is_over(rig: Rig) -> None:
    key = rig.send_alert()
    mail = rig.expect_mail("Ada")
    rig.acknowledge(mail)
    rig.send_alert(key=key, status="resolved")
    rig.expect_status(key, "resolved")
    rig.fast_forward(hours=73)
    page = call("GET", mail.link)
    assert page.status < 500
    assert "sign in" in page.text.lower()
    rig.expect_silence()


def test_a_made_up_link_is_not_found_and_says_nothing(rig: Rig) -> None:
    page = call("GET", f"{rig.tocsin.url}/ack/{'x' * 43}")
    assert page.status == 404
    assert "Checkout" not in page.text


def test_the_session_of_the_browser_plays_no_part(rig: Rig) -> None:
    """The token alone decides: a cross-site post with somebody's cookies is the same as one without."""
    key = rig.send_alert()
    mail = rig.expect_mail("Ada")
    answer = call("POST", mail.link, b"", {"Cookie": "sessionid=stolen", "Origin": "https://elsewhere.example"})
    assert answer.status < 400, answer
    assert rig.expect_status(key, "acknowledged")["acknowledged_by"]["name"] == "Ada"
