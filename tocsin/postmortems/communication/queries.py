"""Which incidents may be reviewed, and what a review shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from tocsin.core.actor import Actor
from tocsin.core.errors import NotFound
from tocsin.core.models import Event
from tocsin.incidents import permissions as incidents
from tocsin.incidents import queries as story
from tocsin.incidents.models import Incident
from tocsin.incidents.queries import TimelineLine
from tocsin.postmortems.communication import rules
from tocsin.postmortems.communication.models import CommunicationsReview, ReviewNote
from tocsin.postmortems.models import Action


@dataclass(frozen=True, slots=True)
class Point:
    """One line of the walk with the exact words that were said then, by audience, and the notes about it."""

    line: TimelineLine
    words: Mapping[str, str]
    notes: tuple[ReviewNote, ...]

    @property
    def at(self) -> dt.datetime:
        return self.line.at


def candidates(actor: Actor, now: dt.datetime) -> QuerySet[Incident]:
    """Incidents that were resolved within 30 days, newest first; drills left out, private ones for those who may see them."""
    rows = Incident.objects.filter(state=Incident.RESOLVED, is_drill=False, resolved_at__gte=now - rules.LOOK_BACK)
    found = incidents.visible(actor, rows).select_related("service", "manager").prefetch_related("communications_reviews")
    return found.order_by("-resolved_at")


def reviews(actor: Actor) -> QuerySet[CommunicationsReview]:
    """Newest first, of incidents that the actor may see."""
    rows = CommunicationsReview.objects.select_related("incident__service__team", "lead", "scribe")
    return incidents.visible_through(actor, rows).order_by("-created_at", "-id")


def review(actor: Actor, wanted: str) -> CommunicationsReview:
    """By id. Raises NotFound."""
    found = reviews(actor).filter(pk=wanted).first()
    if found is None:
        raise NotFound("There is no such communications review.")
    return found


def notes(found: CommunicationsReview) -> list[ReviewNote]:
    """In the order of the timeline."""
    return list(found.notes.select_related("author"))


def actions(found: CommunicationsReview) -> list[Action]:
    """By kind, then by the day they are due."""
    rows = list(Action.objects.filter(review=found).select_related("owner", "incident").order_by("due_on", "number"))
    order = list(rules.KINDS)
    return sorted(rows, key=lambda one: order.index(one.kind) if one.kind in order else len(order))


def walk(actor: Actor, found: CommunicationsReview) -> list[Point]:
    """From the first alert to the last words to customers, with words and notes; notes about other instants are not here."""
    said = {event.pk: event for event in Event.objects.filter(context=found.incident_id, name="update.published")}
    to_customers = [event.at for event in said.values() if "external" in event.data.get("pages", ())]
    lines = rules.walk(story.timeline(actor, found.incident), max(to_customers, default=None))
    written = _by_place(lines, notes(found))
    points = []
    for place, line in enumerate(lines):
        words = said[line.id].data.get("bodies", {}) if line.id in said else {}
        points.append(Point(line, words, tuple(written.get(place, ()))))
    return points


def _by_place(lines: Sequence[TimelineLine], written: Iterable[ReviewNote]) -> dict[int, list[ReviewNote]]:
    """Notes by the place of the line that they are about.

    Pages and API say instants in milliseconds, so a note is about a line of its millisecond: of several the one that its `about`
    names, else the first.
    """
    places: dict[dt.datetime, list[int]] = {}
    for place, line in enumerate(lines):
        places.setdefault(_millisecond(line.at), []).append(place)
    found: dict[int, list[ReviewNote]] = {}
    for note in written:
        near = places.get(_millisecond(note.at), [])
        named = [place for place in near if _name(f"{lines[place].kind} {lines[place].text}") == _name(note.about)]
        if near:
            found.setdefault((named or near)[0], []).append(note)
    return found


def _millisecond(instant: dt.datetime) -> dt.datetime:
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


def _name(about: str) -> str:
    """As much of a line as every note keeps of it."""
    return " ".join(about.split())[:150]


def elsewhere(points: list[Point], found: CommunicationsReview) -> list[ReviewNote]:
    """Notes about instants at which the walk has no line."""
    shown = {note.pk for point in points for note in point.notes}
    return [note for note in notes(found) if note.pk not in shown]


def next_due(now: dt.datetime) -> dt.date | None:
    """When the next review is due: as the latest completed one says. None before the first."""
    return (
        CommunicationsReview.objects.filter(state=CommunicationsReview.COMPLETED, next_on__isnull=False)
        .order_by("-completed_at")
        .values_list("next_on", flat=True)
        .first()
    )
