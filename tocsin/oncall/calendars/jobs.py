"""The engine modules of calendars: they read absences from addresses and send notices. Paging does not wait for either."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q

from tocsin.core.work import outbox
from tocsin.core.work.engine import Module
from tocsin.oncall import commands
from tocsin.oncall.calendars import notices
from tocsin.oncall.commands import away
from tocsin.oncall.models import AwayCalendar
from tocsin.oncall.ports import Unreached, Unreadable, calendars

EVERY, AFTER_A_FAULT = dt.timedelta(hours=4), dt.timedelta(hours=1)
_TOGETHER = 20
"""Mails in one transaction: short, so that a page never waits for it."""


def read_away(now: dt.datetime) -> int:
    """Read the calendar that waited longest, with no transaction open; 0 when none is due."""
    rested = Q(read_at=None) | Q(fault="", read_at__lte=now - EVERY) | (~Q(fault="") & Q(read_at__lte=now - AFTER_A_FAULT))
    waiting = AwayCalendar.objects.exclude(url="").filter(rested).exclude(person__is_active=False)
    calendar = waiting.select_related("person", "team").order_by("updated_at", "id").first()
    owner = (calendar.person or calendar.team) if calendar else None
    if calendar is None or owner is None:
        return 0
    try:
        found = away.read(calendars().fetch(calendar.url), owner, now)
    except (Unreached, Unreadable) as error:
        commands.note_fault(calendar, str(error), now=now)
    else:
        commands.keep_absences(calendar, found, now=now)
    return 1


def send_notices(now: dt.datetime) -> int:
    """Write what fell due within the last hour and is not written yet: known by its key, so that a restart repeats nothing."""
    commands.lapse_unanswered(now=now)
    due = {one.key: one for one in notices.due(now)}
    fresh = [due[key] for key in sorted(outbox.unwritten(due))]
    for start in range(0, len(fresh), _TOGETHER):
        commands.write_notices(fresh[start : start + _TOGETHER], now=now)
    return 0


MODULES = (
    Module("away", read_away, away.CHANNEL, every=60.0, alone=True),
    Module("notices", send_notices, "notices", every=60.0, alone=True),
)
