"""A page for customers as a folder of plain files, to be opened from disk or put on any web server when this product is down."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from django.conf import settings

from tocsin.statuspages.pages import addresses
from tocsin.statuspages.pages import queries as several
from tocsin.web.kept.shelf import PLACE_OF_AGE, Document
from tocsin.web.public import documents

FOLDER = "status-page"
"""In the data folder: the copy of this night. Of a further page beside it, with its short name behind."""


def files(made: Mapping[str, Document], root: str = documents.ROOT) -> dict[str, bytes]:
    """What the folder of the page at `root` holds, by path inside it; links lead from file to file."""
    found = {}
    for path, document in made.items():
        if _belongs(path, root):
            name = _file(path, root)
            found[name] = _linked(document.body, name, made, root) if document.kind == documents.HTML else document.body
    return found


def write(made: Mapping[str, Document], folder: Path, root: str = documents.ROOT) -> int:
    """Write them, each whole or not at all; what else lies in the folder is left alone. How many. Raises OSError."""
    found = files(made, root)
    for name, body in found.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        new = file.with_name(f".{file.name}.{os.getpid()}")
        new.write_bytes(body)
        new.replace(file)
    return len(found)


def nightly(now: dt.datetime) -> int:
    """A copy of each page into the data folder when this day (UTC) has none yet."""
    index = settings.TOCSIN.data / FOLDER / "index.html"
    if not index.exists() or dt.datetime.fromtimestamp(index.stat().st_mtime, dt.UTC).date() != now.date():
        for page in several.outside():
            folder = settings.TOCSIN.data / (FOLDER if page.is_first else f"{FOLDER}-{page.slug}")
            write(documents.page_documents(page, now), folder, addresses.path(page))
        os.utime(index, (now.timestamp(), now.timestamp()))
    return 0


def _belongs(path: str, root: str) -> bool:
    """Whether it is of the page at `root`: other pages lie below the first one."""
    below = path.removeprefix(f"{root}/")
    return path == root or (below != path and not (root == documents.ROOT and below.startswith(("p/", "s/"))))


def _file(path: str, root: str) -> str:
    """`/status` is index.html, pages get the ending that a disk knows them by."""
    below = path.removeprefix(root).lstrip("/")
    if not below:
        return "index.html"
    return below if PurePosixPath(below).suffix else f"{below}.html"


def _linked(body: bytes, name: str, made: Mapping[str, Document], root: str) -> bytes:
    """Links as they are from this file, and to where the product answers for what is no file; its age is for the reader to see."""
    up, home = "../" * name.count("/"), settings.TOCSIN.base_url.rstrip("/")

    def lead(link: re.Match[str]) -> str:
        path = root + (link.group(1) or "")
        return f'href="{up}{_file(path, root)}"' if path in made else f'href="{home}{path}"'

    text = re.sub(rf'href="{re.escape(root)}(/[^"]*)?"', lead, body.decode())
    return text.encode().replace(PLACE_OF_AGE, b"")
