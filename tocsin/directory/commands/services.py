"""Products and services."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction

from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict, Invalid
from tocsin.core.eventlog.events import record
from tocsin.core.text import texts
from tocsin.directory import events, permissions
from tocsin.directory.commands import _checks
from tocsin.directory.models import Person, Product, Service, Team, Vendor

_MOST_NEEDED = 100


@transaction.atomic
def create_product(actor: Actor, *, name: str, slug: str = "", now: dt.datetime) -> Product:
    """What customers know by name; shown as a component on the status pages."""
    permissions.require_administrator(actor)
    name = _checks.one_line(name, "name", 120)
    taken = list(Product.objects.values_list("slug", flat=True))
    short = _checks.slug(slug, name, taken)
    with _checks.only_once("name", f"There is a product “{name}” already."):
        product = Product.objects.create(name=name, slug=short, position=len(taken), created_at=now, updated_at=now)
    record(actor, events.PRODUCT_CREATED, product.id, now=now, data={"name": name, "slug": short})
    return product


@transaction.atomic
def change_product(actor: Actor, product: Product, *, name: str, now: dt.datetime) -> Product:
    permissions.require_administrator(actor)
    name = _checks.one_line(name, "name", 120)
    if name != product.name:
        product.name, product.updated_at = name, now
        with _checks.only_once("name", f"There is a product “{name}” already."):
            product.save(update_fields=["name", "updated_at"])
        record(actor, events.PRODUCT_CHANGED, product.id, now=now, data={"name": name})
    return product


@transaction.atomic
def create_service(
    actor: Actor,
    *,
    name: str,
    team: Team,
    description: str = "",
    products: Iterable[Product] = (),
    runbook_url: str = "",
    owner: Person | None = None,
    needs: Iterable[Service] = (),
    vendors: Iterable[Vendor] = (),
    severity_guidance: str = "",
    slug: str = "",
    now: dt.datetime,
) -> Service:
    """Something that can break, of a team. Until `oncall.cover_service` says otherwise the last resort is paged for it.

    `owner` answers for it and is asked to approve postmortems; `severity_guidance` tells its Sev 1 from its 2; `needs` are services
    and `vendors` houses that it cannot do without.
    """
    permissions.require_manager(actor, team)
    name = _checks.one_line(name, "name", 120)
    short = _checks.slug(slug, name, list(Service.objects.values_list("slug", flat=True)))
    service = Service(
        name=name,
        slug=short,
        team=team,
        description=_checks.one_line(description, "description", 400, required=False),
        runbook_url=_checks.web_address(runbook_url, "runbook_url"),
        owner=_owner(owner),
        severity_guidance=_guidance(severity_guidance),
        created_at=now,
        updated_at=now,
    )
    with _checks.only_once("name", f"There is a service “{name}” already."):
        service.save(force_insert=True)
    _set_links(service, {"products": products, "needs": needs, "vendors": vendors})
    data = {"name": name, "slug": short, "team": team.id, "owner": owner.id if owner else ""}
    record(actor, events.SERVICE_CREATED, service.id, now=now, data=data)
    return service


@transaction.atomic
def change_service(
    actor: Actor,
    service: Service,
    *,
    name: str | None = None,
    team: Team | None = None,
    description: str | None = None,
    products: Iterable[Product] | None = None,
    runbook_url: str | None = None,
    owner: Person | str | None = None,
    needs: Iterable[Service] | None = None,
    vendors: Iterable[Vendor] | None = None,
    severity_guidance: str | None = None,
    archived: bool | None = None,
    now: dt.datetime,
) -> Service:
    """Change what is given; the owner `""` is nobody. Giving a service to another team takes a manager of both."""
    permissions.require_manager(actor, service.team)
    changed: dict[str, Any] = {}
    if name is not None:
        changed["name"] = _checks.one_line(name, "name", 120)
    if description is not None:
        changed["description"] = _checks.one_line(description, "description", 400, required=False)
    if runbook_url is not None:
        changed["runbook_url"] = _checks.web_address(runbook_url, "runbook_url")
    if severity_guidance is not None:
        changed["severity_guidance"] = _guidance(severity_guidance)
    if team is not None:
        permissions.require_manager(actor, team)
        changed["team_id"] = team.id
    if owner is not None:
        changed["owner_id"] = _new_owner(service, owner)
    if archived is not None and archived != (service.archived_at is not None):
        changed["archived_at"] = now if archived else None
    changed = {field: value for field, value in changed.items() if getattr(service, field) != value}
    data: dict[str, Any] = {field: value for field, value in changed.items() if field != "archived_at"}
    if "archived_at" in changed:
        data["archived"] = archived
    _write(service, changed, now)
    data |= _set_links(service, {"products": products, "needs": needs, "vendors": vendors})
    if data:
        record(actor, events.SERVICE_CHANGED, service.id, now=now, data=data)
    return service


def _write(service: Service, changed: dict[str, Any], now: dt.datetime) -> None:
    if not changed:
        return
    for field, value in changed.items():
        setattr(service, field, value)
    service.updated_at = now
    with _checks.only_once("name", f"There is a service “{service.name}” already."):
        service.save(update_fields=[*changed, "updated_at"])


def _guidance(text: str) -> str:
    return texts.prose(text, field="severity_guidance", limit=1_000)


def _owner(owner: Person | None) -> Person | None:
    """Somebody who can be asked. Raises Conflict for whoever has no access any more."""
    if owner is not None and not owner.is_active:
        raise Conflict(f"{owner.name} is deactivated.", field="owner")
    return owner


def _new_owner(service: Service, owner: Person | str) -> str | None:
    """The id of the next owner; one who stays is not looked at again."""
    if isinstance(owner, str):
        return None
    return owner.id if owner.id == service.owner_id else getattr(_owner(owner), "id", None)


def _set_links(service: Service, given: dict[str, Iterable[Any] | None]) -> dict[str, Any]:
    """Set those that are given; what changed, for the event. Services may need each other in a ring, but none itself."""
    changed = {}
    for field, rows in given.items():
        if rows is None:
            continue
        wanted = {row.id: row for row in rows}
        if field == "needs" and service.id in wanted:
            raise Invalid(f"{service.name} cannot need itself.", field="needs")
        if len(wanted) > _MOST_NEEDED:
            raise Invalid(f"At most {_MOST_NEEDED}.", field=field)
        links = getattr(service, field)
        if wanted.keys() != set(links.values_list("id", flat=True)):
            links.set(wanted.values())
            changed[field] = sorted(wanted)
    return changed
