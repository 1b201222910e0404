"""Which entries may be read outside."""

from __future__ import annotations

from django.db.models import Q

TOLD_OUTSIDE = Q(incident__is_private=False, incident__is_drill=False) | Q(incident=None)
"""Those of incidents that are neither private nor drills, and those that belong to none: they were written down afterwards."""
