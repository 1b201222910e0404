"""Mail both ways through a real process: words go out in a thread, a reply comes in over SMTP, its answer goes out."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.installation import call, free_port
from tests.acceptance.rig import Rig, address
from tests.acceptance.shelf import Shelf
from tests.waiting import until

OURS = "incidents@tocsin.example.com"


@pytest.fixture
def place() -> int:
    return free_port()


@pytest.fixture
def rig(shelf: Shelf, tmp_path: Path, place: int) -> Iterator[Rig]:
    made = shelf.rig(tmp_path, TOCSIN_MAIL_IN=f"127.0.0.1:{place}", TOCSIN_MAIL_ADDRESS=OURS)
    try:
        yield made
    finally:
        made.close()


def hand_over(place: int, message: EmailMessage, envelope_from: str) -> str:
    """What our own door says to a mail; its last answer, or that of the refusal."""
    with smtplib.SMTP("127.0.0.1", place, timeout=20, local_hostname="mx.example.com") as caller:
        caller.ehlo()
        caller.mail(envelope_from)
        code, words = caller.rcpt(str(message["To"]))
        if code == 250:
            code, words = caller.data(bytes(message))
        return f"{code} {words.decode()}"


def reply(to: str, answers: str, text: str, by: str = "Sven") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = f"{by} <{address(by)}>", to, "Re: it"
    message["Message-ID"], message["In-Reply-To"] = f"<q-{by}@mail.example.com>", answers
    message.set_content(f"{text}\n\nOn Sat, 21 Nov 2026 at 10:02, Tocsin wrote:\n> An incident\n")
    return message


def questions(rig: Rig, key: str) -> list[dict[str, Any]]:
    return list(rig.api("GET", f"/incidents/{key}/questions").json["items"])


@pytest.mark.everywhere
@pytest.mark.req("ICO-06", "ICO-07", "ICO-08", "FCO-01", "SYS-12")
def test_words_go_out_in_a_thread_and_a_reply_comes_back_as_a_question(rig: Rig, place: int) -> None:
    assert rig.api("POST", "/lists", {"name": "Interested", "severities": [3], "is_open": True}).status == 201
    assert rig.api("POST", "/lists/interested/subscribe", by="Sven").status == 200
    key = rig.api("POST", "/incidents", {"summary": "Cards fail", "severity": 3, "service": "checkout-api"}).json["key"]
    words = {"status": "investigating", "internal": {"body": "We look into it."}, "next_update_at": "2099-01-01T00:00:00Z"}
    assert rig.api("POST", f"/incidents/{key}/post-update", words).status == 200
    first = rig.expect_mail("Sven", "We look into it.").line
    assert first["subject"] == f"{key} - Sev 3 - Cards fail"
    assert first["from"].startswith("incidents+b-lsm_")
    assert "Return-Path" not in first["headers"]

    back = first["headers"]["Reply-To"]
    assert hand_over(place, reply(back, first["message_id"], "Are refunds hit?"), address("Sven")).startswith(
        "250 2.0.0 kept as eml_"
    )
    rig.kill_and_restart()  # what was accepted is on disk
    asked = until(lambda: questions(rig, key), 20, "the reply is no question")
    assert [(one["text"], one["name"], one["state"]) for one in asked] == [("Are refunds hit?", "Sven", "open")]
    assert hand_over(place, reply(back, first["message_id"], "Are refunds hit?"), address("Sven")).startswith("250")

    said = {"text": "No, refunds work."}
    assert rig.api("POST", f"/incidents/{key}/questions/{asked[0]['id']}/answer", said).status == 200
    answer = rig.expect_mail("Sven", "No, refunds work.").line
    assert answer["headers"]["In-Reply-To"] == "<q-Sven@mail.example.com>"
    assert first["message_id"] in answer["headers"]["References"]
    assert key in answer["subject"]

    last = {"status": "resolved", "internal": {"body": "It is over."}}
    assert rig.api("POST", f"/incidents/{key}/post-update", last).status == 200
    final = rig.expect_mail("Sven", "It is over.").line
    assert (final["subject"], final["headers"]["In-Reply-To"]) == (first["subject"], first["message_id"])

    assert hand_over(place, reply("somebody@else.example", "", "relay this"), address("Sven")).startswith("550 5.1.1")
    automatic = reply(back, first["message_id"], "I am away", by="Ada")
    automatic["Auto-Submitted"] = "auto-replied"
    assert hand_over(place, automatic, "").startswith("250")
    until(lambda: len(rig.api("GET", "/mail-in").json["items"]) == 3, 20, "a mail that was accepted is missing")
    outcomes = until(lambda: _all_understood(rig), 20, "a mail was not understood")
    assert sorted(outcomes) == ["ignored", "question", "repeated"]
    assert len(questions(rig, key)) == 1
    _somebody_outside_subscribes_is_told_and_leaves(rig)
    rig.expect_no_more_than_now()


def _somebody_outside_subscribes_is_told_and_leaves(rig: Rig) -> None:
    """By the forms of the public page, without a cookie; what mail programs post for their reader takes her off."""
    form, kind = f"{rig.tocsin.url}/status/subscribe", {"Content-Type": "application/x-www-form-urlencoded"}
    answers = [call("POST", form, f"channel=mail&address={name}".encode(), kind) for name in (address("Rita"),) * 2]
    assert answers[0].status == 200
    assert answers[0].body == answers[1].body
    question = rig.expect_mail("Rita", "press its button")
    assert "Set-Cookie" not in answers[0].headers
    own = next(link for link in question.links if "/status/subscription/" in link)
    own = rig.tocsin.url + own[own.index("/status/") :]
    assert "Do you want to hear" in call("GET", own).text
    assert "You are told of this page" in call("POST", own, b"chooses=1&do=confirm", kind).text

    key = rig.api("POST", "/incidents", {"summary": "Refunds fail", "severity": 3, "service": "checkout-api"}).json["key"]
    words = {"status": "investigating", "external": {"body": "Refunds wait."}, "next_update_at": "2099-01-01T00:00:00Z"}
    assert rig.api("POST", f"/incidents/{key}/post-update", words).status == 200
    told = rig.expect_mail("Rita", "Refunds wait.").line
    assert told["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    until(lambda: rig.api("GET", "/subscribers/tellings").json["items"][0]["over"], 10, "the update is not over")
    way_out = told["headers"]["List-Unsubscribe"].strip("<>")
    left = call("POST", rig.tocsin.url + way_out[way_out.index("/status/") :], b"List-Unsubscribe=One-Click", kind)
    assert left.status == 200
    assert rig.api("GET", "/subscribers").json["items"] == []


def _all_understood(rig: Rig) -> list[str]:
    found = [one["outcome"] for one in rig.api("GET", "/mail-in").json["items"]]
    return found if all(found) else []
