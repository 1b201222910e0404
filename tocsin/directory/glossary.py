"""The words of this field as this house uses them, each once. The page, the API and `docs/glossary.md` are made from this table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    """A word and its meaning (a sentence or two, code in backticks); `aliases` are what others call it."""

    name: str
    meaning: str
    aliases: tuple[str, ...] = ()


TERMS = (
    Term("alert event", "One thing a source said: firing or resolved. Evidence, never edited."),
    Term("alert", "One problem of one service, from its first firing event until it is resolved. `#4821`."),
    Term("dedup key", "What makes two alert events belong to one alert; a source's fingerprint."),
    Term("integration key", "The secret in the address by which a source may send alerts for one service."),
    Term("service", "Something that can break and that a team owns."),
    Term("product", "What customers know by name. Several services make one."),
    Term("team", "People who answer for services together. A *team manager* edits its schedules, policies and services."),
    Term("service owner", "The person who answers for a service and is asked to approve its postmortems."),
    Term("vendor", "Somebody outside whose part a service needs: whom to call, and what to say."),
    Term("qualification", "What a person can do, in a few words; until a day, or for good."),
    Term("coverage", "Whether a service has monitoring, on-call alerting and a roster of incident managers."),
    Term("short link", "A name below `/go/` that leads to an address."),
    Term(
        "maintenance window",
        "Work that readers of a status page are told of before it begins, with its start and end.",
        ("planned work", "scheduled maintenance"),
    ),
    Term(
        "schedule",
        "A roster: for each instant people, or an explicit gap.",
        (
            "roster",
            "rota",
        ),
    ),
    Term("rotation", "Turns of equal length within a schedule that change hands at a wall time of its zone."),
    Term("override", "One person instead of the rota, for a time."),
    Term("gap", "An instant for which a schedule has nobody. It escalates at once."),
    Term("escalation policy", "Whom to page, in which order, how long to wait in between."),
    Term(
        "webhook", "An address outside that a step of a policy calls, or that hears of incidents. It is nobody: it answers nothing."
    ),
    Term(
        "last resort",
        "The one schedule that answers when nobody else does (IMOC in the handbook). Never empty.",
        (
            "IMOC",
            "incident manager on call",
        ),
    ),
    Term("escalation", "The walk through a frozen policy for one subject, until somebody answers."),
    Term("page", "One person asked to answer for one alert or incident.", ("paging",)),
    Term("attempt", "One message of one page by one contact method."),
    Term("acknowledge", '"I have it": stops the escalation.', ("ack",)),
    Term("urgency", "High wakes people, low does not hurry, none is recorded only."),
    Term(
        "incident",
        "An event that disrupts a service or lowers its quality and needs an emergency response. Major incident means the same. "
        "Its key looks like `HOT-1287`; it is Pending, then Fixing, then Resolved.",
        (
            "major incident",
            "MI",
            "HOT",
            "hot incident",
        ),
    ),
    Term("severity", "1 critical, 2 major, 3 minor. 1 and 2 page people, at any hour.", ("sev",)),
    Term(
        "incident manager",
        "Who runs an incident; its assignee. Exactly one while it is Fixing.",
        (
            "IM",
            "MIM",
            "major incident manager",
        ),
    ),
    Term(
        "tech lead, communications manager",
        "The other two roles every incident has.",
        (
            "TL",
            "CM",
        ),
    ),
    Term("room", "Where the people on one incident write to each other."),
    Term(
        "state document",
        "What is known, tried, decided and changed, in sections.",
        (
            "ISD",
            "incident state document",
        ),
    ),
    Term(
        "cheat sheet",
        "What an incident manager does, in twelve sections. On each incident it is a checklist: ticked, or skipped with a reason.",
        (
            "checklist",
            "MIM cheat sheet",
        ),
    ),
    Term("update (of a document)", "What somebody typed, as the library for shared text encodes it; kept for ever."),
    Term("version", "What a section said when its writers paused, with all of them; can be restored."),
    Term(
        "incident template",
        "What a team has prepared for one kind of incident: severity, whom to page, ask and tell, and the first words.",
    ),
    Term("follower", "Somebody who is told of an incident by mail: that it began, and what is published inside.", ("watcher",)),
    Term("dashboard", "A saved view of incidents in progress at an address that stays, kept by a team, read by all staff."),
    Term("secret address", "An address that authorises by itself: of a calendar feed, or of a dashboard's list on another page."),
    Term("timeline", "The event log read for one incident."),
    Term("status page", "What its readers are told: external ones without sign-in, as many as you like; one internal behind it."),
    Term("mirror", "A page elsewhere that says what a status page here says. On screens: page elsewhere.", ("page elsewhere",)),
    Term("component", "A part of a status page that readers recognise, with its state."),
    Term("component group", "Components under one heading of a status page: as the worst of them, or as said by hand."),
    Term("entry", "What one status page says about one incident."),
    Term("update", "One published message of an entry: investigating, identified, monitoring, resolved."),
    Term("list", "People who hear by mail what the company is told, in one thread for each incident.", ("distribution list",)),
    Term("blog post", "What is written down for everybody in the house; a draft until its authors publish it.", ("company blog",)),
    Term("subscriber", "An address outside that is told when the public page has news, once whoever reads it has confirmed."),
    Term("question", "What a reader of an incident's mail asked by replying to it; answered from the incident into the thread."),
    Term("refusal", "What a mail server says when it does not take mail for somebody; three final ones stop it.", ("bounce",)),
    Term("impact start, detection, impact end", "The three times of an incident."),
    Term("TTD", "Time to detect: detection minus impact start.", ("time to detect",)),
    Term(
        "TTR",
        "Time to recovery: impact end minus impact start.",
        (
            "time to recovery",
            "time to repair",
        ),
    ),
    Term(
        "postmortem",
        "What happened, why, and what follows. Draft, in approval, approved, published.",
        (
            "PIR",
            "post-incident review",
        ),
    ),
    Term("action", "A dated promise of one person: priority or improvement, in one of six categories. `x/77`."),
    Term(
        "drill",
        "An exercise that pages nobody and is published nowhere.",
        (
            "exercise",
            "game day",
            "wheel of misfortune",
        ),
    ),
    Term("event log", "Every change, in order, chained: audit log, timeline and live feed at once."),
    Term("position", "The gap-free number of a sealed event."),
    Term(
        "due row, lane, lease, fence", "Work with a time; its queue; who holds it and until when; a number that stops late results."
    ),
    Term("proof", "The auditor's verdict that every open alert has a next step that is on time and reaches somebody."),
    Term("hold", "A restored installation shows what it would page and pages nobody until it is released."),
    Term(
        "backup system",
        "Where work goes on when a system of every day is down; one each for chat, video, documents, state document and ticket.",
        ("fallback",),
    ),
    Term(
        "offline kit",
        "One file with contacts, rota, call tree, templates, severities, cheat sheet and open incidents. Opens with no server.",
        ("black-start kit",),
    ),
    Term("value", "What we hold to at one stage: detect, respond, recover, learn, improve."),
    Term("change event", "Somebody or something changed what runs. Wakes nobody.", ("change dashboard",)),
    Term("outside reference", "What an incident that was run elsewhere was called there.", ("external key",)),
)


def find(words: str) -> list[Term]:
    """The terms that a search means: those of this very name or alias first, then whatever speaks of it; all for no words."""
    wanted = " ".join(words.lower().split())
    ranked = sorted((rank, place) for place, term in enumerate(TERMS) if (rank := _rank(term, wanted)) is not None)
    return [TERMS[place] for _, place in ranked]


def _rank(term: Term, wanted: str) -> int | None:
    if not wanted or wanted in {name.lower() for name in _names(term)}:
        return 0
    if any(wanted in name.lower() for name in _names(term)):
        return 1
    return 2 if wanted in term.meaning.lower() else None


def _names(term: Term) -> Iterator[str]:
    yield from (term.name, *term.aliases)
    yield from (part.strip() for part in term.name.split(","))
