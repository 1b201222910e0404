"""What may stand in a message template: audiences, stages, slots, and how a slot is filled. Plain values only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from tocsin.core.errors import Invalid
from tocsin.core.text import substitution
from tocsin.incidents import rules as incidents
from tocsin.statuspages import rules as pages

TEAM = "team"
AUDIENCES: Mapping[str, str] = {
    TEAM: "The team, in the room",
    pages.INTERNAL: "The company",
    pages.EXTERNAL: "Customers",
}

ANY, FIRST, BETWEEN, LAST = "", "first", "between", "last"
STAGES: Mapping[str, str] = {ANY: "At any time", FIRST: "First words", BETWEEN: "In between", LAST: "Last words"}

PUBLIC_SLOTS: Mapping[str, str] = {
    "products": "The products that are hit, as customers know them",
    "affected": "How many customers are hit",
    "started": "When the impact began",
    "duration": "How long the impact lasted",
    "next_update": "When the next update comes",
    "status": "Investigating, Identified, Monitoring or Resolved",
}
INSIDE_SLOTS: Mapping[str, str] = {
    "key": "The key of the incident",
    "severity": "Sev 1, Sev 2 or Sev 3",
    "summary": "Its summary",
    "service": "The faulty service",
    "team": "The team that owns it",
    "manager": "The incident manager",
    "impact": "What customers see",
    "colleagues": "How many colleagues are hit",
    "cases": "How many support cases there are",
    "link": "The address of the incident",
}
"""Words of the house: refused in what customers read."""

UNKNOWN = "currently unknown"


@dataclass(frozen=True, slots=True)
class Known:
    """What a template is filled from, besides the facts that every draft knows."""

    facts: pages.Facts
    service: str = ""
    team: str = ""
    manager: str = ""
    link: str = ""
    status: str = ""
    next_update_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Filled:
    """A template with its slots filled, for a person to read and change; `unknown` names the slots that nothing is known for."""

    audience: str
    title: str
    body: str
    unknown: tuple[str, ...] = field(default=())


def allowed(audience: str) -> Mapping[str, str]:
    """The slots of an audience with their meanings."""
    return PUBLIC_SLOTS if audience == pages.EXTERNAL else {**PUBLIC_SLOTS, **INSIDE_SLOTS}


def check_slots(text: str, audience: str, name: str) -> None:
    """Raises Invalid for a slot that is not known, that customers may not read, or that is written wrongly."""
    known = allowed(audience)
    listed = f"There are {', '.join(known)}."
    for slot in substitution.slots(text):
        if slot in INSIDE_SLOTS and slot not in known:
            raise Invalid(f"{{{{ {slot} }}}} is a word of the house, not for customers. {listed}", field=name)
        if slot not in known:
            raise Invalid(f"There is no slot {{{{ {slot} }}}}. {listed}", field=name)
    rest = substitution.fill(text, dict.fromkeys(known, ""))
    if "{{" in rest or "}}" in rest:
        raise Invalid(f"A slot is written like {{{{ products }}}}. {listed}", field=name)


def filled(audience: str, title: str, body: str, known: Known) -> Filled:
    """The template in the words of one incident; what nobody knows yet is written as unknown."""
    values = _values(known)
    used = dict.fromkeys([*substitution.slots(title), *substitution.slots(body)])
    said = {slot: values.get(slot) or UNKNOWN for slot in used}
    unknown = tuple(slot for slot in used if not values.get(slot))
    return Filled(audience, substitution.fill(title, said), substitution.fill(body, said), unknown)


def stage(*, last: bool, spoken: bool) -> str:
    """The stage of the words that come next."""
    return LAST if last else BETWEEN if spoken else FIRST


def _values(known: Known) -> dict[str, str]:
    facts = known.facts
    span = incidents.ttr(facts.impact_started_at, facts.impact_ended_at)
    return {
        "products": incidents.joined(facts.products),
        "affected": facts.hit_outside,
        "started": _instant(facts.impact_started_at),
        "duration": incidents.duration_words(span) if span is not None else "",
        "next_update": _instant(known.next_update_at),
        "status": pages.STATUSES.get(known.status, ""),
        "key": facts.key,
        "severity": f"Sev {facts.severity}",
        "summary": facts.summary,
        "service": known.service,
        "team": known.team,
        "manager": known.manager,
        "impact": facts.seen,
        "colleagues": facts.hit_inside,
        "cases": str(facts.support_cases),
        "link": known.link,
    }


def _instant(at: dt.datetime | None) -> str:
    if at is None:
        return ""
    at = at.astimezone(dt.UTC)
    return f"{at:%H:%M} UTC on {at.day} {at:%B}"
