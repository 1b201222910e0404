"""What a calendar feed holds: the shifts of one person, or of a team's schedules."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence

from tocsin.core import secrets
from tocsin.core.errors import NotFound
from tocsin.directory.models import Person, Team
from tocsin.oncall import ports, rules
from tocsin.oncall.calendars import shifts
from tocsin.oncall.compiling import compiled
from tocsin.oncall.models import CalendarFeed, Schedule
from tocsin.oncall.rules import Stretch, duties

PAST, AHEAD = dt.timedelta(days=90), dt.timedelta(days=180)
_EPOCH = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
_SECOND = dt.timedelta(seconds=1)


def feeds_of(owner: Person | Team) -> list[CalendarFeed]:
    """The feeds that are open, the oldest first."""
    return list(owner.calendar_feeds.filter(revoked_at=None).order_by("created_at", "id"))


def feed_of(owner: Person | Team, wanted: str) -> CalendarFeed:
    """Raises NotFound for a feed that is not this owner's."""
    found = owner.calendar_feeds.select_related("person", "team").filter(pk=wanted).first()
    if found is None:
        raise NotFound("There is no such feed.")
    return found


def feed_by_token(token: str) -> CalendarFeed:
    """Raises NotFound for a token that nobody was given, that was revoked, or whose person has left."""
    found = CalendarFeed.objects.select_related("person", "team").filter(digest=secrets.digest(token), revoked_at=None).first()
    if found is None or (found.person and not found.person.is_active):
        raise NotFound("No calendar has this address.")
    return found


def content(feed: CalendarFeed, now: dt.datetime) -> ports.Feed:
    """The shifts of the past 90 and the next 180 days, each from its real start to its real end."""
    since, until = rules.seconds(now - PAST), rules.seconds(now + AHEAD)
    if feed.person:
        mine = feed.person
        entries = _entries("person", shifts.schedules_of(mine), lambda row: duties.of_person(row, mine.pk), since, until)
        return ports.Feed(f"On call: {mine.name}", entries)
    own = list(Schedule.objects.filter(team=feed.team).order_by("name", "id"))
    return ports.Feed(f"On call: {feed.team}", _entries("team", own, duties.of_everybody, since, until))


def _entries(kind: str, schedules: Iterable[Schedule], choose: shifts.Choose, since: int, until: int) -> list[ports.Entry]:
    by_id = {one.id: one for one in schedules}
    found = [(by_id[name], one) for name, rota in compiled(by_id).items() for one in shifts.whole(rota, choose, since, until)]
    people = Person.objects.in_bulk({person for _, one in found for person in one.people})
    found.sort(key=lambda pair: (pair[1].start, pair[0].name, pair[0].id))
    return [_entry(kind, schedule, one, [people[person] for person in one.people], since, until) for schedule, one in found]


def _entry(kind: str, schedule: Schedule, shift: Stretch, people: Sequence[Person], since: int, until: int) -> ports.Entry:
    names = ", ".join(person.name for person in people)
    changed = _changed(schedule, people, shift, since, until)
    return ports.Entry(
        uid=_uid(kind, schedule.id, shift),
        sequence=max((changed - _EPOCH) // _SECOND, 0),
        changed_at=changed,
        start=rules.instant(shift.start),
        end=rules.instant(shift.end),
        summary=f"On call: {schedule.name}" if kind == "person" else f"{schedule.name}: {names}",
    )


def _uid(kind: str, schedule: str, shift: Stretch) -> str:
    said = f"{kind} {schedule} {' '.join(shift.people)} {shift.start}"
    return f"{hashlib.sha256(said.encode()).hexdigest()[:32]}@tocsin"


def _changed(schedule: Schedule, people: Sequence[Person], shift: Stretch, since: int, until: int) -> dt.datetime:
    """When this entry may have become another: its SEQUENCE counts seconds from 2026 to then.

    No shift is stored, so nothing counts its edits. But its end and its words follow from the schedule and the names of its
    people alone, and each of them stamps `updated_at` in the transaction that changes it. So the latest of these stamps never
    falls, grows with every edit that could matter, and is the same on every node. It grows with edits that do not matter too,
    which costs a calendar program nothing. A shift without end is shown until the edge of what we look at; that edge moves on
    once a month, and the day when it did counts as an edit.
    """
    stamps = [schedule.updated_at, *(person.updated_at for person in people)]
    if shift.end == shifts.edges(since, until)[1]:
        month = rules.seconds(shifts.month_of(rules.instant(until)))
        stamps.append(rules.instant(month) - AHEAD)
    return max(stamps).replace(microsecond=0)
