"""`tocsin status export`: a page for customers as files, from the store or, while that is away, from what was kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError

from tocsin.cli.answers import UNREACHABLE, USAGE, fail, tell
from tocsin.core import clock
from tocsin.statuspages.models import StatusPage
from tocsin.statuspages.pages import addresses
from tocsin.statuspages.pages import queries as several
from tocsin.web.kept.door import FILE
from tocsin.web.kept.shelf import Document, Shelf
from tocsin.web.public import documents
from tocsin.web.public import export as files


def export(folder: Path, page: str, as_json: bool) -> None:
    """Leaves with 2 for a folder that cannot be written or no such page, with 4 when there is no store and nothing was kept."""
    made, root, as_of, live = _documents(page)
    try:
        count = files.write(made, folder, root)
    except OSError as error:
        fail(USAGE, f"{folder} cannot be written: {error.strerror}")
    told = clock.rfc3339(as_of)
    source = "" if live else "; the store does not answer, so this is the last page that was good"
    document = {"folder": str(folder), "files": count, "as_of": told, "live": live}
    tell(as_json, document, f"{count} files in {folder}, as of {told}{source}.")


def _documents(slug: str) -> tuple[Mapping[str, Document], str, dt.datetime, bool]:
    """What the page is made of, at which path it stands, of when it is, and whether the store said so."""
    now = clock.now()
    try:
        page = several.outside().filter(slug=slug).first()
        if page is None:
            fail(USAGE, f"customers read no page {slug}; there are {', '.join(one.slug for one in several.outside())}")
        return documents.page_documents(page, now), addresses.path(page), now, True
    except DatabaseError as error:
        shelf = Shelf()
        if not shelf.load(settings.TOCSIN.data / FILE) or shelf.as_of is None:
            fail(UNREACHABLE, f"the store does not answer, and no page was kept: {str(error).splitlines()[0]}")
        root = _root(slug)
        if root not in shelf.documents():
            fail(UNREACHABLE, f"the store does not answer, and no page {slug} was kept")
        return shelf.documents(), root, shelf.as_of, False


def _root(slug: str) -> str:
    """Where a page stands that everybody may read; of one with a secret address the store alone knows the path."""
    return addresses.path(StatusPage(slug=slug, audience=StatusPage.EXTERNAL))
