"""Groups of parts on a page, and what a part is called, stands for and belongs to."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models, transaction

from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict, Invalid
from tocsin.core.eventlog.events import record
from tocsin.core.store import db
from tocsin.core.text import texts
from tocsin.directory.models import Product
from tocsin.incidents.rules import word_of
from tocsin.statuspages import events, permissions, rules
from tocsin.statuspages.models import Component, ComponentGroup, StatusPage

AUTOMATIC = ""
"""The state of a group that is as the worst of its parts."""
_HIGHEST = 32_000
_MOST = 100


def create_group(actor: Actor, page: StatusPage, *, name: str, position: int = 0, now: dt.datetime) -> ComponentGroup:
    """A heading under which parts of a page stand. Raises Invalid for a name that the page has."""
    permissions.require_editor(actor)
    name, position = texts.line(name, field="name", limit=120), _position(position)
    with transaction.atomic():
        page = db.lock(StatusPage.objects.filter(pk=page.pk)).get()
        if page.audience == StatusPage.INTERNAL:
            raise Conflict("The internal page lists its parts without groups.")
        if page.groups.count() >= _MOST:
            raise Conflict(f"{page.name} has {_MOST} groups already.")
        _require_new(page, name, "")
        made = ComponentGroup.objects.create(page=page, name=name, position=position)
        record(actor, events.GROUP_CREATED, made.id, now=now, data={"page": page.slug, "name": name})
    return made


def change_group(actor: Actor, group: ComponentGroup, *, now: dt.datetime, **changes: Any) -> ComponentGroup:
    """Change `name`, `position`, or `state` by hand (`AUTOMATIC`: as its worst part); what is None stays. Raises Invalid."""
    permissions.require_editor(actor)
    values = {name: value for name, value in changes.items() if value is not None}
    if "name" in values:
        values["name"] = texts.line(values["name"], field="name", limit=120)
    if "position" in values:
        _position(values["position"])
    if values.get("state", AUTOMATIC) != AUTOMATIC:
        word_of(values["state"], rules.COMPONENT_STATES, "state")
    with transaction.atomic():
        group = db.lock(ComponentGroup.objects.filter(pk=group.pk)).get()
        _require_new(group.page, values.get("name", ""), group.pk)
        _write(actor, group, values, events.GROUP_CHANGED, now)
    return group


def remove_group(actor: Actor, group: ComponentGroup, *, now: dt.datetime) -> None:
    """Take the heading away; its parts stay on the page."""
    permissions.require_editor(actor)
    with transaction.atomic():
        gone, _ = ComponentGroup.objects.filter(pk=group.pk).delete()
        if gone:
            record(actor, events.GROUP_REMOVED, group.pk, now=now, data={"page": group.page.slug, "name": group.name})


def change_component(actor: Actor, component: Component, *, now: dt.datetime, **changes: Any) -> Component:
    """Change `name`, `position`, `product` (a Product, or None for none), `group` (of the same page, or None for none).

    What is not named stays. Raises Invalid with the field.
    """
    permissions.require_editor(actor)
    values = dict(changes)
    if "name" in values:
        values["name"] = texts.line(values["name"], field="name", limit=120)
    if "position" in values:
        _position(values["position"])
    group: ComponentGroup | None = values.get("group")
    if group is not None and group.page_id != component.page_id:
        raise Invalid("This group is on another page.", field="group")
    product: Product | None = values.pop("product", component.product)
    values["product_id"] = product.pk if product else None
    if "group" in values:
        values["group_id"] = values.pop("group") and group and group.pk
    with transaction.atomic():
        component = db.lock(Component.objects.filter(pk=component.pk)).get()
        others = Component.objects.filter(page=component.page_id, name=values.get("name", "")).exclude(pk=component.pk)
        if others.exists():
            raise Invalid(f"{component.page.name} has a part {values['name']} already.", field="name")
        _write(actor, component, values, events.COMPONENT_EDITED, now)
    return component


def _write(actor: Actor, row: models.Model, values: dict[str, Any], event: str, now: dt.datetime) -> None:
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    data = {"old": {name: getattr(row, name) for name in changed}, "new": {name: values[name] for name in changed}}
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        row.save(update_fields=changed)
        record(actor, event, str(row.pk), now=now, data={"name": str(row), **data})


def _require_new(page: StatusPage, name: str, own: str) -> None:
    if name and page.groups.filter(name=name).exclude(pk=own).exists():
        raise Invalid(f"{page.name} has a group {name} already.", field="name")


def _position(value: int) -> int:
    if not 0 <= value <= _HIGHEST:
        raise Invalid(f"A position is a number from 0 to {_HIGHEST:,}; small numbers come first.", field="position")
    return value
