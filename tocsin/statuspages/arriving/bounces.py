"""What a mail server says about a mail that it could not deliver (RFC 3464), and what servers write that do not know it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import Message

_ID = re.compile(r"<[^<>\s]{3,190}>")
_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@[^\s@<>,;:\"()\[\]\\]{1,189}")


@dataclass(frozen=True, slots=True)
class Bounce:
    """One address that could not be reached. `status` is the enhanced code, `reason` the server's words, `of` the Message-ID of the
    mail; each may be empty. A `delayed` one is still being tried.
    """

    address: str
    status: str
    reason: str
    of: str
    delayed: bool

    @property
    def said(self) -> str:
        """Code and words in one line."""
        return " ".join(f"{self.status} {self.reason}".split())


def find(parts: list[Message]) -> Bounce | None:
    """What a mail with these parts says of an undelivered one, None when it is no such mail."""
    whole = parts[0]
    of = _original(parts)
    for part in parts:
        if part.get_content_type() == "message/delivery-status":
            fields = _fields(part)
            action = fields.get("action", "failed").strip().lower()
            if action in {"delivered", "relayed", "expanded"}:
                return None
            return Bounce(
                address=_address(fields.get("final-recipient", "") or fields.get("original-recipient", "")),
                status=fields.get("status", "").split()[0][:12] if fields.get("status", "").split() else "",
                reason=_after_kind(fields.get("diagnostic-code", ""))[:400],
                of=of,
                delayed=action == "delayed",
            )
    failed = str(whole.get("X-Failed-Recipients", ""))
    if failed or (whole.get_content_type() == "multipart/report" and str(whole.get_param("report-type")) == "delivery-status"):
        return Bounce(_address(failed), "", "The mail server does not say why.", of, delayed=False)
    return None


def _fields(part: Message) -> dict[str, str]:
    """The fields of the first recipient that a report names. The library parses each block of lines as a mail of its own."""
    blocks = part.get_payload()
    listed = [block for block in blocks if isinstance(block, Message)] if isinstance(blocks, list) else []
    told = [{name.lower(): " ".join(str(value).split()) for name, value in block.items()} for block in listed]
    return next((one for one in told if "final-recipient" in one or "action" in one), {})


def _after_kind(value: str) -> str:
    """`smtp; 550 5.1.1 no such user` without what kind of code it is."""
    kind, semicolon, rest = value.partition(";")
    return " ".join(rest.split()) if semicolon and kind.strip().isalnum() else " ".join(value.split())


def _address(value: str) -> str:
    found = _ADDRESS.search(_after_kind(value))
    return found[0].lower() if found else ""


def _original(parts: list[Message]) -> str:
    """The Message-ID of the mail that came back, whole or only its headers."""
    for part in parts[1:]:
        kind = part.get_content_type()
        inner = part.get_payload()
        if kind == "text/rfc822-headers" and isinstance(inner, str):
            named = re.search(r"^message-id:\s*(<[^<>\s]{3,190}>)", inner, re.IGNORECASE | re.MULTILINE)
            if named:
                return named[1]
        elif kind == "message/rfc822" and isinstance(inner, list) and inner and isinstance(inner[0], Message):
            named = _ID.search(str(inner[0].get("Message-ID", "")))
            if named:
                return named[0]
    return ""
