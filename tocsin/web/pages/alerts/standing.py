"""How a paged thing stands, in words: who has it, who has been told by what, what happens next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from tocsin.alerts.models import Alert
from tocsin.core.ids import is_id
from tocsin.core.store.prepared import Prepared
from tocsin.incidents.models import Incident
from tocsin.paging import queries as paging
from tocsin.paging.models import Attempt, Page, WebhookCall
from tocsin.web.frame import words


@dataclass(frozen=True, slots=True)
class Told:
    """One message of the ledger. `tone` is `warn` or `alarm` where something went wrong."""

    at: dt.datetime
    person_id: str
    name: str
    by: str
    words: str
    tone: str = ""
    to: str = ""
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """`state` is a word of `words.STATES`; `holder` who has it, empty for nobody; `over` whether nothing is left to answer."""

    state: str
    holder: str
    since: dt.datetime | None
    over: bool
    alert: Alert | None = None
    incident: Incident | None = None

    @property
    def open(self) -> bool:
        """Whether somebody must still answer."""
        return not self.over and not self.holder


_ALERT = Prepared(lambda wanted: Alert.objects.select_related("service", "acknowledged_by").filter(id=wanted))


def of(subject: str, pages: Sequence[Page]) -> Standing:
    """How the thing behind these pages stands now. One query."""
    if is_id(subject, "alt"):
        return _of_alert(_ALERT(subject)[0])
    incident = Incident.objects.select_related("service", "manager").filter(id=subject).first()
    if incident is None:
        return Standing("resolved", "", None, over=True)
    return _of_incident(incident, pages)


def _of_alert(alert: Alert) -> Standing:
    if alert.status in {Alert.RESOLVED, Alert.SUPPRESSED}:
        return Standing(alert.status, "", alert.resolved_at, over=True, alert=alert)
    holder = alert.acknowledged_by.name if alert.acknowledged_by else ""
    return Standing(alert.status, holder, alert.acknowledged_at, over=False, alert=alert)


def _of_incident(incident: Incident, pages: Sequence[Page]) -> Standing:
    if incident.state == Incident.RESOLVED:
        return Standing("resolved", "", incident.resolved_at, over=True, incident=incident)
    answered = sorted((page for page in pages if page.acknowledged_at), key=lambda page: page.acknowledged_at or page.created_at)
    if answered:
        first = answered[0]
        return Standing("acknowledged", first.person.name, first.acknowledged_at, over=False, incident=incident)
    holder = incident.manager.name if incident.manager else ""
    return Standing("acknowledged" if holder else "triggered", holder, incident.fixing_at, over=False, incident=incident)


@dataclass(frozen=True, slots=True)
class Coming:
    """A step to come: when, whom it asks, and in what office."""

    at: dt.datetime
    who: str
    words: str


def coming(subject: str) -> list[Coming]:
    """What happens when nobody answers."""
    return [_step(step) for step in paging.next_steps(subject)]


def _step(step: paging.NextStep) -> Coming:
    names = words.listed([person.name for person in step.people])
    office = words.listed(list(step.targets))
    if not step.asks:
        return Coming(step.at, office, "called; nobody is waited for")
    office = f"{office}, the last resort" if step.last_resort else office
    return Coming(step.at, names or office, office if names and office != names else "")


def told(pages: Sequence[Page], attempts: Sequence[Attempt], calls: Sequence[WebhookCall]) -> list[Told]:
    """Every attempt and every call of a webhook that began, and every answer to these pages (read with their person), in order."""
    lines = [_attempt(attempt.page, attempt) for attempt in attempts if _began(attempt)]
    lines += [of_call(call) for call in calls if _began(call)]
    lines += [
        Told(page.acknowledged_at, page.person_id, page.person.name, _via(page.acknowledged_via), "acknowledged")
        for page in pages
        if page.acknowledged_at
    ]
    return sorted(lines, key=lambda line: line.at)


def of_call(call: WebhookCall) -> Told:
    """A call of a webhook. Nobody has been told by it: it has no person."""
    at = call.sent_at or call.started_at or call.created_at
    said, tone = _outcome(call)
    answer = call.provider_answer or call.last_error
    if call.was_heard and call.work_state == WebhookCall.CANCELLED:
        said, tone, answer = "not sent", "warn", call.last_error
    return Told(at, "", f"Webhook {call.name}", "webhook", said, tone, call.host, answer)


def _began(attempt: Attempt | WebhookCall) -> bool:
    return attempt.started_at is not None or attempt.sent_at is not None


def _attempt(page: Page, attempt: Attempt) -> Told:
    at = attempt.sent_at or attempt.started_at or attempt.created_at
    said, tone = _outcome(attempt)
    answer = attempt.provider_answer or attempt.last_error
    return Told(at, page.person_id, page.person.name, by(attempt), said, tone, masked(attempt.to), answer)


def _outcome(attempt: Attempt | WebhookCall) -> tuple[str, str]:
    if attempt.work_state == Attempt.DONE:
        return ("called" if isinstance(attempt, WebhookCall) else "handed over"), ""
    if attempt.work_state == Attempt.FAILED:
        return "not delivered", "alarm"
    if attempt.work_state == Attempt.CANCELLED:
        return "not needed any more", ""
    return (f"failed so far, tried {words.plural(attempt.tries, 'time')}", "warn") if attempt.last_error else ("on its way", "")


def by(attempt: Attempt) -> str:
    """`mail`, or what kind of gateway."""
    return {"email": "mail", "gateway": "gateway"}.get(attempt.channel, attempt.channel)


def _via(via: str) -> str:
    return {"web": "in the browser", "link": "by link", "api": "by the API", "cli": "by command line"}.get(via, via)


def masked(address: str) -> str:
    """`a…@example.com`, `…6789`: enough to know one's own, too little for anybody else."""
    name, at, host = address.partition("@")
    return f"{name[:1]}…@{host}" if at else f"…{address[-4:]}"
