"""The store of this installation, as every local verb needs it: locked for writing, its tables there."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from django.conf import settings
from django.db import DatabaseError

from tocsin.cli import lock
from tocsin.cli.answers import UNREACHABLE, fail
from tocsin.cli.inside import schema
from tocsin.core.store import db


@contextlib.contextmanager
def locked() -> Iterator[None]:
    """The data folder's lock on SQLite; leaves with code 3 while somebody else holds it."""
    if settings.TOCSIN.on_postgresql:
        yield
        return
    with lock.or_leave(settings.TOCSIN.data):
        yield


def prepare(*, read_only: bool = False) -> list[str]:
    """Bring the tables up to date, or with `read_only` insist that they are; leaves with code 4 when the store is away."""
    try:
        db.synchronise_clock()
        if not read_only:
            return schema.bring_up_to_date()
        if schema.pending():
            fail(UNREACHABLE, "this installation has not been brought up to date yet; `tocsin migrate` does it")
    except DatabaseError as error:
        fail(UNREACHABLE, f"the store does not answer: {str(error).splitlines()[0]}")
    return []
