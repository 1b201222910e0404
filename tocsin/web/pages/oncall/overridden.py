"""What an override does, said back to whoever made it: person, times, layer, and who answers then."""

from __future__ import annotations

import datetime as dt

from tocsin.oncall import queries as oncall
from tocsin.oncall.models import Override
from tocsin.web.frame import reader, words


def confirmed(made: Override) -> str:
    """`Ada has it from … to ….`, `Nobody in Weekends from … to …; Jonas answers.`"""
    times = f"from {_clock(made.starts_at)} to {_clock(made.ends_at)}"
    if made.rotation is None:
        return f"{made.person.name} is on call {times}." if made.person else f"Nobody is on call {times}, on purpose."
    who = made.person.name if made.person else "Nobody"
    return f"{who} in {made.rotation.name} {times}; {_answering(made)}."


def _answering(made: Override) -> str:
    """Who is really called in that time, whatever the other layers and overrides make of it."""
    row = oncall.shifts(made.schedule, made.starts_at, made.ends_at)
    names = oncall.names([row])
    found = list(dict.fromkeys(words.listed([names[one] for one in shift.people]) if shift.people else "nobody" for shift in row))
    return f"{', then '.join(found)} {'answer' if ' and ' in found[-1] else 'answers'}"


def _clock(instant: dt.datetime) -> str:
    here = reader.present()
    return words.clock(instant, here.zone, here.now)
