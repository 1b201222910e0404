"""What an update says about itself, read from its bytes before the library applies it.

The library takes in whatever can be decoded, and keeps what builds on missing text in the background without a word. So the
first version of the Yjs update encoding is read here: only letters come in, only for sections that exist, and nothing that
builds on what never came.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

_GC, _DELETED, _STRING, _SKIP = 0, 1, 4, 10
_LEFT, _RIGHT, _SUB = 0x80, 0x40, 0x20
_LARGEST = 1 << 53
"""Clients of the library count in floats."""


class Unreadable(Exception):
    """An update cannot be applied; the message says why."""


@dataclass(slots=True)
class Extent:
    """What an update adds and needs. Clocks count letters of one client in UTF-16 units."""

    begins: dict[int, int] = field(default_factory=dict)
    ends: dict[int, int] = field(default_factory=dict)
    needs: dict[int, int] = field(default_factory=dict)
    """The clock below which a client's letters must be known: neighbours, deleted ones, and those left out."""
    roots: set[str] = field(default_factory=set)

    def need(self, client: int, clock: int) -> None:
        self.needs[client] = max(self.needs.get(client, 0), clock)


class Reader:
    """Numbers and words out of bytes. Raises Unreadable at their end."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0

    def number(self) -> int:
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                break
            shift += 7
            if shift > 56:
                raise Unreadable("A number has too many bytes.")
        if value >= _LARGEST:
            raise Unreadable("A number is too large.")
        return value

    def byte(self) -> int:
        if self._place >= len(self._data):
            raise Unreadable("It ends too early.")
        self._place += 1
        return self._data[self._place - 1]

    def data(self) -> bytes:
        """Bytes with their length before them."""
        length = self.number()
        if self._place + length > len(self._data):
            raise Unreadable("It ends too early.")
        self._place += length
        return self._data[self._place - length : self._place]

    def words(self) -> str:
        try:
            return self.data().decode()
        except UnicodeDecodeError:
            raise Unreadable("Its words are not UTF-8.") from None

    @property
    def over(self) -> bool:
        return self._place == len(self._data)


def read(update: bytes) -> Extent:
    """What an update adds and needs. Raises Unreadable for anything but letters put in and taken out."""
    reader, extent = Reader(update), Extent()
    for _ in range(reader.number()):
        count, client, clock = reader.number(), reader.number(), reader.number()
        if client in extent.begins:
            raise Unreadable("It names one client twice.")
        extent.begins[client] = clock
        for _ in range(count):
            clock += _item(reader, extent, client, clock)
        extent.ends[client] = clock
    for _ in range(reader.number()):
        client = reader.number()
        for _ in range(reader.number()):
            first, length = reader.number(), reader.number()
            extent.need(client, first + length)
    if not reader.over:
        raise Unreadable("Something follows after its end.")
    return extent


def state(encoded: bytes) -> dict[int, int]:
    """How many letters of each client a replica knows, from its state. Raises Unreadable."""
    reader = Reader(encoded)
    known = {reader.number(): reader.number() for _ in range(reader.number())}
    if not reader.over:
        raise Unreadable("Something follows after its end.")
    return known


def require_complete(extent: Extent, known: Mapping[int, int]) -> None:
    """Raises Unreadable when an update builds on letters that neither it nor a replica of that state has."""
    for client, first in extent.begins.items():
        if first > known.get(client, 0):
            raise Unreadable("It follows after something that never came.")
    for client, clock in extent.needs.items():
        if clock > max(known.get(client, 0), extent.ends.get(client, 0)):
            raise Unreadable("It builds on something that never came.")


def _item(reader: Reader, extent: Extent, client: int, clock: int) -> int:
    """One run of letters; how many."""
    info = reader.byte()
    kind = info & 0x1F
    if kind == _GC:
        return reader.number()
    if kind == _SKIP:
        raise Unreadable("It leaves something out.")
    for mark in (_LEFT, _RIGHT):
        if info & mark:
            neighbour, place = reader.number(), reader.number()
            extent.need(neighbour, place + 1)
    if not info & (_LEFT | _RIGHT):
        _parent(reader, extent, info)
    if kind == _DELETED:
        return reader.number()
    if kind == _STRING:
        return len(reader.words().encode("utf-16-le")) // 2
    raise Unreadable("It holds something other than letters.")


def _parent(reader: Reader, extent: Extent, info: int) -> None:
    if reader.number() != 1:
        raise Unreadable("It writes into something other than a section.")
    extent.roots.add(reader.words())
    if info & _SUB:
        raise Unreadable("It holds something other than letters.")
