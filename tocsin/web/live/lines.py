"""The new lines of a room's log, drawn once for everybody who sees them alike, to be sent with the news.

The page asks for itself again soon after and shows what it is given then; these lines are there before, however many people look.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from tocsin.core import clock
from tocsin.core.actor import Actor
from tocsin.core.errors import NotFound
from tocsin.directory import permissions as access
from tocsin.incidents import queries as incidents
from tocsin.web.frame import reader, symbols
from tocsin.web.pages.room import log
from tocsin.web.templatetags.log import Look, drawn

MOST = 20
"""Lines at once; a page that missed more asks for itself."""
NOBODY = ""
PAUSE_EACH, PAUSE_LONGEST = 40, 15_000
"""Milliseconds over which the viewers of one thing spread their asking for the page: what a page takes, with room for others."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What of a room somebody sees: those with the same sight are sent the same lines."""

    room: str
    zone: str
    responds: bool


def sight(actor: Actor, room: str) -> Sight:
    """How this person sees the log of an incident (an id)."""
    return Sight(room, actor.zone, access.is_responder(actor))


def fresh(actor: Actor, seen: Sight, after: int) -> str:
    """The lines beyond a position, newest first, with the symbols they need; nothing when there are too many or none to see.

    `actor` is one of those with this sight. What names other incidents is left to the page, which knows who may know of those.
    """
    try:
        incident = incidents.by_id(actor, seen.room)
    except NotFound:
        return ""
    lines = [one for one in incidents.timeline(actor, incident) if (one.position or 0) > after and not one.leads_to]
    if len(lines) > MOST:
        return ""
    here = reader.arrive(clock.now(), seen.zone)
    look = Look(incident.key, here.zone.key, acts=True, may_respond=seen.responds, own=False)
    made = [drawn(row, look) for row in log.rows(lines, NOBODY)]
    used = {name for _, names in made for name in names}
    return "".join(html for html, _ in made) + (symbols.sprite(used) if used else "")


def news(lines: str, viewers: int) -> str:
    """The data of one piece of news: lines to show at once, and over how many milliseconds to spread the asking for the page."""
    return json.dumps({"lines": lines, "within": min(viewers * PAUSE_EACH, PAUSE_LONGEST)})
