"""Everything the external page is made of: the page, its entries, its JSON, feeds, badge and widget, by path."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.conf import settings
from django.template.loader import render_to_string

from tocsin.statuspages import queries, rules
from tocsin.statuspages.outside.queries import LAST, Outside, Told, months, outside
from tocsin.statuspages.queries import PageView
from tocsin.web.frame import reader
from tocsin.web.frame.sheet import inline
from tocsin.web.gate.security import content_policy, digest_of
from tocsin.web.kept.shelf import Document
from tocsin.web.public import badge, bars, feeds, v2

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
    common = {"page": view, "parts": parts, "tone": tone(view), "root": ROOT, "url": url}
    made = {
        "": _html("status/external.html", common, now),
        "history": _html("status/history.html", common | {"months": _months(page), "last": LAST}, now),
        "widget": _html("status/widget.html", common, now, framing=("*",)),
    }
    return made | {f"incidents/{v2.address('', told).rpartition('/')[2]}": _entry(told, view, now) for told in page.entries}


def _months(page: Outside) -> list[tuple[dt.date, list[dict[str, object]]]]:
    """Each month with its entries as the list shows them."""
    return [(month, [_line(told) for told in entries]) for month, entries in months(page)]


def _line(told: Told) -> dict[str, object]:
    entry = told.entry
    lasted = entry.resolved_at - entry.started_at if entry.resolved_at else None
    return {"entry": entry, "code": v2.address("", told).rpartition("/")[2], "lasted": lasted, "open": told.open}


def _entry(told: Told, view: PageView, now: dt.datetime) -> Document:
    shown = {"told": told, "page": view, "root": ROOT, "updates": [said.update for said in told.updates]}
    lasted = told.entry.resolved_at - told.entry.started_at if told.entry.resolved_at else None
    return _html("status/entry.html", shown | {"status_words": rules.STATUSES[told.entry.status], "lasted": lasted}, now)


def tone(page: PageView) -> str:
    """`bad`, `soon` or nothing: what the page's sign looks like."""
    worst = rules.worst(one.component.state for one in page.components)
    if worst in {"partial_outage", "major_outage"}:
        return "bad"
    return "soon" if page.open or worst != rules.OPERATIONAL else ""


def _html(template: str, context: Mapping[str, object], now: dt.datetime, *, framing: tuple[str, ...] = ()) -> Document:
    reader.arrive(now)
    html, css = inline(render_to_string(template, dict(context)))
    policy = content_policy([digest_of(css)], framing)
    more = () if framing else (("X-Frame-Options", "DENY"), ("Cross-Origin-Opener-Policy", "same-origin"))
    return Document(html.encode(), HTML, (*_EVERY, ("Content-Security-Policy", policy), *more, *_secure()))


def _secure() -> tuple[tuple[str, str], ...]:
    return (("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),) if settings.TOCSIN.secure else ()
