"""The words of an HTML mail as plain text. Nothing of it is ever shown as HTML."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_SILENT = frozenset({"script", "style", "head", "title", "template", "blockquote"})
_BREAKING = frozenset({"br", "p", "div", "li", "tr", "table", "h1", "h2", "h3", "ul", "ol", "pre", "hr"})
_QUOTES = ("gmail_quote", "moz-cite-prefix", "yahoo_quoted", "divRplyFwdMsg", "OLK_SRC_BODY_SECTION", "appendonsend")
_VOID = frozenset({"br", "hr", "img", "input", "meta", "link", "col", "area", "base", "wbr"})


class _Reader(HTMLParser):
    """Collects words outside of what is not said, and outside of what mail programs mark as quoted."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._silent: list[str] = []
        self.is_over = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        marks = " ".join(value or "" for name, value in attrs if name in {"class", "id"})
        if "divRplyFwdMsg" in marks or "appendonsend" in marks:
            self.is_over = True
        elif self._silent:
            if tag == self._silent[-1] or tag in _SILENT:
                self._silent.append(tag)
        elif (tag in _SILENT or any(mark in marks for mark in _QUOTES)) and tag not in _VOID:
            self._silent.append(tag)
        if tag in _BREAKING:
            self._say("\n")

    def handle_endtag(self, tag: str) -> None:
        if self._silent and tag == self._silent[-1]:
            self._silent.pop()
        if tag in _BREAKING and tag != "br":
            self._say("\n")

    def handle_data(self, data: str) -> None:
        self._say(re.sub(r"\s+", " ", data))

    def _say(self, words: str) -> None:
        if not self._silent and not self.is_over:
            self.said.append(words)


def words(page: str) -> str:
    """The text of a page, a line for each of its blocks; quoted mails are left out."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    lines = [" ".join(line.split()) for line in "".join(reader.said).split("\n")]
    kept = [line for place, line in enumerate(lines) if line or (place and lines[place - 1])]
    return "\n".join(kept).strip()
