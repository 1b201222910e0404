"""Incidents over time: the buckets of a chart, pure, and that list and chart say the same on both stores."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from tests import company
from tests.api.caller import Api, refusal
from tests.conftest import NOW
from tests.web.walk import signed_in
from tocsin.core.actor import SYSTEM
from tocsin.incidents import queries as incidents
from tocsin.incidents.models import Incident
from tocsin.insights import queries, trends

DAY = dt.timedelta(days=1)


def test_weeks_begin_on_monday_and_have_no_holes():
    facts = [("2026-11-01", 1, 60.0), ("2026-11-02", 2, None), ("2026-11-20", 3, 180.0)]
    found = trends.trend(facts)
    assert (found.step, found.total, found.median, found.known) == ("week", 3, 120.0, 2)
    assert [(one.first.isoformat(), one.counts) for one in found.buckets] == [
        ("2026-10-26", (1, 0, 0)),
        ("2026-11-02", (0, 1, 0)),
        ("2026-11-09", (0, 0, 0)),
        ("2026-11-16", (0, 0, 1)),
    ]
    assert found.buckets[0].last == dt.date(2026, 11, 1)


@pytest.mark.parametrize(
    ("first", "step", "many"), [("2026-10-01", "week", 8), ("2025-10-01", "month", 14), ("2015-01-01", "year", 12)]
)
def test_a_bar_stands_for_as_much_as_the_span_needs(first, step, many):
    found = trends.trend([(first, 1, None), ("2026-11-20", 2, None)])
    assert (found.step, len(found.buckets), sum(one.total for one in found.buckets)) == (step, many, 2)


def test_the_span_that_was_asked_for_decides_even_where_little_was_found():
    assert trends.trend([("2026-11-20", 1, None)], dt.date(2024, 1, 1), dt.date(2026, 11, 30)).step == "month"


def test_nothing_is_drawn_for_nothing_and_blocks_stand_on_each_other():
    assert trends.trend([]).bars == []
    (bar,) = trends.trend([("2026-11-20", 1, None), ("2026-11-20", 2, None), ("2026-11-20", 2, None)]).bars
    first, second = bar.blocks
    assert (first.severity, second.severity, first.y + first.height) == (1, 2, trends.BOTTOM)
    assert second.y + second.height == pytest.approx(first.y, abs=0.2)
    assert second.height == pytest.approx(2 * first.height, abs=0.2)


@pytest.fixture
def seeded():
    """Two services with a team each, and 60 incidents of a year, four of them private; by number, what is known of each."""
    dice = random.Random(3)
    services = [company.service(name, company.team(team)) for name, team in (("Checkout", "Payments"), ("Search", "Finding"))]
    product = company.product()
    for number in range(1, 61):
        at = NOW - dice.randrange(365) * DAY - dt.timedelta(minutes=dice.randrange(1440))
        known = number % 3 != 0
        made = Incident.objects.create(
            number=number,
            key=f"HOT-{number}",
            summary=dice.choice(("Cards fail", "Nothing is found")),
            severity=dice.choice((1, 2, 3)),
            state=dice.choice(("pending", "resolved")),
            service=dice.choice((*services, None)),
            is_private=number > 56,
            impact_started_at=at if known else None,
            impact_ended_at=at + dt.timedelta(minutes=number) if known else None,
            created_at=at,
            updated_at=at,
        )
        if number % 2:
            made.products.add(product)
    return services, product


SELECTIONS = [
    {},
    {"severity": 1},
    {"state": "resolved"},
    {"q": "cards"},
    {"since": (NOW - 100 * DAY).date(), "until": (NOW - 20 * DAY).date()},
    {"severity": 2, "since": (NOW - 200 * DAY).date(), "q": "cards"},
]


@pytest.mark.django_db
@pytest.mark.req("TRK-06")
@pytest.mark.parametrize("only", ["everything", "service", "team", "product"])
@pytest.mark.parametrize("wanted", SELECTIONS)
def test_list_and_chart_say_the_same_of_seeded_data(seeded, wanted, only, django_assert_num_queries):
    (checkout, _), product = seeded
    more = {"service": {"service": checkout}, "team": {"team": checkout.team}, "product": {"product": product}}.get(only, {})
    rows = incidents.incidents(SYSTEM, **wanted, **more)
    with django_assert_num_queries(1):
        chart = queries.over_time(rows)
    listed = list(rows)
    assert chart.total == len(listed) == sum(one.total for one in chart.buckets)
    for severity in (1, 2, 3):
        assert sum(one.counts[severity - 1] for one in chart.buckets) == sum(one.severity == severity for one in listed)
    spans = sorted((one.impact_ended_at - one.impact_started_at).total_seconds() for one in listed if one.impact_ended_at)
    assert (chart.known, chart.median) == (len(spans), pytest.approx(trends.quantile(spans, 0.5), abs=0.01) if spans else None)
    for bucket in chart.buckets:
        assert bucket.total == sum(bucket.first <= one.created_at.date() <= bucket.last for one in listed)


@pytest.mark.django_db
@pytest.mark.req("TRK-06")
def test_page_and_api_filter_alike_and_tell_private_ones_to_nobody_else(seeded):
    root, otto = company.administrator("Root"), company.person("Otto")
    caller, since = Api(root), (NOW - 150 * DAY).date().isoformat()
    chosen = f"severity=1&service=checkout&since={since}"
    listed = caller.get(f"incidents?{chosen}&limit=200").json()["items"]
    chart = caller.get(f"incidents/trend?{chosen}").json()
    assert chart["total"] == chart["items"][0]["sev1"] + sum(one["sev1"] for one in chart["items"][1:]) == len(listed) > 0
    page = signed_in(root).get(f"/incidents?view=all&severity=1&service=checkout&from={since}").content.decode()
    assert all(f'href="/{one["key"]}"' in page for one in listed)
    assert f"{len(listed)} incident" in page
    assert '<svg class="plot bars"' in page
    assert caller.get("incidents/trend").json()["total"] == 60
    assert Api(otto).get("incidents/trend").json()["total"] == 56
    assert refusal(caller.get("incidents?since=nonsense"), 422)["field"] == "since"
    assert refusal(caller.get("incidents?since=2026-02-02&until=2026-01-01"), 422)["field"] == "until"
    assert refusal(caller.get("incidents?until=9999-12-31"), 422)["field"] == "until"
    assert refusal(caller.get("incidents/trend?product=nosuch"), 422)["field"] == "product"
    assert refusal(caller.get("incidents/trend?team=nosuch"), 422)["field"] == "team"
    assert refusal(caller.get("incidents?severity=4"), 422)["field"] == "severity"
    assert refusal(caller.get("incidents?colour=red"), 422)["field"] == "colour"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "odd", ["from=9999-12-31&to=x", "from=2026-13-01", "to=0001-01-01&from=2026-01-01", "team=%00&product=%F0", "severity=9"]
)
def test_an_odd_address_is_as_if_it_said_nothing(seeded, odd):
    assert signed_in(company.person("Otto")).get(f"/incidents?view=all&{odd}").status_code == 200


@pytest.mark.django_db
def test_the_page_asks_as_often_for_many_as_for_few(seeded, django_assert_max_num_queries):
    client = signed_in(company.administrator("Root"))
    client.get("/incidents?view=all")
    with django_assert_max_num_queries(40) as few:
        client.get("/incidents?view=all&severity=1&service=checkout")
    with django_assert_max_num_queries(len(few)):
        client.get("/incidents?view=all")
