"""Real SMTP on loopback: what the server says decides whether trying again can help; nothing goes out in the clear by accident."""

from __future__ import annotations

import datetime as dt
import socket
import threading
from collections.abc import Iterator
from email import message_from_bytes, policy
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from tocsin.core import ports
from tocsin.core.models import MailboxMessage
from tocsin.core.net import mail
from tocsin.core.settings import Smtp
from tocsin.core.store import facts
from tocsin.integrations.mailbox.send import MailboxTransport
from tocsin.integrations.smtp import page, send
from tocsin.integrations.smtp.send import SmtpTransport
from tocsin.integrations.transport import Post
from tocsin.paging.ports import PageMessage

NOW = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)
PAGE = PageMessage("att_1", "ab" * 16, "ada@example.com", "Sev 1: 🔥\nburns", "It burns\n", "https://t.example.com/ack/x", "high")


class Server:
    """A mail server with a mood: `rcpt` and `data` are its answers."""

    def __init__(self) -> None:
        self.rcpt = self.data = "250 OK"
        self.refused: dict[str, str] = {}
        self.got: list[bytes] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.got.append(envelope.content)
        return self.data


class Patient(Server):
    """One that takes several commands at once."""

    async def handle_EHLO(self, server: Any, session: Any, envelope: Any, hostname: str, said: list[str]) -> list[str]:
        session.host_name = hostname
        return [*said[:-1], "250-PIPELINING", said[-1]]


@pytest.fixture(params=[Server, Patient])
def server(request: pytest.FixtureRequest) -> Iterator[tuple[Server, str]]:
    handler = request.param()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, f"smtp://127.0.0.1:{port}"
    controller.stop()


def message(to: str = "ada@example.com") -> Any:
    return mail.build(sender="t@example.com", to=to, subject="Hi", text="Text", message_id="<k@x>", now=NOW)


def test_an_accepted_mail_arrives_whole(server: tuple[Server, str]) -> None:
    handler, url = server
    assert SmtpTransport(Smtp(url)).send(message()).ok
    read = message_from_bytes(handler.got[0], policy=policy.default)
    assert (read["Message-ID"], read["To"], read["Subject"]) == ("<k@x>", "ada@example.com", "Hi")


@pytest.mark.req("PAG-12")
@pytest.mark.parametrize(
    ("rcpt", "data", "permanent"),
    [
        ("550 no such user", "250 OK", True),
        ("450 try later", "250 OK", False),
        ("421 too busy", "250 OK", False),
        ("250 OK", "552 too large", True),
        ("250 OK", "451 greylisted", False),
    ],
)
def test_the_code_decides_whether_it_is_final(server: tuple[Server, str], rcpt: str, data: str, permanent: bool) -> None:
    handler, url = server
    handler.rcpt, handler.data = rcpt, data
    delivery = SmtpTransport(Smtp(url)).send(message())
    assert (delivery.ok, delivery.permanent) == (False, permanent)
    assert (rcpt if rcpt != "250 OK" else data) in delivery.answer


def test_lines_that_begin_with_a_dot_arrive(server: tuple[Server, str]) -> None:
    handler, url = server
    text = ".\r\n..\r\n.hidden\r\nFrom here\r\n.\r\n"
    sent = [
        mail.build(sender="t@x.example", to="a@x.example", subject="é", text=text, message_id="<k@x>", now=NOW) for _ in range(2)
    ]
    assert [one.ok for one in SmtpTransport(Smtp(url)).send_all(sent)] == [True, True]
    assert {raw.split(b"\r\n\r\n", 1)[1].replace(b">From", b"From") for raw in handler.got} == {text.encode()}


@pytest.mark.parametrize(("answer", "is_final"), [("550 no such user", True), ("451 greylisted", False)])
def test_one_that_is_refused_does_not_hold_up_those_behind_it(server: tuple[Server, str], answer: str, is_final: bool) -> None:
    handler, url = server
    handler.refused = {"ada@example.com": answer}
    told = SmtpTransport(Smtp(url)).send_all([message(), message("bo@example.com"), message(), message("bo@example.com")])
    assert [(one.ok, one.permanent) for one in told] == [(False, is_final), (True, False)] * 2
    assert len(handler.got) == 2


def test_a_server_that_cannot_encrypt_gets_nothing_when_encryption_is_required(server: tuple[Server, str]) -> None:
    handler, url = server
    delivery = SmtpTransport(Smtp(f"{url}?starttls=require")).send(message())
    assert (delivery.ok, delivery.permanent, handler.got) == (False, False, [])


def test_a_server_that_goes_ahead_for_nobody_gets_an_empty_mail() -> None:
    """As RFC 2920 says of servers that answer DATA without looking back."""
    heard, told = _spoken_to([(b"DATA\r\n", b"250 ok\r\n550 no such user\r\n354 go ahead\r\n"), (b".\r\n", b"250 ok\r\n")])
    assert (told.permanent, "no such user" in told.answer) == (True, True)
    assert heard[1] == b".\r\n"


