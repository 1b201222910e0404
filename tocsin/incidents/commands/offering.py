"""Roles are offered and accepted, so that whoever holds one has seen its duties. For the incident manager: the hand-over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.conf import settings
from django.db import transaction

from tocsin.core import clock
from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict, Invalid, NotAllowed
from tocsin.core.store import db
from tocsin.core.text import texts
from tocsin.core.work import outbox
from tocsin.directory.models import Person
from tocsin.incidents import events, permissions, rules
from tocsin.incidents.commands._numbers import author
from tocsin.incidents.commands._record import locked, refresh_room, require_open, save, tell
from tocsin.incidents.commands.running import assign_role, responder, stream_of
from tocsin.incidents.models import Incident, IncidentMember, OfferWord, RoleOffer

_MOST_WORDS = 100


def offer_role(
    actor: Actor,
    incident: Incident,
    role: str,
    person: Person,
    *,
    about: str = "",
    brief: Mapping[str, object] | None = None,
    now: dt.datetime,
) -> RoleOffer:
    """Ask somebody to take a role; they are told, and it is theirs when they accept. The same offer twice is one.

    Any responder may offer one, for whoever holds it may be out of reach; an incident manager whose role is offered is told.

    `brief` is the hand-over form (`rules.BRIEF`), needed when somebody else is the incident manager and this role is offered.
    Raises Invalid with the field. Whoever is asked may see a private incident from now on.
    """
    permissions.require_responder(actor, incident)
    role, about, person = rules.role(role), stream_of(role, about), responder(person.pk)
    with transaction.atomic():
        incident = locked(incident)
        require_open(incident)
        if incident.roles.filter(role=role, about=about, person=person, until__isnull=True).exists():
            raise Conflict(f"{person.name} is {rules.role_label(role).lower()} already.", field="person")
        written = _brief(incident, role, brief, now)
        known = incident.offers.filter(role=role, about=about, person=person, state=RoleOffer.OFFERED).first()
        if known:
            known.brief = written or known.brief
            known.save(update_fields=["brief"])
            return known
        offer = RoleOffer.objects.create(
            incident=incident, role=role, about=about, person=person, offered_by=author(actor), offered_at=now, brief=written
        )
        if incident.is_private:
            IncidentMember.objects.get_or_create(incident=incident, person=person)
        save(incident, now=now)
        tell(actor, events.ROLE_OFFERED, incident, now=now, **_said(offer))
        if person.pk != actor.id and not incident.is_drill:
            _mail(actor, offer, now)
        if role == rules.MANAGER and not incident.is_drill:
            _tell_manager(actor, offer, incident.manager, now)
    return offer


def _brief(incident: Incident, role: str, brief: Mapping[str, object] | None, now: dt.datetime) -> dict[str, object]:
    """The hand-over form, checked; empty for other roles and for an incident that nobody manages yet."""
    if role != rules.MANAGER or incident.manager_id is None:
        return {}
    given = dict(brief or {})
    written: dict[str, object] = {
        name: texts.prose(given.get(name, ""), field=name, limit=4_000) for name in ("roles", "work", "next_to")
    }
    next_at = given.get("next_at")
    if not isinstance(next_at, dt.datetime):
        raise Invalid("Say when the next hand-over is.", field="next_at")
    if next_at <= now:
        raise Invalid("The next hand-over lies in the future.", field="next_at")
    if not written["next_to"]:
        raise Invalid("Say to whom the next hand-over is, or that it is not known yet.", field="next_to")
    return written | {"called": bool(given.get("called")), "next_at": clock.rfc3339(next_at)}


def accept_offer(actor: Actor, offer: RoleOffer, *, now: dt.datetime) -> Incident:
    """The role is the actor's from now on; assignee, topic and status follow. Conflict when it is not open any more."""
    with transaction.atomic():
        offer = _open(actor, offer)
        incident = assign_role(actor, offer.incident, offer.role, offer.person, about=offer.about, now=now)
        _answer(offer, RoleOffer.ACCEPTED, now)
        others = RoleOffer.objects.filter(incident=incident, role=rules.MANAGER, state=RoleOffer.OFFERED)
        if offer.role == rules.MANAGER:
            others.update(state=RoleOffer.WITHDRAWN, answered_at=now)
        tell(actor, events.OFFER_ANSWERED, incident, now=now, **_said(offer), answer=RoleOffer.ACCEPTED)
        refresh_room(actor, incident, now=now)
    return incident


