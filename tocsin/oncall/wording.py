"""What an edit of a policy or a schedule changed, in sentences for the event log: `step 2: delay 5 → 10 min; added schedule Night`.

Plain values in, words out. The log keeps the words, because names are as they were when somebody edited.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
Said = Mapping[str, Any]
"""A policy, `{"name", "repeats", "steps"}`, each step as it is stored and with the names of its `targets`; or a layer as the event
log keeps it, its `members` as names."""


def of_policy(before: Said, after: Said) -> list[str]:
    """One sentence for each thing that is different; none when nothing is."""
    found = [_changed("name", before["name"], after["name"]), _changed("repeats", before["repeats"], after["repeats"])]
    return [*filter(None, found), *_steps(before["steps"], after["steps"])]


def of_new_policy(after: Said) -> list[str]:
    return [*_steps([], after["steps"]), f"repeats {after['repeats']}"]


def policy(saved: Said) -> list[str]:
    """All of a policy, a sentence for each step."""
    steps = [f"step {number}: {_step(step)}" for number, step in enumerate(saved["steps"], 1)]
    return [saved["name"], *steps, f"repeats {saved['repeats']}"]


def _steps(before: Sequence[Said], after: Sequence[Said]) -> Iterator[str]:
    """Steps that are alike stay what they are although their number moved; those between them are compared in order."""
    was, is_now = ([json.dumps(step, sort_keys=True) for step in steps] for steps in (before, after))
    for _, start, end, first, last in SequenceMatcher(None, was, is_now, autojunk=False).get_opcodes():
        both = min(end - start, last - first)
        for place in range(both):
            if words := _of_step(before[start + place], after[first + place]):
                yield f"step {first + place + 1}: {'; '.join(words)}"
        for place in range(first + both, last):
            yield f"added step {place + 1}: {_step(after[place])}"
        for place in range(start + both, end):
            yield f"removed step {place + 1}: {_step(before[place])}"


def _of_step(before: Said, after: Said) -> list[str]:
    gone, come = ([one for one in a["targets"] if one not in b["targets"]] for a, b in ((before, after), (after, before)))
    urgencies = [step["urgency"] or "any" for step in (before, after)]
    return [
        *filter(None, [_changed("delay", before["wait_minutes"], after["wait_minutes"], " min")]),
        *(f"added {one}" for one in come),
        *(f"removed {one}" for one in gone),
        *filter(None, [_changed("urgency", *urgencies), _changed("hours", hours(before), hours(after))]),
    ]


def _step(step: Said) -> str:
    limits = [f"{step['urgency']} urgency"] if step["urgency"] else []
    limits += [hours(step)] if step["windows"] else []
    only = f", only {' and '.join(limits)}" if limits else ""
    return f"{_listed(step['targets'])}{only}, then {step['wait_minutes']} min"


def hours(limited: Said) -> str:
    """`Mon-Fri 09:00-17:00 Europe/Vienna`, or `always`."""
    windows = limited["windows"]
    if not windows:
        return "always"
    said = [f"{_days(one['days'])} {one['from']}-{one['to']}" for one in windows]
    return f"{', '.join(said)} {limited['zone']}"


def _days(days: Sequence[int]) -> str:
    if len(days) > 2 and list(days) == list(range(days[0], days[-1] + 1)):
        return f"{_DAYS[days[0]]}-{_DAYS[days[-1]]}"
    return " ".join(_DAYS[day] for day in days)


def of_schedule(before: Said, after: Said) -> list[str]:
    return [*filter(None, (_changed(field, before[field], after[field]) for field in ("name", "zone")))]


def of_layer(before: Said, after: Said) -> list[str]:
    """What an edit made of a layer; all of it in one sentence."""
    found = [_changed(field.replace("_", " "), before[field], after[field]) for field in ("name", "zone")]
    found += [
        _changed("", turns(before), turns(after)).strip(),
        _changed("first hand-over", first(before), first(after)),
        _changed("hours", hours(before), hours(after)),
        _changed("end", before["ends_at"] or "none", after["ends_at"] or "none"),
    ]
    words = [*filter(None, found), *of_members(before["members"], after["members"])]
    return [f"layer {before['name']}: {'; '.join(words)}"] if words else []


def of_new_layer(layer: Said) -> list[str]:
    when = f"{turns(layer)} from {first(layer)} {layer['zone']}"
    limits = f", only {hours(layer)}" if layer["windows"] else ""
    return [f"added layer {layer['name']}: {when}{limits}; {order(layer['members'])}"]


def of_members(before: Sequence[Sequence[str]], after: Sequence[Sequence[str]]) -> list[str]:
    """Turns as lists of names. Who came, who went, and the order when it is another."""
    was, is_now = ([one for turn in turns for one in turn] for turns in (before, after))
    come, gone = [one for one in is_now if one not in was], [one for one in was if one not in is_now]
    words = [*(f"added {one}" for one in dict.fromkeys(come)), *(f"removed {one}" for one in dict.fromkeys(gone))]
    return words if list(map(list, before)) == list(map(list, after)) else [*words, f"order {order(after)}"]


def order(members: Iterable[Sequence[str]]) -> str:
    """`Ana, then Ben and Cho, then nobody`"""
    return ", then ".join(_listed(turn) or "nobody" for turn in members)


def turns(layer: Said) -> str:
    """`turns of 4 and 3 days`, with how months are counted where it is not the date, and `, on calendar days` where they are."""
    unit = layer["unit"] if layer["lengths"] != [1] else layer["unit"].removesuffix("s")
    anchor = f" by the {layer['anchor']}" if layer["unit"] == "months" else ""
    counted = ", by the calendar" if layer["by_calendar"] else ""
    return f"turns of {_listed([str(one) for one in layer['lengths']])} {unit}{anchor}{counted}"


def first(layer: Said) -> str:
    return f"{layer['starts_on']} {layer['handover_time']}"


def of_order(before: Sequence[str], after: Sequence[str]) -> list[str]:
    """Names of the layers from the lowest up, said from the top down, as the pages show them."""
    if list(before) == list(after):
        return []
    return [f"layers from the top: {', '.join(reversed(before))} → {', '.join(reversed(after))}"]


def of_override(
    person: str, layer: str, starts_at: dt.datetime, ends_at: dt.datetime, zone: dt.tzinfo, *, removed: bool = False
) -> list[str]:
    """`Ana from 23 Nov 2026 09:00 to 24 Nov 2026 09:00 CET, in layer Night`; without a person nobody, on purpose."""
    begin, end = starts_at.astimezone(zone), ends_at.astimezone(zone)
    where = f", in layer {layer}" if layer else ""
    verb = "removed" if removed else "added"
    return [f"{verb} override: {person or 'nobody, on purpose,'} from {_at(begin)} to {_at(end)} {end:%Z}{where}"]


def of_webhook(before: Said, after: Said, host: str) -> list[str]:
    """`name`, `address`, `hears` and `private`; of an address the host alone is said."""
    heard = [_listed(one["hears"]) or "nothing" for one in (before, after)]
    private = [{True: "yes", False: "no"}[one["private"]] for one in (before, after)]
    found = [
        _changed("name", before["name"], after["name"]),
        f"another address at {host}" if before["address"] != after["address"] else "",
        _changed("is told of", *heard),
        _changed("private incidents too", *private),
    ]
    return [*filter(None, found)]


def of_link(what: str, before: str, after: str) -> str:
    """`policy Payments → Night`, empty when it is the same."""
    return _changed(what, before or "none", after or "none")


def _at(at: dt.datetime) -> str:
    return f"{at.day} {at:%b %Y %H:%M}"


def _changed(what: str, before: object, after: object, unit: str = "") -> str:
    return "" if before == after else f"{what} {before} → {after}{unit}"


def _listed(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
