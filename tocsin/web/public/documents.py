"""Everything that pages for customers are made of: each page, its entries, its JSON, feeds, badge and widget, by path."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string

from tocsin.core.text.calendars import Calendar
from tocsin.statuspages import queries, rules, words
from tocsin.statuspages.models import StatusPage
from tocsin.statuspages.outside.queries import LAST, Outside, Told, months, outside
from tocsin.statuspages.pages import addresses
from tocsin.statuspages.pages import queries as several
from tocsin.statuspages.pages.rules import variables
from tocsin.statuspages.queries import PageView
from tocsin.statuspages.words import Words
from tocsin.web.frame import reader
from tocsin.web.frame.sheet import inline
from tocsin.web.gate.security import content_policy, digest_of
from tocsin.web.kept.shelf import HOSTED, Document
from tocsin.web.public import badge, bars, feeds, v2

ROOT = addresses.ROOT
"""The path of the first page."""

HTML, JSON = "text/html; charset=utf-8", "application/json; charset=utf-8"
_EVERY = (("Cache-Control", "public, max-age=5"), ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "same-origin"))
_UNFOUND = (
    ("Cache-Control", "private, max-age=5"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Robots-Tag", "noindex, nofollow, noarchive"),
)
"""Of a page with a secret address: what is found nowhere, and tells nobody where it was read."""
_ANYWHERE = (("Cross-Origin-Resource-Policy", "cross-origin"), ("Access-Control-Allow-Origin", "*"))
_DRAWN = ("Content-Security-Policy", "default-src 'none'; sandbox")


@dataclass(frozen=True, slots=True)
class Place:
    """One page as it is told at one address: `root` is the path that its links begin with, `url` where readers are sent."""

    page: StatusPage
    root: str
    url: str

    @property
    def words(self) -> Words:
        return words.of(self.page.language)

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return reader.known_zone(self.page.zone)

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        return _UNFOUND if self.page.is_secret else _EVERY

    def common(self) -> dict[str, object]:
        """What every template of the page needs."""
        return {"root": self.root, "home": self.root or "/", "url": self.url, "words": self.words, "unfound": self.page.is_secret}


def render(now: dt.datetime) -> dict[str, Document]:
    """Every document of every page for customers at an instant."""
    made: dict[str, Document] = {}
    for page in several.outside():
        made |= page_documents(page, now)
    return made


def page_documents(page: StatusPage, now: dt.datetime) -> dict[str, Document]:
    """Those of one page, by path; at its own host, when it has one, by `//host/path`."""
    told, root, url = outside(page, now), addresses.path(page), addresses.url(page)
    fixed = _fixed(told, Place(page, root, url))
    made = _below(root, fixed | _pages(told, Place(page, root, url), now))
    if page.host:
        made |= _below(HOSTED + page.host, fixed | _pages(told, Place(page, "", url), now), top="/")
    if page.is_first:
        # Programs that know hosted pages ask below the host, whatever the page's own address is.
        made |= {f"/{name}": one for name, one in fixed.items() if name.startswith("api/")}
    return made


def _below(root: str, made: Mapping[str, Document], top: str = "") -> dict[str, Document]:
    return {f"{root}/{name}" if name else f"{root}{top}": one for name, one in made.items()}


def _fixed(told: Outside, place: Place) -> dict[str, Document]:
    """What programs read, which is the same wherever the page is."""
    anywhere, url, said = (*place.headers, *_ANYWHERE), place.url, place.words
    return {
        **{name: Document(v2.dump(made), JSON, anywhere) for name, made in v2.documents(told, url).items()},
        "history.atom": Document(feeds.atom(told, url, said, place.zone), "application/atom+xml; charset=utf-8", anywhere),
        "history.rss": Document(feeds.rss(told, url, said, place.zone), "application/rss+xml; charset=utf-8", anywhere),
        "badge.svg": Document(
            badge.draw(told.page.name, v2.indicator(told), said.indicators), "image/svg+xml", (*anywhere, _DRAWN)
        ),
    }


def _pages(page: Outside, place: Place, now: dt.datetime) -> dict[str, Document]:
    """What people read, by path below the page; the page itself at the empty one."""
    view, said, zone = queries.external_page(now, page.page), place.words, place.zone
    parts = [bars.row(part, now, zone, said) for part in page.parts]
    times = said.times.format(zone_name(zone, now))
    bundles = [
        (one.group.name, one.state, said.states[one.state], [row for row in parts if row.component.pk in one.parts])
        for one in page.bundles
    ]
    grouped = {part for one in page.bundles for part in one.parts}
    single = [row for row in parts if row.component.pk not in grouped]
    common = {
        **place.common(),
        "page": view,
        "parts": single,
        "bundles": bundles,
        "tone": tone(view),
        "times": times,
        "as_of": _as_of(now, zone, said),
    }
    common["others"] = len(view.open) - 1
    made = {
        "": _html("status/external.html", common, place, now),
        "history": _html("status/history.html", common | {"months": _months(page, zone, said.calendar), "last": LAST}, place, now),
        "widget": _html("status/widget.html", common, place, now, framing=("*",)),
    }
    return made | {
        f"incidents/{v2.address('', told).rpartition('/')[2]}": _entry(told, common, place, now) for told in page.entries
    }


def zone_name(zone: zoneinfo.ZoneInfo, now: dt.datetime) -> str:
    """`UTC`, or `Europe/Vienna (CET)`: the name, and what it is called now."""
    return zone.key if zone.key == "UTC" else f"{zone.key} ({now.astimezone(zone):%Z})"


def _as_of(now: dt.datetime, zone: zoneinfo.ZoneInfo, said: Words) -> str:
    here = now.astimezone(zone)
    return f"{said.calendar.short(here)} {here.year}, {here:%H:%M:%S %Z}"


def _months(page: Outside, zone: zoneinfo.ZoneInfo, calendar: Calendar) -> list[tuple[str, str, list[dict[str, object]]]]:
    """Each month, as an id and in words, with its entries as the list shows them."""
    found = months(page, zone)
    return [
        (f"{month:%Y-%m}", calendar.month(month), [_line(told, zone, calendar) for told in entries]) for month, entries in found
    ]


def _line(told: Told, zone: zoneinfo.ZoneInfo, calendar: Calendar) -> dict[str, object]:
    entry = told.entry
    lasted = entry.resolved_at - entry.started_at if entry.resolved_at else None
    day = calendar.short(entry.started_at.astimezone(zone))
    return {"entry": entry, "day": day, "code": v2.address("", told).rpartition("/")[2], "lasted": lasted, "open": told.open}


def _entry(told: Told, common: Mapping[str, object], place: Place, now: dt.datetime) -> Document:
    lasted = told.entry.resolved_at - told.entry.started_at if told.entry.resolved_at else None
    parts = ", ".join(part.name for part in told.parts)
    shown = {"told": told, "updates": [said.update for said in told.updates], "concerned": parts, "lasted": lasted}
    status = place.words.statuses[told.entry.status]
    return _html("status/entry.html", {**common, **shown, "status_words": status}, place, now)


def tone(page: PageView) -> str:
    """`bad`, `soon` or nothing: what the page's sign looks like."""
    worst = rules.worst(one.component.state for one in page.components)
    if worst in {"partial_outage", "major_outage"}:
        return "bad"
    return "soon" if page.open or worst != rules.OPERATIONAL else ""


def _html(
    template: str, context: Mapping[str, object], place: Place, now: dt.datetime, *, framing: tuple[str, ...] = ()
) -> Document:
    reader.arrive(now, place.page.zone, place.words.calendar)
    html, css = inline(render_to_string(template, dict(context)), variables(place.page.theme))
    reader.arrive(now)
    policy = content_policy([digest_of(css)], framing)
    more = () if framing else (("X-Frame-Options", "DENY"), ("Cross-Origin-Opener-Policy", "same-origin"))
    headers = (*place.headers, ("Content-Security-Policy", policy), *more, *_secure())
    return Document(html.encode(), HTML, headers, place.page.language)


def _secure() -> tuple[tuple[str, str], ...]:
    return (("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),) if settings.TOCSIN.secure else ()
