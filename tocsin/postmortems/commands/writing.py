"""Starting, writing and moving a postmortem."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from tocsin.alerts.models import Alert
from tocsin.collab.documents.models import Section
from tocsin.core.actor import SYSTEM, Actor
from tocsin.core.errors import Conflict, Invalid, Stale
from tocsin.core.eventlog.events import record
from tocsin.core.store import db
from tocsin.core.text import texts
from tocsin.directory.models import Person
from tocsin.incidents import queries as incidents
from tocsin.incidents import rules as incident_rules
from tocsin.incidents.attention import queries as attention
from tocsin.incidents.iterating import queries as loop
from tocsin.incidents.iterating.models import SuspectedCause
from tocsin.incidents.models import Incident
from tocsin.postmortems import events, permissions, rules, wording
from tocsin.postmortems.models import Postmortem


def start(actor: Actor, incident: Incident, *, owner: Person | None, now: dt.datetime) -> Postmortem:
    """Begin the postmortem of an incident, its fields filled from the incident; the existing one when there is one.

    Raises Invalid without an active owner: exactly one person is accountable.
    """
    permissions.require_author(actor, incident)
    with transaction.atomic():
        db.lock(Incident.objects.filter(pk=incident.pk)).get()
        known = _rows().filter(incident=incident).first()
        if known:
            return known
        owner = permissions.accountable(owner)
        text = first_text(incident)
        postmortem = Postmortem.objects.create(
            incident=incident,
            owner=owner,
            title=texts.shorten(text.title, 240),
            summary=text.summary,
            impact=text.impact,
            mitigation=text.mitigation,
            causes=text.causes,
            timeline=text.timeline,
            references=text.references,
            state_changed_at=now,
            created_at=now,
            updated_at=now,
        )
        _tell(actor, events.STARTED, postmortem, now, owner=owner.pk, owner_name=owner.name, title=postmortem.title)
    return postmortem


def first_text(incident: Incident) -> wording.Draft:
    """The draft of an incident as it stands: times, severity, critical moments by role, references."""
    alerts = Alert.objects.filter(incident_link__incident=incident).order_by("started_at")
    seen = Section.objects.filter(document__subject=incident.id, slug="customers_see").values_list("text", flat=True).first()
    behaviour, known = loop.behaviour(SYSTEM, incident), incidents.assessment(SYSTEM, incident)
    facts = wording.Facts(
        key=incident.key,
        severity=incident.severity,
        summary=incident.summary,
        description=incident.description,
        service=incident.service.name if incident.service else "",
        products=tuple(product.name for product in incident.products.all()),
        source=incident.source,
        support_cases=incident.support_cases,
        impact_started_at=incident.impact_started_at,
        detected_at=incident.detected_at,
        impact_ended_at=incident.impact_ended_at,
        resolved_at=incident.resolved_at,
        alerts=tuple(f"[Alert #{alert.number}](/a/{alert.number}) {alert.title}" for alert in alerts),
        customers_see=seen or "",
        observed=behaviour.observed if behaviour else "",
        expected=behaviour.expected if behaviour else "",
        suspected=tuple(wording.by_role(_suspected(cause), _roles(incident)) for cause in incidents.suspected(SYSTEM, incident)),
        posts=tuple(f"[Public post on {one.where}]({one.url})" for one in attention.posts(SYSTEM, incident)),
        coincides=known.coincides if known else "",
    )
    return wording.draft(facts, _moments(incident))


def _suspected(cause: SuspectedCause) -> str:
    where = f" in {cause.service}" if cause.service else ""
    back = f" Rolled back by: {cause.rollback}" if cause.rollback else ""
    link = f" ({cause.link})" if cause.link else ""
    return f"{cause.at.astimezone(dt.UTC):%Y-%m-%d %H:%M UTC}{where}: {cause.what}{link}.{back}"


def _moments(incident: Incident) -> list[wording.Moment]:
    """The critical lines of the timeline, oldest first. People become the roles they held."""
    lines = [line for line in incidents.timeline(SYSTEM, incident) if line.event_name in rules.CRITICAL or line.starred]
    roles = _roles(incident)
    moments = []
    for line in reversed(lines):
        if line.event_name == "incident.state_changed" and line.quiet:
            continue
        answered = line.event_name == "page.acknowledged"
        text = "acknowledged" if answered else wording.by_role(line.text, roles)
        who = line.role or (wording.ON_DUTY if answered else "")
        moments.append(wording.Moment(line.at, line.kind or "Said", text, who))
    return moments


def _roles(incident: Incident) -> dict[str, str]:
    """What people were, by name."""
    held = incident.roles.select_related("person").order_by("-since")
    return {row.person.name: incident_rules.role_label(row.role).lower() for row in held}


_LIMITS = {"title": 240}


def change(actor: Actor, postmortem: Postmortem, *, version: int, now: dt.datetime, **fields: Any) -> Postmortem:
    """Write fields of a postmortem that was read at `version`: title, summary, impact, mitigation, causes, timeline, references.

    Raises Stale with the postmortem as it is now when somebody saved in between, Conflict once it is published.
    """
    permissions.require_author(actor, postmortem.incident)
    for name in fields:
        if name not in rules.FIELDS:
            raise Invalid(f"A postmortem has no field {name}; there are {', '.join(rules.FIELDS)}.", field=name)
    with transaction.atomic():
        postmortem = _locked(postmortem)
        if postmortem.version != version:
            raise Stale("Somebody saved this postmortem while you wrote.", field="version", current=postmortem)
        if postmortem.state == rules.PUBLISHED:
            raise Conflict("This postmortem is published and no longer changes.", field="state", current=postmortem)
        changed = [name for name, value in fields.items() if getattr(postmortem, name) != _written(name, value)]
        if changed:
            for name in changed:
                setattr(postmortem, name, _written(name, fields[name]))
            _save(postmortem, *changed, now=now)
            _tell(actor, events.CHANGED, postmortem, now, fields=changed, version=postmortem.version)
    return postmortem


def _written(name: str, value: Any) -> str:
    if name == "title":
        return texts.line(value, field=name, limit=_LIMITS[name])
    return texts.prose(value, field=name, limit=100_000)


def set_owner(actor: Actor, postmortem: Postmortem, owner: Person | None, *, now: dt.datetime) -> Postmortem:
    """Make somebody else accountable. Raises Invalid for nobody: a postmortem is never without an owner."""
    permissions.require_author(actor, postmortem.incident)
    owner = permissions.accountable(owner)
    with transaction.atomic():
        postmortem = _locked(postmortem)
        if postmortem.owner_id != owner.pk:
            old = postmortem.owner
            postmortem.owner = owner
            _save(postmortem, "owner", now=now)
            data = {"old": old.pk, "old_name": old.name, "new": owner.pk, "new_name": owner.name}
            _tell(actor, events.OWNER_CHANGED, postmortem, now, **data)
    return postmortem


def request_approval(actor: Actor, postmortem: Postmortem, *, now: dt.datetime) -> Postmortem:
    """Draft → In approval."""
    return _move(actor, postmortem, rules.IN_APPROVAL, now)


def approve(actor: Actor, postmortem: Postmortem, *, now: dt.datetime) -> Postmortem:
    """In approval → Approved."""
    return _move(actor, postmortem, rules.APPROVED, now)


def publish(actor: Actor, postmortem: Postmortem, *, now: dt.datetime) -> Postmortem:
    """Approved → Published: the library has it, and it no longer changes."""
    return _move(actor, postmortem, rules.PUBLISHED, now)


def back_to_draft(actor: Actor, postmortem: Postmortem, *, now: dt.datetime) -> Postmortem:
    """In approval or Approved → Draft."""
    return _move(actor, postmortem, rules.DRAFT, now)


def _move(actor: Actor, postmortem: Postmortem, new: str, now: dt.datetime) -> Postmortem:
    permissions.require_author(actor, postmortem.incident)
    with transaction.atomic():
        postmortem = _locked(postmortem)
        old = postmortem.state
        rules.require_transition(old, new)
        postmortem.state, postmortem.state_changed_at = new, now
        _save(postmortem, "state", "state_changed_at", now=now)
        _tell(actor, events.STATE_CHANGED, postmortem, now, old=old, new=new)
    return postmortem


def _rows() -> Any:
    return Postmortem.objects.select_related("incident", "owner")


def _locked(postmortem: Postmortem) -> Postmortem:
    """Locked first, joined afterwards: a lock that was waited for gives a new row with old neighbours."""
    db.lock(Postmortem.objects.filter(pk=postmortem.pk)).get()
    return _rows().get(pk=postmortem.pk)


def _save(postmortem: Postmortem, *fields: str, now: dt.datetime) -> None:
    postmortem.version += 1
    postmortem.updated_at = now
    postmortem.save(update_fields=[*fields, "version", "updated_at"])


def _tell(actor: Actor, name: str, postmortem: Postmortem, now: dt.datetime, **data: Any) -> None:
    record(actor, name, postmortem.id, context=postmortem.incident_id, now=now, data=data)
