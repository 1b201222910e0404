"""The external page as a folder of plain files, to be opened from disk or put on any web server when this product is down."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from django.conf import settings

from tocsin.web.kept.shelf import PLACE_OF_AGE, Document
from tocsin.web.public import documents

FOLDER = "status-page"
"""In the data folder: the copy of this night."""

_LINK = re.compile(rf'href="{documents.ROOT}(/[^"]*)?"')


def files(made: Mapping[str, Document]) -> dict[str, bytes]:
    """What the folder holds, by path inside it; links lead from file to file."""
    found = {}
    for path, document in made.items():
        if path == documents.ROOT or path.startswith(f"{documents.ROOT}/"):
            name = _file(path)
            found[name] = _linked(document.body, name, made) if document.kind == documents.HTML else document.body
    return found


def write(made: Mapping[str, Document], folder: Path) -> int:
    """Write them, each whole or not at all; what else lies in the folder is left alone. How many. Raises OSError."""
    found = files(made)
    for name, body in found.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        new = file.with_name(f".{file.name}.{os.getpid()}")
        new.write_bytes(body)
        new.replace(file)
    return len(found)


def nightly(now: dt.datetime) -> int:
    """A copy into the data folder when this day (UTC) has none yet."""
    folder = settings.TOCSIN.data / FOLDER
    index = folder / "index.html"
    if not index.exists() or dt.datetime.fromtimestamp(index.stat().st_mtime, dt.UTC).date() != now.date():
        write(documents.render(now), folder)
        os.utime(index, (now.timestamp(), now.timestamp()))
    return 0


def _file(path: str) -> str:
    """`/status` is index.html, pages get the ending that a disk knows them by."""
    below = path.removeprefix(documents.ROOT).lstrip("/")
    if not below:
        return "index.html"
    return below if PurePosixPath(below).suffix else f"{below}.html"


def _linked(body: bytes, name: str, made: Mapping[str, Document]) -> bytes:
    """Links as they are from this file, and to where the product answers for what is no file; its age is for the reader to see."""
    up, home = "../" * name.count("/"), settings.TOCSIN.base_url.rstrip("/")

    def lead(link: re.Match[str]) -> str:
        path = documents.ROOT + (link.group(1) or "")
        return f'href="{up}{_file(path)}"' if path in made else f'href="{home}{path}"'

    text = _LINK.sub(lead, body.decode())
    return text.encode().replace(PLACE_OF_AGE, b"")
