"""Providers that refuse, hang or vanish: the page still reaches somebody."""

from __future__ import annotations

import pytest

from tests.acceptance.rig import Rig, address


@pytest.mark.req("PAG-10")
def test_a_busy_mail_server_is_tried_again_and_meanwhile_the_next_way_is_used(rig: Rig) -> None:
    rig.world.mood(mail="421", to=address("Ada"))
    rig.send_alert()
    rig.expect_call("Ada")
    rig.world.mood(mail="normal", to=address("Ada"))
    rig.fast_forward(seconds=61)
    rig.acknowledge(rig.expect_mail("Ada"))
    rig.take_all_when_calm()


@pytest.mark.req("PAG-10")
def test_a_mailbox_that_does_not_exist_is_marked_broken_and_the_next_way_is_used(rig: Rig) -> None:
    rig.world.mood(mail="550", to=address("Ada"))
    rig.send_alert()
    rig.acknowledge(rig.expect_call("Ada"))
    rig.send_alert("Another one")
    rig.acknowledge(rig.expect_call("Ada", "Another one"))
    rig.take_all_when_calm()


def test_a_mail_server_that_hangs_after_the_text_does_not_stop_others(rig: Rig) -> None:
    rig.world.mood(mail="hang", to=address("Ada"))
    rig.send_alert()
    rig.expect_mail("Ada")
    rig.declare(severity=2)
    rig.expect_mail("Max", within=8)
    rig.take_all_when_calm()


def test_a_mail_server_that_closes_after_the_text_gets_the_same_mail_again_under_its_id(rig: Rig) -> None:
    rig.world.mood(mail="close", to=address("Ada"))
    rig.send_alert()
    first = rig.expect_mail("Ada")
    rig.expect_call("Ada")
    rig.world.mood(mail="normal", to=address("Ada"))
    rig.fast_forward(seconds=61)
    again = rig.expect_mail("Ada", within=20)
    assert again.line["message_id"] == first.line["message_id"]
    rig.acknowledge(again)
    rig.take_all_when_calm()


def test_a_gateway_that_answers_500_is_called_again(rig: Rig) -> None:
    rig.send_alert()
    rig.expect_mail("Ada")
    rig.world.mood(calls=500)
    rig.fast_forward(minutes=2)
    failed = rig.expect_call("Ada")
    assert failed.line["mood"] == "500"
    rig.world.mood(calls=200)
    rig.fast_forward(seconds=61)
    rig.acknowledge(rig.expect_call("Ada", within=20))
