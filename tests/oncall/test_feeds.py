"""Calendar feeds: an outside reader sees the shifts of the schedule, entries keep their names, a secret can be taken back."""

from __future__ import annotations

import datetime as dt
import itertools
import random

import icalendar
import pytest
import recurring_ical_events

from tests import company
from tocsin.core.actor import SYSTEM
from tocsin.core.errors import Conflict, NotAllowed, NotFound
from tocsin.directory import commands as directory
from tocsin.directory.models import Person, Team
from tocsin.oncall import commands, queries
from tocsin.oncall.calendars import feeds, shifts
from tocsin.oncall.commands import Turns
from tocsin.oncall.models import CalendarFeed, Schedule
from tocsin.oncall.ports import calendars

pytestmark = pytest.mark.django_db
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture
def ada() -> Person:
    return company.person("Ada")


@pytest.fixture
def bo() -> Person:
    return company.person("Bo")


@pytest.fixture
def team(ada: Person, bo: Person) -> Team:
    return company.team("Payments", ada, bo, manager=company.person("Mia"))


def feed_of(owner: Person | Team, now: dt.datetime) -> CalendarFeed:
    return commands.create_feed(SYSTEM, owner, now=now)[0]


def seen(feed: CalendarFeed, now: dt.datetime) -> list[icalendar.Event]:
    """What a calendar program finds in the document."""
    raw = calendars().write(feeds.content(feed, now))
    assert max(len(line) for line in raw.split(b"\r\n")) <= 75
    return icalendar.Calendar.from_ical(raw).walk("VEVENT")


def times(feed: CalendarFeed, now: dt.datetime) -> list[tuple[dt.datetime, dt.datetime, str]]:
    raw = calendars().write(feeds.content(feed, now))
    found = recurring_ical_events.of(icalendar.Calendar.from_ical(raw)).between(now - 80 * DAY, now + 170 * DAY)
    return sorted((one["DTSTART"].dt, one["DTEND"].dt, str(one["SUMMARY"])) for one in found)


def named(schedule: Schedule, now: dt.datetime) -> list[tuple[dt.datetime, dt.datetime, tuple[str, ...]]]:
    """The row of the schedule, neighbours of the same people as one, by names."""
    names = dict(Person.objects.values_list("id", "name"))
    row: list[tuple[dt.datetime, dt.datetime, tuple[str, ...]]] = []
    for one in queries.shifts(schedule, now - 80 * DAY, now + 170 * DAY):
        people = tuple(names[who] for who in sorted(one.people))
        if row and row[-1][2] == people:
            row[-1] = (row[-1][0], one.end, people)
        else:
            row.append((one.start, one.end, people))
    return [one for one in row if one[2]]


def rota(dice: random.Random, schedule: Schedule, people: list[Person], now: dt.datetime) -> None:
    """Two layers and a few overrides, as they come."""
    for number in range(2):
        turns = Turns(
            dice.choice(["Europe/Vienna", "America/New_York", "Asia/Kolkata"]),
            (now - dice.randint(100, 200) * DAY).date(),
            dt.time(dice.randint(0, 23)),
            unit=dice.choice(["days", "weeks", "months"]),
            lengths=[dice.randint(1, 3)],
            windows=[{"days": [0, 1, 2, 3, 4], "from": "09:00", "to": "17:00"}] if number else [],
        )
        members = dice.sample(people, dice.randint(1, len(people)))
        commands.add_rotation(SYSTEM, schedule, name=f"Layer {number}", turns=turns, members=members, now=now - 100 * DAY)
    for _ in range(5):
        starts = now + dice.randint(0, 3000) * HOUR
        person = dice.choice([*people, None])
        ends = starts + dice.randint(1, 100) * HOUR
        commands.add_override(SYSTEM, schedule, person=person, starts_at=starts, ends_at=ends, now=now)


@pytest.mark.parametrize("seed", range(6))
def test_an_outside_reader_sees_the_same_shifts(ada, bo, team, now, seed):
    dice = random.Random(seed)
    people = [ada, bo, company.person("Cy")]
    schedule = commands.create_schedule(SYSTEM, team=team, name="Primary", zone="Europe/Vienna", now=now - 100 * DAY)
    rota(dice, schedule, people, now)
    begin, end = now - 80 * DAY, now + 170 * DAY
    of_team = [(max(start, begin), min(over, end), words) for start, over, words in times(feed_of(team, now), now)]
    assert of_team == sorted((start, over, f"Primary: {', '.join(who)}") for start, over, who in named(schedule, now))
    for person in people:
        mine = [(max(start, begin), min(over, end)) for start, over, _ in times(feed_of(person, now), now)]
        covered = {instant for start, over in mine for instant in hours(start, over)}
        wanted = {i for start, over, who in named(schedule, now) if person.name in who for i in hours(start, over)}
        assert covered == wanted
        assert all(one[1] < two[0] for one, two in itertools.pairwise(mine)), "neighbours are one entry"


def hours(start: dt.datetime, end: dt.datetime) -> list[dt.datetime]:
    """Every half hour in a stretch."""
    return [start + place * HOUR / 2 for place in range(int((end - start) / (HOUR / 2)))]


