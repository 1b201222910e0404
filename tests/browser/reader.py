"""The administrator of the demo reads pages without drawing them: what they weigh, where they lead, which times they name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from tests.acceptance.installation import Answer, call
from tests.browser.site import Site

_PARTS = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src", "video": "src", "audio": "src"}


@dataclass
class Seen:
    """A page taken apart: what it leads to, what it fetches by itself, its times with their attributes and `text`."""

    links: list[str]
    parts: list[str]
    times: list[dict[str, str]]


class Reader:
    """Somebody signed in, or a stranger when `somebody` is False."""

    def __init__(self, site: Site, *, somebody: bool = True) -> None:
        self.site = site
        kept = site.signed_in()["cookies"] if somebody else []
        self._cookies = "; ".join(f"{one['name']}={one['value']}" for one in kept)
        self._weights: dict[str, int] = {}

    def get(self, path: str, **headers: str) -> Answer:
        return call("GET", urljoin(self.site.url, path), headers={"Cookie": self._cookies, **headers})

    def weight(self, path: str) -> int:
        """Bytes of the body as it travels; what never changes is fetched once."""
        if path not in self._weights:
            self._weights[path] = len(self.get(path, **{"Accept-Encoding": "gzip"}).body)
        return self._weights[path]

    def is_ours(self, address: str) -> bool:
        return urlsplit(urljoin(self.site.url, address)).netloc == urlsplit(self.site.url).netloc


class _Taker(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen = Seen([], [], [])
        self._in_time = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and given.get("href"):
            self.seen.links.append(given["href"])
        elif tag == "time":
            self.seen.times.append({**given, "text": ""})
            self._in_time = True
        elif given.get(_PARTS.get(tag, "-")):
            self.seen.parts.append(given[_PARTS[tag]])

    def handle_endtag(self, tag: str) -> None:
        self._in_time = self._in_time and tag != "time"

    def handle_data(self, data: str) -> None:
        if self._in_time:
            self.seen.times[-1]["text"] += data


def taken_apart(page: str) -> Seen:
    taker = _Taker()
    taker.feed(page)
    return taker.seen


def shape(path: str) -> str:
    """The path with numbers, ids and keys replaced, so that two pages of one kind have one shape."""
    path = urlsplit(path).path
    path = re.sub(r"/[a-z]{3}_[0-9a-z]{26}", "/<id>", path)
    return re.sub(r"/[A-Z]+-\d+", "/<key>", re.sub(r"/\d+(?=/|$)", "/<number>", path))
