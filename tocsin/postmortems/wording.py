"""The words a postmortem begins with, and its export as Markdown. Plain values only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tocsin.incidents import rules as incidents
from tocsin.postmortems.rules import ACTION_STATES, CATEGORIES, LINK_TYPES, STATES


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
    observed: str = ""
    expected: str = ""
    suspected: tuple[str, ...] = ()
    """Changes that may be the cause, each in a sentence."""
    posts: tuple[str, ...] = ()
    """Public posts about it, each as a line with its link."""
    coincides: str = ""
    """`yes`, `no`, or empty: whether it began with a change."""


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


_MOST_POSTS = 20
"""More of them are a link to the list."""

ON_DUTY = "responder on duty"
"""Somebody who held no role in the incident."""


def by_role(text: str, roles: Mapping[str, str]) -> str:
    """The text with the names of people replaced by the roles they held: a postmortem blames nobody."""
    for name, role in roles.items():
        text = text.replace(name, f"the {role}")
    return text


def draft(facts: Facts, moments: Sequence[Moment]) -> Draft:
    """A first text for every field, from what the incident knows; what it does not know is written out as unknown."""
    return Draft(
        title=f"{facts.key}: {facts.summary}",
        summary=_summary(facts),
        impact=_impact(facts),
        mitigation=_mitigation(moments),
        causes=_causes(facts),
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
        f"- Public posts: {len(facts.posts)}",
    ]
    seen = facts.customers_see.strip() or facts.description.strip()
    return "\n".join([*([seen, ""] if seen else []), *lines])


def _causes(facts: Facts) -> str:
    """The fault, as it was written down while the incident was fixed, before the question why."""
    fault = [f"- {word}: {text}" for word, text in (("Observed", facts.observed), ("Expected", facts.expected)) if text]
    lines = ["Fault:", "", *fault, ""] if fault else []
    if facts.suspected:
        lines += ["Suspected, because it was changed near the start:", "", *(f"- {text}" for text in facts.suspected), ""]
    elif facts.coincides == "no":
        lines += ["The start coincides with no change that is known.", ""]
    return "\n".join([*lines, "The root cause is currently unknown."])


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
    rows = [f"- [{facts.key}](/{facts.key}) {facts.summary}", *(f"- {one}" for one in (*facts.alerts, *facts.posts[:_MOST_POSTS]))]
    if len(facts.posts) > _MOST_POSTS:
        rows.append(f"- and {len(facts.posts) - _MOST_POSTS} more [public posts](/{facts.key}/posts)")
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
