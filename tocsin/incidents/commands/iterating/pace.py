"""Keeping the pace: observed against expected, the discipline checklist, the regular question about the impact."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from tocsin.core import clock
from tocsin.core.actor import Actor
from tocsin.core.errors import Invalid
from tocsin.core.text import texts
from tocsin.incidents import events, permissions
from tocsin.incidents.commands._numbers import author
from tocsin.incidents.commands._record import locked, require_open, save, tell
from tocsin.incidents.commands.iterating import prompts
from tocsin.incidents.iterating import rules
from tocsin.incidents.iterating.models import Behaviour, DisciplineCheck, Prompt
from tocsin.incidents.models import Incident
from tocsin.incidents.rules import word_of


def describe_behaviour(
    actor: Actor, incident: Incident, *, observed: str | None = None, expected: str | None = None, now: dt.datetime
) -> Behaviour:
    """Write down what the system does and what it should do; what is left out stays."""
    permissions.require_responder(actor, incident)
    given = {"observed": observed, "expected": expected}
    said = {name: texts.prose(text, field=name, limit=4_000) for name, text in given.items() if text is not None}
    with transaction.atomic():
        incident = locked(incident)
        kept, _ = Behaviour.objects.get_or_create(incident=incident, defaults={"at": now, "by": author(actor)})
        changed = {name: {"old": getattr(kept, name), "new": text} for name, text in said.items() if getattr(kept, name) != text}
        if changed:
            for name in changed:
                setattr(kept, name, said[name])
            kept.at, kept.by = now, author(actor)
            kept.save()
            save(incident, now=now)
            tell(actor, events.BEHAVIOUR_DESCRIBED, incident, now=now, **changed)
    return kept


def check(actor: Actor, incident: Incident, questions: Iterable[str], *, now: dt.datetime) -> list[DisciplineCheck]:
    """Answer questions of the discipline checklist with yes, now. Raises Invalid for none and for one that is not on it."""
    permissions.require_responder(actor, incident)
    asked = [word_of(question, rules.CHECKS, "questions") for question in dict.fromkeys(questions)]
    if not asked:
        raise Invalid("Tick what you have checked.", field="questions")
    with transaction.atomic():
        incident = locked(incident)
        require_open(incident)
        for question in asked:
            given = {"at": now, "by": author(actor)}
            DisciplineCheck.objects.update_or_create(incident=incident, question=question, defaults=given)
        tell(actor, events.CHECKED, incident, now=now, questions=asked)
    return list(incident.checks.select_related("by"))


def no_change(actor: Actor, incident: Incident, *, now: dt.datetime) -> Prompt | None:
    """Neither impact nor severity has changed, seen now. The open question is answered, and the next comes a whole period later."""
    permissions.require_responder(actor, incident)
    with transaction.atomic():
        incident = locked(incident)
        require_open(incident)
        prompt = prompts.answer(incident, author(actor), "no_change", now=now)
        asked = clock.rfc3339(prompt.asked_at) if prompt and prompt.asked_at else None
        data = {"prompt": prompt.id if prompt else None, "answer": "no_change", "asked_at": asked}
        tell(actor, events.PROMPT_ANSWERED, incident, now=now, **data)
    return prompt
