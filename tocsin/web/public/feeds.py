"""Entries of the external page as Atom and RSS."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed
from django.utils.html import escape, linebreaks

from tocsin.statuspages import rules as words
from tocsin.statuspages.outside import rules
from tocsin.statuspages.outside.queries import Outside, Told
from tocsin.web.public.v2 import address

_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class _Atom(Atom1Feed):
    """Whole words as content: readers show a summary as a teaser."""

    def add_item_elements(self, handler, item) -> None:  # type: ignore[no-untyped-def]
        super().add_item_elements(handler, item | {"description": None})
        handler.addQuickElement("content", item["description"], {"type": "html"})


def atom(page: Outside, url: str) -> bytes:
    """`history.atom`"""
    return _feed(_Atom, page, url, "history.atom", lambda told: f"{_tag(url)}:Incident/{rules.code(told.entry.pk)}")


def rss(page: Outside, url: str) -> bytes:
    """`history.rss`"""
    return _feed(Rss201rev2Feed, page, url, "history.rss", lambda told: address(url, told))


def _feed(kind: type[SyndicationFeed], page: Outside, url: str, name: str, ident: Callable[[Told], str]) -> bytes:
    title = f"{page.page.name} - Incident History"
    feed = kind(
        title, url, "What happened and how it went on.", language="en", feed_url=f"{url}/{name}", feed_guid=f"{_tag(url)}:/history"
    )
    for told in page.entries:
        feed.add_item(
            title=_clean(told.entry.title),
            link=address(url, told),
            description=_clean(_paragraphs(told)),
            pubdate=told.entry.started_at,
            updateddate=told.updated_at,
            unique_id=ident(told),
            unique_id_is_permalink=True,
        )
    return feed.writeString("utf-8").encode()


def _paragraphs(told: Told) -> str:
    return "".join(
        f"<p><small>{said.update.at:%d %b %Y, %H:%M} UTC</small><br>"
        f"<strong>{words.STATUSES[said.update.status]}</strong> - {linebreaks(escape(said.update.body))[3:]}"
        for said in told.updates
    )


def _tag(url: str) -> str:
    return f"tag:{urlsplit(url).hostname},2005"


def _clean(text: str) -> str:
    """XML has no place for these characters, and a feed that cannot be read tells nobody anything."""
    return _UNWRITABLE.sub("", text)