def decline_offer(actor: Actor, offer: RoleOffer, *, now: dt.datetime) -> RoleOffer:
    """No; whoever holds the role keeps it."""
    with transaction.atomic():
        offer = _open(actor, offer)
        _answer(offer, RoleOffer.DECLINED, now)
        tell(actor, events.OFFER_ANSWERED, offer.incident, now=now, **_said(offer), answer=RoleOffer.DECLINED)
    return offer


def withdraw_offer(actor: Actor, offer: RoleOffer, *, now: dt.datetime) -> RoleOffer:
    """The role is not offered any more."""
    permissions.require_responder(actor, offer.incident)
    with transaction.atomic():
        offer = _locked(offer)
        if offer.state == RoleOffer.OFFERED:
            _answer(offer, RoleOffer.WITHDRAWN, now)
            tell(actor, events.OFFER_ANSWERED, offer.incident, now=now, **_said(offer), answer=RoleOffer.WITHDRAWN)
    return offer


def ask_about_offer(actor: Actor, offer: RoleOffer, text: str, *, now: dt.datetime) -> OfferWord:
    """A question or an answer about a hand-over, kept with it."""
    permissions.require_responder(actor, offer.incident)
    text = texts.prose(text, field="text", limit=2_000, required=True)
    with transaction.atomic():
        offer = _locked(offer)
        if offer.state != RoleOffer.OFFERED:
            raise Conflict(f"This offer is {offer.state}; ask in the room.", current=offer)
        if offer.words.count() >= _MOST_WORDS:
            raise Conflict("Enough was asked here; call each other.")
        return OfferWord.objects.create(offer=offer, author=author(actor), text=text, at=now)


def _locked(offer: RoleOffer) -> RoleOffer:
    db.lock(RoleOffer.objects.filter(pk=offer.pk)).get()
    return RoleOffer.objects.select_related("incident", "person", "offered_by").get(pk=offer.pk)


def _open(actor: Actor, offer: RoleOffer) -> RoleOffer:
    """The offer, still open, for the person it was made to. Raises Conflict, NotAllowed, NotFound."""
    permissions.require_responder(actor, offer.incident)
    offer = _locked(offer)
    if offer.person_id != actor.id:
        raise NotAllowed(f"Only {offer.person.name} can answer this.")
    if offer.state != RoleOffer.OFFERED:
        raise Conflict(f"This offer is {offer.state} already.", current=offer)
    require_open(offer.incident)
    return offer


def _answer(offer: RoleOffer, state: str, now: dt.datetime) -> None:
    offer.state, offer.answered_at = state, now
    offer.save(update_fields=["state", "answered_at"])


def _said(offer: RoleOffer) -> dict[str, object]:
    return {
        "offer": offer.id,
        "role": offer.role,
        "about": offer.about,
        "person": offer.person_id,
        "name": offer.person.name,
    }


def _mail(actor: Actor, offer: RoleOffer, now: dt.datetime) -> None:
    incident, label = offer.incident, rules.role_label(offer.role).lower()
    address = f"{settings.TOCSIN.base_url.rstrip('/')}/{incident.key}/offers/{offer.id}"
    duties = rules.DUTIES.get(offer.role, "A role made for this incident; ask what it holds.")
    outbox.enqueue(
        offer.person.email,
        f"[{incident.key}] {actor.name} asks you to be {label}",
        f"{actor.name} asks you to be {label} of {incident.key}.\n\n{duties}\n\nRead up, ask, accept or decline: {address}\n",
        now=now,
        key=f"offer.{offer.id}",
    )


def _tell_manager(actor: Actor, offer: RoleOffer, manager: Person | None, now: dt.datetime) -> None:
    """Nobody loses the command without having heard that somebody else gives it away."""
    if manager is None or manager.pk in {actor.id, offer.person_id}:
        return
    incident, person = offer.incident, offer.person.name
    address = f"{settings.TOCSIN.base_url.rstrip('/')}/{incident.key}/offers/{offer.id}"
    outbox.enqueue(
        manager.email,
        f"[{incident.key}] {actor.name} asks {person} to take over from you",
        f"{actor.name} asks {person} to be incident manager of {incident.key}. You are until {person} accepts.\n\n"
        f"See the offer, or withdraw it: {address}\n",
        now=now,
        key=f"offer.{offer.id}.manager",
    )
