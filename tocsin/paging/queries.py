"""Who was told, what happens next, and whether all of it can be proven. Fixed numbers of queries."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from tocsin.core import clock, secrets
from tocsin.core.actor import Actor
from tocsin.core.errors import NotFound
from tocsin.core.models import UNDONE
from tocsin.core.store import facts
from tocsin.core.store.prepared import Prepared
from tocsin.directory import permissions
from tocsin.directory.models import Person
from tocsin.oncall import queries as oncall
from tocsin.oncall.models import Schedule, StepTarget, Webhook
from tocsin.paging import auditing, rules
from tocsin.paging.models import Attempt, Escalation, Page, WebhookCall

_STALE = dt.timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether the pager is proven to work. `problems` are sentences for people."""

    ok: bool
    problems: list[str]
    at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class NextStep:
    """A step to come: when, whom it asks and what it calls (names), and whether it is the last resort. `people` is set for the next
    one only; `asks` is false where webhooks alone are called.
    """

    at: dt.datetime
    targets: tuple[str, ...]
    last_resort: bool
    people: tuple[Person, ...] = ()
    asks: bool = True


@dataclass(frozen=True, slots=True)
class WouldPage:
    """What a held installation would do now."""

    escalation: Escalation
    targets: tuple[str, ...]
    people: tuple[Person, ...]


def page_by_token(token: str, now: dt.datetime) -> Page | None:
    """The page that a link may still answer; None for an unknown or expired link."""
    page = page_of_any_token(token)
    return page if page is not None and page.token_expires_at > now else None


def page_of_any_token(token: str) -> Page | None:
    """The page of a link, also of one that expired: it shows how things stand, and “sign in”."""
    return _of_token.first(secrets.digest(token))


def page(actor: Actor, page_id: str) -> Page:
    """Raises NotFound."""
    found = _pages().filter(pk=page_id).first()
    if found is None:
        raise NotFound("There is no such page.")
    return found


def pages(actor: Actor, *, status: str | None = None, person: Person | None = None) -> QuerySet[Page]:
    """Newest first."""
    rows = _pages().order_by("-created_at", "-id")
    rows = rows if status is None else rows.filter(status=status)
    return rows if person is None else rows.filter(person=person)


def pages_for(person: str) -> list[Page]:
    """What one person, an id, is asked to answer, the most urgent first."""
    return _asked_of(person)


def attempts(actor: Actor, *, failed: bool = False) -> QuerySet[Attempt]:
    """Every message of every page, newest first; `failed`: those that were not delivered. Addresses are for administrators."""
    permissions.require_administrator(actor)
    rows = Attempt.objects.select_related("page__person", "page__escalation").order_by("-id")
    return rows.filter(work_state=Attempt.FAILED) if failed else rows


def _pages() -> QuerySet[Page]:
    return Page.objects.select_related("person", "escalation")


_of_token = Prepared(lambda digest: _pages().filter(token_digest=digest)[:1])
_asked_of = Prepared(
    lambda person: _pages().filter(person=person, status__in=Page.OPEN).order_by("escalation__priority", "-created_at")
)


def ledger(subject: str) -> list[Escalation]:
    """Who has been told: escalations, oldest first, with `.pages.all()`, each page's `.attempts.all()`, and `.calls.all()` of
    webhooks. Four queries.
    """
    attempts = Attempt.objects.select_related("method__gateway").order_by("created_at", "id")
    rows = Page.objects.select_related("person").prefetch_related(Prefetch("attempts", attempts)).order_by("created_at", "id")
    calls = Prefetch("calls", WebhookCall.objects.order_by("created_at", "id"))
    walks = Escalation.objects.filter(subject=subject).prefetch_related(Prefetch("pages", rows), calls)
    return list(walks.order_by("created_at", "id"))


_calls = Prepared(lambda subject: WebhookCall.objects.filter(subject=subject, kind=WebhookCall.STEP).order_by("created_at", "id"))
_running = Prepared(lambda subject: Escalation.objects.filter(subject=subject, state=Escalation.RUNNING).order_by("due_at"))
_asked = Prepared(lambda subject: Page.objects.filter(subject=subject).select_related("person").order_by("created_at", "id"))
_tried = Prepared(
    lambda subject: Attempt.objects.filter(page__subject=subject).select_related("page__person").order_by("created_at", "id")
)


def pages_about(subject: str) -> list[Page]:
    """Every page about a subject (a typed id) with its person, oldest first."""
    return _asked(subject)


def attempts_about(subject: str) -> list[Attempt]:
    """Every message of every page about a subject, with page and person, oldest first."""
    return _tried(subject)


