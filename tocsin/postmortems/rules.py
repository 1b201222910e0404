"""How a postmortem moves, what an action must say, and the words a draft begins with. Plain values only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tocsin.core.errors import Conflict
from tocsin.incidents import rules as incidents

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


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of an incident's story, as the draft takes it over. `who` is a role, never a name: postmortems are blameless."""

    at: dt.datetime
    kind: str
    text: str
    who: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a draft knows of the incident."""

    key: str
    severity: int
    summary: str
    description: str
    service: str
    products: tuple[str, ...]
    source: str
    support_cases: int
    impact_started_at: dt.datetime | None
    detected_at: dt.datetime | None
    impact_ended_at: dt.datetime | None
    resolved_at: dt.datetime | None
    alerts: tuple[str, ...] = ()
    customers_see: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """The texts a postmortem begins with, by field."""

    title: str
    summary: str
    impact: str
    mitigation: str
    causes: str
    timeline: str
    references: str


ON_DUTY = "responder on duty"
"""Somebody who held no role in the incident."""


def by_role(text: str, roles: Mapping[str, str]) -> str:
    """The text with the names of people replaced by the roles they held: a postmortem blames nobody."""
    for name, role in roles.items():
        text = text.replace(name, f"the {role}")
    return text


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


def draft(facts: Facts, moments: Sequence[Moment]) -> Draft:
    """A first text for every field, from what the incident knows; what it does not know is written out as unknown."""
    return Draft(
        title=f"{facts.key}: {facts.summary}",
        summary=_summary(facts),
        impact=_impact(facts),
        mitigation=_mitigation(moments),
        causes="The root cause is currently unknown.",
        timeline=timeline_text(_with_times(facts, moments)),
        references=_references(facts),
    )


def _summary(facts: Facts) -> str:
    span = incidents.ttr(facts.impact_started_at, facts.impact_ended_at)
    detect = incidents.ttd(facts.impact_started_at, facts.detected_at)
    what = f" in {facts.service}" if facts.service else ""
    when = (
        f"On {_day(facts.impact_started_at or facts.detected_at)}"
        if facts.impact_started_at or facts.detected_at
        else "In this incident"
    )
    lasted = (
        f"The impact lasted {incidents.duration_words(span)}." if span is not None else "How long the impact lasted is unknown."
    )
    found = (
        f"It was detected after {incidents.duration_words(detect)}"
        if detect is not None
        else "How long it went unnoticed is unknown"
    )
    return (
        f"{when} there was a Sev {facts.severity} incident{what}: {facts.summary}. {lasted} {found} "
        f"(source: {incidents.SOURCES.get(facts.source, facts.source).lower()})."
    )


def _impact(facts: Facts) -> str:
    lines = [
        f"- Severity: Sev {facts.severity}",
        f"- Products: {incidents.joined(facts.products) or 'unknown'}",
        f"- Start of impact: {_stamp(facts.impact_started_at)}",
        f"- Detection: {_stamp(facts.detected_at)}",
        f"- End of impact: {_stamp(facts.impact_ended_at)}",
        f"- Time to detect: {_span(incidents.ttd(facts.impact_started_at, facts.detected_at))}",
        f"- Time to recovery: {_span(incidents.ttr(facts.impact_started_at, facts.impact_ended_at))}",
        f"- Support cases: {facts.support_cases}",
    ]
    seen = facts.customers_see.strip() or facts.description.strip()
    return "\n".join([*([seen, ""] if seen else []), *lines])


def _mitigation(moments: Iterable[Moment]) -> str:
    steps = [moment for moment in moments if moment.kind in {"Change", "Decision"}]
    if not steps:
        return "No change or decision was noted during the incident."
    return timeline_text(steps)


def _with_times(facts: Facts, moments: Sequence[Moment]) -> list[Moment]:
    marks = [
        (facts.impact_started_at, "Impact starts"),
        (facts.detected_at, "Detected"),
        (facts.impact_ended_at, "Impact ends"),
    ]
    rows = [Moment(at, kind, "") for at, kind in marks if at]
    return sorted([*rows, *moments], key=lambda moment: moment.at)


def timeline_text(moments: Iterable[Moment]) -> str:
    """One line a moment, oldest first, times in UTC with the zone named."""
    return "\n".join(f"- {_stamp(moment.at)} {_words(moment)}" for moment in moments)


def _words(moment: Moment) -> str:
    who = f" ({moment.who})" if moment.who else ""
    text = " ".join(moment.text.split())
    return f"**{moment.kind}**{': ' + text if text else ''}{who}" if moment.kind else f"{text}{who}"


def _references(facts: Facts) -> str:
    rows = [f"- [{facts.key}](/{facts.key}) {facts.summary}", *(f"- {alert}" for alert in facts.alerts)]
    return "\n".join(rows)


def _stamp(at: dt.datetime | None) -> str:
    return at.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M UTC") if at else "unknown"


def _day(at: dt.datetime | None) -> str:
    return f"{at.astimezone(dt.UTC):%-d %B %Y}" if at else "an unknown day"


def _span(span: dt.timedelta | None) -> str:
    return incidents.duration_words(span) if span is not None else "unknown"


@dataclass(frozen=True, slots=True)
class ActionLine:
    """An action as the export lists it."""

    number: int
    title: str
    category: str
    link_type: str
    state: str
    owner: str
    due_on: dt.date


def markdown(state: str, owner: str, texts: Mapping[str, str], actions: Sequence[ActionLine]) -> str:
    """The whole postmortem as Markdown: impact, mitigation, causes, follow-up actions; then timeline and references."""
    parts = [
        f"# {texts['title']}",
        f"{STATES[state]}. Owner: {owner}.",
        texts["summary"],
        _part("Impact", texts["impact"]),
        _part("Mitigation and resolution", texts["mitigation"]),
        _part("Causes", texts["causes"]),
        _part("Follow-up actions", _action_rows(actions)),
        _part("Timeline", texts["timeline"]),
        _part("References", texts["references"]),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _part(heading: str, text: str) -> str:
    return f"## {heading}\n\n{text.strip() or 'Currently unknown.'}"


def _action_rows(actions: Sequence[ActionLine]) -> str:
    if not actions:
        return "None yet."
    head = "| Action | Kind | Link | Owner | Due | State |\n|---|---|---|---|---|---|"
    rows = [
        f"| x/{row.number} {_cell(row.title)} | {CATEGORIES[row.category]} | {LINK_TYPES[row.link_type]} | {_cell(row.owner)} "
        f"| {row.due_on.isoformat()} | {ACTION_STATES[row.state]} |"
        for row in actions
    ]
    return "\n".join([head, *rows])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
