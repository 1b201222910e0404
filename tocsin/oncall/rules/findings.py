"""Counter-examples in words: `Sun 29 Mar 2026 01:30-04:00 Europe/Berlin, Checkout: step 1: layer Night of Payments has nobody`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

from tocsin.oncall.rules import proof
from tocsin.oncall.rules.layers import Slot
from tocsin.oncall.rules.proof import Counter, Reason
from tocsin.oncall.rules.zones import instant, zone_of

_MOST_NAMED = 3
Names = Mapping[str, str]
"""Ids of people, schedules, layers and teams to their names."""


def sentence(counter: Counter, subject: str, zone: str, names: Names, faults: Names, *, until: int) -> str:
    """The whole counter-example. `faults` says of people why they are not reached: `whose phone is not verified`."""
    reasons = [_reason(reason, names, faults) for reason in counter.reasons]
    return f"{when(counter.start, counter.end, zone, until=until)}, {subject}: {'; '.join(dict.fromkeys(reasons))}"


def when(start: int, end: int, zone: str, *, until: int) -> str:
    """A stretch on the clock of a zone, with offsets where the clock changes within; `until` is as far as anybody looked."""
    begins, ends = (instant(at).astimezone(zone_of(zone)) for at in (start, end))
    if end >= until:
        return f"{_day(begins)} {begins:%H:%M} {zone} and on"
    changes = begins.utcoffset() != ends.utcoffset() and end - start <= 86_400
    first, last = (f"{at:%H:%M}" + (f" (UTC{_offset(at)})" if changes else "") for at in (begins, ends))
    if begins.date() == ends.date():
        return f"{_day(begins)} {first}{' - ' if changes else '-'}{last} {zone}"
    return f"{_day(begins)} {first} to {_day(ends)} {last} {zone}"


def _day(at: dt.datetime) -> str:
    return f"{at:%a} {at.day} {at:%b %Y}"


def _offset(at: dt.datetime) -> str:
    return f"{at:%z}"[:3] + ":" + f"{at:%z}"[3:5]


def _reason(reason: Reason, names: Names, faults: Names) -> str:
    if reason.step == proof.LAST_RESORT:
        return "no step of the policy counts then" if reason.what == proof.NO_STEP else _of_last_resort(reason, names, faults)
    return f"step {reason.step}{_WORDS[reason.what](reason, names, faults)}"


def _of_last_resort(reason: Reason, names: Names, faults: Names) -> str:
    if not reason.people:
        return "nobody is behind the last resort"
    return f"the last resort reaches {_people(reason.people, names, faults)}"


def _gap(reason: Reason, names: Names, faults: Names) -> str:
    schedule = _name(reason.id, names)
    if not reason.layers:
        return f": no layer of {schedule} counts then"
    layers = [_name(layer, names) for layer in reason.layers]
    return f": layer{'s' if len(layers) > 1 else ''} {_listed(layers)} of {schedule} ha{'ve' if len(layers) > 1 else 's'} nobody"


def _on_purpose(reason: Reason, names: Names, faults: Names) -> str:
    return f": {_name(reason.id, names)} has nobody on purpose"


def _unreached(reason: Reason, names: Names, faults: Names) -> str:
    return f" reaches {_people(reason.people, names, faults)}"


def _left(reason: Reason, names: Names, faults: Names) -> str:
    return f" names {_name(reason.id, names)}, who is deactivated"


def _empty(reason: Reason, names: Names, faults: Names) -> str:
    return f" pages {_name(reason.id, names)}, a team without an active member"


def _nobody(reason: Reason, names: Names, faults: Names) -> str:
    return " only calls webhooks"


_WORDS: Mapping[str, Callable[[Reason, Names, Names], str]] = {
    proof.GAP: _gap,
    proof.ON_PURPOSE: _on_purpose,
    proof.UNREACHED: _unreached,
    proof.LEFT: _left,
    proof.EMPTY: _empty,
    proof.NOBODY: _nobody,
}


def _people(people: Slot, names: Names, faults: Names) -> str:
    said = [f"{_name(one, names)}, {faults.get(one, 'who has no verified way to be paged')}" for one in people[:_MOST_NAMED]]
    if len(people) > _MOST_NAMED:
        said.append(f"{len(people) - _MOST_NAMED} more who have no verified way to be paged")
    return ", and ".join(said)


def _listed(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _name(wanted: str, names: Names) -> str:
    return names.get(wanted, wanted)
