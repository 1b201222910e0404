"""The row of the change log that belongs to a note of a change."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from tocsin.core.actor import Actor
from tocsin.incidents import events
from tocsin.incidents.commands._numbers import author, following
from tocsin.incidents.commands._record import tell
from tocsin.incidents.iterating import rules
from tocsin.incidents.iterating.models import Change
from tocsin.incidents.models import Incident


@dataclass(frozen=True, slots=True)
class ChangeWords:
    """What was changed, why, how, how it is taken back and who did it; all but the first may be empty."""

    what: str
    why: str = ""
    how: str = ""
    revert: str = ""
    who: str = ""
    evidence: str = ""


def of_note(text: str) -> ChangeWords:
    """What the text of a note says: `Revert:` begins the way back."""
    what, revert = rules.split_change(text)
    return ChangeWords(what=what, revert=revert)


def keep(actor: Actor, incident: Incident, words: ChangeWords, *, message: str, at: dt.datetime, now: dt.datetime) -> Change:
    """Write the row; the caller holds the incident, which numbers it."""
    who = words.who or actor.name
    made = Change.objects.create(
        incident=incident,
        number=following(incident.changes),
        what=words.what,
        why=words.why,
        how=words.how,
        revert=words.revert,
        evidence=words.evidence,
        who=who,
        message=message,
        at=at,
        by=author(actor),
    )
    said = {name: getattr(words, name) for name in ("what", "why", "how", "revert")}
    tell(actor, events.CHANGE_LOGGED, incident, now=now, change=made.id, number=made.number, who=who, **said)
    if words.evidence == rules.LOST:
        tell(actor, events.EVIDENCE_LOST, incident, now=now, kind="change", number=made.number, what=words.what)
    return made
