"""Time to detect and to recover, by period, severity and service."""

from __future__ import annotations

import datetime as dt

import pytest

from tests import company
from tests.conftest import NOW
from tests.incidents import given
from tocsin.incidents.models import Incident
from tocsin.insights import queries

pytestmark = pytest.mark.django_db

SINCE = NOW - dt.timedelta(days=30)


def seed(there, number, *, severity=2, service=None, days_ago=1, ttd=1, ttr=60, **fields):
    """A resolved incident with known durations in minutes."""
    began = NOW - dt.timedelta(days=days_ago)
    return Incident.objects.create(
        number=number,
        key=f"HOT-{number}",
        summary=f"incident {number}",
        severity=severity,
        service=service or there.service,
        state="resolved",
        manager=there.ben,
        impact_started_at=began,
        detected_at=began + dt.timedelta(minutes=ttd),
        impact_ended_at=began + dt.timedelta(minutes=ttr),
        created_at=began,
        updated_at=began,
        **fields,
    )


@pytest.mark.req("MET-01", "MET-02", "MET-03")
def test_the_report_has_median_nine_in_ten_and_the_incidents_behind_them():
    there = given.house()
    for number in range(1, 12):
        seed(there, number, ttd=number, ttr=10 * number)
    found = queries.recovery(there.actor("sven"), SINCE, NOW)
    assert (found.ttr.now.median, found.ttr.now.p90) == (60 * 60, 100 * 60)
    assert (found.ttd.now.median, found.ttd.now.p90) == (6 * 60, 10 * 60)
    assert len(found.rows) == 11
    assert found.ttr.table[0].label == "incidents"


@pytest.mark.req("MET-03")
def test_filters_change_the_figures():
    there = given.house()
    search = company.service("Search", there.team)
    seed(there, 1, severity=1, ttr=10)
    seed(there, 2, severity=3, ttr=30)
    seed(there, 3, severity=3, ttr=50, service=search)
    seed(there, 4, ttr=600, days_ago=45)
    actor = there.actor("ana")

    def median(**filters):
        return queries.recovery(actor, SINCE, NOW, **filters).ttr.now.median

    assert median() == 30 * 60
    assert median(severity=3) == 40 * 60
    assert median(severity=(1, 2)) == 10 * 60
    assert median(service=search) == 50 * 60
    found = queries.recovery(actor, SINCE, NOW)
    assert (found.ttr.before.n, found.ttr.before.median) == (1, 600 * 60)


def test_drills_private_incidents_and_unknown_times_are_honestly_left_out():
    there = given.house()
    seed(there, 1, ttr=10)
    seed(there, 2, ttr=999, is_drill=True)
    seed(there, 3, ttr=999, is_private=True)
    Incident.objects.filter(pk=seed(there, 4).pk).update(impact_ended_at=None, unknown_times=["impact_ended_at"])
    found = queries.recovery(there.actor("ana"), SINCE, NOW)
    assert (found.ttr.now.n, found.ttr.unknown) == (1, 1)
    assert found.ttr.caution.startswith("Only 1 incident")
    assert queries.recovery(there.actor("root"), SINCE, NOW).ttr.now.n == 2


def test_a_report_costs_two_queries(django_assert_num_queries):
    there = given.house()
    for number in range(1, 6):
        seed(there, number)
    actor = there.actor("root")
    with django_assert_num_queries(2):
        queries.recovery(actor, SINCE, NOW)
