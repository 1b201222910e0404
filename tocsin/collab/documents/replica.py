"""A document as the library for shared text holds it: one text for each section, changes that merge in any order.

A replica belongs to the thread that made it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pycrdt import Doc, Subscription, Text, merge_updates

from tocsin.collab.documents import encoding, rules
from tocsin.collab.documents.encoding import Unreadable


class Broken(Exception):
    """Applying an update failed half-way: this replica must not be used any more."""


@dataclass(frozen=True, slots=True)
class Change:
    """What an update brought that was not there: `update` is empty when it was all known, `sections` are the slugs touched."""

    update: bytes
    sections: frozenset[str]


class Replica:
    """The sections `slugs` of one document."""

    def __init__(self, slugs: Iterable[str]) -> None:
        self._doc: Doc[Text] = Doc()
        self._texts = {slug: self._doc.get(slug, type=Text) for slug in slugs}
        self._news: list[bytes] = []
        self._touched: set[str] = set()
        self._watched: list[Subscription] = [self._doc.observe(lambda event: self._news.append(event.update))]
        self._watched += [self._watch(slug, text) for slug, text in self._texts.items()]

    def _watch(self, slug: str, text: Text) -> Subscription:
        return text.observe(lambda event: self._touched.add(slug))

    def apply(self, update: bytes) -> Change:
        """Merge an update. Raises Unreadable and is as before, or Broken and is of no use any more."""
        extent = encoding.read(update)
        if extent.roots - set(self._texts):
            raise Unreadable("It writes into a section that the document does not have.")
        encoding.require_complete(extent, encoding.state(self._doc.get_state()))
        self._begin()
        try:
            self._doc.apply_update(update)
        except BaseException as fault:
            raise Broken(_reason(fault)) from None
        return self._end()

    def edit(self, slug: str, text: str) -> Change:
        """Make a section say `text`, with as few letters changed as possible."""
        self._begin()
        target, old = self._texts[slug], str(self._texts[slug])
        with self._doc.transaction():
            for hunk in reversed(rules.hunks(old, text)):
                start = len(old[: hunk.start].encode())  # the library counts bytes
                end = start + len(old[hunk.start : hunk.end].encode())
                if end > start:
                    del target[start:end]
                if hunk.words:
                    target.insert(start, hunk.words)
        return self._end()

    def text(self, slug: str) -> str:
        return str(self._texts[slug])

    def state(self) -> bytes:
        """What it knows, in a few bytes that another replica can answer with `since`."""
        return self._doc.get_state()

    def since(self, state: bytes | None = None) -> bytes:
        """What a replica of that state lacks, everything when there is none. Raises Unreadable."""
        try:
            encoding.state(state or b"\0")
            return self._doc.get_update(state)
        except BaseException as fault:  # the library's panics are no Exceptions
            raise Unreadable(_reason(fault)) from None

    def _begin(self) -> None:
        self._news.clear()
        self._touched.clear()

    def _end(self) -> Change:
        news = merge_updates(*self._news) if len(self._news) > 1 else b"".join(self._news)
        return Change(news, frozenset(self._touched))


def _reason(fault: BaseException) -> str:
    """The library's words; a request to stop the process goes on as it is."""
    if isinstance(fault, (KeyboardInterrupt, SystemExit)):
        raise fault
    return str(fault)[:200] or type(fault).__name__
