"""Making, changing, ordering and archiving pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.text import slugify

from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict, Invalid
from tocsin.core.eventlog.events import record
from tocsin.core.store import db
from tocsin.core.text import substitution, texts
from tocsin.directory import queries as catalogue
from tocsin.directory import rules as directory
from tocsin.statuspages import events, permissions, words
from tocsin.statuspages.maintenance.models import Maintenance
from tocsin.statuspages.models import Entry, StatusPage
from tocsin.statuspages.pages import rules

_HIGHEST = 32_000


def create_page(actor: Actor, *, name: str, slug: str = "", now: dt.datetime, **looks: Any) -> StatusPage:
    """A further page for customers; without a `slug` it is made from the name. `looks` as `change_page` takes them.

    Raises Invalid with the field, Conflict beyond `rules.MOST` pages.
    """
    permissions.require_editor(actor)
    values = _checked({"name": name, **looks})
    slug = rules.slug(slug or slugify(values["name"])[:40].strip("-"))
    with transaction.atomic():
        _one_at_a_time()
        there = StatusPage.objects.filter(audience=StatusPage.EXTERNAL)
        if there.filter(archived_at=None).count() >= rules.MOST:
            raise Conflict(f"There are {rules.MOST} pages already. Archive one that nobody reads.")
        if StatusPage.objects.filter(slug=slug).exists():
            raise Invalid(f"There is a page {slug} already, or was one: its old links lead there.", field="slug")
        last = max(there.values_list("position", flat=True), default=0)
        given = {"position": min(last + 1, _HIGHEST), **values}
        page = StatusPage(slug=slug, audience=StatusPage.EXTERNAL, **given, created_at=now, updated_at=now)
        _require_fit(page)
        page.save(force_insert=True)
        data = {"name": page.name, "slug": slug, "language": page.language, "zone": page.zone, "host": page.host}
        record(actor, events.PAGE_CREATED, page.id, now=now, data=data | {"is_secret": page.is_secret})
    return page


def change_page(actor: Actor, page: StatusPage, *, now: dt.datetime, **changes: Any) -> StatusPage:
    """Change `name`, `language`, `zone`, `theme` (colours by name), `host`, `is_secret`, `position`, `text_gateway` (id or name of
    the gateway that carries texts to subscribers, empty for none); what is None stays.

    The first page for customers has an address that everybody knows, and the internal one is read behind sign-in by people in
    their own zone: of that only the name changes. Raises Invalid with the field.
    """
    permissions.require_editor(actor)
    values = _checked({name: value for name, value in changes.items() if value is not None})
    with transaction.atomic():
        _one_at_a_time()
        page = _locked(page)
        changed = [name for name, value in values.items() if getattr(page, name) != value]
        data = {"old": {name: getattr(page, name) for name in changed}, "new": {name: values[name] for name in changed}}
        for name in changed:
            setattr(page, name, values[name])
        _require_fit(page)
        if changed:
            page.updated_at = now
            page.save(update_fields=[*changed, "updated_at"])
            record(actor, events.PAGE_CHANGED, page.id, now=now, data={"name": page.name, **data})
    return page


def renew_address(actor: Actor, page: StatusPage, *, now: dt.datetime) -> StatusPage:
    """Another secret address; the one before leads nowhere from now on. Raises Conflict for a page that everybody may read."""
    permissions.require_editor(actor)
    with transaction.atomic():
        page = _locked(page)
        if not page.is_secret:
            raise Conflict(f"{page.name} has no secret address.")
        page.turn, page.updated_at = page.turn + 1, now
        page.save(update_fields=["turn", "updated_at"])
        record(actor, events.PAGE_READDRESSED, page.id, now=now, data={"name": page.name})
    return page


def archive_page(actor: Actor, page: StatusPage, *, now: dt.datetime) -> StatusPage:
    """Nobody reads it any more; what it said, its parts and subscribers stay. Raises Conflict while it speaks of an incident or
    of planned work to come, and for the first page of an audience.
    """
    permissions.require_editor(actor)
    with transaction.atomic():
        page = _locked(page)
        if page.is_first:
            raise Conflict(f"{page.name} is the first page of its readers and stays.")
        if Entry.objects.filter(page=page, resolved_at=None).exists():
            raise Conflict(f"{page.name} still speaks of an open incident. Say the last words first.")
        if page.maintenances.filter(state__in=Maintenance.OPEN).exists() or page.maintenance_series.filter(ended_at=None).exists():
            raise Conflict(f"{page.name} tells of planned work to come. End it or call it off first.")
        page.archived_at = page.updated_at = now
        page.save(update_fields=["archived_at", "updated_at"])
        record(actor, events.PAGE_ARCHIVED, page.id, now=now, data={"name": page.name})
    return page


def restore_page(actor: Actor, page: StatusPage, *, now: dt.datetime) -> StatusPage:
    """Readers find it again where it was. Raises Invalid when another page has its host by now."""
    permissions.require_editor(actor)
    with transaction.atomic():
        _one_at_a_time()
        page = db.lock(StatusPage.objects.filter(pk=page.pk)).get()
        if page.archived_at is not None:
            page.archived_at, page.updated_at = None, now
            _require_fit(page)
            page.save(update_fields=["archived_at", "updated_at"])
            record(actor, events.PAGE_RESTORED, page.id, now=now, data={"name": page.name})
    return page


def _one_at_a_time() -> None:
    """Short names and hosts are each here once: whoever makes or changes a page waits for whoever does."""
    db.lock(StatusPage.objects.filter(slug=StatusPage.EXTERNAL)).get()


def _locked(page: StatusPage) -> StatusPage:
    found = db.lock(StatusPage.objects.filter(pk=page.pk)).get()
    if found.archived_at is not None:
        raise Conflict(f"{found.name} is archived. Restore it first.")
    return found


def _checked(given: Mapping[str, Any]) -> dict[str, Any]:
    house = urlsplit(settings.TOCSIN.base_url).hostname or ""
    checks: dict[str, Callable[[Any], Any]] = {
        "name": lambda value: texts.line(value, field="name", limit=120),
        "language": _language,
        "zone": _zone,
        "theme": rules.theme,
        "host": lambda value: rules.host(value, house),
        "is_secret": bool,
        "position": _position,
        "text_gateway": _gateway,
    }
    found = {name: checks[name](value) for name, value in given.items()}
    return {"text_gateway_id" if name == "text_gateway" else name: value for name, value in found.items()}


def _gateway(wanted: str) -> str | None:
    """The id of a gateway that can carry texts; None for none."""
    if not wanted:
        return None
    found = next((one for one in catalogue.gateways() if wanted in {one.id, one.name}), None)
    if found is None:
        raise Invalid(f"There is no gateway called {wanted[:80]!r}.", field="text_gateway")
    missing = {"to", "text"} - set(substitution.slots(f"{found.url} {found.body}"))
    if missing:
        raise Invalid(
            f"{found.name} has no {{{{ {sorted(missing)[0]} }}}} in its address or body, so no text would arrive.",
            field="text_gateway",
        )
    return found.id


def _language(value: str) -> str:
    if value not in words.LANGUAGES:
        raise Invalid(f"There are words in {', '.join(words.LANGUAGES)}; {value[:20]!r} is none of them.", field="language")
    return value


def _zone(value: str) -> str:
    if not directory.is_zone(value):
        raise Invalid(f"“{value[:64]}” is not a time zone; write one such as Europe/Vienna.", field="zone")
    return value


def _position(value: int) -> int:
    if not 0 <= value <= _HIGHEST:
        raise Invalid(f"A position is a number from 0 to {_HIGHEST:,}; small numbers come first.", field="position")
    return value


def _require_fit(page: StatusPage) -> None:
    """Raises Invalid for what does not go together."""
    looks = page.host or page.is_secret or page.theme or page.text_gateway_id or (page.language, page.zone) != ("en", "UTC")
    if page.audience == StatusPage.INTERNAL and looks:
        raise Invalid("The internal page is for staff behind sign-in, in their own zone: only its name changes.", field="form")
    if page.is_secret and page.is_first:
        raise Invalid(
            "The address of the first page is known to everybody. Make another page for this audience.", field="is_secret"
        )
    if page.is_secret and page.host:
        raise Invalid("A host is found by everybody. Take the host away, or let everybody read the page.", field="host")
    others = StatusPage.objects.filter(host=page.host, archived_at=None).exclude(pk=page.pk)
    if page.host and others.exists():
        raise Invalid(f"{page.host} is the host of another page.", field="host")
