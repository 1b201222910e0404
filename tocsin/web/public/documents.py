"""Everything that pages for customers are made of: each page, its entries, its JSON, feeds, badge and widget, by path."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string

from tocsin.statuspages import queries, rules, words
from tocsin.statuspages.maintenance.queries import Work
from tocsin.statuspages.models import StatusPage
from tocsin.statuspages.outside.queries import LAST, Outside, Told, outside
from tocsin.statuspages.pages import addresses
from tocsin.statuspages.pages import queries as several
from tocsin.statuspages.pages.rules import variables
from tocsin.statuspages.queries import PageView
from tocsin.statuspages.words import Words
from tocsin.web.frame import reader
from tocsin.web.frame.sheet import inline
from tocsin.web.gate.security import content_policy, digest_of
from tocsin.web.kept.shelf import HOSTED, Document
from tocsin.web.public import badge, bars, calendar, feeds, v2

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
    dates = Document(calendar.document(told, url), "text/calendar; charset=utf-8", anywhere)
    return {
        **{name: Document(v2.dump(made), JSON, anywhere) for name, made in v2.documents(told, url).items()},
        "history.atom": Document(feeds.atom(told, url, said), "application/atom+xml; charset=utf-8", anywhere),
        "history.rss": Document(feeds.rss(told, url, said), "application/rss+xml; charset=utf-8", anywhere),
        "calendar.ics": dates,
        "history.ics": dates,  # where programs that know hosted pages look for it
        "badge.svg": Document(
            badge.draw(told.page.name, v2.indicator(told), said.indicators), "image/svg+xml", (*anywhere, _DRAWN)
        ),
    }


def _pages(page: Outside, place: Place, now: dt.datetime) -> dict[str, Document]:
    """What people read, by path below the page; the page itself at the empty one."""
    view, said, zone = queries.external_page(now, page.page), place.words, place.zone
    parts = [bars.row(part, now, zone, said) for part in page.parts]
    bundles = [
        (one.group.name, one.state, said.states[one.state], [row for row in parts if row.component.pk in one.parts])
        for one in page.bundles
    ]
    grouped = {part for one in page.bundles for part in one.parts}
    codes = {one.work.maintenance.pk: v2.work_address("", one.work).rpartition("/")[2] for one in page.planned}
    common = {
        **place.common(),
        "page": view,
        "parts": [row for row in parts if row.component.pk not in grouped],
        "bundles": bundles,
        "tone": tone(view),
        "times": said.times.format(zone_name(zone, now)),
        "as_of": _as_of(now, zone, said),
        "works": _works(view, codes),
    }
    common |= {"others": len(view.open) - 1, "other_works": len(view.at_work) - 1}
    made = {
        "": _html("status/external.html", common, place, now),
        "history": _html("status/history.html", common | {"months": _months(page, codes, place), "last": LAST}, place, now),
        "widget": _html("status/widget.html", common, place, now, framing=("*",)),
    }
    made |= {f"incidents/{codes[one.work.maintenance.pk]}": _work(one.work, common, place, now) for one in page.planned}
    return made | {
        f"incidents/{v2.address('', told).rpartition('/')[2]}": _entry(told, common, place, now) for told in page.entries
    }


def zone_name(zone: zoneinfo.ZoneInfo, now: dt.datetime) -> str:
    """`UTC`, or `Europe/Vienna (CET)`: the name, and what it is called now."""
    return zone.key if zone.key == "UTC" else f"{zone.key} ({now.astimezone(zone):%Z})"


def _as_of(now: dt.datetime, zone: zoneinfo.ZoneInfo, said: Words) -> str:
    here = now.astimezone(zone)
    return f"{said.calendar.short(here)} {here.year}, {here:%H:%M:%S %Z}"


def _works(view: PageView, codes: Mapping[str, str]) -> dict[str, list[tuple[Work, str]]]:
    """Planned work with the last word of its address: what goes on, what is to come, what is over."""
    found = {"now": view.at_work, "ahead": view.to_come, "past": view.worked}
    return {when: [(work, codes.get(work.maintenance.pk, "")) for work in works] for when, works in found.items()}


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the history; `lasted` is None for what is not over."""

    at: dt.datetime
    title: str
    code: str
    kind: str
    lasted: dt.timedelta | None
    open: bool
    day: str


def _months(page: Outside, codes: Mapping[str, str], place: Place) -> list[tuple[str, str, list[_Line]]]:
    """Each month, as an id and in words, with its entries, and the planned work that is over, as the list shows them."""
    found: dict[dt.date, list[_Line]] = defaultdict(list)
    lines = [_line(told, place) for told in page.entries]
    lines += [_line_of_work(one.work, codes[one.work.maintenance.pk], place) for one in page.planned if not one.work.is_open]
    for line in sorted(lines, key=lambda one: one.at, reverse=True):
        began = line.at.astimezone(place.zone)
        found[dt.date(began.year, began.month, 1)].append(line)
    return [(f"{month:%Y-%m}", place.words.calendar.month(month), own) for month, own in found.items()]


def _line(told: Told, place: Place) -> _Line:
    entry = told.entry
    lasted = entry.resolved_at - entry.started_at if entry.resolved_at else None
    kind = place.words.afterwards if entry.backfilled_at else ""
    day = place.words.calendar.short(entry.started_at.astimezone(place.zone))
    return _Line(entry.started_at, entry.title, v2.address("", told).rpartition("/")[2], kind, lasted, told.open, day)


def _line_of_work(work: Work, code: str, place: Place) -> _Line:
    planned, said = work.maintenance, place.words
    began, over = planned.begun_at or planned.starts_at, planned.over_at or planned.ends_at
    lasted = None if work.is_called_off else max(over - began, dt.timedelta(0))
    kind = said.work_off if work.is_called_off else said.work_kind
    day = said.calendar.short(planned.starts_at.astimezone(place.zone))
    return _Line(planned.starts_at, planned.title, code, kind, lasted, open=False, day=day)


def _entry(told: Told, common: Mapping[str, object], place: Place, now: dt.datetime) -> Document:
    lasted = told.entry.resolved_at - told.entry.started_at if told.entry.resolved_at else None
    parts = ", ".join(part.name for part in told.parts)
    shown = {"told": told, "updates": [said.update for said in told.updates], "concerned": parts, "lasted": lasted}
    status = place.words.statuses[told.entry.status]
    return _html("status/entry.html", {**common, **shown, "status_words": status}, place, now)


def _work(work: Work, common: Mapping[str, object], place: Place, now: dt.datetime) -> Document:
    planned, said = work.maintenance, place.words
    shown = {
        "work": work,
        "state_words": said.work[planned.state],
        "when": said.span(planned.starts_at, planned.ends_at, place.page.zone),
        "concerned": ", ".join(part.name for part in work.parts),
    }
    return _html("status/work.html", {**common, **shown}, place, now)


def tone(page: PageView) -> str:
    """`bad`, `soon`, `work` or nothing: what the page's sign looks like."""
    worst = rules.worst(one.component.state for one in page.components)
    if worst in {"partial_outage", "major_outage"}:
        return "bad"
    if page.open or worst not in (rules.OPERATIONAL, rules.UNDER_MAINTENANCE):
        return "soon"
    return "work" if page.at_work or worst == rules.UNDER_MAINTENANCE else ""


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
