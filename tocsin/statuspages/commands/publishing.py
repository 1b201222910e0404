"""Saying it: one deliberate confirmation, to staff, to customers, or to both."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from tocsin.core import clock
from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict
from tocsin.core.eventlog.events import record
from tocsin.core.store import db
from tocsin.core.text import texts
from tocsin.incidents import rules as incident_rules
from tocsin.incidents.models import Incident
from tocsin.statuspages import events, permissions, rules
from tocsin.statuspages.commands._wording import Said, Words, facts_of, require_follow, wording
from tocsin.statuspages.commands.components import relieve, set_states
from tocsin.statuspages.lists import queries
from tocsin.statuspages.lists.mailing import mail_update
from tocsin.statuspages.models import Entry, StatusPage, Update
from tocsin.statuspages.pages import queries as several
from tocsin.statuspages.second_reading.settling import settle

__all__ = ["Publication", "Words", "facts_of", "post_update"]


@dataclass(frozen=True, slots=True)
class Publication:
    """What one confirmation published. `already` when it had been published before this call: nothing was said twice."""

    updates: tuple[Update, ...]
    already: bool = False

    @property
    def first(self) -> Update:
        return self.updates[0]


def post_update(
    actor: Actor,
    incident: Incident,
    *,
    status: str,
    external: Words | None = None,
    internal: Words | None = None,
    next_update_at: dt.datetime | None = None,
    confirmation: str,
    components: Mapping[str, str] | None = None,
    lists: Sequence[str] | None = None,
    pages: Sequence[str] | None = None,
    now: dt.datetime,
) -> Publication:
    """Publish words on the internal page, on pages for customers, or both; `Words` says of what they are made.

    What the company hears first and last is a title and a body; in between it gets follow-ups in parts that answer five questions.

    `confirmation` is made with the form: pressing twice publishes once, and the second caller gets the first publication.
    Without a title the entry keeps its own, or gets the drafted one; the title for the company always holds the key. `components`
    maps component ids to states, a part's twins on the other pages follow. `lists` names who hears the words for the company by
    mail, None: the lists of this severity, and those that heard of it before. `pages` names the pages for customers by slug, None:
    those that speak of the incident or have a part of its products, else the first.

    Raises Invalid with the field (`external_body`, `next_update_at`, `root_cause` …) and code `accept_warning` for a part that may
    go only when its name is in `accepted`, Conflict with code `private_incident` for an incident that customers must not read of,
    and `drill` for one that nobody is told of.
    """
    permissions.require_publisher(actor, incident)
    permissions.require_no_drill(incident)
    incident_rules.word_of(status, rules.STATUSES, "status")
    confirmation = texts.line(confirmation, field="confirmation", limit=64)
    with transaction.atomic():
        incident = db.lock(Incident.objects.filter(pk=incident.pk)).get()
        if known := _known(incident, confirmation):
            return Publication(known, already=True)
        rules.check_promise(status, next_update_at, now)
        require_follow(incident, status)
        words = wording(incident, status=status, next_update_at=next_update_at, internal=internal, external=external)
        read = settle(actor, incident, status=status, internal=internal, external=external)
        act: dict[str, Any] = {"status": status, "promise": next_update_at, "confirmation": confirmation, "now": now}
        meant = [(page, said) for audience, said in words.items() for page in _pages(incident, audience, status, pages)]
        updates = [_say(actor, incident, page, said, **act) for page, said in meant]
        set_states(actor, {update.entry.page_id: update.entry for update in updates}, components or {}, now=now)
        for update in updates if status == rules.RESOLVED else ():
            relieve(actor, update.entry, now=now)
        _announce(actor, incident, updates, read | {"lists": _mail(incident, updates, lists, now)}, now)
    return Publication(tuple(updates))


def _known(incident: Incident, confirmation: str) -> tuple[Update, ...]:
    rows = Update.objects.select_related("entry__page", "author")
    return tuple(rows.filter(entry__incident=incident, confirmation=confirmation))


def _pages(incident: Incident, audience: str, status: str, chosen: Sequence[str] | None) -> list[StatusPage]:
    if audience == rules.INTERNAL:
        return [several.first(rules.INTERNAL)]
    return several.meant(incident, status, chosen)


def _say(
    actor: Actor,
    incident: Incident,
    page: StatusPage,
    said: Said,
    *,
    status: str,
    promise: dt.datetime | None,
    confirmation: str,
    now: dt.datetime,
) -> Update:
    ended = now if status == rules.RESOLVED else None
    entry, made = Entry.objects.select_related("page").get_or_create(
        page=page,
        incident=incident,
        defaults={
            "title": said.title,
            "status": status,
            "started_at": incident.impact_started_at or incident.detected_at or incident.created_at,
            "resolved_at": ended,
            "created_at": now,
            "updated_at": now,
        },
    )
    if not made:
        entry.title, entry.status, entry.resolved_at, entry.updated_at = said.title, status, ended, now
        entry.save(update_fields=["title", "status", "resolved_at", "updated_at"])
    return Update.objects.create(
        entry=entry,
        status=status,
        body=said.body,
        brief=dict(said.brief),
        author_id=None if actor.is_system else actor.id,
        at=now,
        next_update_at=None if ended else promise,
        confirmation=confirmation,
    )


def _mail(incident: Incident, updates: list[Update], lists: Sequence[str] | None, now: dt.datetime) -> list[str]:
    """Tell lists what the company was told; their names. Raises Conflict when a private incident would leave the house."""
    inside = next((update for update in updates if update.entry.page.audience == rules.INTERNAL), None)
    meant = queries.chosen(lists) if lists is not None else queries.defaults(incident)
    if meant and incident.is_private:
        raise Conflict(f"{incident.key} is private: no list is told of it.", field="lists", code="private_incident")
    return mail_update(incident, inside, meant, now=now) if inside else []


def _announce(actor: Actor, incident: Incident, updates: list[Update], more: dict[str, Any], now: dt.datetime) -> None:
    first = updates[0]
    data = {
        "status": first.status,
        "pages": list(dict.fromkeys(update.entry.page.audience for update in updates)),
        "slugs": [update.entry.page.slug for update in updates],
        "titles": {update.entry.page.audience: update.entry.title for update in updates},
        "bodies": {update.entry.page.audience: update.body for update in updates},
        "next_update_at": clock.rfc3339(first.next_update_at) if first.next_update_at else None,
        "confirmation": first.confirmation,
        **more,
    }
    record(actor, events.UPDATE_PUBLISHED, first.id, context=incident.id, now=now, data=data)
