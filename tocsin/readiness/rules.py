"""When a kit is due, and what the pillars of readiness are. Plain values only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

HOUR = 2
"""The kit is made after two o'clock, UTC."""

PILLARS: Mapping[str, tuple[str, str]] = {
    "respond": ("Respond", "Somebody is called, comes, and knows what to do."),
    "communicate": ("Communicate", "Colleagues and customers hear it from us, early and again."),
    "collaborate": ("Collaborate", "Those who help find the same place, also when that place is down."),
    "improve": ("Improve continuously", "What an incident taught us is written down and done."),
}


def is_due(last: dt.datetime | None, now: dt.datetime) -> bool:
    """Whether the kit of this night is missing. A clock that was set back does not make kits without end."""
    if last is None:
        return True
    night = now.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    if night > now:
        night -= dt.timedelta(days=1)
    return last < night
