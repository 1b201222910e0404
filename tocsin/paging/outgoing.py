"""From claimed attempts to messages, looked at once more before anything leaves the house. Reads only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from tocsin.core import clock
from tocsin.oncall.rules import zone_of
from tocsin.paging import rules, tokens, wording
from tocsin.paging.models import Attempt, Escalation, Page
from tocsin.paging.ports import EMAIL, PageMessage


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A claimed attempt and its message; without one, the reason why it must not be sent."""

    attempt: Attempt
    message: PageMessage | None
    reason: str = ""


def prepare(claimed: Sequence[Attempt]) -> list[Outgoing]:
    """What to do with attempts that were just claimed. One query."""
    related = ("page__escalation", "page__person", "method__gateway")
    rows = Attempt.objects.select_related(*related).in_bulk([attempt.pk for attempt in claimed])
    return [_outgoing(attempt, rows[attempt.pk]) for attempt in claimed if attempt.pk in rows]


def _outgoing(claimed: Attempt, fresh: Attempt) -> Outgoing:
    fresh.fence, fresh.tries, fresh.work_state = claimed.fence, claimed.tries, claimed.work_state
    reason = _objection(fresh)
    return Outgoing(fresh, None, reason) if reason else Outgoing(fresh, compose(fresh))


def _objection(attempt: Attempt) -> str:
    """Why this must not be sent after all; empty when it must."""
    page = attempt.page
    if page.status not in Page.OPEN or page.escalation.state != Escalation.RUNNING:
        return "the page is closed"
    if not page.person.is_active:
        return "the person is deactivated"
    if attempt.method is None:
        is_sign_in = attempt.channel == EMAIL and attempt.to.lower() == page.person.email.lower()
        return "" if is_sign_in else "the contact method was removed"
    if attempt.method.broken_at is not None or attempt.method.verified_at is None:
        return "the contact method does not work"
    return ""


def compose(attempt: Attempt) -> PageMessage:
    """The message of an attempt. A card that cannot be worded still makes a page: ugly text is better than none."""
    page, escalation = attempt.page, attempt.page.escalation
    link = tokens.link_of(page.id)
    try:
        subject = wording.subject(escalation.card, escalation.urgency)
        text = _text(attempt, page, escalation, link)
    except Exception:  # a damaged card, whatever is wrong with it
        subject = f"[{escalation.urgency.upper()}] {escalation.subject}"
        text = f"You are paged for {escalation.subject}.\n{link}\n"
    return PageMessage(
        attempt_id=attempt.id,
        idempotency_key=attempt.idempotency_key,
        to=attempt.to,
        subject=subject,
        text=text,
        link=link,
        urgency=escalation.urgency,
        gateway=attempt.method.gateway if attempt.method else None,
    )


def _text(attempt: Attempt, page: Page, escalation: Escalation, link: str) -> str:
    if attempt.channel != EMAIL:
        return wording.short_text(escalation.card, escalation.urgency)
    zone = zone_of(page.person.zone)
    next_line = _next_line(page, escalation, zone)
    return wording.long_text(escalation.card, escalation.urgency, link=link, reason=page.reason, next_line=next_line, zone=zone)


def _next_line(page: Page, escalation: Escalation, zone: dt.tzinfo) -> str:
    plan = rules.plan_of(escalation.snapshot)
    here = rules.Walk(page.cycle, min(page.step, len(plan.steps) - 1))
    targets = plan.steps[rules.following_people(here, plan).step].targets
    names = " and ".join(target.name for target in targets if target.kind != rules.WEBHOOK)
    by = page.created_at + rules.wait_after(here, plan, escalation.urgency)
    return f"If nobody answers by {wording.at(by, zone)} ({wording.at(by, clock.UTC)}), {names} is paged."
