"""Pages, their parts, and the state of each part."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping

from django.db import transaction

from tocsin.core.actor import Actor
from tocsin.core.errors import Invalid
from tocsin.core.eventlog.events import record
from tocsin.core.store import db
from tocsin.core.text import texts
from tocsin.directory.models import Product
from tocsin.incidents.rules import word_of
from tocsin.statuspages import events, permissions, rules
from tocsin.statuspages.maintenance.standing import resting
from tocsin.statuspages.models import Component, Entry, StatusPage


def rename_page(actor: Actor, page: StatusPage, *, name: str, now: dt.datetime) -> StatusPage:
    """Give a page the name that its readers see."""
    permissions.require_editor(actor)
    name = texts.line(name, field="name", limit=120)
    with transaction.atomic():
        page = db.lock(StatusPage.objects.filter(pk=page.pk)).get()
        if page.name != name:
            old, page.name, page.updated_at = page.name, name, now
            page.save(update_fields=["name", "updated_at"])
            record(actor, events.PAGE_RENAMED, page.id, now=now, data={"old": old, "new": name})
    return page


def create_component(
    actor: Actor, page: StatusPage, *, name: str, product: Product | None = None, position: int = 0, now: dt.datetime
) -> Component:
    """Add a part that readers recognise, usually a product."""
    permissions.require_editor(actor)
    name = texts.line(name, field="name", limit=120)
    with transaction.atomic():
        if page.components.filter(name=name).exists():
            raise Invalid(f"{page.name} has a part {name} already.", field="name")
        made = Component.objects.create(page=page, name=name, product=product, position=position)
        data = {"page": page.slug, "name": name, "product": product.slug if product else None}
        record(actor, events.COMPONENT_CREATED, made.id, now=now, data=data)
    return made


def set_component_state(actor: Actor, component: Component, state: str, *, now: dt.datetime) -> Component:
    """Say by hand how a part is."""
    permissions.require_editor(actor)
    word_of(state, rules.SAYABLE_STATES, "state")
    with transaction.atomic():
        component = db.lock(Component.objects.filter(pk=component.pk)).get()
        put(actor, component, state, "", now)
    return component


def remove_component(actor: Actor, component: Component, *, now: dt.datetime) -> None:
    """Take a part off its page; the updates that named it stay."""
    permissions.require_editor(actor)
    with transaction.atomic():
        gone, _ = Component.objects.filter(pk=component.pk).delete()
        if gone:
            record(actor, events.COMPONENT_REMOVED, component.pk, now=now, data={"name": component.name})


def set_states(actor: Actor, entries: Mapping[str, Entry], states: Mapping[str, str], *, now: dt.datetime) -> None:
    """Set parts (component id to state) that belong to the pages of these entries (by page id), and for customers what stands for
    the same product on the other pages. Raises Invalid for a part of any other page.
    """
    known = Component.objects.select_related("page").in_bulk(list(states))
    for component_id, state in states.items():
        word_of(state, rules.SAYABLE_STATES, "components")
        component = known.get(component_id)
        if component is None or not _reached(component, entries):
            raise Invalid("This part is not on a page that the update goes to.", field="components")
        for one in [component, *_twins(component, entries, states)]:
            if one.page_id in entries:
                entry = entries[one.page_id]
                entry.components.add(one)
                put(actor, one, resting(one.pk) if state == rules.OPERATIONAL else state, entry.incident_id or "", now)


def _reached(component: Component, entries: Mapping[str, Entry]) -> bool:
    """Whether the update goes to the page of this part, or for customers to a page with a part of the same product."""
    return component.page_id in entries or bool(_twins(component, entries, ()))


def _twins(component: Component, entries: Mapping[str, Entry], named: Collection[str]) -> list[Component]:
    """What else stands for the same product where customers read of this; but what is `named` itself."""
    if component.product_id is None or component.page.audience != rules.EXTERNAL:
        return []
    others = Component.objects.filter(product=component.product_id, page__in=list(entries), page__audience=rules.EXTERNAL)
    return list(others.exclude(pk=component.pk).exclude(pk__in=list(named)).select_related("page"))


def relieve(actor: Actor, entry: Entry, *, now: dt.datetime) -> None:
    """An entry is over: its parts work again, except those that another open entry names; where planned work goes on, it shows."""
    for component in entry.components.exclude(state__in=(rules.OPERATIONAL, rules.UNDER_MAINTENANCE)):
        others = component.entry_set.filter(resolved_at=None).exclude(pk=entry.pk)
        if not others.exists():
            put(actor, component, resting(component.pk), entry.incident_id or "", now)


def put(actor: Actor, component: Component, state: str, context: str, now: dt.datetime) -> None:
    """A part is like this from now on; `context` is the incident or the planned work that says so. Inside a transaction."""
    if component.state == state:
        return
    old, component.state = component.state, state
    component.save(update_fields=["state"])
    data = {"field": "state", "old": old, "new": state}
    record(actor, events.COMPONENT_CHANGED, component.id, context=context, now=now, data=data)
