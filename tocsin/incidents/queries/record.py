"""The transcript: everything that was said and that happened, to be kept outside of the house."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from tocsin.collab import queries as rooms
from tocsin.collab.models import Attachment
from tocsin.collab.queries import Said
from tocsin.core.actor import Actor
from tocsin.incidents import permissions
from tocsin.incidents.models import Incident
from tocsin.incidents.queries.story import TimelineLine, timeline

WHOLE = 200_000


@dataclass(frozen=True, slots=True)
class Spoken:
    """One line of the transcript and, for what people wrote, the message with its files and reactions."""

    line: TimelineLine
    said: Said | None

    @property
    def files(self) -> tuple[Attachment, ...]:
        return (*self.said.pictures, *self.said.files) if self.said else ()

    @property
    def marks(self) -> list[str]:
        """`starred`, `edited`, `seen 2`: what others said about it."""
        if self.said is None:
            return []
        own = [word for word, is_so in (("starred", self.said.starred), ("edited", self.line.edited)) if is_so]
        return own + [f"{one.label.lower()} {one.count}" for one in self.said.reactions]


@dataclass(frozen=True, slots=True)
class Transcript:
    """`lines` oldest first, every file of the room with its hash, and when it was made."""

    incident: Incident
    made_at: dt.datetime
    lines: tuple[Spoken, ...]
    files: Sequence[Attachment]


def transcript(actor: Actor, incident: Incident, *, now: dt.datetime) -> Transcript:
    """The whole story of an incident, in a fixed number of queries. Raises NotFound for whoever may not know of it."""
    permissions.require_seer(actor, incident)
    lines = list(reversed(timeline(actor, incident, limit=WHOLE)))
    said = rooms.said([line.message for line in lines if line.message], actor.id)
    spoken = tuple(Spoken(line, said.get(line.message)) for line in lines)
    return Transcript(incident, now, spoken, rooms.attachments(incident.id))
