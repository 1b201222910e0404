"""What travels on the line of a live document: the messages of y-protocols, and two of ours.

A message begins with a number. 0 is text (a question for what is missing, its answer, or something typed), 1 is presence; ours say
how many of the sender's messages are stored (8), and that one was refused, with the reason (9). Libraries that do not know ours
pass them over.
"""

from __future__ import annotations

from dataclasses import dataclass

from pycrdt import write_message, write_var_uint

from tocsin.collab.documents.encoding import Reader, Unreadable

TEXT, PRESENCE, STORED, REFUSED = 0, 1, 8, 9
ASKED, ANSWERED, TYPED = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Message:
    """One message: its kind, for text what it is about, and the bytes inside."""

    kind: int
    about: int
    data: bytes


def read(received: bytes) -> Message | None:
    """What a client said; None for a kind that we do not know. Raises Unreadable."""
    reader = Reader(received)
    kind = reader.number()
    if kind not in (TEXT, PRESENCE):
        return None
    about = reader.number() if kind == TEXT else 0
    if about > TYPED:
        raise Unreadable("There is no such message.")
    return Message(kind, about, reader.data())


def text(about: int, data: bytes) -> bytes:
    return bytes([TEXT, about]) + write_message(data)


def presence(data: bytes) -> bytes:
    return bytes([PRESENCE]) + write_message(data)


def stored(count: int) -> bytes:
    """So many messages of this sender are in the store; 0 says only that the line is alive."""
    return bytes([STORED]) + write_var_uint(count)


def refused(reason: str) -> bytes:
    return bytes([REFUSED]) + write_message(reason.encode())
