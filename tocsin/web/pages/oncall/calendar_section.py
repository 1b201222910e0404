"""What `calendars/section.html` shows on a profile and on the page of a team."""

from __future__ import annotations

from typing import Any

from tocsin.directory.models import Person, Team
from tocsin.oncall import permissions
from tocsin.oncall.calendars import away, feeds
from tocsin.oncall.models import Schedule
from tocsin.web.forms.request import Request


def of(request: Request, owner: Person | Team) -> dict[str, Any]:
    """Feeds and calendars of absences of an owner, and the clashes of the next 60 days."""
    personal = isinstance(owner, Person)
    keeps = permissions.may_keep_calendars(request.actor, owner)
    return {
        "personal": personal,
        "keeps": keeps,
        "home": "/me" if isinstance(owner, Person) else f"/t/{owner.slug}",
        "feeds": feeds.feeds_of(owner) if keeps else [],
        "aways": away.away_calendars_of(owner),
        "clashes": _clashes(request, owner),
        "reminders": away.wants_reminders(owner) if isinstance(owner, Person) else None,
    }


def _clashes(request: Request, owner: Person | Team) -> list[away.SeenClash]:
    if isinstance(owner, Person):
        return away.clashes_of(owner, request.now, reader=request.actor.id)
    own = list(Schedule.objects.filter(team=owner).order_by("name"))
    return away.clashes_in(own, request.now, reader=request.actor.id)
