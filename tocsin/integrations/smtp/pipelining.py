"""A mail in two round trips instead of four, for servers that take several commands at once (RFC 2920), as nearly all do."""

from __future__ import annotations

import contextlib
import re
import smtplib
from email.message import EmailMessage
from email.utils import parseaddr

_Answer = tuple[int, bytes]
_DONE, _WILL_PASS_ON, _GO_AHEAD, _GOODBYE = 250, 251, 354, 421
_FIRST_DOT = re.compile(rb"(?m)^\.")


def is_spoken(client: smtplib.SMTP) -> bool:
    """Whether the server says that it does; introduces us if nobody has."""
    client.ehlo_or_helo_if_needed()
    return client.has_extn("pipelining")


def hand_over(client: smtplib.SMTP, message: EmailMessage, sender: str) -> None:
    """Sends a message from `sender` to the one whom its To names, addresses that are ASCII. Raises what `send_message` raises."""
    content, to = message.as_bytes(), parseaddr(message["To"])[1]
    size = f" SIZE={len(content)}" if client.has_extn("size") else ""
    group = f"MAIL FROM:{smtplib.quoteaddr(sender)}{size}\r\nRCPT TO:{smtplib.quoteaddr(to)}\r\nDATA\r\n"
    client.send(group.encode("ascii"))
    of_sender, of_recipient, of_data = _answers(client, 3)
    is_wanted = of_sender[0] == _DONE and of_recipient[0] in (_DONE, _WILL_PASS_ON)
    if of_data[0] == _GO_AHEAD:  # may be said although somebody was refused: then what follows is an empty mail for nobody
        client.send((_FIRST_DOT.sub(b"..", content) if is_wanted else b"") + b".\r\n")
        (of_data,) = _answers(client, 1)
    if is_wanted and of_data[0] == _DONE:
        return
    with contextlib.suppress(smtplib.SMTPServerDisconnected):
        client.rset()
    if of_sender[0] != _DONE:
        raise smtplib.SMTPSenderRefused(*of_sender, sender)
    raise smtplib.SMTPDataError(*of_data) if is_wanted else smtplib.SMTPRecipientsRefused({to: of_recipient})


def _answers(client: smtplib.SMTP, many: int) -> list[_Answer]:
    """What the server says to so many commands. A goodbye is its answer to all that follow, and it is gone."""
    said: list[_Answer] = []
    while len(said) < many:
        said.append(client.getreply())
        if said[-1][0] == _GOODBYE:
            client.close()
            said += [said[-1]] * (many - len(said))
    return said
