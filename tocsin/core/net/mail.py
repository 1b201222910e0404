"""The one mail builder. Nothing that a person or a monitoring system wrote can become a header of its own."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import re
from collections.abc import Mapping
from email import policy
from email.headerregistry import Address, BaseHeader, Group, HeaderRegistry, UniqueAddressHeader, UnstructuredHeader
from email.message import EmailMessage
from email.policy import Policy
from email.utils import format_datetime, parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from tocsin.core.errors import Invalid
from tocsin.core.settings import Settings
from tocsin.core.store import facts

FROM_FACT = "mail_from"

SUBJECT_LIMIT = 200
_BREAKS = re.compile("[\r\n\x00]")
_OTHER_BREAKS = re.compile("[\x85\u2028\u2029]")
_UNSENDABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class _Tokens(UnstructuredHeader):
    """A header of ids and addresses. The library would break a long one up into encoded words, which nobody reads as an id."""

    @classmethod
    def parse(cls, value: str, kwds: dict[str, Any]) -> None:
        """What `fold` writes as it stands is not taken apart: that is most of the time of a mail."""
        if value.isascii():
            kwds.update(decoded=value, parse_tree=None)
        else:
            super().parse(value, kwds)

    def fold(self, *, policy: Policy) -> str:
        """One token on each line."""
        if not str(self).isascii():
            return super().fold(policy=policy)  # type: ignore[misc,no-any-return]
        return f"{self.name}: " + f"{policy.linesep} ".join(str(self).split()) + policy.linesep  # type: ignore[attr-defined]


class _Recipient(UniqueAddressHeader):
    """Most addresses need no quotes: they are written as they stand, and not taken apart letter by letter."""

    @classmethod
    def parse(cls, value: str, kwds: dict[str, Any]) -> None:
        """As the library does it, but for those."""
        if len(value) <= _SHORT and _PLAIN_ADDRESS.fullmatch(value):
            local, _, domain = value.partition("@")
            kwds.update(decoded=value, parse_tree=None, groups=[Group(None, [Address("", local, domain)])])
        else:
            super().parse(value, kwds)

    def fold(self, *, policy: Policy) -> str:
        """The line in a mail."""
        plain = self._parse_tree is None  # type: ignore[attr-defined]
        return f"{self.name}: {self}{policy.linesep}" if plain else super().fold(policy=policy)  # type: ignore[attr-defined,misc]


class _FoldedOnce(BaseHeader):
    """A header that many mails share is made ready for sending once."""

    def fold(self, *, policy: Policy) -> str:
        """Its lines in a mail."""
        if policy is not _POLICY:
            return super().fold(policy=policy)
        kept: str | None = vars(self).get("_lines")
        if kept is None:
            kept = self._lines = super().fold(policy=policy)
        return kept


class _Kinds(HeaderRegistry):
    """The library makes a class for each header of each mail; one for each name is enough."""

    def __init__(self) -> None:
        super().__init__(base_class=_FoldedOnce)
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        kind = self._made.get(name.lower())
        if kind is None:
            kind = self._made[name.lower()] = super().__getitem__(name)
        return kind

    def __call__(self, name: str, value: str) -> Any:
        """Parsing takes most of the time of a mail, and thousands of mails have all but a few of their headers in common."""
        return super().__call__(name, value) if name.lower() in _EACH_ITS_OWN else self._shared(name, value)

    @functools.lru_cache(maxsize=256)  # noqa: B019  (one registry, as long as the process lives)
    def _shared(self, name: str, value: str) -> Any:
        return super().__call__(name, value)


_TOKENS = ("message-id", "in-reply-to", "references", "return-path", "reply-to", "list-unsubscribe", "list-id")
_EACH_ITS_OWN = frozenset({"to", *_TOKENS})
"""Headers whose value hardly two mails share."""


def _kinds() -> HeaderRegistry:
    known = _Kinds()
    for name in _TOKENS:
        known.map_to_type(name, _Tokens)  # type: ignore[arg-type]
    known.map_to_type("to", _Recipient)  # type: ignore[arg-type]
    return known


_LINE = 78
"""Letters of a line that goes as it is; longer ones are encoded."""
_POLICY = policy.SMTP.clone(raise_on_defect=False, max_line_length=_LINE, header_factory=_kinds())
_SHORT = _LINE - len("To: ")
_PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_ADDRESS = re.compile(r"[^\s@<>,;:\"]+@[^\s@<>,;:\"]+")
_OWN = frozenset({"to", "from", "subject", "date", "message-id", "cc", "bcc", "mime-version", "content-type"})


def message_id(key: str) -> str:
    """The Message-ID of whatever `key` stands for: the same key gives the same id, so that receivers can drop a repeat."""
    left = re.sub(r"[^A-Za-z0-9_-]+", ".", key).strip(".")
    if len(left) > 120:
        left = hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
    return f"<{left}@{urlsplit(settings.TOCSIN.base_url).hostname or 'localhost'}>"


def sender() -> str:
    """Who mails come from: the setting, else what was entered at set-up, else the setting's default."""
    chosen: Settings = settings.TOCSIN
    if "mail_from" in chosen.model_fields_set:
        return chosen.mail_from
    return str(facts.glance(FROM_FACT) or chosen.mail_from)


def build(
    *,
    sender: str,
    to: str,
    subject: str,
    text: str,
    message_id: str,
    now: dt.datetime,
    headers: Mapping[str, str] | None = None,
) -> EmailMessage:
    """A finished message of plain text. `message_id` comes from an idempotency key and includes the angle brackets.

    Raises Invalid when an address or a header holds a line break or NUL; a subject over 200 characters is cut.
    """
    message = EmailMessage(policy=_POLICY)
    message["Message-ID"] = _header("Message-ID", message_id)
    message["Date"] = format_datetime(now)
    message["From"] = _sender(sender)
    try:
        message["To"] = _address(to)
    except Invalid:
        raise
    except Exception:  # the standard library stumbles over some odd addresses instead of refusing them
        raise Invalid("This is not a mail address.", field="to") from None
    message["Subject"] = cut(_header("Subject", subject))
    message["Auto-Submitted"] = "auto-generated"
    for name, value in (headers or {}).items():
        if name.lower() in _OWN or not re.fullmatch(r"[A-Za-z0-9-]{1,60}", name):
            raise Invalid(f"{name[:60]!r} is not a header that may be added to a mail.", field="headers")
        del message[name]
        message[name] = _header(name, value)
    message.set_content(_UNSENDABLE.sub("", text), charset="utf-8")
    return message


def cut(subject: str) -> str:
    """A subject of at most 200 characters."""
    return subject if len(subject) <= SUBJECT_LIMIT else subject[: SUBJECT_LIMIT - 1] + "…"


def one_line(text: str) -> str:
    """Text from elsewhere made fit for a subject: blanks folded, control characters gone."""
    return cut(_UNSENDABLE.sub("", " ".join(text.split())))


def _header(name: str, value: str) -> str:
    if _BREAKS.search(value):
        raise Invalid(f"{name} must be one line.", field=name.lower())
    return _UNSENDABLE.sub("", _OTHER_BREAKS.sub(" ", value))


def _address(text: str) -> str:
    text = _header("To", text).strip()
    if len(text) > 254 or not _ADDRESS.fullmatch(text):
        raise Invalid("This is not a mail address.", field="to")
    return text


@functools.lru_cache(maxsize=16)
def _sender(text: str) -> str:
    name, address = parseaddr(_header("From", text))
    if not _ADDRESS.fullmatch(address):
        raise Invalid("The sender is not a mail address; see TOCSIN_MAIL_FROM.", field="from")
    return text if name else address
