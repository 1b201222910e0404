"""The clocks of incidents, computed from what was published: nothing is kept that could be wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.conf import settings

from tocsin.incidents import rules as incident_rules
from tocsin.incidents.models import Incident
from tocsin.statuspages import rules as pages
from tocsin.statuspages.clocks import rules
from tocsin.statuspages.clocks.rules import Clock
from tocsin.statuspages.models import Update


def limits() -> rules.Limits:
    """As the administrator set them."""
    chosen = settings.TOCSIN
    first, silence = (dt.timedelta(minutes=one) for one in (chosen.first_words_minutes, chosen.longest_silence_minutes))
    return rules.Limits(first, silence)


def clocks(incident: Incident) -> list[Clock]:
    """The running clocks of an incident, internal first. One query."""
    return clocks_after(incident, Update.objects.filter(entry__incident=incident).select_related("entry__page"))


def clocks_after(incident: Incident, updates: Iterable[Update]) -> list[Clock]:
    """As `clocks`, for an incident of which these are all the updates, with their pages, in any order. No query."""
    if incident.state == Incident.RESOLVED or incident.is_drill:
        return []
    last: dict[str, Update] = {}
    for update in sorted(updates, key=lambda one: (one.at, one.pk)):
        last[update.entry.page.audience] = update
    found = (_clock(incident, audience, last.get(audience)) for audience in pages.AUDIENCES)
    return [clock for clock in found if clock]


def _clock(incident: Incident, audience: str, last: Update | None) -> Clock | None:
    """A page has none that is closed, that may not speak of the incident, or that owes no first words."""
    if audience == pages.EXTERNAL and incident.is_private:
        return None
    if last is not None:
        over = last.status == pages.RESOLVED
        return None if over else Clock(audience, rules.next_due(last.at, last.next_update_at, limits()), last.at)
    if not incident_rules.is_major(incident.severity):
        return None
    return Clock(audience, rules.first_due(incident.created_at, limits()), None)
