"""What planned work makes of a part, beside incidents. Reads only; below the commands of pages, which ask it."""

from __future__ import annotations

from tocsin.statuspages.maintenance.models import Maintenance
from tocsin.statuspages.rules import OPERATIONAL, UNDER_MAINTENANCE


def resting(component_id: str, *, but: str = "") -> str:
    """How a part is when nothing is wrong with it: under maintenance while work on it goes on, `but` this work. One query."""
    work = Maintenance.objects.filter(state__in=Maintenance.ACTIVE, parts=component_id).exclude(pk=but)
    return UNDER_MAINTENANCE if work.exists() else OPERATIONAL
