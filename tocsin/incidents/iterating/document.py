"""The state document of an incident as one: its sections and timeline, with the changes and the streams of work of the incident."""

from __future__ import annotations

import datetime as dt

from tocsin.collab.documents import portable
from tocsin.collab.documents.portable import Carried, CarriedRow, Shape
from tocsin.collab.documents.queries import State
from tocsin.collab.rules import Column, Table
from tocsin.core.actor import Actor
from tocsin.incidents.iterating import queries, rules
from tocsin.incidents.iterating.models import Change, Stream
from tocsin.incidents.models import Incident

CHANGES = Table(
    name="changes",
    title="Changes",
    columns=(
        Column("who", "Who"),
        Column("what", "What"),
        Column("when", "When"),
        Column("how", "How"),
        Column("why", "Why"),
        Column("revert", "How to revert"),
    ),
)
STREAMS = Table(
    name="streams",
    title="Streams of work",
    columns=(
        Column("title", "Stream of work"),
        Column("lead", "Tech lead"),
        Column("step", "Doing now"),
        Column("next_steps", "Next"),
        Column("towards", "Towards resolution"),
        Column("state", "State"),
    ),
)


def shape(state: State) -> Shape:
    """What the document consists of, the tables of the incident before its own."""
    own = portable.shape_of(state.sections)
    return Shape(own.headings, {CHANGES.name: CHANGES, STREAMS.name: STREAMS, **own.tables})


def carried(actor: Actor, incident: Incident, state: State, now: dt.datetime) -> Carried:
    """Everything that a file of it holds."""
    found = portable.carry(state.document, state.sections, [row for table in state.tables for row in table.rows], now)
    found.shape = shape(state)
    found.rows += [_change(one) for one in queries.changes(actor, incident)]
    found.rows += [_stream(one) for one in queries.streams(actor, incident).order_by("number")]
    return found


def change_cells(change: Change) -> dict[str, str]:
    """A change as a row of its table."""
    texts = {name: getattr(change, name) for name in ("who", "what", "how", "why", "revert")}
    return {**texts, "when": portable.stamp(change.at)}


def stream_cells(stream: Stream) -> dict[str, str]:
    """A stream of work as a row of its table."""
    texts = {name: getattr(stream, name) for name in ("title", "step", "next_steps", "towards")}
    return {**texts, "lead": stream.lead.name if stream.lead else "", "state": rules.STREAM_STATES[stream.state]}


def _change(change: Change) -> CarriedRow:
    return CarriedRow(CHANGES.name, change_cells(change), change.id, change.by.name if change.by else "")


def _stream(stream: Stream) -> CarriedRow:
    return CarriedRow(STREAMS.name, stream_cells(stream), stream.id, at=stream.created_at)
