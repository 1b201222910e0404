"""Rows of a document's tables, and a whole document brought back from a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from tocsin.collab import events, permissions
from tocsin.collab import rules as templates
from tocsin.collab._author import author_of
from tocsin.collab.documents.commands.writing import save_section
from tocsin.collab.documents.models import Document, TableRow
from tocsin.collab.documents.portable import Carried, CarriedRow
from tocsin.core.actor import Actor
from tocsin.core.errors import Invalid, NotFound
from tocsin.core.eventlog.events import record
from tocsin.core.store import db


@dataclass(slots=True)
class Brought:
    """What a file changed."""

    sections: int = 0
    added: int = 0
    changed: int = 0


def add_row(
    actor: Actor, document: Document, table: str, cells: Mapping[str, str], *, at: dt.datetime | None = None, now: dt.datetime
) -> TableRow:
    """Add a row to the extended timeline. Columns that are not named stay empty; `at` is when it was added, if not now."""
    permissions.require_writer(actor)
    filled = templates.row_cells(table, cells)
    with transaction.atomic():
        row = TableRow.objects.create(document=document, table=table, cells=filled, author_id=author_of(actor), at=at or now)
        Document.objects.filter(pk=document.pk).update(updated_at=now)
        data = {"table": table, "cells": filled}
        record(actor, events.ROW_ADDED, row.id, context=document.subject, now=now, data=data)
    return row


def change_row(actor: Actor, row: TableRow, cells: Mapping[str, str], *, now: dt.datetime) -> TableRow:
    """Let a row say something else, such as how its change is reverted. What it said before stays in the event log.

    Columns that are not named stay as they are.
    """
    permissions.require_writer(actor)
    with transaction.atomic():
        found = db.lock(TableRow.objects.select_related("document", "author").filter(pk=row.pk)).first()
        if found is None:
            raise NotFound("This row is gone.")
        filled = templates.row_cells(found.table, {**found.cells, **cells})
        if filled != found.cells:
            old, found.cells = found.cells, filled
            found.save(update_fields=["cells"])
            Document.objects.filter(pk=found.document_id).update(updated_at=now)
            data = {"table": found.table, "old": old, "cells": filled}
            record(actor, events.ROW_CHANGED, found.pk, context=found.document.subject, now=now, data=data)
    return found


def bring_in(actor: Actor, document: Document, carried: Carried, *, now: dt.datetime) -> Brought:
    """Take in a document that was carried out to a file and perhaps written in: all of it or nothing.

    A section that says something else becomes a new version; a row that is known by its id is changed, every other one added
    with its time; nothing is taken away. Raises Invalid for a section that the document does not have.
    """
    permissions.require_writer(actor)
    brought = Brought()
    with transaction.atomic():
        sections = {section.slug: section for section in document.sections.all()}
        for slug, text in carried.sections.items():
            if slug not in sections:
                raise Invalid(f"This document has no section {slug}.", field="file")
            section = sections[slug]
            saved = save_section(actor, section, text, version=section.version, now=now)
            brought.sections += saved.version != section.version
        known = {row.pk: row for row in document.rows.all()}
        for row in carried.rows:
            _take(actor, document, row, known, brought, now)
    return brought


def _take(
    actor: Actor, document: Document, row: CarriedRow, known: Mapping[str, TableRow], brought: Brought, now: dt.datetime
) -> None:
    mine, filled = known.get(row.id), templates.row_cells(row.table, row.cells)
    if mine is None or mine.table != row.table:
        add_row(actor, document, row.table, filled, at=min(row.at or now, now), now=now)
        brought.added += 1
    elif mine.cells != filled:
        change_row(actor, mine, filled, now=now)
        brought.changed += 1
