"""People's own words as HTML: a small Markdown without pictures, headings or raw HTML, sanitised after rendering."""

from __future__ import annotations

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

_TAGS = {"p", "br", "ul", "ol", "li", "strong", "em", "code", "pre", "blockquote", "a"}
_reader = MarkdownIt("commonmark", {"html": False, "breaks": True, "linkify": False}).disable(
    ["image", "heading", "lheading", "hr"]
)


def to_html(words: str) -> SafeString:
    """Paragraphs, lists, emphasis, code and links; everything else stays text."""
    rendered = _reader.render(words[:50_000])
    safe = nh3.clean(
        rendered, tags=_TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto"}, link_rel="noopener nofollow"
    )
    return mark_safe(safe)  # noqa: S308
