"""The way an alert took, told from the event log: how it came in, which policy walked, who was asked and why nobody was."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tocsin.core.models import Event
from tocsin.web.frame import words
from tocsin.web.pages.alerts import told


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the way. `quiet` lines matter to whoever looks closely."""

    at: dt.datetime
    icon: str
    text: str
    quiet: bool = False


Words = tuple[str, Callable[[dict[str, Any], Event], str], bool]


def _stepped(data: dict[str, Any], event: Event) -> str:
    people, gaps = list(data.get("people_names") or []), list(data.get("gaps") or [])
    webhooks = [f"webhook {one}" for one in data.get("webhooks") or []]
    asked = f"{words.listed([str(one) for one in people])} asked" if people else "nobody to ask"
    nobody = f"; nobody is on call in {words.listed([str(one) for one in gaps])}" if gaps else ""
    called = f"; {words.listed(webhooks)} called" if webhooks else ""
    return f"Step {int(data.get('step', 0)) + 1}: {asked}{nobody}{called}."


def _person(data: dict[str, Any]) -> str:
    return str(data.get("person_name") or data.get("name") or "Somebody")


_WORDS: dict[str, Words] = {
    "alert.triggered": ("bell", lambda data, event: f"Opened, urgency {data.get('urgency', 'high')}.", False),
    "alert.raised": ("up", lambda data, event: "Its urgency rose to high; the walk begins again.", False),
    "alert.suppressed": ("off", lambda data, event: "Recorded only: its severity pages nobody.", False),
    "alert.acknowledged": ("ack", lambda data, event: f"Acknowledged by {event.actor_name}.", False),
    "alert.resolved": (
        "done",
        lambda data, event: f"Resolved by {'its source' if event.actor == 'system' else event.actor_name}.",
        False,
    ),
    "escalation.started": (
        "fork",
        lambda data, event: f"{data.get('policy') or 'The last resort'} begins, {words.plural(int(data.get('steps', 1)), 'step')}.",
        False,
    ),
    "escalation.stepped": ("up", _stepped, False),
    "escalation.hurried": ("up", lambda data, event: f"The next step is taken at once: {data.get('reason', 'asked for')}.", False),
    "escalation.stopped": ("done", lambda data, event: f"Escalation over: {data.get('reason', 'stopped')}.", True),
    "escalation.exhausted": ("gap", lambda data, event: "Even the last resort did not answer. It is asked again.", False),
    "escalation.quarantined": ("sev2", lambda data, event: "A step failed three times; the last resort is paged.", False),
    "page.created": ("call", lambda data, event: f"{_person(data)}: {told.reason(data.get('reason') or 'To be paged')}.", True),
    "page.sent": ("pass", lambda data, event: f"{_person(data)}: {_channel(data)} handed over.", True),
    "page.attempt_failed": (
        "sev2",
        lambda data, event: f"{_person(data)}: {_channel(data)} failed, {data.get('answer') or 'no answer'}.",
        False,
    ),
    "page.failed": ("sev2", lambda data, event: f"{_person(data)} could not be reached by anything.", False),
    "page.undelivered": ("sev2", lambda data, event: f"{_person(data)} not reached within a minute; the next is called.", False),
    "webhook.called": ("pass", lambda data, event: f"Webhook {data.get('name')} took the call.", True),
    "webhook.call_failed": (
        "sev2",
        lambda data, event: (
            f"Webhook {data.get('name')}: {data.get('answer') or 'no answer'}"
            f"{', not tried again' if data.get('final') else ', tried again'}."
        ),
        False,
    ),
    "page.acknowledged": ("ack", lambda data, event: f"{_person(data)} answered.", True),
    "page.cancelled": ("off", lambda data, event: f"{_person(data)} need not answer: {data.get('reason', 'over')}.", True),
}


def _channel(data: dict[str, Any]) -> str:
    channel = str(data.get("channel") or "message")
    return {"email": "mail", "gateway": "call to the gateway"}.get(channel, channel)


def steps(log: Iterable[Event], names: Mapping[str, str]) -> list[Step]:
    """These events in order of time, those that say nothing of the way left out. `names` of people by id."""
    return [_step(event, names) for event in sorted(log, key=lambda event: event.id) if event.name in _WORDS]


def _step(event: Event, names: Mapping[str, str]) -> Step:
    icon, text, quiet = _WORDS[event.name]
    data = dict(event.data)
    person = str(data.get("person", ""))
    data.setdefault("name", names.get(person, ""))
    data["people_names"] = [names.get(str(one), str(one)) for one in data.get("people") or []]
    return Step(event.at, icon, text(data, event), quiet)
