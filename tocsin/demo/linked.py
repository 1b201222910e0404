"""What Larkfield linked: an incident that repeats an earlier one of its service, and the problem record of both."""

from __future__ import annotations

import datetime as dt

from tocsin.core.actor import SYSTEM
from tocsin.demo import cast
from tocsin.incidents import commands
from tocsin.incidents.linking import rules
from tocsin.incidents.models import Incident


def link(now: dt.datetime) -> None:
    """The latest two resolved incidents of one service that everybody may know of."""
    rows = Incident.objects.filter(is_private=False, is_drill=False, state=Incident.RESOLVED, service__isnull=False)
    seen: dict[str, Incident] = {}
    for incident in rows.order_by("-created_at"):
        later = seen.setdefault(str(incident.service_id), incident)
        if later.pk != incident.pk:
            commands.link(SYSTEM, later, rules.REPEATS, incident.key, now=now)
            for one in (later, incident):
                record = f"https://problems.{cast.DOMAIN}/PRB-7"
                commands.link(SYSTEM, one, rules.PROBLEM, record, title=f"PRB-7: {incident.summary}"[:200], now=now)
            return
