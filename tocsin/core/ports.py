"""What core needs from the outside world, filled in `wiring.py`: the way mail leaves the house."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Protocol, runtime_checkable

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Delivery:
    """What came of handing one message to a provider.

    `answer` is the provider's own words, at most 400 characters, without secrets. `permanent` says that trying the same again
    cannot help: the address is wrong, the key is refused. `provider_fault` says that the same happens for every address: the
    provider's set-up is wrong, the person's address is not to blame.
    """

    ok: bool
    answer: str
    permanent: bool = False
    provider_fault: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "answer", _UNSTORABLE.sub("", self.answer)[:400])

    @property
    def outcome(self) -> str:
        """`ok`, `temporary` or `permanent`: for counting."""
        if self.ok:
            return "ok"
        return "permanent" if self.permanent else "temporary"


class MailTransport(Protocol):
    """Takes a finished message to a mail server. Never raises for what the server says."""

    def send(self, message: EmailMessage) -> Delivery: ...


@runtime_checkable
class ManyAtOnce(Protocol):
    """A transport that takes several messages in one conversation, and answers for each of them in order."""

    def send_all(self, messages: Sequence[EmailMessage]) -> list[Delivery]: ...


class _Unwired:
    def send(self, message: EmailMessage) -> Delivery:
        return Delivery(ok=False, answer="no mail server is configured (TOCSIN_SMTP_URL)")


class _Mail:
    """The one mail transport of this installation; asked anew at each message so that wiring may come later."""

    def __init__(self) -> None:
        self._transport: MailTransport = _Unwired()

    def wire(self, transport: MailTransport) -> None:
        self._transport = transport

    def send(self, message: EmailMessage) -> Delivery:
        return self._transport.send(message)

    def send_all(self, messages: Sequence[EmailMessage]) -> list[Delivery]:
        """Several, in one conversation where the transport knows how."""
        transport = self._transport
        return transport.send_all(messages) if isinstance(transport, ManyAtOnce) else [transport.send(one) for one in messages]


mail = _Mail()
