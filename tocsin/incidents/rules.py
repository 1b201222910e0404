"""How an incident may move, what its times must say, and its words. Plain values only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence

from tocsin.core.errors import Conflict, Invalid
from tocsin.core.text import texts

PENDING, FIXING, RESOLVED = "pending", "fixing", "resolved"
STATES = (PENDING, FIXING, RESOLVED)
TRANSITIONS: Mapping[str, tuple[str, ...]] = {PENDING: (FIXING,), FIXING: (RESOLVED,), RESOLVED: ()}
STATE_WORDS: Mapping[str, str] = {PENDING: "Pending", FIXING: "Fixing", RESOLVED: "Resolved"}

SEVERITIES = (1, 2, 3)
MAJOR = (1, 2)

DRILL_PREFIX = "DRILL"
"""Keys of drills begin with this, whatever those of incidents begin with."""

SOURCES: Mapping[str, str] = {
    "monitoring": "Monitoring",
    "customer_report": "Customer report",
    "own_observation": "Own observation",
}

MANAGER, TECH_LEAD, COMMUNICATIONS = "incident_manager", "tech_lead", "communications_manager"
INSIDE, OUTSIDE, BACKUP = "internal_communications", "external_communications", "backup_manager"
ROLES: Mapping[str, str] = {
    MANAGER: "Incident manager",
    BACKUP: "Backup incident manager",
    TECH_LEAD: "Tech lead",
    COMMUNICATIONS: "Communications manager",
    INSIDE: "Internal communications manager",
    OUTSIDE: "External communications manager",
}
"""The roles that are known, in the order they are shown. Any other text is a role made for one incident."""
ALWAYS = (MANAGER, TECH_LEAD, COMMUNICATIONS)
"""Every incident needs these; who does not have one yet is shown."""
DUTIES: Mapping[str, str] = {
    MANAGER: "Commands the incident: decides, keeps order, brings in whoever is needed, without asking anybody's leave. "
    "A major incident comes before all planned work. One person at a time.",
    BACKUP: "Thinks along with the incident manager, checks decisions, keeps the timeline, takes over at once if needed.",
    TECH_LEAD: "Finds out what is wrong and leads the repair of one stream of work; tells the incident manager what comes next.",
    COMMUNICATIONS: "Writes to the company and to customers, truthfully and on time, and says when the next words come.",
    INSIDE: "Writes to colleagues and leadership, on time, and collects their questions.",
    OUTSIDE: "Writes to customers on the status page, on time, and hears from support what they ask.",
}
_ROLE_LIMIT = 40
BRIEF: Mapping[str, str] = {
    "called": "They spoke one to one",
    "roles": "Who leaves and who joins",
    "work": "Theories and streams of work",
    "next_at": "Next hand-over at",
    "next_to": "Next hand-over to",
}
"""What the incident manager who leaves writes down for the one who comes."""

NOTES: Mapping[str, str] = {
    "observation": "Observation",
    "change": "Change",
    "decision": "Decision",
    "escalation": "Escalation",
    "communication": "Communication",
    "status": "Status",
}

RESTORED: Mapping[str, str] = {
    "support": "Support staff say so",
    "customers": "Customers say so",
    "observed": "Somebody has seen it work",
    "vendor": "The vendor says so",
}
"""From whom it is known that service is restored."""

TIMES: Mapping[str, str] = {
    "impact_started_at": "start of impact",
    "detected_at": "detection",
    "impact_ended_at": "end of impact",
}
"""The three times of an incident in their order, with their words."""

_AHEAD = dt.timedelta(minutes=1)
"""How far a typed time may lie in the future: clocks of people and servers differ a little."""

Times = Mapping[str, dt.datetime | None]


def states_of(word: str) -> tuple[str, ...]:
    """The states that a filter word means: a state, `new` (pending) or `open` (not resolved). Raises Invalid."""
    known = {"new": (PENDING,), "open": (PENDING, FIXING), **{state: (state,) for state in STATES}}
    if word not in known:
        raise Invalid(f"A state is one of {', '.join(known)}.", field="state")
    return known[word]


def require_transition(key: str, old: str, new: str, *, has_manager: bool) -> None:
    """Raises Conflict unless an incident may go from `old` to `new`."""
    if new not in TRANSITIONS[old]:
        hint = " Take command first." if (old, new) == (PENDING, RESOLVED) else ""
        raise Conflict(f"{key} is {STATE_WORDS[old].lower()} and cannot become {STATE_WORDS[new].lower()}.{hint}", field="state")
    if new == FIXING and not has_manager:
        raise Conflict(f"{key} needs an incident manager before it is fixing.", field="manager")


def severity(value: object) -> int:
    """1, 2 or 3. Raises Invalid for anything else."""
    if isinstance(value, bool) or not isinstance(value, int) or value not in SEVERITIES:
        raise Invalid("Severity is 1, 2 or 3.", field="severity")
    return value


def word_of(value: str, words: Mapping[str, str], field: str) -> str:
    """`value` when it is one of the words. Raises Invalid that lists them."""
    if value not in words:
        raise Invalid(f"{field.replace('_', ' ').capitalize()} is one of {', '.join(words)}.", field=field)
    return value


def role(value: object) -> str:
    """A role as it is kept: one of `ROLES` by its name or label, else the words of one made for this incident. Raises Invalid."""
    words = texts.line(value, field="role", limit=_ROLE_LIMIT)
    known = {label.lower(): name for name, label in ROLES.items()} | {name: name for name in ROLES}
    return known.get(words.lower(), words)


def role_label(role: str) -> str:
    """What a role is called."""
    return ROLES.get(role, role)


def role_rank(role: str) -> tuple[int, str]:
    """Sorts roles: the incident manager first, those made for one incident last."""
    names = list(ROLES)
    return (names.index(role) if role in ROLES else len(names), role)


def is_major(number: int) -> bool:
    """Whether a severity pages people and demands a postmortem."""
    return number in MAJOR


def pages(number: int, *, drill: bool) -> bool:
    """Whether an incident of this severity wakes people."""
    return is_major(number) and not drill


def check_times(times: Times, now: dt.datetime) -> None:
    """Raises Invalid with the field when the known times contradict each other or lie ahead."""
    for name, words in TIMES.items():
        at = times.get(name)
        if at is not None and at.tzinfo is None:
            raise Invalid(f"The {words} needs a time zone.", field=name)
        if at is not None and at > now + _AHEAD:
            raise Invalid(f"The {words} lies in the future.", field=name)
    started, detected, ended = (times.get(name) for name in TIMES)
    if started and detected and detected < started:
        raise Invalid("Detection cannot come before the start of impact.", field="detected_at")
    if started and ended and ended < started:
        raise Invalid("The end of impact cannot come before its start.", field="impact_ended_at")


def check_unknown(unknown: Iterable[str]) -> frozenset[str]:
    """The names of times declared unknown. Raises Invalid for any other name."""
    names = frozenset(unknown)
    for name in sorted(names - TIMES.keys()):
        raise Invalid(f"Only {', '.join(TIMES)} can be unknown, not {name}.", field="unknown")
    return names


def missing_times(times: Times, unknown: Collection[str]) -> list[str]:
    """The names of times that are neither set nor declared unknown, in their order."""
    return [name for name in TIMES if times.get(name) is None and name not in unknown]


def require_resolvable(times: Times, unknown: Collection[str], *, impact_over: bool, none_about_to_follow: bool) -> None:
    """Raises Invalid with the first thing that is missing for a resolution."""
    if not impact_over:
        raise Invalid("Confirm that the impact on the business is over.", field="impact_over")
    if not none_about_to_follow:
        raise Invalid("Confirm that no further impact is about to follow.", field="none_about_to_follow")
    for name in missing_times(times, unknown):
        raise Invalid(f"The {TIMES[name]} is missing. Set it, or say that it is unknown.", field=name)


def ttd(impact_started_at: dt.datetime | None, detected_at: dt.datetime | None) -> dt.timedelta | None:
    """Time to detect: detection minus start of impact; None while one is not known."""
    return detected_at - impact_started_at if impact_started_at and detected_at else None


def ttr(impact_started_at: dt.datetime | None, impact_ended_at: dt.datetime | None) -> dt.timedelta | None:
    """Time to recovery: end of impact minus start of impact; None while one is not known."""
    return impact_ended_at - impact_started_at if impact_started_at and impact_ended_at else None


def prompt_due(fixing_at: dt.datetime, last: dt.datetime | None, every_minutes: int) -> dt.datetime:
    """When a periodic task comes back: its interval after it was last done, or after fixing began."""
    began = max(fixing_at, last) if last else fixing_at
    return began + dt.timedelta(minutes=every_minutes)


def below(key: str, link: str) -> str:
    """Where a link of the cheat sheet leads on one incident: `./times` to `/HOT-1/times`, `.` to its page, others as they are."""
    return f"/{key}{link[1:]}" if link.startswith(".") else link


def joined(words: Sequence[str]) -> str:
    """`Tickets`, `Tickets and Wallet`, `Tickets, Wallet and Partner API`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def duration_words(span: dt.timedelta) -> str:
    """`40 s`, `52 min`, `1 h 44 min`, `2 d 3 h`: the two largest units."""
    seconds = max(0, int(span.total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    minutes = seconds // 60
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours else f"{days} d"


def topic(key: str, summary: str, number: int, state: str, holders: Sequence[tuple[str, str]], links: Sequence[str]) -> str:
    """The topic of the room: key, severity, summary, who holds which role (incident manager first), links."""
    people = [f"{role_label(role)}: {name}" for role, name in sorted(holders, key=lambda holder: role_rank(holder[0]))]
    if not any(role == MANAGER for role, _ in holders):
        people.insert(0, f"{ROLES[MANAGER]}: nobody yet")
    return " · ".join((key, f"Sev {number}", summary, STATE_WORDS[state], *people, *links))


def document_title(key: str, summary: str) -> str:
    """The title of the state document begins with the key."""
    return f"{key} {summary}"
