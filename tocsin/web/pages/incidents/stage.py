"""Where an incident stands, as its page shows it: the step in hand, what ticked itself, and the one thing to do next.

A display only. The states are Pending, Fixing and Resolved; nothing here decides anything.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from tocsin.incidents.models import Incident, RoleAssignment
from tocsin.incidents.queries import Holder
from tocsin.incidents.rules import is_major

STEPS = ("Connect", "Open communications", "Assess", "Escalate", "Delegate", "Communicate", "Fix", "Resolve")


@dataclass(frozen=True, slots=True)
class Tick:
    """One line of the checklist; `at` is when it was done, None while it is open; `path` leads to where it is done."""

    text: str
    at: dt.datetime | None
    path: str = ""
    done: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What the checklist reads: when the impact was assessed, somebody first paged, inside and customers first told."""

    assessed_at: dt.datetime | None
    paged_at: dt.datetime | None
    told_inside_at: dt.datetime | None
    told_outside_at: dt.datetime | None
    last_status: str


@dataclass(frozen=True, slots=True)
class Stage:
    """`number` of 8 and the name of the step in hand, with the whole list."""

    number: int
    name: str
    ticks: list[Tick]
    total: int = len(STEPS)


@dataclass(frozen=True, slots=True)
class Next:
    """The one filled button: a verb and where it leads. `post` when pressing it does the thing at once."""

    text: str
    path: str
    icon: str = ""
    post: bool = False


def of(incident: Incident, roles: Iterable[Holder], facts: Facts) -> Stage:
    """The checklist of one incident, and the first step with an open line."""
    since = {role.role: role.since for role in roles}
    lines: list[tuple[str, str, dt.datetime | None, str]] = [
        ("Connect", "Incident manager has taken command", incident.fixing_at, ""),
        ("Open communications", "Room and state document", incident.set_up_at, ""),
        ("Assess", "Impact assessed", facts.assessed_at, "assess"),
        ("Assess", "Severity confirmed", incident.severity_confirmed_at, "severity"),
        ("Delegate", "Tech lead named", since.get(RoleAssignment.TECH_LEAD), "roles"),
        ("Delegate", "Communications manager named", since.get(RoleAssignment.COMMUNICATIONS), "roles"),
        ("Communicate", "First words inside", facts.told_inside_at, "update"),
    ]
    if is_major(incident.severity) and not incident.is_drill:
        lines.insert(4, ("Escalate", "Responders paged", facts.paged_at, "page"))
    if not incident.is_private and not incident.is_drill:
        lines.append(("Communicate", "First words to customers", facts.told_outside_at, "update"))
    lines.append(("Fix", "Impact is over", incident.impact_ended_at or incident.resolved_at, "resolve"))
    lines.append(("Resolve", "Resolved, with its times", incident.resolved_at, "resolve"))
    ticks = [Tick(text, at, f"/{incident.key}/{tail}" if tail else "", at is not None) for _, text, at, tail in lines]
    current = next((step for step, _, at, _ in lines if at is None), STEPS[-1])
    return Stage(STEPS.index(current) + 1, current, ticks)


def next_act(incident: Incident, facts: Facts, *, has_postmortem: bool) -> Next | None:
    """What the person who opens the page most likely has to do."""
    at = f"/{incident.key}/"
    if incident.state == Incident.RESOLVED:
        return Next("Open postmortem", at + "postmortem", "note") if has_postmortem else None
    if incident.manager_id is None:
        return Next("Take command", at + "command", "flag", post=True)
    if incident.severity_confirmed_at is None:
        return Next("Confirm severity", at + "severity", "flag")
    if facts.last_status in {"monitoring", "resolved"}:
        return Next("Resolve", at + "resolve", "done")
    return Next("Post update", at + "update", "tell")
