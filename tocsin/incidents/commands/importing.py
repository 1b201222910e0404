"""Bringing in an incident that was run elsewhere, with its own times and the name it had there."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction

from tocsin.collab import commands as collab
from tocsin.collab.documents import commands as documents
from tocsin.core import clock
from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict, Invalid
from tocsin.core.eventlog.events import record_history
from tocsin.core.models import Event
from tocsin.directory import permissions as directory
from tocsin.directory.models import Person, Product, Service
from tocsin.incidents import events, outside, rules
from tocsin.incidents.commands._record import tell, topic_of
from tocsin.incidents.commands.declaring import number_it
from tocsin.incidents.models import Incident, IncidentMember, OutsideRecord, RoleAssignment
from tocsin.incidents.outside import Story


def import_incident(actor: Actor, document: Any, *, now: dt.datetime) -> Incident:
    """Make an incident of a parsed file. It gets a key of ours, keeps its times and reference, and pages nobody.

    Its timeline goes on record as the past, so nothing that reacts to news reacts to it. Raises Invalid with the place,
    Conflict for a reference that was imported before.
    """
    directory.require_responder(actor)
    story = outside.read(document, now)
    manager = _manager(story)
    with transaction.atomic():
        incident = _made(actor, story, manager, now)
        try:
            with transaction.atomic():
                _keep_reference(actor, incident, story, now)
        except IntegrityError:
            raise _taken(story.reference) from None
        if manager:
            RoleAssignment.objects.create(
                incident=incident,
                role=RoleAssignment.MANAGER,
                person=manager,
                since=story.times["fixing_at"] or incident.created_at,
                until=story.times["resolved_at"],
            )
        if incident.is_private:
            IncidentMember.objects.get_or_create(incident=incident, person_id=actor.id)
        room = collab.open_room(actor, incident.id, incident.key, topic_of(incident), now=now)
        documents.open_document(actor, incident.id, rules.document_title(incident.key, incident.summary), now=now)
        record_history(_past(actor, incident, story))
        tell(
            actor,
            events.IMPORTED,
            incident,
            now=now,
            key=incident.key,
            reference=story.reference,
            url=story.url,
            entries=len(story.timeline),
            room=room.id,
        )
    return incident


def _made(actor: Actor, story: Story, manager: Person | None, now: dt.datetime) -> Incident:
    times = {name: story.times[name] for name in ("detected_at", "impact_started_at", "impact_ended_at", "resolved_at")}
    begun = story.times["fixing_at"] if manager else None
    state = rules.FIXING if story.state == rules.FIXING and manager else rules.RESOLVED if times["resolved_at"] else rules.PENDING
    incident = Incident(
        summary=story.summary,
        description=story.description,
        severity=story.severity,
        severity_confirmed_at=begun or times["resolved_at"],
        state=state,
        source=story.source,
        service=_service(story),
        reporter_id=None if actor.is_system else actor.id,
        manager=manager,
        is_private=story.private,
        is_drill=story.drill,
        support_cases=story.support_cases,
        unknown_times=[name for name in rules.TIMES if state == rules.RESOLVED and times[name] is None],
        fixing_at=begun,
        set_up_at=now,
        created_at=story.reported_at,
        updated_at=now,
        **times,
    )
    number_it(incident)
    incident.save(force_insert=True)
    incident.products.set(_products(story))
    return incident


def _keep_reference(actor: Actor, incident: Incident, story: Story, now: dt.datetime) -> None:
    person = None if actor.is_system else actor.id
    OutsideRecord.objects.create(
        incident=incident, reference=story.reference, url=story.url, imported_at=now, imported_by_id=person
    )


def _taken(reference: str) -> Conflict:
    """Without the key of the other: it may be private."""
    return Conflict(f"{reference} was imported before. Search for it among the incidents.", field="reference", code="imported")


def _manager(story: Story) -> Person | None:
    if not story.manager:
        return None
    person = Person.objects.filter(email__iexact=story.manager).first()
    if person is None:
        raise Invalid("Nobody here has this mail address. Leave it out when they are not here.", field="manager")
    return person


def _service(story: Story) -> Service | None:
    if not story.service:
        return None
    service = Service.objects.filter(slug=story.service).first()
    if service is None:
        raise Invalid("There is no such service; leave it out for unknown.", field="service")
    return service


def _products(story: Story) -> list[Product]:
    found = {product.slug: product for product in Product.objects.filter(slug__in=story.products)}
    for place, slug in enumerate(story.products):
        if slug not in found:
            raise Invalid(f"There is no product {slug}.", field=f"products.{place}")
    return [found[slug] for slug in story.products]


def _past(actor: Actor, incident: Incident, story: Story) -> list[Event]:
    """What happened there, as notes under the names they were written with; who imported it answers for them."""
    return [
        Event(
            name=events.NOTED,
            subject=incident.id,
            context=incident.id,
            actor=actor.id,
            actor_name=f"{line.who} (imported by {actor.name})" if line.who else f"imported by {actor.name}",
            via=actor.via,
            at=line.at,
            data={"kind": line.kind, "text": line.text, "at": clock.rfc3339(line.at)},
        )
        for line in sorted(story.timeline, key=lambda line: line.at)
    ]
