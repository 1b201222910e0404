"""Actions: what somebody does by a date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction

from tocsin.core.actor import Actor
from tocsin.core.errors import Invalid, Stale
from tocsin.core.eventlog.events import record
from tocsin.core.store import counters, db
from tocsin.core.text import texts
from tocsin.directory.models import Person
from tocsin.incidents.models import Incident
from tocsin.incidents.rules import word_of
from tocsin.postmortems import events, permissions, rules
from tocsin.postmortems.models import Action, Postmortem


def add_action(
    actor: Actor,
    incident: Incident,
    *,
    postmortem: Postmortem | None = None,
    title: str,
    category: str,
    link_type: str,
    owner: Person | None,
    due_on: dt.date | None = None,
    now: dt.datetime,
) -> Action:
    """Add an action with one owner and a day. Without a day: eight weeks for a priority action, sixteen for an improvement.

    It is linked to the incident's postmortem when there is one. Raises Invalid with the field.
    """
    permissions.require_author(actor, incident)
    made = Action(
        incident=incident,
        title=texts.line(title, field="title", limit=240),
        category=word_of(category, rules.CATEGORIES, "category"),
        link_type=word_of(link_type, rules.LINK_TYPES, "link_type"),
        owner=permissions.accountable(owner),
        due_on=_day(due_on or rules.default_due(link_type, now.date())),
        created_at=now,
        updated_at=now,
    )
    with transaction.atomic():
        made.postmortem = postmortem or Postmortem.objects.filter(incident=incident).first()
        if made.postmortem and made.postmortem.incident_id != incident.pk:
            raise Invalid("This postmortem belongs to another incident.", field="postmortem")
        made.number = counters.next_number("action")
        made.save(force_insert=True)
        _tell(
            actor,
            events.ACTION_CREATED,
            made,
            now,
            number=made.number,
            title=made.title,
            category=made.category,
            link_type=made.link_type,
            owner=made.owner_id,
            owner_name=made.owner.name,
            due_on=made.due_on.isoformat(),
        )
    return made


_FIELDS: Mapping[str, Callable[[Any], Any]] = {
    "title": lambda value: texts.line(value, field="title", limit=240),
    "category": lambda value: word_of(value, rules.CATEGORIES, "category"),
    "link_type": lambda value: word_of(value, rules.LINK_TYPES, "link_type"),
    "owner": lambda value: permissions.accountable(value),
    "due_on": lambda value: _day(value),
}


def change_action(actor: Actor, action: Action, *, version: int | None = None, now: dt.datetime, **fields: Any) -> Action:
    """Change `title category link_type owner due_on`, each change its own event with old and new. Raises Stale, Invalid."""
    permissions.require_author(actor, action.incident)
    for name in fields:
        if name not in _FIELDS:
            raise Invalid(f"An action has no field {name}; there are {', '.join(_FIELDS)}.", field=name)
    with transaction.atomic():
        action = _locked(action, version)
        changes = [(name, getattr(action, name), _FIELDS[name](value)) for name, value in fields.items()]
        changes = [(name, old, new) for name, old, new in changes if old != new]
        for name, _, new in changes:
            setattr(action, name, new)
        if changes:
            _save(action, *(name for name, _, _ in changes), now=now)
        for name, old, new in changes:
            _tell(actor, events.ACTION_CHANGED, action, now, field=name, old=_word(old), new=_word(new))
    return action


def complete_action(actor: Actor, action: Action, *, now: dt.datetime) -> Action:
    """Open → Done."""
    return _move(actor, action, rules.DONE, now)


def drop_action(actor: Actor, action: Action, *, now: dt.datetime) -> Action:
    """Open → Dropped: decided against, still on record."""
    return _move(actor, action, rules.DROPPED, now)


def reopen_action(actor: Actor, action: Action, *, now: dt.datetime) -> Action:
    """Done or Dropped → Open."""
    return _move(actor, action, rules.OPEN, now)


def _move(actor: Actor, action: Action, new: str, now: dt.datetime) -> Action:
    permissions.require_author(actor, action.incident)
    with transaction.atomic():
        action = _locked(action)
        old = action.state
        rules.require_action_transition(old, new)
        action.state, action.closed_at = new, None if new == rules.OPEN else now
        _save(action, "state", "closed_at", now=now)
        _tell(actor, events.ACTION_STATE_CHANGED, action, now, number=action.number, title=action.title, old=old, new=new)
    return action


def _locked(action: Action, version: int | None = None) -> Action:
    """Locked first, joined afterwards: a lock that was waited for gives a new row with old neighbours."""
    db.lock(Action.objects.filter(pk=action.pk)).get()
    fresh = Action.objects.select_related("incident", "owner").get(pk=action.pk)
    if version is not None and fresh.version != version:
        raise Stale(f"x/{fresh.number} was changed by somebody else meanwhile.", field="version", current=fresh)
    return fresh


def _save(action: Action, *fields: str, now: dt.datetime) -> None:
    action.version += 1
    action.updated_at = now
    action.save(update_fields=[*fields, "version", "updated_at"])


def _tell(actor: Actor, name: str, action: Action, now: dt.datetime, **data: Any) -> None:
    record(actor, name, action.id, context=action.incident_id, now=now, data=data)


def _day(value: object) -> dt.date:
    if isinstance(value, dt.datetime) or not isinstance(value, dt.date):
        raise Invalid("An action is due on a day, such as 2027-01-14.", field="due_on")
    return value


def _word(value: Any) -> str:
    return value.name if isinstance(value, Person) else str(value)
