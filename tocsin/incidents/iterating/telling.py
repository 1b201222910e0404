"""What the timeline says of findings, streams, changes, pace and relief: text, kind and icon for each event."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from tocsin.core import clock
from tocsin.incidents import rules as incidents
from tocsin.incidents.iterating import rules

Data = Mapping[str, Any]


class Told(NamedTuple):
    """`kind` may depend on the data, as that of a finding does."""

    text: Callable[[Data], str]
    kind: str | Callable[[Data], str]
    icon: str
    quiet: bool = False


def _kind(data: Data) -> str:
    return rules.KINDS.get(str(data.get("kind")), "Finding")


def _added(data: Data) -> str:
    about = f" (of {data['about']})" if data.get("about") else ""
    return f"{data.get('number')}{about}: {data.get('text', '')}"


def _decided(data: Data) -> str:
    new = str(data.get("new"))
    words = {**{state: text.lower() for state, text in rules.THEORY_STATES.items()}, **_RESULT_WORDS}.get(new, new)
    because = f", by experiment {data['because']}" if data.get("because") else ""
    outcome = f": {data['outcome']}" if data.get("outcome") else ""
    return f"{data.get('number')} {words}{because}{outcome}"


_RESULT_WORDS = {"supports": "supports its theory", "refutes": "refutes its theory", "inconclusive": "says neither"}
_STREAM_WORDS = {"title": "title", "lead": "tech lead", "step": "now", "next_steps": "next", "towards": "towards", "state": "state"}


def _stream_opened(data: Data) -> str:
    lead = f", led by {data['lead_name']}" if data.get("lead_name") else ""
    return f"{data.get('title')}{lead}"


def _stream_changed(data: Data) -> str:
    changed = data.get("changes") or {}
    said = [f"{_STREAM_WORDS[name]} {_stream_value(name, changed[name]['new'])}" for name in _STREAM_WORDS if name in changed]
    return f"{data.get('title')}: {'; '.join(said)}"


def _stream_value(name: str, value: str) -> str:
    return value.lower() if name == "state" else value or "nobody" if name == "lead" else value or "empty"


def _behaviour(data: Data) -> str:
    return "; ".join(f"{name}: {data[name]['new'] or 'empty'}" for name in ("observed", "expected") if name in data)


def _role(data: Data) -> str:
    return incidents.role_label(str(data.get("role"))).lower()


def _at(data: Data) -> str:
    return f"{clock.parse(str(data['at'])):%d %b %H:%M UTC}" if data.get("at") else ""


TIMELINE: Mapping[str, Told] = {
    "incident.finding_added": Told(_added, _kind, "eye"),
    "incident.finding_decided": Told(_decided, _kind, "fork"),
    "incident.stream_opened": Told(_stream_opened, "Stream", "fork"),
    "incident.stream_changed": Told(_stream_changed, "Stream", "fork", quiet=True),
    "incident.revert_stated": Told(lambda data: f"{data.get('what')}: {data.get('revert')}", "Revert", "back", quiet=True),
    "incident.evidence_lost": Told(lambda data: f"will be lost by: {data.get('what')}", "Evidence", "sev2"),
    "incident.suspicion_withdrawn": Told(lambda data: f"no longer suspected: {data.get('what')}", "Suspected cause", "back"),
    "incident.behaviour_described": Told(_behaviour, "Behaviour", "eye"),
    "incident.checked": Told(lambda data: incidents.joined(list(data.get("questions", ()))), "Checked", "done", quiet=True),
    "incident.prompted": Told(lambda data: "has the impact or the severity changed?", "Asked", "clock", quiet=True),
    "incident.prompt_answered": Told(lambda data: "impact and severity have not changed", "Impact", "eye"),
    "incident.awake_declared": Told(
        lambda data: f"{data.get('name')} has been awake for {data.get('hours')} h", "Awake", "clock", True
    ),
    "incident.tired": Told(lambda data: f"{data.get('name')} needs relief: {data.get('why')}", "Relief", "sev2"),
    "incident.relief_planned": Told(lambda data: f"{data.get('name')} takes over as {_role(data)}, {_at(data)}", "Relief", "clock"),
    "incident.relief_cancelled": Told(lambda data: f"{data.get('name')} does not take over as {_role(data)}", "Relief", "clock"),
    "incident.relief_reminded": Told(
        lambda data: f"{data.get('name')} takes over as {_role(data)} soon, {_at(data)}", "Relief", "bell", quiet=True
    ),
}
