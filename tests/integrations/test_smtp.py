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
        self.got: list[bytes] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.got.append(envelope.content)
        return self.data


@pytest.fixture
def server() -> Iterator[tuple[Server, str]]:
    handler = Server()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, f"smtp://127.0.0.1:{port}"
    controller.stop()


def message() -> Any:
    return mail.build(sender="t@example.com", to="ada@example.com", subject="Hi", text="Text", message_id="<k@x>", now=NOW)


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


def test_a_server_that_cannot_encrypt_gets_nothing_when_encryption_is_required(server: tuple[Server, str]) -> None:
    handler, url = server
    delivery = SmtpTransport(Smtp(f"{url}?starttls=require")).send(message())
    assert (delivery.ok, delivery.permanent, handler.got) == (False, False, [])


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
