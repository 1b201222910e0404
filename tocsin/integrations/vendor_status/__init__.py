"""The state that vendors publish about themselves: Statuspage JSON (v2), and Atom or RSS feeds of news."""

from __future__ import annotations

import datetime as dt

from tocsin.core.net import outbound
from tocsin.directory.vendor_status.ports import Reading, Unread
from tocsin.integrations.vendor_status import fetch, news, statuspage


class Feeds:
    """What `directory.vendor_status.ports` asks for. The kind of a feed is seen in what it answers, never typed in."""

    def __init__(self, guard: outbound.Guard | None = None) -> None:
        self._guard = guard

    def read(self, url: str, now: dt.datetime) -> Reading:
        raw = fetch.body(url, self._guard)
        head = raw.lstrip()[:512].lower()
        if head.startswith(b"{"):
            return statuspage.reading(raw, lambda: fetch.body(statuspage.unresolved(url), self._guard))
        if head.startswith((b"<!doctype html", b"<html")):
            return self._behind_page(url)
        if head.startswith(b"<") or head.startswith(b"\xef\xbb\xbf<"):
            return news.reading(raw, now)
        raise Unread("the address answers with neither JSON nor a feed")

    def _behind_page(self, url: str) -> Reading:
        """Somebody gave the page that people read; where its summary is, is agreed."""
        raw = fetch.body(statuspage.summary(url), self._guard)
        if not raw.lstrip().startswith(b"{"):
            raise Unread("the address is a page for people; give the address of its feed")
        return statuspage.reading(raw, lambda: fetch.body(statuspage.unresolved(statuspage.summary(url)), self._guard))
