"""Entries of the external page, and planned work, as Atom and RSS; posts of the company blog as Atom."""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed
from django.utils.html import escape, linebreaks

from tocsin.statuspages.blog.models import BlogPost
from tocsin.statuspages.outside import rules
from tocsin.statuspages.outside.queries import Outside, Planned, Told
from tocsin.statuspages.words import Words
from tocsin.web.public.v2 import address, work_address

_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class _Atom(Atom1Feed):
    """Whole words as content: readers show a summary as a teaser."""

    def add_item_elements(self, handler, item) -> None:  # type: ignore[no-untyped-def]
        super().add_item_elements(handler, item | {"description": None})
        handler.addQuickElement("content", item["description"], {"type": "html"})


@dataclass(frozen=True, slots=True)
class _Item:
    """One thing that a feed tells of, with when each of its updates was said, its status and its words, newest first."""

    key: str
    title: str
    link: str
    at: dt.datetime
    updated_at: dt.datetime
    said: tuple[tuple[dt.datetime, str, str], ...]


def atom(page: Outside, url: str, said: Words) -> bytes:
    """`history.atom`"""
    return _feed(_Atom, page, url, said, "history.atom", lambda item: f"{_tag(url)}:Incident/{item.key}")


def rss(page: Outside, url: str, said: Words) -> bytes:
    """`history.rss`"""
    return _feed(Rss201rev2Feed, page, url, said, "history.rss", lambda item: item.link)


def posts(found: Iterable[BlogPost], url: str, to_html: Callable[[str], str]) -> bytes:
    """The company blog; `url` is that of the house, `to_html` makes the words of a post safe HTML."""
    feed = _Atom("Company blog", f"{url}/blog", None, language="en", feed_guid=f"{_tag(url)}:/blog")
    for post in found:
        feed.add_item(
            title=_clean(post.title),
            link=f"{url}/blog/{post.slug}",
            description=_clean(to_html(post.text)),
            author_name=_clean(", ".join(one.name for one in post.authors.all())),
            pubdate=post.published_at,
            updateddate=post.updated_at,
            unique_id=f"{_tag(url)}:BlogPost/{post.pk}",
            unique_id_is_permalink=True,
        )
    return feed.writeString("utf-8").encode()


def _items(page: Outside, url: str, said: Words) -> list[_Item]:
    """By when they began or were planned, newest first."""
    found = [_told(told, url, said) for told in page.entries] + [_planned(one, url, said) for one in page.planned]
    return sorted(found, key=lambda item: item.at, reverse=True)


def _told(told: Told, url: str, said: Words) -> _Item:
    entry = told.entry
    updates = tuple((one.update.at, said.statuses[one.update.status], one.update.body) for one in told.updates)
    return _Item(rules.code(entry.pk), entry.title, address(url, told), entry.started_at, told.updated_at, updates)


def _planned(one: Planned, url: str, said: Words) -> _Item:
    planned = one.work.maintenance
    updates = tuple((each.update.at, said.work[each.update.status], each.update.body) for each in one.updates)
    title = said.planned_work.format(f"{planned.title}, {said.span(planned.starts_at, planned.ends_at, planned.page.zone)}")
    return _Item(rules.code(planned.pk), title, work_address(url, one.work), planned.created_at, one.work.updated_at, updates)


def _feed(kind: type[SyndicationFeed], page: Outside, url: str, said: Words, name: str, ident: Callable[[_Item], str]) -> bytes:
    title, guid = _clean(said.feed.format(page.page.name)), f"{_tag(url)}:/history"
    feed = kind(title, url, said.feed_of, language=said.language, feed_url=f"{url}/{name}", feed_guid=guid)
    zone = zoneinfo.ZoneInfo(page.page.zone)
    for item in _items(page, url, said):
        feed.add_item(
            title=_clean(item.title),
            link=item.link,
            description=_clean(_paragraphs(item, said, zone)),
            pubdate=item.at,
            updateddate=item.updated_at,
            unique_id=ident(item),
            unique_id_is_permalink=True,
        )
    return feed.writeString("utf-8").encode()


def _paragraphs(item: _Item, said: Words, zone: dt.tzinfo) -> str:
    return "".join(_paragraph(at.astimezone(zone), status, body, said) for at, status, body in item.said)


def _paragraph(there: dt.datetime, status: str, body: str, said: Words) -> str:
    when = f"{said.calendar.short(there)} {there.year}, {there:%H:%M %Z}"
    return f"<p><small>{when}</small><br><strong>{status}</strong> - {linebreaks(escape(body))[3:]}"


def _tag(url: str) -> str:
    return f"tag:{urlsplit(url).hostname},2005"


def _clean(text: str) -> str:
    """XML has no place for these characters, and a feed that cannot be read tells nobody anything."""
    return _UNWRITABLE.sub("", text)
