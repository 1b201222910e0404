"""Single facts about this installation, kept in the database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import structlog
from django.db import DatabaseError, close_old_connections, connection

from tocsin.core.models import InstallationFact
from tocsin.core.store.prepared import Prepared

log = structlog.get_logger(__name__)


_fact = Prepared(lambda name: InstallationFact.objects.filter(name=name).values_list("value", flat=True))


_facts = Prepared(lambda names: InstallationFact.objects.filter(name__in=names).values_list("name", "value"))


def get(name: str, default: Any = None) -> Any:
    """The fact's value, any JSON value."""
    return _fact.first(name) or default


def several(names: Sequence[str]) -> dict[str, Any]:
    """Those of these facts that are set, by name. One query."""
    return dict(_facts(names))


def glance(name: str) -> Any:
    """The fact's value for a thread that sends: None as well while the store is away, because sending must go on without it."""
    if connection.in_atomic_block:
        return get(name)
    try:
        close_old_connections()
        return get(name)
    except DatabaseError:
        log.warning("a fact could not be read", name=name)
        connection.close()
        return None


def put(name: str, value: Any) -> None:
    """Set the fact; None removes it. Call inside a command's transaction."""
    if value is None:
        InstallationFact.objects.filter(name=name).delete()
    else:
        InstallationFact.objects.update_or_create(name=name, defaults={"value": value})


def on_hold() -> bool:
    """Whether this is a restored installation that shows what it would page and pages nobody."""
    return bool(get("hold", False))
