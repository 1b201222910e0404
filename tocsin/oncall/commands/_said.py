"""Policies and layers as the words of the event log want them: plain values, with names where the tables have ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tocsin.directory.models import Person
from tocsin.oncall.models import Policy, StepTarget

_KINDS = ("schedule", "person", "team", "webhook")


def policy(found: Policy) -> dict[str, Any]:
    """A stored policy, its targets as `schedule Night` or, for a person, the name alone. One query."""
    steps: dict[int, dict[str, Any]] = {}
    rows = StepTarget.objects.filter(step__policy=found).select_related("step", *_KINDS).order_by("step__position", "id")
    for row in rows:
        limits = {name: getattr(row.step, name) for name in ("wait_minutes", "urgency", "windows", "zone")}
        steps.setdefault(row.step.position, {**limits, "targets": []})["targets"].append(_target(row))
    return {"name": found.name, "repeats": found.repeats, "steps": list(steps.values())}


def _target(row: StepTarget) -> str:
    if row.person:
        return row.person.name
    kind = next(one for one in _KINDS if getattr(row, one) is not None)
    return f"{kind} {row.named}"


def layers(*kept: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Layers as the event log keeps them, their members as names. One query for all."""
    names = names_of(person for layer in kept for turn in layer["members"] for person in turn)
    return [{**layer, "members": [[names.get(one, one) for one in turn] for turn in layer["members"]]} for layer in kept]


def names_of(people: Iterable[str]) -> dict[str, str]:
    return dict(Person.objects.filter(id__in=set(people)).values_list("id", "name"))
