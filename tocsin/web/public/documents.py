"""Everything the external page is made of: the page, its entries, its JSON, feeds, badge and widget, by path."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string

from tocsin.statuspages import queries, rules
from tocsin.statuspages.maintenance.queries import Work
from tocsin.statuspages.outside.queries import LAST, Outside, Told, outside
from tocsin.statuspages.queries import PageView
from tocsin.web.frame import reader
from tocsin.web.frame.sheet import inline
from tocsin.web.gate.security import content_policy, digest_of
from tocsin.web.kept.shelf import Document
from tocsin.web.public import badge, bars, calendar, feeds, v2

ROOT = "/status"
"""The path of the external page."""

HTML, JSON = "text/html; charset=utf-8", "application/json; charset=utf-8"
_EVERY = (("Cache-Control", "public, max-age=5"), ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "same-origin"))
_ANYWHERE = (*_EVERY, ("Cross-Origin-Resource-Policy", "cross-origin"), ("Access-Control-Allow-Origin", "*"))
_DRAWN = ("Content-Security-Policy", "default-src 'none'; sandbox")


def render(now: dt.datetime) -> dict[str, Document]:
    """Every document of the external page at an instant, in UTC for everybody."""
    url = settings.TOCSIN.base_url.rstrip("/") + ROOT
    page = outside(now)
    api = {name: Document(v2.dump(made), JSON, _ANYWHERE) for name, made in v2.documents(page, url).items()}
    below = {
        **api,
        "history.atom": Document(feeds.atom(page, url), "application/atom+xml; charset=utf-8", _ANYWHERE),
        "history.rss": Document(feeds.rss(page, url), "application/rss+xml; charset=utf-8", _ANYWHERE),
        "calendar.ics": (dates := Document(calendar.document(page, url), "text/calendar; charset=utf-8", _ANYWHERE)),
        "history.ics": dates,  # where programs that know hosted pages look for it
        "badge.svg": Document(badge.draw(page.page.name, v2.indicator(page)), "image/svg+xml", (*_ANYWHERE, _DRAWN)),
        **_pages(page, now, url),
    }
    # Programs that know hosted pages ask below the host, whatever the page's own address is.
    at_the_host = {f"/{name}": made for name, made in api.items() if name.startswith("api/")}
    return {ROOT: below.pop(""), **{f"{ROOT}/{name}": made for name, made in below.items()}, **at_the_host}


def _pages(page: Outside, now: dt.datetime, url: str) -> dict[str, Document]:
    """What people read, by path below the page; the page itself at the empty one."""
    view = queries.external_page(now)
    parts = [bars.row(part, now, dt.UTC) for part in page.parts]
    codes = {one.work.maintenance.pk: v2.work_address("", one.work).rpartition("/")[2] for one in page.planned}
    common = {"page": view, "parts": parts, "tone": tone(view), "root": ROOT, "url": url, "works": _works(view, codes)}
    made = {
        "": _html("status/external.html", common, now),
        "history": _html("status/history.html", common | {"months": _months(page, codes), "last": LAST}, now),
        "widget": _html("status/widget.html", common, now, framing=("*",)),
    }
    made |= {f"incidents/{codes[one.work.maintenance.pk]}": _work(one.work, view, now) for one in page.planned}
    return made | {f"incidents/{v2.address('', told).rpartition('/')[2]}": _entry(told, view, now) for told in page.entries}


def _works(view: PageView, codes: Mapping[str, str]) -> dict[str, list[tuple[Work, str]]]:
    """Planned work with the last word of its address: what goes on, what is to come, what is over."""
    found = {"now": view.at_work, "ahead": view.to_come, "past": view.worked}
    return {when: [(work, codes.get(work.maintenance.pk, "")) for work in works] for when, works in found.items()}


def _months(page: Outside, codes: Mapping[str, str]) -> list[tuple[dt.date, list[_Line]]]:
    """Each month with its entries, and the planned work that is over, as the list shows them."""
    found: dict[dt.date, list[_Line]] = defaultdict(list)
    lines = [_line(told) for told in page.entries]
    lines += [_line_of_work(one.work, codes[one.work.maintenance.pk]) for one in page.planned if not one.work.is_open]
    for line in sorted(lines, key=lambda one: one.at, reverse=True):
        began = line.at.astimezone(dt.UTC)
        found[dt.date(began.year, began.month, 1)].append(line)
    return list(found.items())


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the history; `lasted` is None for what is not over."""

    at: dt.datetime
    title: str
    code: str
    kind: str
    lasted: dt.timedelta | None
    open: bool


def _line(told: Told) -> _Line:
    entry = told.entry
    lasted = entry.resolved_at - entry.started_at if entry.resolved_at else None
    kind = "written down afterwards" if entry.backfilled_at else ""
    return _Line(entry.started_at, entry.title, v2.address("", told).rpartition("/")[2], kind, lasted, told.open)


def _line_of_work(work: Work, code: str) -> _Line:
    planned = work.maintenance
    began, over = planned.begun_at or planned.starts_at, planned.over_at or planned.ends_at
    lasted = None if work.is_called_off else max(over - began, dt.timedelta(0))
    kind = "planned work, called off" if work.is_called_off else "planned work"
    return _Line(planned.starts_at, planned.title, code, kind, lasted, open=False)


def _entry(told: Told, view: PageView, now: dt.datetime) -> Document:
    shown = {"told": told, "page": view, "root": ROOT, "updates": [said.update for said in told.updates]}
    lasted = told.entry.resolved_at - told.entry.started_at if told.entry.resolved_at else None
    return _html("status/entry.html", shown | {"status_words": rules.STATUSES[told.entry.status], "lasted": lasted}, now)


def _work(work: Work, view: PageView, now: dt.datetime) -> Document:
    return _html("status/work.html", {"work": work, "page": view, "root": ROOT}, now)


def tone(page: PageView) -> str:
    """`bad`, `soon`, `work` or nothing: what the page's sign looks like."""
    worst = rules.worst(one.component.state for one in page.components)
    if worst in {"partial_outage", "major_outage"}:
        return "bad"
    if page.open or worst not in (rules.OPERATIONAL, rules.UNDER_MAINTENANCE):
        return "soon"
    return "work" if page.at_work or worst == rules.UNDER_MAINTENANCE else ""


def _html(template: str, context: Mapping[str, object], now: dt.datetime, *, framing: tuple[str, ...] = ()) -> Document:
    reader.arrive(now)
    html, css = inline(render_to_string(template, dict(context)))
    policy = content_policy([digest_of(css)], framing)
    more = () if framing else (("X-Frame-Options", "DENY"), ("Cross-Origin-Opener-Policy", "same-origin"))
    return Document(html.encode(), HTML, (*_EVERY, ("Content-Security-Policy", policy), *more, *_secure()))


def _secure() -> tuple[tuple[str, str], ...]:
    return (("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),) if settings.TOCSIN.secure else ()
