"""Who was called in, and how long each took: paged, acknowledged, joined."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from tocsin.collab import queries as rooms
from tocsin.core.actor import Actor
from tocsin.incidents import permissions
from tocsin.incidents.models import Incident
from tocsin.paging.models import Page


@dataclass(frozen=True, slots=True)
class CalledIn:
    """Somebody who was called in or came: first paged, first acknowledged, first in the room; None where it has not happened."""

    id: str
    name: str
    paged_at: dt.datetime | None
    acknowledged_at: dt.datetime | None
    joined_at: dt.datetime | None
    released_at: dt.datetime | None

    @property
    def delay(self) -> dt.timedelta | None:
        """From the first page until they were there; None for who came by themselves and who has not come."""
        there = min((at for at in (self.acknowledged_at, self.joined_at) if at), default=None)
        return max(there - self.paged_at, dt.timedelta(0)) if there and self.paged_at else None


def responders(actor: Actor, incident: Incident, now: dt.datetime) -> list[CalledIn]:
    """Everybody who was paged or came, in the order in which they were paged, then came. Four queries."""
    permissions.require_seer(actor, incident)
    names: dict[str, str] = {}
    paged: dict[str, dt.datetime] = {}
    answered: dict[str, dt.datetime] = {}
    for page in Page.objects.filter(subject=incident.id).select_related("person").order_by("created_at"):
        names[page.person_id] = page.person.name
        paged.setdefault(page.person_id, page.created_at)
        if page.acknowledged_at:
            answered.setdefault(page.person_id, page.acknowledged_at)
    joined = {}
    for one in rooms.visitors(rooms.room(incident.id), now):
        names.setdefault(one.id, one.name)
        joined[one.id] = one.joined_at
    released = dict(incident.releases.values_list("person_id", "at"))
    found = [
        CalledIn(one, name, paged.get(one), answered.get(one), joined.get(one), released.get(one)) for one, name in names.items()
    ]
    return sorted(found, key=lambda one: one.paged_at or one.joined_at or now)
