"""People's own words as HTML: a small Markdown without pictures, headings or raw HTML, sanitised after rendering."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

_TAGS = {"p", "br", "ul", "ol", "li", "strong", "em", "code", "pre", "blockquote", "a"}
_reader = MarkdownIt("commonmark", {"html": False, "breaks": True, "linkify": False}).disable(
    ["image", "heading", "lheading", "hr"]
)

_ADDRESS = re.compile(r"https?://[^\s<>\"'`\u0000-\u001f]+[^\s<>\"'`.,;:!?)\]\u0000-\u001f]")


def _addresses(state: StateCore) -> None:
    """Addresses that stand in a text become links; in code and in links they stay as they are."""
    for block in state.tokens:
        if block.type == "inline" and block.children and "://" in block.content:
            block.children = list(_linked(block.children))


def _linked(tokens: Sequence[Token]) -> Iterator[Token]:
    inside = 0
    for token in tokens:
        inside += token.nesting if token.type in {"link_open", "link_close"} else 0
        if token.type != "text" or inside:
            yield token
            continue
        place = 0
        for found in _ADDRESS.finditer(token.content):
            yield _text(token.content[place : found.start()])
            opened = Token("link_open", "a", 1)
            opened.attrs = {"href": found.group(0)}
            yield from (opened, _text(found.group(0)), Token("link_close", "a", -1))
            place = found.end()
        yield _text(token.content[place:])


def _text(words: str) -> Token:
    return Token("text", "", 0, content=words)


_reader.core.ruler.push("addresses", _addresses)


def to_html(words: str) -> SafeString:
    """Paragraphs, lists, emphasis, code and links; everything else stays text."""
    rendered = _reader.render(words[:50_000])
    safe = nh3.clean(
        rendered, tags=_TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto"}, link_rel="noopener nofollow"
    )
    return mark_safe(safe)  # noqa: S308


def to_line(words: str) -> SafeString:
    """As `to_html`, and a single paragraph without its tags, to stand in a line."""
    html = to_html(words).strip()
    single = html.startswith("<p>") and html.endswith("</p>") and html.count("<p>") == 1
    return mark_safe(html[3:-4] if single else html)  # noqa: S308  what to_html has made
