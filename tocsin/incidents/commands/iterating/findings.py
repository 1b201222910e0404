"""The loop: an observation leads to theories, a theory to experiments, a result to what is believed."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tocsin.collab import queries as rooms
from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict, Invalid, NotFound
from tocsin.core.text import texts
from tocsin.incidents import events, permissions
from tocsin.incidents.commands._numbers import author, following
from tocsin.incidents.commands._record import locked, save, tell
from tocsin.incidents.iterating import rules
from tocsin.incidents.iterating.models import Finding
from tocsin.incidents.models import Incident
from tocsin.incidents.rules import word_of

_MOST = 1_000


def add_finding(
    actor: Actor,
    incident: Incident,
    kind: str,
    text: str,
    *,
    about: Finding | None = None,
    message: str = "",
    restarts: bool = False,
    evidence: str = "",
    now: dt.datetime,
) -> Finding:
    """Write down an observation, a theory (about an observation or none) or an experiment (about a theory).

    An experiment that `restarts` something says whether the `evidence` is kept or lost. Allowed after the end too: the record
    may be completed. Raises Invalid with the field.
    """
    permissions.require_responder(actor, incident)
    word_of(kind, rules.KINDS, "kind")
    text = texts.prose(text, field="text", limit=2_000, required=True)
    _require_fitting(incident, kind, about)
    evidence = rules.evidence(restarts and kind == rules.EXPERIMENT, evidence)
    with transaction.atomic():
        incident = locked(incident)
        number = following(incident.findings)
        if number > _MOST:
            raise Conflict(f"{incident.key} has {_MOST} findings; write the rest into the document.", field="text")
        made = Finding.objects.create(
            incident=incident,
            number=number,
            kind=kind,
            text=text,
            about=about,
            state=rules.OPEN if kind == rules.THEORY else "",
            message=message,
            evidence=evidence,
            at=now,
            by=author(actor),
        )
        save(incident, now=now)
        data = {"kind": kind, "text": text, "about": about.number if about else None}
        tell(actor, events.FINDING_ADDED, incident, now=now, finding=made.id, number=number, **data)
        if evidence == rules.LOST:
            tell(actor, events.EVIDENCE_LOST, incident, now=now, kind=kind, number=number, what=text)
    return made


def _require_fitting(incident: Incident, kind: str, about: Finding | None) -> None:
    wanted = rules.ABOUT[kind]
    if kind == rules.EXPERIMENT and about is None:
        raise Invalid("An experiment tries a theory. Say which.", field="about")
    if about is not None and (about.incident_id != incident.pk or about.kind != wanted):
        what = {rules.OBSERVATION: "an observation", rules.THEORY: "a theory"}.get(wanted, "nothing")
        raise Invalid(f"{rules.KINDS[kind]} is about {what} of the same incident.", field="about")


def take_note(actor: Actor, incident: Incident, message_id: str, *, now: dt.datetime) -> Finding:
    """Put an observation that was noted in the room onto the board; the one that is there when it was taken before."""
    permissions.require_responder(actor, incident)
    message = rooms.message(incident.id, message_id)
    if message is None or message.kind != rules.OBSERVATION or message.removed_at:
        raise NotFound("There is no such observation in this room.")
    with transaction.atomic():
        incident = locked(incident)
        known = incident.findings.filter(message=message.id).first()
        text = texts.shorten(message.text or "a file", 2_000)
        return known or add_finding(actor, incident, rules.OBSERVATION, text, message=message.id, now=now)


def conclude(actor: Actor, experiment: Finding, result: str, *, outcome: str = "", now: dt.datetime) -> Finding:
    """Write down what came of an experiment. One that refutes its theory disproves it."""
    permissions.require_responder(actor, experiment.incident)
    if experiment.kind != rules.EXPERIMENT:
        raise Invalid("Only an experiment has a result.", field="result")
    word_of(result, rules.RESULTS, "result")
    outcome = texts.prose(outcome, field="outcome", limit=2_000)
    with transaction.atomic():
        incident = locked(experiment.incident)
        experiment = Finding.objects.select_related("about", "incident").get(pk=experiment.pk)
        _decide(actor, incident, experiment, result, outcome, None, now)
        if result == rules.REFUTES and experiment.about:
            _decide(actor, incident, experiment.about, rules.DISPROVEN, "", experiment.number, now)
        save(incident, now=now)
    return experiment


def set_theory(actor: Actor, theory: Finding, state: str, *, now: dt.datetime) -> Finding:
    """A theory is proven, disproven, or open again: by hand, because people judge."""
    permissions.require_responder(actor, theory.incident)
    if theory.kind != rules.THEORY:
        raise Invalid("Only a theory is proven or disproven.", field="state")
    word_of(state, rules.THEORY_STATES, "state")
    with transaction.atomic():
        incident = locked(theory.incident)
        theory = Finding.objects.select_related("incident").get(pk=theory.pk)
        _decide(actor, incident, theory, state, "", None, now)
        save(incident, now=now)
    return theory


def _decide(
    actor: Actor, incident: Incident, finding: Finding, state: str, outcome: str, because: int | None, now: dt.datetime
) -> None:
    if finding.state == state and (not outcome or finding.outcome == outcome):
        return
    old, finding.state, finding.state_at, finding.state_by = finding.state, state, now, author(actor)
    finding.outcome = outcome or finding.outcome
    finding.save(update_fields=["state", "outcome", "state_at", "state_by"])
    data = {"number": finding.number, "kind": finding.kind, "old": old, "new": state, "outcome": outcome, "because": because}
    tell(actor, events.FINDING_DECIDED, incident, now=now, finding=finding.id, text=texts.shorten(finding.text, 200), **data)
