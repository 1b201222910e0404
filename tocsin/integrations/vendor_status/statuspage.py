"""The public JSON of Statuspage (v2), which many others write too: a summary, or a status and the unresolved incidents."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from tocsin.directory.vendor_status import rules
from tocsin.directory.vendor_status.ports import Reading, Report, Unread
from tocsin.integrations.vendor_status import plain

_ENDED = frozenset({"resolved", "postmortem", "completed"})


def summary(url: str) -> str:
    """Where the summary of a page is."""
    return _at(url, "/api/v2/summary.json")


def unresolved(url: str) -> str:
    """Where the open incidents of a page are."""
    return _at(url, "/api/v2/incidents/unresolved.json")


def _at(url: str, tail: str) -> str:
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, parts.path.split("/api/v2/")[0].rstrip("/") + tail, "", ""))


def reading(raw: bytes, ask_incidents: Callable[[], bytes]) -> Reading:
    """From a summary, or from a status with the incidents asked for apart. Raises Unread for anything else."""
    document = _document(raw)
    status = document.get("status")
    if not isinstance(status, dict) or status.get("indicator") not in rules.INDICATORS:
        raise Unread("the address answers with JSON that is not a summary of a status page")
    incidents = document.get("incidents")
    if incidents is None:
        incidents = _document(ask_incidents()).get("incidents")
    if not isinstance(incidents, list):
        raise Unread("the status page does not say which incidents are open")
    planned = document.get("scheduled_maintenances")
    under_way = [one for one in planned if _is(one, "status", {"in_progress", "verifying"})] if isinstance(planned, list) else []
    found = [one for one in (*incidents, *under_way) if isinstance(one, dict) and not _is(one, "status", _ENDED)]
    reports = tuple(_report(one) for one in found if plain.words(one.get("id"), 300))
    return Reading(str(status["indicator"]), plain.words(status.get("description"), 200), reports)


def _document(raw: bytes) -> dict[str, Any]:
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        raise Unread("the address answers with JSON that is broken") from None
    if not isinstance(found, dict):
        raise Unread("the address answers with JSON that is not a summary of a status page")
    return found


def _is(one: Any, field: str, values: frozenset[str] | set[str]) -> bool:
    return isinstance(one, dict) and isinstance(one.get(field), str) and one[field] in values


def _report(one: dict[str, Any]) -> Report:
    updates = one.get("incident_updates")
    latest = updates[0] if isinstance(updates, list) and updates and isinstance(updates[0], dict) else {}
    impact = plain.words(one.get("impact"), 12)
    return Report(
        uid=plain.words(one.get("id"), 300),
        title=plain.words(one.get("name"), 300) or "Unnamed incident",
        status=plain.words(one.get("status"), 40),
        impact=impact if impact in rules.INDICATORS else "",
        text=plain.words(latest.get("body"), 600),
        url=plain.address(one.get("shortlink")),
        began_at=plain.instant(one.get("started_at")) or plain.instant(one.get("created_at")),
        said_at=plain.instant(latest.get("display_at")) or plain.instant(one.get("updated_at")),
    )
