"""Templated HTTP calls that carry pages to ntfy, Gotify and any SMS or voice gateway."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from tocsin.core import secrets
from tocsin.core.actor import Actor
from tocsin.core.errors import Invalid
from tocsin.core.eventlog.events import record
from tocsin.core.text import substitution
from tocsin.directory import events, permissions, rules
from tocsin.directory.commands import _checks
from tocsin.directory.models import Gateway

SLOTS = ("to", "subject", "text", "link")
METHODS = ("POST", "PUT", "PATCH", "GET")


@transaction.atomic
def create_gateway(
    actor: Actor,
    *,
    name: str,
    method: str = "POST",
    url: str,
    headers: Mapping[str, str] | None = None,
    body: str = "",
    now: dt.datetime,
) -> Gateway:
    """A way to call out. URL, header values and body may use `{{ to }}`, `{{ text }}` and `{{ link }}`; headers are encrypted."""
    permissions.require_administrator(actor)
    values = _values(name=name, method=method, url=url, headers=headers or {}, body=body)
    gateway = Gateway(created_at=now, updated_at=now, **values)
    with _checks.only_once("name", f"There is a gateway “{gateway.name}” already."):
        gateway.save(force_insert=True)
    record(actor, events.GATEWAY_CREATED, gateway.id, now=now, data={"name": gateway.name, "url": gateway.url})
    return gateway


@transaction.atomic
def change_gateway(
    actor: Actor,
    gateway: Gateway,
    *,
    name: str,
    method: str,
    url: str,
    headers: Mapping[str, str] | None = None,
    body: str,
    now: dt.datetime,
) -> Gateway:
    """Change a gateway. Without `headers` the stored ones stay: they hold keys and are never shown again."""
    permissions.require_administrator(actor)
    values = _values(name=name, method=method, url=url, headers=headers or {}, body=body)
    if headers is None:
        del values["headers_encrypted"]
    for field, value in values.items():
        setattr(gateway, field, value)
    gateway.updated_at = now
    with _checks.only_once("name", f"There is a gateway “{gateway.name}” already."):
        gateway.save(update_fields=[*values, "updated_at"])
    data = {"name": gateway.name, "url": gateway.url, "headers_replaced": headers is not None}
    record(actor, events.GATEWAY_CHANGED, gateway.id, now=now, data=data)
    return gateway


def _values(*, name: str, method: str, url: str, headers: Mapping[str, str], body: str) -> dict[str, Any]:
    if method not in METHODS:
        raise Invalid(f"A method is one of {', '.join(METHODS)}.", field="method")
    if len(body) > 8000:
        raise Invalid("The body has more than 8,000 characters.", field="body")
    problem = rules.header_problem(dict(headers))
    if problem:
        raise Invalid(problem, field="headers")
    url = _checks.one_line(url, "url", 500)
    _only_known_slots("url", url)
    _only_known_slots("body", body)
    for value in headers.values():
        _only_known_slots("headers", value)
    _checks.web_address(substitution.fill(url, dict.fromkeys(SLOTS, "x"))[:200], "url", required=True)
    return {
        "name": _checks.one_line(name, "name", 120),
        "method": method,
        "url": url,
        "headers_encrypted": secrets.encrypt(json.dumps(dict(headers))) if headers else "",
        "body": body,
    }


def _only_known_slots(field: str, template: str) -> None:
    unknown = [slot for slot in substitution.slots(template) if slot not in SLOTS]
    if unknown:
        raise Invalid(f"“{unknown[0]}” is not known; write to, subject, text or link between the braces.", field=field)
