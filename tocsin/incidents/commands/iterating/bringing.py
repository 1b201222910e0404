"""A state document brought back from a file: texts and timeline to the document, changes and streams of work to the incident."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction

from tocsin.collab.documents import commands as documents
from tocsin.collab.documents import portable, queries
from tocsin.collab.documents.commands import Brought
from tocsin.collab.documents.portable import Carried, CarriedRow
from tocsin.collab.rules import TABLES
from tocsin.core.actor import Actor
from tocsin.core.errors import Invalid, NotFound
from tocsin.directory.models import Person
from tocsin.incidents import permissions
from tocsin.incidents.commands._record import locked
from tocsin.incidents.commands.iterating.changes import log_change, state_revert
from tocsin.incidents.commands.iterating.streams import change_stream, open_stream
from tocsin.incidents.iterating import rules
from tocsin.incidents.iterating.document import CHANGES, STREAMS
from tocsin.incidents.iterating.models import Change, Stream
from tocsin.incidents.models import Incident
from tocsin.incidents.queries import meant


@dataclass(frozen=True, slots=True)
class _Bringing:
    """Whose file it is, for which incident, and what came of it so far."""

    actor: Actor
    incident: Incident
    brought: Brought
    now: dt.datetime


def bring_in_document(actor: Actor, incident: Incident, carried: Carried, *, now: dt.datetime) -> Brought:
    """Take in a document that was carried out to a file and perhaps written in: all of it or nothing, and nothing is taken away.

    A row that is known by its id is changed, every other one added. The log of changes is not rewritten: of a change that is
    known only the way back may say something else. Raises Invalid; Conflict for a new stream of work after the end.
    """
    permissions.require_responder(actor, incident)
    with transaction.atomic():
        incident = locked(incident)  # before the document, as every command that needs both
        document = queries.document(incident.id)
        if document is None:
            raise NotFound(f"{incident.key} has no state document yet. Set it up first.")
        own = replace(carried, rows=[row for row in carried.rows if row.table in TABLES])
        bringing = _Bringing(actor, incident, documents.bring_in(actor, document, own, now=now), now)
        changes = {one.id: one for one in incident.changes.select_related("incident")}
        for row in carried.of(CHANGES.name):
            _change(bringing, changes.get(row.id), row)
        streams = {one.id: one for one in incident.streams.select_related("incident", "lead")}
        for row in carried.of(STREAMS.name):
            _stream(bringing, streams.get(row.id), row)
    return bringing.brought


def _change(bringing: _Bringing, known: Change | None, row: CarriedRow) -> None:
    cells = {column.name: row.cells.get(column.name, "").strip() for column in CHANGES.columns}
    at = _instant(cells.pop("when"))
    if known is None:
        what, who, how, why, revert = (cells[name] for name in ("what", "who", "how", "why", "revert"))
        log_change(bringing.actor, bringing.incident, what, who=who, how=how, why=why, revert=revert, at=at, now=bringing.now)
        bringing.brought.added += 1
        return
    said = any(cells[name] != getattr(known, name) for name in ("who", "what", "how", "why"))
    if said or at not in (None, known.at):
        words = f"Change {known.number} stands in the log as it was; a file may say how it is reverted. Log another change instead."
        raise Invalid(words, field="file")
    if cells["revert"] != known.revert:
        state_revert(bringing.actor, known, cells["revert"], now=bringing.now)
        bringing.brought.changed += 1


def _instant(text: str) -> dt.datetime | None:
    at = portable.instant(text)
    if text and at is None:
        raise Invalid(f"Write when a change was made as 2026-11-20T09:00:00Z, not {text[:40]}.", field="file")
    return at


def _stream(bringing: _Bringing, known: Stream | None, row: CarriedRow) -> None:
    cells = {column.name: row.cells.get(column.name, "").strip() for column in STREAMS.columns}
    given: dict[str, Any] = {name: cells[name] for name in ("title", "step", "next_steps", "towards")}
    state, lead = _state(cells["state"]), _lead(cells["lead"], known)
    if known is None:
        made = open_stream(bringing.actor, bringing.incident, given.pop("title"), lead=lead, now=bringing.now, **given)
        change_stream(bringing.actor, made, state=state, now=bringing.now)
        bringing.brought.added += 1
        return
    changed = change_stream(bringing.actor, known, **given, lead=lead, state=state, now=bringing.now)
    bringing.brought.changed += changed.version != known.version


def _state(words: str) -> str:
    names = {text.casefold(): name for name, text in rules.STREAM_STATES.items()}
    if words and words.casefold() not in names:
        raise Invalid(f"A stream of work is {' or '.join(rules.STREAM_STATES.values())}, not {words[:40]}.", field="file")
    return names.get(words.casefold(), Stream.OPEN)


def _lead(name: str, known: Stream | None) -> Person | None:
    """The person of that name; whoever leads it already may have left since."""
    if known is not None and known.lead is not None and known.lead.name == name:
        return known.lead
    try:
        return meant.person_called(name) if name else None
    except Invalid as unknown:
        raise Invalid(unknown.detail, field="file") from None
