"""The words of status pages: drafts in their fixed forms, what a public text must not say, states in words."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from tocsin.core.errors import Invalid
from tocsin.incidents import rules as incidents

EXTERNAL, INTERNAL = "external", "internal"
AUDIENCES = (INTERNAL, EXTERNAL)

INVESTIGATING, IDENTIFIED, MONITORING, RESOLVED = "investigating", "identified", "monitoring", "resolved"
STATUSES: Mapping[str, str] = {
    INVESTIGATING: "Investigating",
    IDENTIFIED: "Identified",
    MONITORING: "Monitoring",
    RESOLVED: "Resolved",
}

OPERATIONAL, UNDER_MAINTENANCE = "operational", "under_maintenance"
COMPONENT_STATES: Mapping[str, str] = {
    OPERATIONAL: "Works",
    UNDER_MAINTENANCE: "Under maintenance",
    "degraded_performance": "Slow or limited",
    "partial_outage": "Down in part",
    "major_outage": "Down",
}
"""From best to worst."""
SAYABLE_STATES: Mapping[str, str] = {state: words for state, words in COMPONENT_STATES.items() if state != UNDER_MAINTENANCE}
"""What somebody says of a part; that it is under maintenance only planned work says, which ends."""

VERDICTS: Mapping[str, str] = {
    "fine": "Everything works",
    "at_work": "Planned work is going on",
    "major_outage": "A part of the service is down",
    "partial_outage": "Part of the service is down for some",
    "degraded_performance": "Some things are slow or limited",
    "one": "We are looking into a problem",
    "several": "We are looking into {} problems",
}
"""How a page is as a whole; `one` and `several` where every part works and yet something is open."""

HISTORY = dt.timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the drafts know of an incident. `products` are names as customers know them.

    `seen`, `hit_inside` and `hit_outside` are answers of the assessment in words, empty while it says nothing. Only the last
    of them may be told to customers.
    """

    key: str
    severity: int
    summary: str
    products: tuple[str, ...] = ()
    support_cases: int = 0
    impact_started_at: dt.datetime | None = None
    detected_at: dt.datetime | None = None
    impact_ended_at: dt.datetime | None = None
    drill: bool = False
    seen: str = ""
    hit_inside: str = ""
    hit_outside: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A title and a body, ready to be read and confirmed by a person."""

    title: str
    body: str


def internal_title(facts: Facts) -> str:
    """`HOT-12 - Sev 1 - Card payments fail`; a drill says so at the end."""
    title = f"{facts.key} - Sev {facts.severity} - {facts.summary}"
    return f"{title} (drill)" if facts.drill else title


def first_internal(facts: Facts) -> Draft:
    """The first message to the company."""
    if facts.products:
        affected = f"An incident affecting {incidents.joined(facts.products)} is under investigation."
    else:
        affected = "An incident is under investigation. Which products it affects is currently unknown."
    last = "Updates will follow shortly by email and on the internal status page."
    return Draft(internal_title(facts), _sentences(affected, facts.seen, _hit_inside(facts), last))


def first_external(facts: Facts) -> Draft:
    """The first message to customers: products, and that updates come here. No key, no inside words."""
    what = _products(facts)
    body = _sentences(f"We are looking into issues with {what}.", _hit_outside(facts), "Updates will come here soon.")
    return Draft(f"Investigating issues with {what}", body)


def follow_up_internal(facts: Facts, customers_see: str = "", we_try: str = "") -> Draft:
    """A message in between, from the state document where it says something; what is missing is named as unknown."""
    impact = _sentences(customers_see.strip() or facts.seen, _hit_inside(facts)) or "The impact on customers is currently unknown."
    steps = we_try.strip() or "Which steps come next is currently unknown."
    return Draft(internal_title(facts), f"{impact}\n\nNext steps:\n{steps}")


def follow_up_external(facts: Facts, status: str) -> Draft:
    """A message in between for customers, by status."""
    what = _products(facts)
    words = {
        INVESTIGATING: f"We are still looking into issues with {what}.",
        IDENTIFIED: f"We have found what causes the issues with {what} and are working to put it right.",
        MONITORING: f"{what[0].upper()}{what[1:]} should work again. We are watching it closely.",
    }
    hit = _hit_outside(facts) if status != MONITORING else ""
    return Draft(f"Issues with {what}", _sentences(words.get(status, words[INVESTIGATING]), hit))


def final_internal(facts: Facts) -> Draft:
    """The last message to the company: resolved, the impact and how long it lasted, cases, and that no more follows."""
    span = incidents.ttr(facts.impact_started_at, facts.impact_ended_at)
    detect = incidents.ttd(facts.impact_started_at, facts.detected_at)
    lasted = f"The impact lasted {incidents.duration_words(span)}" if span is not None else "How long it lasted is unknown"
    found = f"it was detected after {incidents.duration_words(detect)}" if detect is not None else "when it was detected is unknown"
    products = incidents.joined(facts.products) or "no product that we know of"
    cases = "1 support case" if facts.support_cases == 1 else f"{facts.support_cases} support cases"
    lines = (
        f"{facts.key} is resolved: {facts.summary}.",
        f"Affected: {products}. {lasted}, {found}. Customers opened {cases}.",
        "This is the last message about this incident, no more will follow.",
    )
    return Draft(internal_title(facts), "\n".join(lines))


def final_external(facts: Facts) -> Draft:
    """The last message to customers, two sentences at most; a postmortem is promised where one is mandatory."""
    what = _products(facts)
    body = f"Service is restored for {what}."
    if incidents.is_major(facts.severity):
        body += " A postmortem will follow."
    return Draft(f"Issues with {what}", body)


def _hit_inside(facts: Facts) -> str:
    """Everybody who is hit, for colleagues to read."""
    hit = [words for words in (facts.hit_outside, facts.hit_inside) if words]
    return f"It affects {incidents.joined(hit)}." if hit else ""


def _hit_outside(facts: Facts) -> str:
    """Customers who are hit, for customers to read; nothing of colleagues."""
    return f"This affects {facts.hit_outside}." if facts.hit_outside and not facts.hit_outside.startswith("no ") else ""


def _sentences(*texts: str) -> str:
    """The texts that are there, one after the other, each ended."""
    return " ".join(text if text.endswith((".", "!", "?")) else f"{text}." for text in texts if text)


def _products(facts: Facts) -> str:
    return incidents.joined(facts.products) or "some of our services"


def words_for(audience: str, facts: Facts, status: str, *, first: bool) -> Draft:
    """The draft for an audience and a status; `first` when its page has said nothing yet."""
    if status == RESOLVED:
        return final_internal(facts) if audience == INTERNAL else final_external(facts)
    if first:
        return first_internal(facts) if audience == INTERNAL else first_external(facts)
    return follow_up_internal(facts) if audience == INTERNAL else follow_up_external(facts, status)


def inside_words(text: str, prefix: str, key: str) -> list[str]:
    """Incident keys in a text, as written there: what must not stand on a public page."""
    pattern = re.compile(rf"\b(?:{re.escape(prefix)}|{re.escape(key.partition('-')[0])})\s?-\s?\d+\b", re.IGNORECASE)
    return pattern.findall(text)


def check_public(text: str, field: str, prefix: str, key: str) -> None:
    """Raises Invalid that names the word when a text for customers holds an incident key."""
    found = inside_words(text, prefix, key)
    if found:
        raise Invalid(f"“{found[0]}” is a word of the house. Take it out of the text for customers.", field=field)


def check_promise(status: str, next_update_at: dt.datetime | None, now: dt.datetime) -> None:
    """Raises Invalid unless an update that is not the last says when the next one comes, later than now."""
    if status == RESOLVED:
        return
    if next_update_at is None:
        raise Invalid("Say when the next update comes. Readers take silence for an answer.", field="next_update_at")
    if next_update_at.tzinfo is None:
        raise Invalid("The time of the next update needs a time zone.", field="next_update_at")
    if next_update_at <= now:
        raise Invalid("The next update must lie in the future.", field="next_update_at")


def check_left_open(key: str, spoken: Collection[str], kept: Mapping[str, str], *, closes: bool) -> None:
    """Raises Invalid unless each page that still speaks of the incident (`spoken`) is closed, or `kept` says why it is not.

    Pages by their short names.
    """
    for page in kept:
        if page not in spoken:
            raise Invalid(f"No {page} page says anything about {key} that could stay open.", field="leave_open")
    rest = [page for page in spoken if page not in kept]
    if rest and not closes:
        pages = incidents.joined([f"the {page} page" for page in rest])
        speaks = "speaks" if len(rest) == 1 else "speak"
        raise Invalid(f"{pages.capitalize()} still {speaks} of {key}. Close that, or say why it stays open.", field="final")


def too_late(next_update_at: dt.datetime, now: dt.datetime, longest: dt.timedelta) -> bool:
    """Whether a promise leaves readers without words for longer than they should be. A hint, not a refusal."""
    return next_update_at - now > longest


def worst(states: Iterable[str]) -> str:
    """The worst of these component states."""
    order = list(COMPONENT_STATES)
    return max(states, key=order.index, default=OPERATIONAL)


def group_state(said: str, parts: Iterable[str]) -> str:
    """How a group of parts is: as said by hand, else as the worst of them."""
    return said or worst(parts)


def verdict(states: Iterable[str], open_entries: int, at_work: int = 0, said: Mapping[str, str] = VERDICTS) -> str:
    """The sentence at the top of a page, in the words of its language; `at_work` counts planned work that goes on."""
    found = worst(states)
    if found not in (OPERATIONAL, UNDER_MAINTENANCE):
        return said[found]
    if open_entries:
        return said["one"] if open_entries == 1 else said["several"].format(open_entries)
    return said["at_work"] if at_work or found == UNDER_MAINTENANCE else said["fine"]
