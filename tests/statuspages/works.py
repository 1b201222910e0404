"""Planned work, and an engine turned by hand."""

from __future__ import annotations

from typing import Any

from tests.incidents import given
from tocsin.statuspages import parts as status_parts
from tocsin.statuspages.maintenance import commands, jobs
from tocsin.statuspages.maintenance.models import Maintenance, MaintenanceSeries
from tocsin.statuspages.models import Component

HOUR = 60
DAY = 24 * HOUR


def planned(
    there: given.House, *parts: Component, at: float = 0, starts: float = HOUR, ends: float = 3 * HOUR, **fields: Any
) -> Maintenance:
    """Work that Ana plans, in minutes from now."""
    values = {
        "title": "New database",
        "body": "Payments may fail for some minutes.",
        "parts": [part.pk for part in parts],
        "starts_at": given.later(starts),
        "ends_at": given.later(ends),
        **fields,
    }
    return commands.plan(there.actor("ana"), status_parts.page("external"), **values, now=given.later(at))


def weekly(there: given.House, *parts: Component, at: float = 0, **fields: Any) -> MaintenanceSeries:
    """Every Sunday at 02:00 in Vienna, two hours, from 22 November 2026."""
    values = {
        "title": "Weekly patches",
        "body": "Short pauses.",
        "parts": [part.pk for part in parts],
        "starts_at": given.NOW.replace(day=22, hour=1),
        "ends_at": given.NOW.replace(day=22, hour=3),
        "rule": "FREQ=WEEKLY;BYDAY=SU",
        "zone": "Europe/Vienna",
        **fields,
    }
    return commands.plan_series(there.actor("ana"), status_parts.page("external"), **values, now=given.later(at))


def engine(at: float) -> int:
    """What the engine does at an instant, in minutes from now; how many rows it took."""
    done = 0
    while took := jobs.attend_due(given.later(at)) + jobs.extend_due(given.later(at)):
        done += took
    return done


def fresh(one: Maintenance) -> Maintenance:
    return Maintenance.objects.get(pk=one.pk)


def state_of(part: Component) -> str:
    return Component.objects.get(pk=part.pk).state
