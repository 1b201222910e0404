"""What the history lists of an event as old and new."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tocsin.incidents import assessing, rules
from tocsin.incidents.catalogue.describing import describe
from tocsin.incidents.catalogue.entries import Data
from tocsin.incidents.catalogue.running import FIELDS, answers, role_words, state_words

Change = tuple[str, Any, Any]
"""What changed, its old value, its new value."""


def changes(name: str, data: Data) -> list[Change]:
    """The changes an event stands for: several for times, none for talk."""
    listed = _CHANGES.get(name)
    if listed:
        return listed(data)
    entry = describe(name, data) if name.startswith(("page.", "incident.", "escalation.")) or name == "update.published" else None
    return [(entry.kind, "", entry.text)] if entry else []


def _role_change(data: Data) -> list[Change]:
    return [(role_words(data), data.get("old_name") or "", data.get("name"))]


def _time_changes(data: Data) -> list[Change]:
    unknown = data.get("unknown", ())
    return [
        (rules.TIMES[name].capitalize(), data[name]["old"], "unknown" if name in unknown else data[name]["new"])
        for name in rules.TIMES
        if name in data
    ]


_CHANGES: Mapping[str, Callable[[Data], list[Change]]] = {
    "incident.state_changed": lambda data: [("State", state_words(data["old"]), state_words(data["new"]))],
    "incident.severity_changed": lambda data: [("Severity", f"Sev {data['old']}", f"Sev {data['new']}")],
    "incident.field_changed": lambda data: [(FIELDS.get(data["field"], data["field"]), data.get("old"), data.get("new"))],
    "incident.role_taken": _role_change,
    "incident.role_released": lambda data: [(role_words(data), data.get("name"), "")],
    "incident.times_set": _time_changes,
    "incident.assessed": lambda data: [
        (assessing.FIELDS[name], assessing.in_words(name, one["old"]), assessing.in_words(name, one["new"]))
        for name, one in answers(data)
    ],
}
