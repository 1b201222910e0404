"""A draft of a schedule before it is saved: who would be on call differently."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tocsin.directory.models import Person
from tocsin.oncall import rules
from tocsin.oncall.commands.layers import members_after, members_of
from tocsin.oncall.compiling import compiled, layer_rule
from tocsin.oncall.models import Rotation, Schedule
from tocsin.oncall.rules.drafts import Differing, compared
from tocsin.oncall.rules.schedules import ScheduleRule


@dataclass(frozen=True, slots=True)
class Difference:
    """From `start` until before `end` (UTC) other people are on call; both as names, empty: nobody."""

    start: dt.datetime
    end: dt.datetime
    before: tuple[str, ...]
    after: tuple[str, ...]


def differences(schedule: Schedule, draft: ScheduleRule, since: dt.datetime, until: dt.datetime) -> list[Difference]:
    """What a draft changes in this time, at most 400 days of it, in order. Whoever is deactivated is on call in neither."""
    begin, end = rules.seconds(since), min(rules.seconds(until), rules.seconds(since) + rules.HORIZON)
    present = compiled([schedule.id])[schedule.id].rule
    found = compared(present, replace(draft, absent=present.absent), begin, end)
    people = {person for one in found for person in (*one.before, *one.after)}
    names = dict(Person.objects.filter(id__in=people).values_list("id", "name"))
    return [_named(one, names) for one in found]


def _named(one: Differing, names: dict[str, str]) -> Difference:
    before, after = (tuple(names.get(person, person) for person in people) for people in (one.before, one.after))
    return Difference(rules.instant(one.start), rules.instant(one.end), before, after)


def with_layer(
    schedule: Schedule,
    fields: Mapping[str, Any],
    places: Sequence[Sequence[Person]],
    *,
    instead_of: Rotation | None,
    now: dt.datetime,
) -> ScheduleRule:
    """The schedule's rules with one more layer on top, or with another `instead_of` one from now on.

    `fields` as they would be stored, `places` one list of people for each turn.
    """
    row = Rotation(id="draft", schedule=schedule, name="draft", **fields)
    turns = [list(people) for people in places]
    present = compiled([schedule.id])[schedule.id].rule
    if instead_of is None:
        return replace(present, layers=(*present.layers, layer_rule(row, members_of(row, turns))))
    made, at = layer_rule(row, members_after(row, instead_of, turns, now)), rules.seconds(now)
    layers: list[rules.LayerRule] = []
    for layer in present.layers:
        layers += [replace(layer, until=at), replace(made, since=at)] if layer.id == instead_of.id else [layer]
    moved = tuple(one._replace(layer="draft") if one.layer == instead_of.id else one for one in present.overrides)
    return replace(present, layers=tuple(layers), overrides=moved)
