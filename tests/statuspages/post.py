"""Settings under which mail arrives, mails that people and servers write back, and what is on its way out."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.incidents import given
from tocsin.core.actor import SYSTEM
from tocsin.core.models import OutboxMail
from tocsin.incidents.models import Incident
from tocsin.statuspages import commands
from tocsin.statuspages.arriving import commands as arriving
from tocsin.statuspages.arriving import jobs
from tocsin.statuspages.arriving.models import IncomingMail
from tocsin.statuspages.lists import commands as lists
from tocsin.statuspages.lists.models import DistributionList
from tocsin.statuspages.models import Update

ADDRESS, SUPPORT = "incidents@tocsin.example.com", "cases@tocsin.example.com"


def arrives(settings: Any, **more: str) -> None:
    """Let mail come back to `ADDRESS`, and support cases to `SUPPORT`."""
    chosen = {"mail_address": ADDRESS, "mail_support": SUPPORT, "base_url": "https://tocsin.example.com", **more}
    settings.TOCSIN = settings.TOCSIN.model_copy(update=chosen)


def a_list(name: str = "Leadership", *people: Any, severities: tuple[int, ...] = (1, 2), is_open: bool = False) -> DistributionList:
    """A list with these people, or plain addresses, on it."""
    made = lists.create_list(SYSTEM, name=name, severities=severities, is_open=is_open, now=given.later(0))
    for one in people:
        who = {"address": one} if isinstance(one, str) else {"person": one}
        lists.add_member(SYSTEM, made, **who, now=given.later(0))
    return made


def published(there: given.House, incident: Incident, at: float = 10, by: str = "ben", **fields: Any) -> Update:
    """The first words to the company; the update."""
    values = {
        "status": "investigating",
        "internal": {"body": "Cards fail for one in eight."},
        "next_update_at": given.later(at + 60),
        "confirmation": f"form {at}",
        **fields,
    }
    return commands.post_update(there.actor(by), incident, **values, now=given.later(at)).first


def going_out(to: str = "") -> list[OutboxMail]:
    """The copies on their way, oldest first; to one address, or to all."""
    rows = OutboxMail.objects.exclude(letter_id="").order_by("created_at", "id")
    return list(rows.filter(to=to) if to else rows)


def reply(
    text: str,
    *,
    by: str,
    to: str = ADDRESS,
    answers: str = "",
    subject: str = "Re: HOT-1",
    message_id: str = "<q1@mail.example.com>",
    envelope_from: str | None = None,
    at: dt.datetime | None = None,
    **headers: str,
) -> IncomingMail:
    """A mail that arrives and is understood; the row."""
    lines = {"From": by, "To": to, "Subject": subject, "Message-ID": message_id}
    if answers:
        lines |= {"In-Reply-To": answers, "References": answers}
    lines |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value)
    return arrived(f"{head}\r\n{text}\r\n".encode(), by if envelope_from is None else envelope_from, to, at or given.later(20))


def arrived(raw: bytes, envelope_from: str, to: str, at: dt.datetime) -> IncomingMail:
    """Bytes that arrive and are understood; the row."""
    row = arriving.keep(raw, envelope_from=envelope_from, envelope_to=[to], now=at)
    jobs.understand(at)
    row.refresh_from_db()
    return row


def report(address: str, code: str = "5.1.1", words: str = "550 5.1.1 no such user", of: str = "<x@y>", number: int = 1) -> bytes:
    """What a mail server says when it cannot deliver."""
    return (
        f"From: MAILER-DAEMON@mx.example.com\r\nSubject: Undelivered\r\nMessage-ID: <b{number}@mx>\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="B"\r\n\r\n'
        "--B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n"
        f"Final-Recipient: rfc822; {address}\r\nAction: failed\r\nStatus: {code}\r\nDiagnostic-Code: smtp; {words}\r\n"
        f"--B\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {of}\r\n--B--\r\n"
    ).encode()
