"""Reminding people of words that are due. The engine of incidents asks its questions, this one too, at their time."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q

from tocsin.core import clock as clocks_of_the_house
from tocsin.core.actor import SYSTEM
from tocsin.core.eventlog.events import record
from tocsin.directory.models import Person
from tocsin.incidents import rules as roles
from tocsin.incidents.commands.iterating import asking, prompts
from tocsin.incidents.iterating.models import Prompt
from tocsin.incidents.models import Incident
from tocsin.statuspages import events
from tocsin.statuspages import rules as pages
from tocsin.statuspages.clocks import queries, rules
from tocsin.statuspages.clocks.rules import Clock
from tocsin.statuspages.held import queries as held

ON_ITS_WAY = dt.timedelta(seconds=30)
"""Words that go out so soon are said: nobody is reminded of them."""


def wind(incident: Incident, now: dt.datetime) -> None:
    """Let the engine remind at the right instants, and of nothing else. Called inside a transaction."""
    running = {clock.audience: clock for clock in queries.clocks(incident)}
    for audience in pages.AUDIENCES:
        clock = running.get(audience)
        ahead = rules.steps_ahead(clock, now) if clock else {}
        for step in rules.STEPS:
            about = f"{audience} {step}"
            if step in ahead:
                prompts.schedule(incident, Prompt.WORDS, ahead[step], about=about)
            else:
                prompts.withdraw(incident, Prompt.WORDS, about=about)


def remind(prompt: Prompt, incident: Incident, now: dt.datetime) -> None:
    """A PromptAsker: tell the room, and mail those who are to speak, unless the words were said meanwhile."""
    audience, _, step = prompt.about.partition(" ")
    clock = next((one for one in queries.clocks(incident) if one.audience == audience), None)
    if clock is None or (step == rules.BEFORE and clock.is_overdue(now)):
        return
    speaks_at = held.speaks_at(incident, audience)
    if speaks_at is not None and speaks_at <= max(clock.due_at, now + ON_ITS_WAY):
        prompts.schedule(incident, Prompt.WORDS, speaks_at + ON_ITS_WAY, about=prompt.about)
        return
    if clock.at(step) > now:
        prompts.schedule(incident, Prompt.WORDS, clock.at(step), about=prompt.about)
        return
    data = {"page": audience, "step": step, "first": clock.said_at is None, "due_at": clocks_of_the_house.rfc3339(clock.due_at)}
    record(SYSTEM, events.UPDATE_DUE, incident.id, context=incident.id, now=now, data=data)
    subject, line = _words(clock, step)
    asking.mail(
        incident, _who(incident, audience, step), subject, [line, f"Write it there: {asking.link(incident, 'update')}"], prompt, now
    )


def _words(clock: Clock, step: str) -> tuple[str, str]:
    what = "First words" if clock.said_at is None else "The next words"
    where = "to customers" if clock.audience == pages.EXTERNAL else "to the company"
    at = f"{clock.due_at.astimezone(dt.UTC):%H:%M UTC}"
    if step == rules.BEFORE:
        return f"{what} {where} are due at {at}", f"{what} {where} are due at {at}."
    if step == rules.DUE:
        return f"{what} {where} are due now", f"{what} {where} were due at {at}."
    return f"{what} {where} are overdue", f"{what} {where} were due at {at}, and nobody has spoken. Say them, or ask somebody to."


def _who(incident: Incident, audience: str, step: str) -> list[Person]:
    """Whoever speaks to this page, and the incident manager before and after; without either, whoever reported it."""
    own = roles.OUTSIDE if audience == pages.EXTERNAL else roles.INSIDE
    held = incident.roles.filter(Q(role=own) | Q(role=roles.COMMUNICATIONS), until__isnull=True).select_related("person")
    speakers = [row.person for row in held]
    leads = [incident.manager] if incident.manager else []
    chosen = {rules.BEFORE: speakers + leads, rules.DUE: speakers or leads, rules.LATE: leads or speakers}[step]
    found = chosen or ([incident.reporter] if incident.reporter else [])
    return list({person.pk: person for person in found}.values())
