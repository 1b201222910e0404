"""Entries of the external page as Atom and RSS."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from urllib.parse import urlsplit

from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed
from django.utils.html import escape, linebreaks

from tocsin.statuspages.models import Update
from tocsin.statuspages.outside import rules
from tocsin.statuspages.outside.queries import Outside, Told
from tocsin.statuspages.words import Words
from tocsin.web.public.v2 import address

_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class _Atom(Atom1Feed):
    """Whole words as content: readers show a summary as a teaser."""

    def add_item_elements(self, handler, item) -> None:  # type: ignore[no-untyped-def]
        super().add_item_elements(handler, item | {"description": None})
        handler.addQuickElement("content", item["description"], {"type": "html"})


def atom(page: Outside, url: str, said: Words, zone: dt.tzinfo) -> bytes:
    """`history.atom`"""
    return _feed(_Atom, page, url, said, zone, "history.atom", lambda told: f"{_tag(url)}:Incident/{rules.code(told.entry.pk)}")


def rss(page: Outside, url: str, said: Words, zone: dt.tzinfo) -> bytes:
    """`history.rss`"""
    return _feed(Rss201rev2Feed, page, url, said, zone, "history.rss", lambda told: address(url, told))


def _feed(
    kind: type[SyndicationFeed], page: Outside, url: str, said: Words, zone: dt.tzinfo, name: str, ident: Callable[[Told], str]
) -> bytes:
    title, guid = _clean(said.feed.format(page.page.name)), f"{_tag(url)}:/history"
    feed = kind(title, url, said.feed_of, language=said.language, feed_url=f"{url}/{name}", feed_guid=guid)
    for told in page.entries:
        feed.add_item(
            title=_clean(told.entry.title),
            link=address(url, told),
            description=_clean(_paragraphs(told, said, zone)),
            pubdate=told.entry.started_at,
            updateddate=told.updated_at,
            unique_id=ident(told),
            unique_id_is_permalink=True,
        )
    return feed.writeString("utf-8").encode()


def _paragraphs(told: Told, said: Words, zone: dt.tzinfo) -> str:
    return "".join(_paragraph(one.update, said, one.update.at.astimezone(zone)) for one in told.updates)


def _paragraph(update: Update, said: Words, there: dt.datetime) -> str:
    when = f"{said.calendar.short(there)} {there.year}, {there:%H:%M %Z}"
    words = linebreaks(escape(update.body))[3:]
    return f"<p><small>{when}</small><br><strong>{said.statuses[update.status]}</strong> - {words}"


def _tag(url: str) -> str:
    return f"tag:{urlsplit(url).hostname},2005"


def _clean(text: str) -> str:
    """XML has no place for these characters, and a feed that cannot be read tells nobody anything."""
    return _UNWRITABLE.sub("", text)
