"""Planned work on pages elsewhere: one entry there from the announcement to the end, at the times that it has here."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from tests.incidents import given
from tests.integrations.test_gateways import Phone
from tests.statuspages.test_mirrors import carried, loopback, page, run
from tocsin.core.actor import SYSTEM
from tocsin.core.errors import Conflict, NotAllowed, NotFound
from tocsin.core.models import Event
from tocsin.statuspages import commands, parts
from tocsin.statuspages.maintenance import commands as maintenance
from tocsin.statuspages.maintenance import jobs
from tocsin.statuspages.maintenance.models import Maintenance
from tocsin.statuspages.mirrors import commands as mirrors
from tocsin.statuspages.mirrors import queries
from tocsin.statuspages.mirrors.models import MirrorCopy, MirroredWork

__all__ = ("carried", "loopback", "page")
pytestmark = [pytest.mark.django_db, pytest.mark.req("SYS-11")]
STARTS, HOUR = given.NOW + dt.timedelta(hours=2), dt.timedelta(hours=1)


def plan(*, on: str = "external", **more) -> Maintenance:
    shown = parts.page(on)
    part = shown.components.filter(name="Tickets").first() or commands.create_component(
        SYSTEM, shown, name="Tickets", now=given.NOW
    )
    said = {"title": "New database", "body": "Short pauses.", "starts_at": STARTS, "ends_at": STARTS + HOUR, "parts": [part.id]}
    return maintenance.plan(SYSTEM, shown, **{**said, **more}, now=given.NOW)


def engine(at: dt.datetime) -> None:
    """What is due of planned work by then, and what pages elsewhere are told of it."""
    while jobs.attend_due(at):
        pass
    run(at)


def test_it_is_announced_moved_begun_and_ended_in_one_entry_there(page):
    there = page("Hosted")
    inside = page("Inside", "internal")
    work = plan()
    run(given.NOW)
    assert there.told == [("scheduled", "Short pauses.")]
    (entry,) = there.incidents
    assert (entry["name"], entry["scheduled_for"]) == ("New database", "2026-11-20T11:00:00Z")
    assert entry["component_ids"] == [there.components[1]["id"]]
    assert there.state("Tickets") == "operational", "it has not begun"
    maintenance.move(SYSTEM, work, starts_at=STARTS + HOUR, body="", now=given.later(1))
    run(given.later(1))
    assert (entry["scheduled_for"], entry["scheduled_until"]) == ("2026-11-20T12:00:00Z", "2026-11-20T13:00:00Z")
    engine(STARTS + dt.timedelta(minutes=1))
    engine(STARTS + HOUR)
    assert (entry["status"], there.state("Tickets")) == ("in_progress", "under_maintenance")
    engine(STARTS + 2 * HOUR)
    assert (entry["status"], there.state("Tickets")) == ("completed", "operational")
    assert [status for status, _ in there.told] == ["scheduled", "scheduled", "scheduled", "in_progress", "completed"]
    assert (len(there.incidents), inside.incidents) == (1, [])
    known = MirroredWork.objects.get()
    assert (known.remote_id, known.status, known.closed_at is not None) == (entry["id"], "completed", True)
    assert {one.work_state for one in queries.told_of_work(work)} == {"done"}
    assert Event.objects.filter(name="mirror.told", context=work.id).count() == 5


def test_what_is_called_off_is_over_there_and_the_words_say_why(page):
    there = page("Hosted")
    work = plan()
    run(given.NOW)
    maintenance.cancel(SYSTEM, work, body="The supplier is ill.", now=given.later(2))
    run(given.later(2))
    assert there.told[-1] == ("completed", "The supplier is ill.")
    assert MirroredWork.objects.get().closed_at is not None


@pytest.mark.parametrize("lost", [1, 2])
def test_a_lost_answer_makes_nothing_twice(page, lost):
    there = page("Hosted")
    work = plan()
    there.lose = lost
    for minute in (0, 1, 2, 3):
        run(given.later(minute))
    maintenance.begin(SYSTEM, work, now=given.later(5))
    there.lose = lost
    for minute in (5, 6, 7, 8):
        run(given.later(minute))
    assert len(there.incidents) == 1
    assert [status for status, _ in there.told] == ["scheduled", "in_progress"]


def test_subscribers_there_hear_of_a_series_once(page):
    there = page("Hosted")
    maintenance.plan_series(
        SYSTEM, parts.page("external"), title="Patches", body="Short pauses.", starts_at=STARTS, ends_at=STARTS + HOUR,
        rule="FREQ=WEEKLY;BYDAY=FR;COUNT=2", zone="UTC", now=given.NOW,
    )  # fmt: skip
    run(given.NOW)
    assert sorted((one["scheduled_for"][:10], one["deliver_notifications"]) for one in there.incidents) == [
        ("2026-11-20", True),
        ("2026-11-27", False),
    ]


def test_what_failed_goes_again_by_a_press_of_whoever_may_publish(page):
    there, house = page("Hosted"), given.house()
    there.key = "another-key"
    work = plan()
    run(given.NOW)
    (copy,) = queries.told_of_work(work)
    assert (copy.work_state, copy.last_error) == ("failed", "HTTP 401: Could not authenticate")
    assert Event.objects.filter(name="mirror.failed", context=work.id).count() == 1
    there.key = "89a229ce-1a8b-4f2e-key"
    sven, ben = house.actor("sven"), house.actor("ben")
    with pytest.raises(NotAllowed):
        queries.copy_of_work(sven, work, copy.id)
    with pytest.raises(NotAllowed):
        mirrors.retry_work(sven, work, copy, now=given.later(1))
    with pytest.raises(NotFound):
        queries.copy_of_work(ben, plan(title="Other"), copy.id)
    mirrors.retry_work(ben, work, queries.copy_of_work(ben, work, copy.id), now=given.later(1))
    run(given.later(1))
    assert there.told == [("scheduled", "Short pauses.")]
    with pytest.raises(Conflict):
        mirrors.retry_work(ben, work, copy, now=given.later(2))


def test_a_page_with_a_secret_address_is_repeated_nowhere(page):
    there = page("Hosted")
    shown = parts.page("external")
    shown.is_secret = True
    shown.save(update_fields=["is_secret"])
    plan()
    run(given.NOW)
    assert (there.asked, MirrorCopy.objects.count()) == ([], 0)


def test_a_signed_call_carries_it_in_the_shape_of_hosted_pages(carried):
    phone = Phone()
    try:
        mirrors.create_mirror(SYSTEM, name="Own", kind="signed", audience="external", address=f"{phone.url}/hook", now=given.NOW)
        work = plan()
        run(given.NOW)
        maintenance.begin(SYSTEM, work, now=given.later(3))
        run(given.later(3))
    finally:
        phone.shutdown()
        phone.server_close()
    heard = [json.loads(raw) for *_, raw in phone.calls]
    first, last = [one for one in heard if "incident" in one]
    assert (first["incident"]["status"], first["incident"]["impact"]) == ("scheduled", "maintenance")
    assert first["page"]["status_indicator"] == "none"
    assert first["incident"]["scheduled_until"] == "2026-11-20T12:00:00Z"
    assert (last["incident"]["status"], last["page"]["status_indicator"]) == ("in_progress", "maintenance")
    assert [one["status"] for one in last["incident"]["incident_updates"]] == ["in_progress", "scheduled"]
    assert last["incident"]["resolved_at"] is None
