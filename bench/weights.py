"""What the pages weigh on the wire, compressed as a browser asks for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from bench.figures import Figure
from tests.acceptance.installation import Answer, call
from tests.acceptance.rig import COMPANY, Rig
from tests.acceptance.shelf import Shelf

COMPRESSED = {"Accept-Encoding": "gzip"}


def measure(folder: Path) -> Iterator[Figure]:
    shelf = Shelf(folder / "shelf")
    rig = shelf.rig(folder / "site", COMPANY)
    try:
        rig.send_alert()
        acknowledge = call("GET", rig.expect_mail("Ada").link, headers=COMPRESSED)
        yield Figure("acknowledge page, whole", size(acknowledge) / 1024, "KiB", 14)
        status = call("GET", rig.tocsin.url + "/status", headers=COMPRESSED)
        yield Figure("public status page, whole", size(status) / 1024, "KiB", 25)
        sign_in = call("GET", rig.tocsin.url + "/account/login/")
        yield Figure("sheet and scripts that every page shares", sum(parts(rig, sign_in)) / 1024, "KiB", 50)
    finally:
        rig.take_all()
        rig.close()
        shelf.stop()


def parts(rig: Rig, page: Answer) -> list[int]:
    """The weight of everything of ours that a page links."""
    links = {
        link for link in re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text) if urlsplit(link).path.endswith((".css", ".js"))
    }
    return [size(call("GET", rig.tocsin.url + link, headers=COMPRESSED)) for link in sorted(links)]


def size(answer: Answer) -> int:
    """Bytes of an answer with its headers."""
    return len(answer.body) + sum(len(name) + len(value) + 4 for name, value in answer.headers.items())
