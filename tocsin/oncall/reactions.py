"""What this room does when it hears an event. Each runs inside the announcing transaction."""

from __future__ import annotations

from django.db.models import Q

from tocsin.core.actor import Actor
from tocsin.core.models import Event
from tocsin.oncall.commands._touching import touch
from tocsin.oncall.models import Schedule


def person_left_or_came_back(event: Event, actor: Actor) -> None:
    """Rotas that name somebody who was deactivated, or came back, are worked out anew."""
    named = Q(rotations__members__person=event.subject) | Q(overrides__person=event.subject)
    for schedule in Schedule.objects.filter(named).distinct().order_by("id"):
        touch(schedule, event.at)
