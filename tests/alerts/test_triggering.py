"""One alert for each problem and open period, whatever the source repeats or reorders."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction

from tests import company
from tocsin.alerts import commands, events, queries
from tocsin.alerts.models import Alert
from tocsin.alerts.ports import FIRING, RESOLVED, ParsedEvent
from tocsin.core.actor import SYSTEM
from tocsin.core.errors import Invalid, NotAllowed, NotFound
from tocsin.core.models import Event
from tocsin.directory.models import Service

pytestmark = pytest.mark.django_db


@pytest.fixture
def service() -> Service:
    return company.service()


def say(service: Service, now: dt.datetime, status: str = FIRING, **fields: object) -> Alert:
    """Let the source say one thing, heard at `now`."""
    event = ParsedEvent(**({"dedup_key": "k", "title": "It burns", "status": status} | fields))  # type: ignore[arg-type]
    with transaction.atomic():
        return commands.apply(SYSTEM, service, "alertmanager", event, received_at=now, now=now)


def names() -> list[str]:
    return list(Event.objects.filter(name__startswith="alert.").order_by("id").values_list("name", flat=True))


@pytest.mark.req("PAG-01")
def test_repeats_of_one_problem_are_one_alert_and_one_event(service: Service, now: dt.datetime) -> None:
    first = say(service, now)
    for second in range(1, 4):
        assert say(service, now + dt.timedelta(seconds=second)).pk == first.pk
    first.refresh_from_db()
    assert (first.event_count, first.status, first.urgency) == (4, Alert.TRIGGERED, Alert.HIGH)
    assert names() == [events.ALERT_TRIGGERED]
    assert len(queries.event_history(first)) == 4


def test_a_new_trigger_after_the_end_is_a_new_alert(service: Service, now: dt.datetime) -> None:
    first = say(service, now, started_at=now)
    over = now + dt.timedelta(minutes=5)
    assert say(service, over, RESOLVED, ended_at=over).status == Alert.RESOLVED
    later = now + dt.timedelta(minutes=6)
    second = say(service, later, started_at=later)
    assert second.pk != first.pk
    assert second.number == first.number + 1
    assert names() == [events.ALERT_TRIGGERED, events.ALERT_RESOLVED, events.ALERT_TRIGGERED]


def test_a_source_that_still_fires_a_minute_after_its_resolve_pages_again(service: Service, now: dt.datetime) -> None:
    say(service, now, started_at=now)
    over = now + dt.timedelta(minutes=5)
    say(service, over, RESOLVED, started_at=now, ended_at=over)
    assert say(service, over + dt.timedelta(seconds=61), started_at=now).status == Alert.TRIGGERED


def test_the_resolving_event_does_not_take_the_title_away(service: Service, now: dt.datetime) -> None:
    say(service, now, title="Disk of db1 is full", description="99 %", url="https://prom/graph")
    alert = say(service, now + dt.timedelta(minutes=1), RESOLVED, title="", description="", url="")
    assert (alert.title, alert.description, alert.url) == ("Disk of db1 is full", "99 %", "https://prom/graph")


def test_a_resolve_that_overtakes_its_trigger_leaves_one_resolved_alert_that_knows_its_title(
    service: Service, now: dt.datetime
) -> None:
    over = now + dt.timedelta(seconds=30)
    early = say(service, over, RESOLVED, title="", started_at=now, ended_at=over)
    late = say(service, over + dt.timedelta(seconds=5), started_at=now)
    assert late.pk == early.pk
    assert (late.status, late.title, late.urgency) == (Alert.RESOLVED, "It burns", Alert.HIGH)
    assert events.ALERT_TRIGGERED not in names()


def test_a_resolve_with_a_made_up_time_counts_from_when_it_was_heard(service: Service, now: dt.datetime) -> None:
    say(service, now, started_at=now - dt.timedelta(seconds=5))
    long_ago, later = now - dt.timedelta(days=900), now + dt.timedelta(minutes=2)
    over = say(service, later, RESOLVED, started_at=long_ago, ended_at=long_ago + dt.timedelta(hours=1))
    assert (over.status, over.resolved_at) == (Alert.RESOLVED, later)


def test_an_info_alert_is_recorded_and_pages_once_it_becomes_louder(service: Service, now: dt.datetime) -> None:
    quiet = say(service, now, severity="info")
    assert (quiet.status, quiet.urgency) == (Alert.SUPPRESSED, Alert.NONE)
    low = say(service, now + dt.timedelta(seconds=1), severity="warning")
    assert (low.status, low.urgency) == (Alert.TRIGGERED, Alert.LOW)
    assert say(service, now + dt.timedelta(seconds=2), severity="critical").urgency == Alert.HIGH
    assert say(service, now + dt.timedelta(seconds=3), severity="info").urgency == Alert.HIGH
    assert names() == [events.ALERT_SUPPRESSED, events.ALERT_TRIGGERED, events.ALERT_RAISED]


@pytest.mark.req("PAG-06")
def test_of_two_who_acknowledge_the_first_wins_and_the_second_is_told(service: Service, now: dt.datetime) -> None:
    ada, bo = company.person("Ada"), company.person("Bo")
    alert = say(service, now)
    first = commands.acknowledge(company.actor(ada), alert, now=now)
    second = commands.acknowledge(company.actor(bo), alert, now=now + dt.timedelta(seconds=1))
    assert first.acknowledged_by == second.acknowledged_by == ada
    assert second.acknowledged_at == now
    assert names().count(events.ALERT_ACKNOWLEDGED) == 1


def test_an_acknowledged_alert_stays_so_when_the_source_repeats_itself(service: Service, now: dt.datetime) -> None:
    alert = commands.acknowledge(SYSTEM, say(service, now), now=now)
    assert say(service, now + dt.timedelta(minutes=1)).status == alert.status == Alert.ACKNOWLEDGED


def test_resolving_by_hand_keeps_who_and_when_although_the_source_resolves_later(service: Service, now: dt.datetime) -> None:
    ada = company.person("Ada")
    alert = commands.resolve(company.actor(ada), say(service, now, started_at=now), now=now)
    later = now + dt.timedelta(minutes=10)
    again = say(service, later, RESOLVED, started_at=now, ended_at=later)
    assert (again.pk, again.resolved_by, again.resolved_at) == (alert.pk, ada, now)
    assert commands.resolve(company.actor(ada), again, now=later).resolved_at == now
    assert names().count(events.ALERT_RESOLVED) == 1


def test_a_person_opens_an_alert_by_hand_and_a_stakeholder_may_not(service: Service, now: dt.datetime) -> None:
    ada, sven = company.person("Ada"), company.stakeholder()
    alert = commands.open_by_hand(company.actor(ada), service, "Shop is slow", now=now)
    assert (alert.title, alert.source, alert.urgency) == ("Shop is slow", "hand", Alert.HIGH)
    with pytest.raises(NotAllowed):
        commands.open_by_hand(company.actor(sven), service, "Shop is slow", now=now)
    with pytest.raises(Invalid) as refused:
        commands.open_by_hand(company.actor(ada), service, " \x00 ", now=now)
    assert refused.value.field == "title"


def test_what_a_source_writes_is_cleaned_before_it_is_stored(service: Service, now: dt.datetime) -> None:
    alert = say(
        service,
        now,
        title="a\x00b\r\nBcc: x\ud800" + "z" * 9000,
        description="\x00two\nlines",
        url="javascript:alert(1)",
        labels={"a\x00": "b\x00\n"},
    )
    alert.refresh_from_db()
    assert alert.title.startswith("ab Bcc: xzzz")
    assert len(alert.title) == 400
    assert (alert.description, alert.url, alert.labels) == ("two\nlines", "", {"a": "b"})


def test_lists_filter_by_status_service_and_words(service: Service, now: dt.datetime) -> None:
    other = company.service("Search")
    one = say(service, now)
    two = say(other, now, title="Index is old")
    commands.acknowledge(SYSTEM, two, now=now)
    actor = company.actor(company.person())
    assert list(queries.alerts(actor)) == [two, one]
    assert list(queries.alerts(actor, status="triggered")) == [one]
    assert list(queries.alerts(actor, status="open")) == [two, one]
    assert list(queries.alerts(actor, service="search")) == [two]
    assert list(queries.alerts(actor, q=f"#{one.number}")) == [one]
    assert list(queries.alerts(actor, q="index")) == [two]
    assert (queries.counts(actor).triggered, queries.counts(actor).acknowledged) == (1, 1)
    with pytest.raises(Invalid):
        queries.alerts(actor, status="burning")
    with pytest.raises(NotFound):
        queries.alert_by_number(actor, 99999)


def test_listing_takes_one_query_however_many_rows(service: Service, now: dt.datetime, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    for number in range(5):
        say(service, now, dedup_key=str(number))
    with django_assert_num_queries(1):
        for alert in queries.alerts(SYSTEM)[:25]:
            assert alert.service.team.name