def calls_of(subject: str) -> list[WebhookCall]:
    """Every call that a step made about a subject, oldest first."""
    return _calls(subject)


def calls_to(webhook: Webhook) -> QuerySet[WebhookCall]:
    """Newest first; slice it."""
    return WebhookCall.objects.filter(webhook=webhook).select_related("escalation").order_by("-id")


def running(subject: str) -> list[Escalation]:
    """The escalations of a subject that are not over, the next due first."""
    return _running(subject)


def next_steps(subject: str, *, limit: int = 4) -> list[NextStep]:
    """What happens next when nobody answers, in order of time, with the people as of the moment of the first step."""
    steps = [step for escalation in running(subject) for step in _upcoming(escalation, limit)]
    return sorted(steps, key=lambda step: step.at)[:limit]


def _upcoming(escalation: Escalation, limit: int) -> list[NextStep]:
    plan, at = rules.plan_of(escalation.snapshot), escalation.due_at
    walk = rules.Walk(escalation.cycle, min(escalation.step, len(plan.steps) - 1))
    steps = []
    for place in range(limit):
        step = plan.steps[walk.step]
        people = people_of(step.targets, at) if place == 0 else ()
        last = any(target.kind == rules.LAST_RESORT for target in step.targets)
        steps.append(NextStep(at, tuple(_name(target) for target in step.targets), last, people, step.asks_somebody))
        at += rules.wait_after(walk, plan, escalation.urgency)
        walk = rules.following(walk, plan)
    return steps


def _name(target: rules.Target) -> str:
    return f"webhook {target.name}" if target.kind == rules.WEBHOOK else target.name


def target_of(row: StepTarget) -> rules.Target:
    """A stored target as the pager sees it; what it names loaded."""
    kinds = ((rules.SCHEDULE, row.schedule), (rules.PERSON, row.person), (rules.TEAM, row.team), (rules.WEBHOOK, row.webhook))
    return next(rules.Target(kind, one.pk, one.name) for kind, one in kinds if one is not None)


def people_of(targets: tuple[rules.Target, ...], at: dt.datetime) -> tuple[Person, ...]:
    """The active people whom these targets mean at an instant, each once."""
    found: dict[str, Person] = {}
    for target in targets:
        for person in people_of_target(target, at):
            found.setdefault(person.id, person)
    return tuple(found.values())


def people_of_target(target: rules.Target, at: dt.datetime) -> list[Person]:
    """Whoever left the company is left out: a target that means nobody is a gap, and the next step follows at once. A webhook is
    nobody.
    """
    if target.kind == rules.WEBHOOK:
        return []
    if target.kind == rules.LAST_RESORT:
        return oncall.last_resort_people(at)
    if target.kind == rules.PERSON:
        return list(Person.objects.filter(id=target.id, is_active=True))
    if target.kind == rules.TEAM:
        return list(Person.objects.filter(memberships__team=target.id, is_active=True).order_by("name", "id"))
    schedule = Schedule.objects.filter(id=target.id).first()
    return oncall.people_on_call(schedule, at) if schedule else []


def would_page(now: dt.datetime, *, limit: int = 100) -> list[WouldPage]:
    """What a held installation would do if it were released now."""
    rows = Escalation.objects.filter(state=Escalation.RUNNING, due_at__lte=now).order_by("priority", "due_at")[:limit]
    return [_would(row, now) for row in rows]


def _would(escalation: Escalation, now: dt.datetime) -> WouldPage:
    plan = rules.plan_of(escalation.snapshot)
    targets = plan.steps[min(escalation.step, len(plan.steps) - 1)].targets
    return WouldPage(escalation, tuple(_name(target) for target in targets), people_of(targets, now))


def proof(now: dt.datetime) -> Proof:
    """What the auditor found last; one query. Without a fresh result nothing is proven."""
    kept = facts.get(auditing.FACT)
    if kept is None:
        return Proof(False, ["The auditor has not run yet."])
    at = clock.parse(kept["at"])
    if abs(now - at) > _STALE:
        return Proof(False, [f"The auditor has not run since {at:%d %B %Y %H:%M:%S} UTC.", *kept["problems"]], at)
    return Proof(not kept["problems"], list(kept["problems"]), at)


def prove(now: dt.datetime) -> Proof:
    """Run the proof here and now, for `doctor`, which may look at an installation that does not run."""
    problems = auditing.problems(now)
    return Proof(not problems, problems, now)


def is_page_due(now: dt.datetime) -> bool:
    """Whether a message of a page is waiting to be sent; whatever can wait lets it go first. One query."""
    return Attempt.objects.filter(UNDONE, work_state=Attempt.DUE, due_at__lte=now).exists()
