"""How a postmortem moves and what an action must say. Plain values only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from tocsin.core.errors import Conflict

DRAFT, IN_APPROVAL, APPROVED, PUBLISHED = "draft", "in_approval", "approved", "published"
STATES: Mapping[str, str] = {
    DRAFT: "Draft",
    IN_APPROVAL: "In approval",
    APPROVED: "Approved",
    PUBLISHED: "Published",
}
TRANSITIONS: Mapping[str, tuple[str, ...]] = {
    DRAFT: (IN_APPROVAL,),
    IN_APPROVAL: (APPROVED, DRAFT),
    APPROVED: (PUBLISHED, DRAFT),
    PUBLISHED: (),
}

FIELDS: Mapping[str, str] = {
    "title": "Title",
    "summary": "Summary",
    "impact": "Impact",
    "mitigation": "What was done to mitigate and resolve it",
    "causes": "Causes",
    "timeline": "Timeline",
    "references": "References",
}
"""What can be written, in the order of reading."""

INVESTIGATE, MITIGATE, REPAIR = "investigate", "mitigate", "repair"
CATEGORIES: Mapping[str, str] = {
    INVESTIGATE: "Investigate this incident",
    MITIGATE: "Mitigate this incident",
    REPAIR: "Repair its damage",
    "detect": "Detect future incidents",
    "mitigate_future": "Mitigate future incidents",
    "prevent_future": "Prevent future incidents",
}
PROMPTS: Mapping[str, str] = {
    INVESTIGATE: "What happened, and why? How did it come to this?",
    MITIGATE: "What was done at once to end it?",
    REPAIR: "What is still broken because of it: data, trust, workarounds?",
    "detect": "How do we notice the next one sooner?",
    "mitigate_future": "How do we make the next one smaller or shorter?",
    "prevent_future": "How do we make sure that this does not happen again?",
}
LINK_TYPES: Mapping[str, str] = {"priority": "Priority action", "improvement": "Improvement action"}
PRIORITY_WEEKS = 8
"""A priority action is done within this many weeks unless another day is agreed."""

OPEN, DONE, DROPPED = "open", "done", "dropped"
ACTION_STATES: Mapping[str, str] = {OPEN: "Open", DONE: "Done", DROPPED: "Dropped"}
ACTION_TRANSITIONS: Mapping[str, tuple[str, ...]] = {OPEN: (DONE, DROPPED), DONE: (OPEN,), DROPPED: (OPEN,)}

CRITICAL = frozenset(
    {
        "incident.declared",
        "incident.noted",
        "incident.cause_suspected",
        "incident.evidence_lost",
        "incident.severity_changed",
        "incident.severity_confirmed",
        "incident.state_changed",
        "incident.team_paged",
        "incident.resolved",
        "update.published",
        "alert.triggered",
        "page.acknowledged",
    }
)
"""Events that a draft's timeline begins with."""


def require_transition(old: str, new: str) -> None:
    """Raises Conflict unless a postmortem may go from `old` to `new`."""
    if new not in TRANSITIONS[old]:
        raise Conflict(f"A postmortem that is {STATES[old].lower()} cannot become {STATES[new].lower()}.", field="state")


def require_action_transition(old: str, new: str) -> None:
    """Raises Conflict unless an action may go from `old` to `new`."""
    if new not in ACTION_TRANSITIONS[old]:
        raise Conflict(f"An action that is {ACTION_STATES[old].lower()} cannot become {ACTION_STATES[new].lower()}.", field="state")


def default_due(link_type: str, today: dt.date) -> dt.date:
    """Eight weeks from today for a priority action, twice that for an improvement."""
    weeks = PRIORITY_WEEKS if link_type == "priority" else 2 * PRIORITY_WEEKS
    return today + dt.timedelta(weeks=weeks)
