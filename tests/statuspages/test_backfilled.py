"""Past incidents written down afterwards: shown as such, told to nobody, and never a way for something private to get out."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from tests.incidents import given
from tests.incidents.given import later
from tests.statuspages import readers
from tocsin.core.errors import Conflict, Invalid, NotAllowed
from tocsin.core.models import Event, OutboxMail
from tocsin.statuspages import parts as status_parts
from tocsin.statuspages import queries as pages
from tocsin.statuspages.backfilled import commands, queries
from tocsin.statuspages.mirrors.models import MirrorCopy
from tocsin.statuspages.models import Entry
from tocsin.statuspages.outside.queries import outside, standing
from tocsin.statuspages.subscribers.models import FanOut
from tocsin.statuspages.words.english import ENGLISH
from tocsin.web.public import bars, v2

pytestmark = pytest.mark.django_db
HOUR, DAY = 60, 24 * 60


@pytest.fixture
def there() -> given.House:
    return given.house()


def backfilled(there: given.House, **fields) -> Entry:
    values = {
        "title": "Payments were slow",
        "body": "A queue was full for two hours.",
        "started_at": later(-2 * DAY),
        "resolved_at": later(-2 * DAY + 2 * HOUR),
        **fields,
    }
    return commands.backfill(there.actor("ana"), status_parts.page("external"), **values, now=later(0))


def test_it_stands_in_history_and_bars_and_nobody_is_told(there) -> None:
    part = readers.part()
    part_began = Event.objects.filter(subject=part.pk)
    part_began.update(at=later(-80 * DAY))
    readers.subscriber()
    before = standing()
    entry = backfilled(there, states={part.pk: "partial_outage"})
    assert standing() != before, "a kept page is made anew"
    assert not FanOut.objects.exists()
    assert not MirrorCopy.objects.exists()
    assert not OutboxMail.objects.exists()
    page = outside(status_parts.page("external"), later(1))
    (told,) = page.entries
    assert (told.entry, told.open, v2.impact(told)) == (entry, False, "major")
    row = bars.row(page.parts[0], later(1), dt.UTC, ENGLISH)
    assert row.words.startswith("99.9")
    assert "down in part on 18 Nov for 2 h" in row.words
    assert len(row.bars) == 1
    (view,) = pages.external_page(later(1)).past
    assert (view.entry, view.incident) == (entry, None)
    assert (
        v2.documents(page, "https://x.example")["api/v2/incidents.json"]["incidents"][0]["incident_updates"][0][
            "deliver_notifications"
        ]
        is False
    )


def test_who_wrote_it_is_in_the_audit_log(there) -> None:
    entry = backfilled(there)
    event = Event.objects.get(name="entry.backfilled")
    assert (event.subject, event.actor, event.at) == (entry.pk, there.ana.pk, later(0))
    commands.remove(there.actor("ben"), queries.entry(entry.pk), now=later(5))
    assert not Entry.objects.exists()
    assert Event.objects.get(name="entry.backfill_removed").actor == there.ben.pk


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"resolved_at": later(-3 * DAY)}, "resolved_at"),
        ({"resolved_at": later(5)}, "resolved_at"),
        ({"started_at": later(-5000 * DAY)}, "started_at"),
        ({"title": ""}, "title"),
        ({"body": "  "}, "body"),
        ({"body": "See HOT-3."}, "body"),
        ({"states": {"cmp_x": "major_outage"}}, "parts"),
        ({"states": {"cmp_x": "under_maintenance"}}, "parts"),
    ],
)
def test_what_cannot_be_names_the_field(there, fields, field) -> None:
    with pytest.raises(Invalid) as refused:
        backfilled(there, **fields)
    assert refused.value.field == field


def test_a_part_that_worked_is_left_out_and_the_same_twice_is_one(there) -> None:
    part = readers.part()
    with pytest.raises(Invalid, match="worked"):
        backfilled(there, states={part.pk: "operational"})
    backfilled(there)
    with pytest.raises(Conflict):
        backfilled(there)


def test_the_page_for_staff_takes_none_and_stakeholders_write_none(there) -> None:
    times = {"started_at": later(-DAY), "resolved_at": later(-HOUR), "now": later(0)}
    with pytest.raises(Invalid) as refused:
        commands.backfill(there.actor("ana"), status_parts.page("internal"), title="x", body="x", **times)
    assert refused.value.field == "page"
    with pytest.raises(NotAllowed):
        commands.backfill(there.actor("sven"), status_parts.page("external"), title="x", body="x", **times)


def test_what_was_said_while_it_happened_cannot_be_removed(there) -> None:
    update = readers.said(there, given.fixing(there))
    with pytest.raises(Conflict):
        commands.remove(there.actor("ana"), update.entry, now=later(20))


def test_the_store_itself_keeps_live_and_past_apart(there) -> None:
    """An entry without an incident cannot be live, and one with an incident cannot pretend to be written afterwards."""
    past, live = backfilled(there), readers.said(there, given.fixing(there)).entry
    for entry, fields in (
        (past, {"backfilled_at": None}),
        (past, {"resolved_at": None}),
        (past, {"resolved_at": later(10)}),
        (past, {"incident": live.incident}),
        (live, {"incident": None}),
        (live, {"backfilled_at": later(20)}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Entry.objects.filter(pk=entry.pk).update(**fields)
