"""Whatever order events come in within the reorder window, and however often, the same things are true in the end."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import company
from tocsin.alerts import commands
from tocsin.alerts.models import Alert
from tocsin.alerts.ports import FIRING, RESOLVED, ParsedEvent
from tocsin.core.actor import SYSTEM
from tocsin.directory.models import Service

pytestmark = pytest.mark.django_db
T0 = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)
HEARD = T0 + dt.timedelta(minutes=10)


def at(second: int) -> dt.datetime:
    return T0 + dt.timedelta(seconds=second)


def story(periods: list[int], still_firing: bool) -> list[ParsedEvent]:
    """What a source tells of one problem: periods of these lengths in seconds, a second apart; the last may still fire."""
    told, clock = [], 0
    for index, length in enumerate(periods):
        start, end = at(clock), at(clock + length)
        told.append(ParsedEvent("k", f"Burns since {clock}", FIRING, "critical", started_at=start))
        if index < len(periods) - 1 or not still_firing:
            told.append(ParsedEvent("k", "", RESOLVED, "critical", started_at=start, ended_at=end))
        clock += length + 1
    return told


@st.composite
def disorders(draw: st.DrawFn) -> tuple[list[ParsedEvent], list[ParsedEvent]]:
    """A story, and the same story shuffled with repeats."""
    told = story(draw(st.lists(st.integers(1, 12), min_size=1, max_size=4)), draw(st.booleans()))
    repeats = draw(st.lists(st.sampled_from(told), max_size=6))
    return told, draw(st.permutations(told + repeats))


def outcome(service: Service, told: list[ParsedEvent]) -> tuple[object, ...]:
    """What is true after these events, all heard within the reorder window."""
    for index, event in enumerate(told):
        with transaction.atomic():
            commands.apply(SYSTEM, service, "alertmanager", event, received_at=HEARD + dt.timedelta(milliseconds=index), now=HEARD)
    alerts = Alert.objects.filter(service=service)
    assert alerts.exclude(status=Alert.RESOLVED).count() <= 1
    newest = alerts.latest("number")
    began = newest.started_at if newest.status != Alert.RESOLVED else None
    return newest.status, newest.title, newest.urgency, began, newest.resolved_at


@pytest.mark.req("PAG-01")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(disorders())
def test_any_order_and_any_repeats_end_in_the_same_state(disorder: tuple[list[ParsedEvent], list[ParsedEvent]]) -> None:
    told, shuffled = disorder
    with transaction.atomic():
        team = company.team()
        plain = outcome(company.service("Plain", team), told)
        mixed = outcome(company.service("Mixed", team), shuffled)
        transaction.set_rollback(True)
    assert mixed == plain
