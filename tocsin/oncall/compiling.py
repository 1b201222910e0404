"""From the tables to rules that answer: each schedule is compiled once for each revision and kept."""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Mapping
from threading import Lock
from typing import Any

from tocsin.core.store.prepared import Prepared
from tocsin.directory.models import Person
from tocsin.oncall import rules
from tocsin.oncall.models import Override, Rotation, RotationMember, Schedule
from tocsin.oncall.rules import Change, Compiled, LayerRule, OverrideRule, ScheduleRule, Slot, Window

_MOST_KEPT = 2000
_kept: OrderedDict[tuple[str, str], Compiled] = OrderedDict()
_lock = Lock()


def compiled(schedules: Iterable[str]) -> dict[str, Compiled]:
    """By the ids of schedules. One query when nothing changed since they were last asked for, six when something did."""
    revisions = _revisions(schedules)
    found = {one: kept for one, revision in revisions.items() if (kept := _remembered((one, revision))) is not None}
    missing = [one for one in revisions if one not in found]
    while missing:
        made = {one: Compiled(rule) for one, rule in rules_of(missing).items()}
        after = _revisions(missing)
        for one in [one for one in missing if after.get(one) == revisions[one]]:
            found[one] = made[one]
            _remember((one, revisions[one]), made[one])
        missing = [one for one in missing if one in after and one not in found]
        revisions |= after
    return found


_revised = Prepared(lambda schedules: Schedule.objects.filter(id__in=schedules).values_list("id", "revision"))


def _revisions(schedules: Iterable[str]) -> dict[str, str]:
    return dict(_revised(tuple(schedules)))


def _remembered(revision: tuple[str, str]) -> Compiled | None:
    with _lock:
        kept = _kept.get(revision)
        if kept is not None:
            _kept.move_to_end(revision)
        return kept


def _remember(revision: tuple[str, str], made: Compiled) -> None:
    with _lock:
        _kept[revision] = made
        while len(_kept) > _MOST_KEPT:
            _kept.popitem(last=False)


def rules_of(schedules: Iterable[str]) -> dict[str, ScheduleRule]:
    """The rules as they are stored now, by the ids of schedules. Four queries, however many schedules."""
    wanted = list(schedules)
    layers, overrides = defaultdict(list), defaultdict(list)
    for row in Rotation.objects.filter(schedule__in=wanted).prefetch_related("members"):
        layers[row.schedule_id].append(layer_rule(row, list(row.members.all())))
    for entry in Override.objects.filter(schedule__in=wanted).order_by("created_at", "id"):
        overrides[entry.schedule_id].append(override_rule(entry))
    gone = _absent()
    return {one: ScheduleRule(tuple(layers[one]), tuple(overrides[one]), gone) for one in wanted}


def _absent() -> tuple[tuple[str, int], ...]:
    rows = Person.objects.filter(is_active=False).values_list("id", "deactivated_at")
    return tuple((person, rules.seconds(at) if at else 0) for person, at in rows)


def layer_rule(row: Rotation, members: Iterable[RotationMember]) -> LayerRule:
    """A stored layer as a rule; a unit or an anchor that nobody knows counts as the default."""
    lists: dict[dt.date | None, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for member in members:
        lists[member.since][member.position] += [member.person_id] if member.person_id else []
    slots = {since: tuple(tuple(people) for _, people in sorted(places.items())) for since, places in lists.items()}
    return LayerRule(
        id=row.id,
        zone=row.zone,
        first=rules.wall_seconds(dt.datetime.combine(row.starts_on, row.handover_time.replace(tzinfo=None))),
        unit=row.unit if row.unit in Rotation.UNITS else "weeks",
        lengths=tuple(row.lengths) or (1,),
        slots=slots.pop(None, ()),
        changes=tuple(_change(since, people) for since, people in slots.items() if since is not None),
        windows=windows(row.windows),
        by_calendar=row.by_calendar,
        anchor=row.anchor,
        since=rules.seconds(row.begins_at) if row.begins_at else None,
        until=rules.seconds(row.ends_at) if row.ends_at else None,
    )


def _change(since: dt.date, slots: tuple[Slot, ...]) -> Change:
    return Change(rules.wall_seconds(dt.datetime.combine(since, dt.time())), slots)


def override_rule(entry: Override) -> OverrideRule:
    """A stored override as a rule."""
    people = (entry.person_id,) if entry.person_id else ()
    return OverrideRule(entry.id, people, rules.seconds(entry.starts_at), rules.seconds(entry.ends_at), entry.rotation_id or "")


def windows(stored: Iterable[Mapping[str, Any]]) -> tuple[Window, ...]:
    """Stored hours as rules."""
    return tuple(Window(tuple(one["days"]), _second(one["from"]), _second(one["to"])) for one in stored)


def _second(time: str) -> int:
    hours, minutes = time.split(":")[:2]
    return int(hours) * 3600 + int(minutes) * 60
