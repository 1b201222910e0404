"""How Larkfield looked at its own words: a completed communications review of the last incident that customers were told of."""

from __future__ import annotations

import datetime as dt

from tocsin.demo import cast, letters
from tocsin.directory.models import Person
from tocsin.directory.queries import actor_for
from tocsin.incidents.models import Incident
from tocsin.postmortems.communication import commands, queries
from tocsin.postmortems.communication.models import CommunicationsReview

_DAY = dt.timedelta(days=1)


def fill(now: dt.datetime) -> None:
    """One completed two days after the incident; another under way, in which the one who tries the demo writes."""
    rows = Incident.objects.filter(state=Incident.RESOLVED, is_private=False, is_drill=False, severity__lt=3, manager__isnull=False)
    told = rows.filter(entries__page__audience="external", resolved_at__lt=now - 2 * _DAY).order_by("-resolved_at")
    for place, incident in enumerate(told.select_related("manager")[:2]):
        assert incident.resolved_at is not None
        held_at = min(incident.resolved_at + 2 * _DAY, now - dt.timedelta(hours=1 + place))
        review = _walked(incident, held_at)
        if place == 1:
            _complete(review, held_at)


def _walked(incident: Incident, now: dt.datetime) -> CommunicationsReview:
    assert incident.manager is not None
    lead, scribe = actor_for(incident.manager), _person(cast.ADMINISTRATOR[1])
    review = commands.start_review(lead, incident, scribe=scribe, now=now)
    points = [one for one in queries.walk(lead, review) if one.words]
    for point, text in zip(points, letters.REVIEW_NOTES, strict=False):
        about = f"{point.line.kind} {point.line.text}"[:300]
        commands.note_review(actor_for(scribe), review, at=point.at, about=about, text=text, now=now)
    return review


def _complete(review: CommunicationsReview, now: dt.datetime) -> None:
    lead = actor_for(review.lead)
    for kind, title, next_step, owner in letters.REVIEW_ACTIONS:
        commands.act_on_review(lead, review, title=title, kind=kind, owner=_person(owner), next_step=next_step, now=now)
    commands.complete_review(lead, review, now=now + dt.timedelta(hours=1))


def _person(name: str) -> Person:
    return Person.objects.get(email=f"{name}@{cast.DOMAIN}")