def test_an_entry_keeps_its_name_and_counts_its_edits(ada, bo, team, now):
    schedule = company.schedule(team, ada, bo, name="Primary")
    feed = feed_of(ada, now)
    before = {str(one["UID"]): one for one in seen(feed, now)}
    later = now + 3 * HOUR
    assert {str(one["UID"]) for one in seen(feed, later)} == set(before)
    mine = shifts.shifts_of(ada, now, now + 30 * DAY)[0]
    commands.add_override(SYSTEM, schedule, person=ada, starts_at=mine.end, ends_at=mine.end + DAY, now=later)
    after = {str(one["UID"]): one for one in seen(feed, later)}
    longer = next(one for one in after.values() if one["DTSTART"].dt == mine.start)
    was = before[str(longer["UID"])]
    assert longer["DTEND"].dt == mine.end + DAY
    assert longer["SEQUENCE"] > was["SEQUENCE"]
    assert longer["LAST-MODIFIED"].dt == longer["DTSTAMP"].dt == later
    assert all(after[uid]["SEQUENCE"] >= one["SEQUENCE"] for uid, one in before.items() if uid in after)


def test_new_words_count_as_an_edit(ada, bo, team, now):
    schedule = company.schedule(team, ada, bo, name="Primary")
    feed = feed_of(team, now)
    before = {str(one["UID"]): one for one in seen(feed, now)}
    directory.change_profile(SYSTEM, ada, name="Ada L.", now=now + HOUR)
    renamed = {str(one["UID"]): one for one in seen(feed, now + HOUR)}
    assert set(renamed) == set(before)
    changed = [uid for uid in before if renamed[uid]["SUMMARY"] != before[uid]["SUMMARY"]]
    assert changed
    assert all(renamed[uid]["SEQUENCE"] > before[uid]["SEQUENCE"] for uid in changed)
    commands.change_schedule(SYSTEM, schedule, name="Main", zone="UTC", now=now + 2 * HOUR)
    again = {str(one["UID"]): one for one in seen(feed, now + 2 * HOUR)}
    assert all(again[uid]["SEQUENCE"] > renamed[uid]["SEQUENCE"] for uid in renamed)


def test_a_shift_without_end_stays_one_entry_whose_sequence_grows_with_its_end(ada, team, now):
    company.schedule(team, ada, name="Primary")
    feed = feed_of(ada, now)
    (first,) = seen(feed, now)
    last = first
    for days in range(0, 120, 3):
        (one,) = seen(feed, now + days * DAY)
        if now.year == (now + days * DAY - feeds.PAST).year:
            assert one["UID"] == first["UID"]
        assert one["SEQUENCE"] >= last["SEQUENCE"]
        if one["DTEND"].dt != last["DTEND"].dt:
            assert one["SEQUENCE"] > last["SEQUENCE"]
        last = one
    assert last["DTEND"].dt > first["DTEND"].dt


def test_long_and_odd_words_arrive_whole(ada, team, now):
    name = ("Zahlungsverkehr; Ärger, Müller\\" * 4)[:119]
    schedule = company.schedule(team, ada, name="Primary")
    commands.change_schedule(SYSTEM, schedule, name=name, zone="UTC", now=now)
    assert seen(feed_of(ada, now), now)[0]["SUMMARY"] == f"On call: {name}"


def test_only_the_digest_is_kept_and_a_revoked_feed_is_gone(ada, now):
    feed, path = commands.create_feed(company.actor(ada), ada, now=now)
    token = path.removeprefix("/feeds/").removesuffix(".ics")
    assert token not in repr(CalendarFeed.objects.values())
    assert feeds.feed_by_token(token) == feed
    commands.revoke_feed(company.actor(ada), feed, now=now)
    commands.revoke_feed(company.actor(ada), feed, now=now)
    with pytest.raises(NotFound):
        feeds.feed_by_token(token)


def test_whoever_leaves_takes_their_feed_along(ada, now):
    token = commands.create_feed(SYSTEM, ada, now=now)[1].removeprefix("/feeds/").removesuffix(".ics")
    directory.deactivate(SYSTEM, ada, now=now)
    with pytest.raises(NotFound):
        feeds.feed_by_token(token)


def test_a_feed_is_made_by_its_person_or_a_manager(ada, bo, team, now):
    root, manager = company.actor(company.administrator()), company.actor(Person.objects.get(name="Mia"))
    for actor, owner in ((company.actor(bo), ada), (root, ada), (company.actor(ada), team)):
        with pytest.raises(NotAllowed):
            commands.create_feed(actor, owner, now=now)
    feed, _ = commands.create_feed(manager, team, now=now)
    with pytest.raises(NotAllowed):
        commands.revoke_feed(company.actor(ada), feed, now=now)
    mine, _ = commands.create_feed(company.actor(ada), ada, now=now)
    assert commands.revoke_feed(root, mine, now=now).revoked_at == now


def test_there_is_an_end_to_how_many(ada, now):
    for _ in range(10):
        feed_of(ada, now)
    with pytest.raises(Conflict):
        feed_of(ada, now)


def test_its_use_is_noted_once_an_hour(ada, now):
    feed = feed_of(ada, now)
    for minutes, expected in ((0, 0), (59, 0), (60, 60), (100, 60)):
        feed.refresh_from_db()
        commands.note_use(feed, now=now + dt.timedelta(minutes=minutes))
        feed.refresh_from_db()
        assert feed.last_used_at == now + dt.timedelta(minutes=expected)
