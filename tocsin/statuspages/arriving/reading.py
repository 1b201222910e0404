"""Reading a mail that somebody else's program wrote: headers, the text a person typed, and whether no person did. Pure.

Whatever the bytes are, `read` gives a `Letter` or raises Unreadable; it never renders and never follows anything.
"""

from __future__ import annotations

import email
import re
from dataclasses import dataclass
from email import policy
from email.errors import HeaderParseError
from email.header import Header, decode_header
from email.message import Message
from email.utils import getaddresses

from tocsin.statuspages.arriving import bounces, pages, quoting
from tocsin.statuspages.arriving.bounces import Bounce

_ID = re.compile(r"<[^<>\s]{3,190}>")
_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@[^\s@<>,;:\"()\[\]\\]{1,189}")
_UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_MOST_PARTS = 200
_MOST_TEXT = 200_000
_ROBOTS = frozenset({"mailer-daemon", "postmaster", "no-reply", "noreply", "do-not-reply", "donotreply"})


class Unreadable(Exception):
    """These bytes are no mail that can be understood; the message says why."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says. Texts are one line each but `text`, which is what its sender typed, without what they quoted.

    `automatic` is why no person wrote it, empty for a person's mail; `bounce` is there when it says that a mail could not be
    delivered.
    """

    message_id: str
    sender: str
    name: str
    subject: str
    references: tuple[str, ...]
    text: str
    automatic: str
    bounce: Bounce | None


def read(raw: bytes, *, envelope_from: str | None = None) -> Letter:
    """Understand a mail; `envelope_from` is what the sending server said, empty for the sender of bounces. Raises Unreadable."""
    try:
        message = email.message_from_bytes(raw, policy=policy.compat32)
        parts = _parts(message)
        return _letter(message, parts, envelope_from)
    except RecursionError:
        raise Unreadable("Its parts lie too deep in one another.") from None
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError, HeaderParseError) as error:
        raise Unreadable(f"It is malformed ({type(error).__name__}).") from error


def _letter(message: Message, parts: list[Message], envelope_from: str | None) -> Letter:
    name, sender = _sender(message)
    bounce = bounces.find(parts)
    return Letter(
        message_id=next(iter(_ids(message, "Message-ID")), ""),
        sender=sender,
        name=name,
        subject=header(message, "Subject", 300),
        references=tuple(dict.fromkeys(_ids(message, "References") + _ids(message, "In-Reply-To"))),
        text=quoting.newly_written(_text(parts)),
        automatic=_automatic(message, sender, envelope_from, is_bounce=bounce is not None),
        bounce=bounce,
    )


def header(message: Message, name: str, limit: int = 1_000) -> str:
    """A header in one line of words, decoded as far as it can be."""
    raw = message.get(name)
    if raw is None:
        return ""
    try:
        pieces = decode_header(raw)
    except (HeaderParseError, ValueError):
        pieces = [(str(raw), None)]
    text = "".join(_decoded(piece, charset) if isinstance(piece, bytes) else piece for piece, charset in pieces)
    return _UNSAFE.sub("", " ".join(text.split()))[:limit]


def _parts(message: Message) -> list[Message]:
    found = []
    for part in message.walk():
        found.append(part)
        if len(found) >= _MOST_PARTS:
            break
    return found


def _ids(message: Message, name: str) -> list[str]:
    text = " ".join(str(value) for value in message.get_all(name, []))
    found = [one for one in _ID.findall(text) if one.isascii() and one.isprintable()]
    return found[:1] + found[1:][-20:]


def _sender(message: Message) -> tuple[str, str]:
    """Name and address of the first sender; both may be empty. More than one From is one too many to believe any."""
    raw = [str(value) if not isinstance(value, Header) else header(message, "From") for value in message.get_all("From", [])]
    found = [(name, address) for name, address in getaddresses(raw) if _ADDRESS.fullmatch(address)]
    if len(raw) != 1 or len(found) != 1 or not found[0][1].isascii():
        return "", ""
    holder = Message()
    holder["Subject"] = found[0][0]
    return header(holder, "Subject", 120), found[0][1].lower()


def _text(parts: list[Message]) -> str:
    """The first plain text that is no attachment, else the words of the first HTML."""
    bodies = [part for part in parts if not part.is_multipart() and part.get_content_disposition() != "attachment"]
    for part in bodies:
        if part.get_content_type() == "text/plain" and (text := _payload(part)).strip():
            return text
    for part in bodies:
        if part.get_content_type() == "text/html":
            return pages.words(_payload(part))
    return ""


def _payload(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    text = _decoded(payload[:_MOST_TEXT], part.get_content_charset())
    return _UNSAFE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _decoded(raw: bytes, charset: str | None) -> str:
    """Text in the charset that is claimed, if it is one and fits; else UTF-8, else whatever the bytes are."""
    for claimed in (charset, "utf-8"):
        try:
            return raw.decode(claimed or "utf-8")
        except (LookupError, ValueError):
            continue
    return raw.decode("cp1252", "replace")


def _automatic(message: Message, sender: str, envelope_from: str | None, *, is_bounce: bool) -> str:
    submitted = header(message, "Auto-Submitted").split(";")[0].strip().lower()
    precedence = header(message, "Precedence").lower()
    if is_bounce:
        return "It says that a mail could not be delivered."
    if submitted not in {"", "no"}:
        return f"No person wrote it (Auto-Submitted: {submitted[:40]})."
    if precedence in {"bulk", "junk", "list", "auto_reply"}:
        return f"No person wrote it to us (Precedence: {precedence})."
    for name in ("X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Failed-Recipients", "X-Loop", "List-Id", "Feedback-ID"):
        if message.get(name) is not None and header(message, name).lower() != "no":
            return f"No person wrote it to us ({name})."
    if envelope_from == "":
        return "Its envelope names no sender, as that of automatic mail does."
    if sender.partition("@")[0] in _ROBOTS:
        return f"{sender} is no person's address."
    return ""
