"""The only writers of lists and of who is on them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict, Invalid, NotFound
from tocsin.core.eventlog.events import record
from tocsin.core.ids import new_id
from tocsin.core.store import db
from tocsin.core.text import texts
from tocsin.directory.models import Person
from tocsin.statuspages import events
from tocsin.statuspages.lists import addresses, permissions, rules
from tocsin.statuspages.lists.models import DistributionList, ListMember

_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@[^\s@<>,;:\"()\[\]\\]{1,189}")
_MOST = 2_000
_TAKEN = frozenset({"new"})
"""Short names that are addresses of pages."""


def create_list(
    actor: Actor,
    *,
    name: str,
    slug: str = "",
    purpose: str = "",
    severities: Sequence[int] = (),
    is_open: bool = False,
    now: dt.datetime,
) -> DistributionList:
    """Make a list with nobody on it. Raises Invalid for `name`, `slug` or `severities`."""
    permissions.require_editor(actor)
    values = _values({"name": name, "purpose": purpose, "severities": severities, "is_open": is_open})
    if slug and not slugify(slug):
        raise Invalid("A short name has letters and digits, such as leadership.", field="slug")
    slug = slugify(slug or name)[:60] or f"list-{new_id('lst')[-6:]}"
    slug = f"{slug}-list" if slug in _TAKEN else slug
    with transaction.atomic():
        if DistributionList.objects.filter(slug=slug, removed_at=None).exists():
            raise Invalid(f"There is a list {slug} already.", field="slug" if slug != slugify(name) else "name")
        made = DistributionList.objects.create(slug=slug, **values, created_at=now, updated_at=now)
        record(actor, events.LIST_CREATED, made.id, now=now, data={"name": made.name, "slug": slug, **_said(values)})
    return made


def change_list(actor: Actor, chosen: DistributionList, *, now: dt.datetime, **changes: Any) -> DistributionList:
    """Change `name`, `purpose`, `severities`, `is_open`; what is None stays."""
    permissions.require_editor(actor)
    values = _values({name: value for name, value in changes.items() if value is not None})
    with transaction.atomic():
        chosen = _locked(chosen)
        _require_made(chosen)
        for name, value in values.items():
            old = getattr(chosen, name)
            if old != value:
                setattr(chosen, name, value)
                record(actor, events.LIST_CHANGED, chosen.id, now=now, data={"field": name, "old": old, "new": value})
        chosen.updated_at = now
        chosen.save()
    return chosen


def remove_list(actor: Actor, chosen: DistributionList, *, now: dt.datetime) -> None:
    """Use a list no more. What it was told stays with the incidents."""
    permissions.require_editor(actor)
    with transaction.atomic():
        chosen = _locked(chosen)
        _require_made(chosen)
        chosen.removed_at = chosen.updated_at = now
        chosen.save(update_fields=["removed_at", "updated_at"])
        record(actor, events.LIST_REMOVED, chosen.id, now=now, data={"name": chosen.name})


def add_member(
    actor: Actor,
    chosen: DistributionList,
    *,
    person: Person | None = None,
    address: str = "",
    name: str = "",
    now: dt.datetime,
) -> ListMember:
    """Put a person, or an address with a name, on a list; there already, they stay. An address of the directory is that person."""
    permissions.require_editor(actor)
    if person is None:
        address = _address(address)
        person = Person.objects.filter(email__iexact=address).first()
    name = "" if person else texts.line(name, field="name", limit=120, required=False)
    return _put(actor, chosen, person, "" if person else address, name, now=now)


def remove_member(actor: Actor, member: ListMember, *, now: dt.datetime) -> None:
    """Take somebody off a list."""
    permissions.require_editor(actor)
    _take_off(actor, member, now=now)


def subscribe(actor: Actor, chosen: DistributionList, *, now: dt.datetime) -> ListMember:
    """Put oneself on an open list. Raises NotAllowed for any other."""
    permissions.require_subscriber(actor, chosen)
    return _put(actor, chosen, Person.objects.get(pk=actor.id), "", "", by_self=True, now=now)


def unsubscribe(actor: Actor, chosen: DistributionList, *, now: dt.datetime) -> None:
    """Take oneself off an open list; nothing happens to whoever is not on it."""
    permissions.require_subscriber(actor, chosen)
    member = chosen.members.filter(person=actor.id).first()
    if member is not None:
        _take_off(actor, member, now=now)


def leave(token: str, *, now: dt.datetime) -> str:
    """Take whoever got this token in a mail off its list, and say its name; twice does no more than once. Raises NotFound."""
    member_id = addresses.leaving(token)
    if not member_id:
        raise NotFound("This address takes nobody off a list. Was it copied whole?")
    member = ListMember.objects.select_related("list", "person").filter(pk=member_id).first()
    if member is None:
        return ""
    if not member.list.is_open:
        raise Conflict(f"An administrator says who is on {member.list.name}. Ask them.")
    _take_off(Actor(id=member.person_id or "nobody", name=member.called, via="link"), member, now=now)
    return member.list.name


def refused(member_id: str, reason: str, *, final: bool, now: dt.datetime) -> ListMember | None:
    """A mail server would not take mail for somebody on a list; after `rules.STOP_AFTER` final refusals they get no more."""
    with transaction.atomic():
        member = db.lock(ListMember.objects.select_related("list", "person").filter(pk=member_id)).first()
        if member is None:
            return None
        member.bounced_at, member.bounce_reason = now, texts.shorten(" ".join(reason.split()), 400)
        member.bounces = min(member.bounces + final, 30_000)
        stops = rules.is_stopped(member.bounces) and member.stopped_at is None
        if stops:
            member.stopped_at = now
        member.save(update_fields=["bounced_at", "bounce_reason", "bounces", "stopped_at"])
        data = {"list": member.list.slug, "name": member.called, "reason": member.bounce_reason, "final": final, "stopped": stops}
        record(_house(), events.LIST_MEMBER_BOUNCED, member.list_id, now=now, data=data)
    return member


def clear_bounces(actor: Actor, member: ListMember, *, now: dt.datetime) -> ListMember:
    """Mail to this address again, as if it had never been refused."""
    permissions.require_editor(actor)
    with transaction.atomic():
        member.bounces, member.bounced_at, member.bounce_reason, member.stopped_at = 0, None, "", None
        member.save(update_fields=["bounces", "bounced_at", "bounce_reason", "stopped_at"])
        data = {"list": member.list.slug, "name": member.called}
        record(actor, events.LIST_MEMBER_CLEARED, member.list_id, now=now, data=data)
    return member


def _house() -> Actor:
    return Actor(id="system", name="Mail", via="mail")


def _put(
    actor: Actor,
    chosen: DistributionList,
    person: Person | None,
    address: str,
    name: str,
    *,
    by_self: bool = False,
    now: dt.datetime,
) -> ListMember:
    with transaction.atomic():
        chosen = _locked(chosen)
        known = chosen.members.filter(person=person) if person else chosen.members.filter(address=address)
        there = known.first()
        if there is not None:
            return there
        if chosen.members.count() >= _MOST:
            raise Conflict(f"{chosen.name} has {_MOST} members; make a second list.", field="address")
        by = None if actor.is_system else actor.id
        made = ListMember.objects.create(
            list=chosen, person=person, address=address, name=name, is_self_subscribed=by_self, added_at=now, added_by_id=by
        )
        data = {"list": chosen.slug, "name": made.called, "by_self": by_self}
        record(actor, events.LIST_MEMBER_ADDED, chosen.id, now=now, data=data)
    return made


def _take_off(actor: Actor, member: ListMember, *, now: dt.datetime) -> None:
    with transaction.atomic():
        gone, _ = ListMember.objects.filter(pk=member.pk).delete()
        if gone:
            data = {"list": member.list.slug, "name": member.called, "by_self": member.person_id == actor.id}
            record(actor, events.LIST_MEMBER_REMOVED, member.list_id, now=now, data=data)


def _require_made(chosen: DistributionList) -> None:
    """Raises Conflict for a list that the house keeps: what it is for would be gone with it."""
    if chosen.stands_for:
        raise Conflict(f"Tocsin keeps {chosen.name} itself; put people on it or take them off.", code="standing_list")


def _locked(chosen: DistributionList) -> DistributionList:
    found = db.lock(DistributionList.objects.filter(pk=chosen.pk, removed_at=None)).first()
    if found is None:
        raise NotFound("There is no such list.")
    return found


def _values(given: dict[str, Any]) -> dict[str, Any]:
    if "name" in given:
        given["name"] = texts.line(given["name"], field="name", limit=120)
    if "purpose" in given:
        given["purpose"] = texts.line(given["purpose"], field="purpose", limit=300, required=False)
    if "severities" in given:
        wrong = [one for one in given["severities"] if one not in rules.SEVERITIES]
        if wrong:
            raise Invalid("Severities are 1, 2 and 3.", field="severities")
        given["severities"] = sorted(set(given["severities"]))
    return given


def _said(values: dict[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in ("severities", "is_open")}


def _address(text: str) -> str:
    found = texts.line(text, field="address", limit=254).lower()
    if not (found.isascii() and _ADDRESS.fullmatch(found)):
        raise Invalid("Write a mail address such as noc@example.com.", field="address")
    return found
