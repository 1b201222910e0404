"""`tocsin status export`: the external page as files, from the store or, while that is away, from what was kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError

from tocsin.cli.answers import UNREACHABLE, USAGE, fail, tell
from tocsin.core import clock
from tocsin.web.kept.door import FILE
from tocsin.web.kept.shelf import Document, Shelf
from tocsin.web.public import documents
from tocsin.web.public import export as files


def export(folder: Path, as_json: bool) -> None:
    """Leaves with 2 when the folder cannot be written, with 4 when there is no store and nothing was kept."""
    made, as_of, live = _documents()
    try:
        count = files.write(made, folder)
    except OSError as error:
        fail(USAGE, f"{folder} cannot be written: {error.strerror}")
    told = clock.rfc3339(as_of)
    source = "" if live else "; the store does not answer, so this is the last page that was good"
    document = {"folder": str(folder), "files": count, "as_of": told, "live": live}
    tell(as_json, document, f"{count} files in {folder}, as of {told}{source}.")


def _documents() -> tuple[Mapping[str, Document], dt.datetime, bool]:
    """What the page is made of, of when it is, and whether the store said so."""
    now = clock.now()
    try:
        return documents.render(now), now, True
    except DatabaseError as error:
        shelf = Shelf()
        if not shelf.load(settings.TOCSIN.data / FILE) or shelf.as_of is None:
            fail(UNREACHABLE, f"the store does not answer, and no page was kept: {str(error).splitlines()[0]}")
        return shelf.documents(), shelf.as_of, False