def test_a_goodbye_in_the_middle_is_the_answer_to_the_rest() -> None:
    heard, told = _spoken_to([(b"DATA\r\n", b"250 ok\r\n421 too busy\r\n")])
    assert (told.ok, told.permanent, told.answer) == (False, False, "421 too busy")
    assert heard[0].count(b"\r\n") == 3, "sender, recipient and DATA are said at once"


def _spoken_to(script: list[tuple[bytes, bytes]]) -> tuple[list[bytes], ports.Delivery]:
    """Hands a mail to a server that hears up to an end, says what stands beside it, hangs up in the end: what both were told."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def speak() -> None:
            talk, _ = listening.accept()
            with talk, talk.makefile("rb") as words:
                talk.sendall(b"220 hello\r\n")
                words.readline()
                talk.sendall(b"250-here\r\n250-SIZE 100000\r\n250 PIPELINING\r\n")
                for end, answer in script:
                    heard.append(b"")
                    while not heard[-1].endswith(end):
                        heard[-1] += words.readline()
                    talk.sendall(answer)

        speaker = threading.Thread(target=speak, daemon=True)
        speaker.start()
        told = SmtpTransport(Smtp(f"smtp://127.0.0.1:{listening.getsockname()[1]}")).send(message())
        speaker.join(10)
    return heard, told


def test_a_server_that_is_not_there_is_a_passing_trouble() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        delivery = SmtpTransport(Smtp(f"smtp://127.0.0.1:{taken.getsockname()[1]}")).send(message())
    assert (delivery.ok, delivery.permanent) == (False, False)


def test_a_server_that_drags_the_conversation_out_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(send, "WHOLE_TIMEOUT", 0.3)
    gone = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip() -> None:
            talk, _ = listening.accept()
            talk.sendall(b"220 hello\r\n")
            try:
                while not gone.wait(0.05):
                    talk.sendall(b"2")
            except OSError:
                talk.close()

        threading.Thread(target=drip, daemon=True).start()
        delivery = SmtpTransport(Smtp(f"smtp://127.0.0.1:{listening.getsockname()[1]}")).send(message())
    gone.set()
    assert (delivery.ok, delivery.permanent) == (False, False)


def test_a_server_that_drags_its_greeting_out_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(send, "WHOLE_TIMEOUT", 0.3)
    gone = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip() -> None:
            talk, _ = listening.accept()
            try:
                while not gone.wait(0.05):
                    talk.sendall(b"2")
            except OSError:
                talk.close()

        threading.Thread(target=drip, daemon=True).start()
        threading.Timer(5.0, gone.set).start()
        delivery = SmtpTransport(Smtp(f"smtp://127.0.0.1:{listening.getsockname()[1]}")).send(message())
        assert not gone.is_set()
    gone.set()
    assert (delivery.ok, delivery.permanent) == (False, False)


def test_an_accepted_mail_stays_accepted_whatever_the_server_says_to_the_goodbye(server: tuple[Server, str]) -> None:
    handler, url = server

    async def quit_oddly(server: Any, session: Any, envelope: Any) -> str:
        return "421 too busy"

    handler.handle_QUIT = quit_oddly  # type: ignore[attr-defined]
    assert SmtpTransport(Smtp(url)).send(message()).ok
    assert len(handler.got) == 1


def test_what_a_server_answers_can_be_stored_everywhere() -> None:
    assert ports.Delivery(ok=False, answer="550 no\x00such \ud800user" + "x" * 500).answer.startswith("550 nosuch user")


@pytest.mark.django_db
def test_a_page_by_mail_has_the_same_id_each_time_and_its_link_in_the_text(server: tuple[Server, str]) -> None:
    handler, url = server
    before = ports.mail._transport
    ports.mail.wire(SmtpTransport(Smtp(url)))
    try:
        deliveries = [page.Channel().send(PAGE, now=NOW + dt.timedelta(seconds=turn)) for turn in range(2)]
    finally:
        ports.mail.wire(before)
    assert all(delivery.ok for delivery in deliveries)
    first, second = (message_from_bytes(raw, policy=policy.default) for raw in handler.got)
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Subject"] == "Sev 1: 🔥 burns"
    assert PAGE.link in first.get_content()


@pytest.mark.django_db
def test_without_a_server_mail_stays_in_the_demos_mailbox_and_elsewhere_it_says_what_is_missing() -> None:
    delivery = Post().send(message())
    assert (delivery.ok, "TOCSIN_SMTP_URL" in delivery.answer) == (False, True)
    facts.put("demo", {"made": True})
    assert MailboxTransport().send(message()).ok
    kept = MailboxMessage.objects.get()
    assert (kept.to, kept.subject, kept.body.strip(), kept.message_id) == ("ada@example.com", "Hi", "Text", "<k@x>")
