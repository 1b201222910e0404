"""Who hears of planned work, when, in whose words."""

from __future__ import annotations

import importlib

import pytest
from django.apps import apps
from django.db.models import F

from tests.incidents import given
from tests.incidents.given import later
from tests.statuspages import readers, works
from tests.statuspages.works import DAY, HOUR, engine, planned, weekly
from tocsin.core import clock
from tocsin.core.actor import SYSTEM
from tocsin.statuspages import parts as status_parts
from tocsin.statuspages.maintenance import commands, queries
from tocsin.statuspages.maintenance.models import Maintenance, MaintenanceUpdate
from tocsin.statuspages.pages import commands as pages
from tocsin.statuspages.subscribers.models import FanOut, Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def there() -> given.House:
    return given.house()


def told(post, at: float) -> list[str]:
    """Who got a mail at this instant."""
    post.got.clear()
    readers.walk(at)
    readers.carry(at)
    return sorted(post.to)


def test_whoever_chose_parts_hears_of_exactly_these(there, post) -> None:
    pay, search = readers.part("Paying"), readers.part("Searching")
    readers.subscriber("all@example.net")
    readers.subscriber("pay@example.net", pay)
    readers.subscriber("search@example.net", search)
    readers.subscriber("both@example.net", pay, search)
    one, ana = planned(there, pay), there.actor("ana")
    hearing = ["all@example.net", "both@example.net", "pay@example.net"]
    assert told(post, 1) == hearing
    mail = post.got[0]
    assert mail["Subject"].endswith("] Planned work: New database")
    text = mail.get_content()
    assert text.startswith("Planned.\n\nPayments may fail for some minutes.\n\nPlanned for Fri 20 Nov 2026, 10:00 to 12:00 UTC.")
    assert "/status/incidents/" in text
    commands.move(ana, one, starts_at=later(2 * HOUR), now=later(2))
    assert told(post, 2) == hearing
    engine(2 * HOUR)
    assert told(post, 2 * HOUR) == hearing
    engine(4 * HOUR)
    assert told(post, 4 * HOUR) == hearing
    planned(there, search, title="Other", at=5 * HOUR, starts=6 * HOUR, ends=7 * HOUR)
    assert told(post, 5 * HOUR) == ["all@example.net", "both@example.net", "search@example.net"]
    assert Notice.objects.filter(subscriber__address="pay@example.net").count() == 4


def test_all_mails_of_one_work_are_one_thread_and_its_end_says_no_time(there, post) -> None:
    readers.subscriber()
    one = planned(there)
    told(post, 1)
    first = post.got[0]
    commands.cancel(there.actor("ana"), one, now=later(2))
    told(post, 2)
    assert first["References"] == post.got[0]["References"]
    assert post.got[0].get_content().startswith("Called off.\n\nThis work will not take place.\n\nhttp")


def test_a_series_is_told_with_its_first_time(there, post) -> None:
    readers.subscriber()
    weekly(there)
    assert FanOut.objects.count() == 1
    assert told(post, 1) == ["rita@example.net"]
    engine(40 * DAY)
    quiet = MaintenanceUpdate.objects.filter(act="planned", is_told=True)
    assert quiet.count() == 1


def test_work_on_the_page_for_staff_is_told_to_nobody_outside(there) -> None:
    page = status_parts.page("internal")
    commands.plan(
        there.actor("ana"), page, title="HOT-1 mended for good", body="x", starts_at=later(5), ends_at=later(9), now=later(1)
    )
    assert not FanOut.objects.exists()
    assert queries.shown(later(1), status_parts.page("external")) == []


def reminders(one: Maintenance) -> list:
    return [update.at for update in one.updates.filter(act="reminded")]


def test_subscribers_are_reminded_an_hour_before_and_once(there):
    one = works.planned(there, at=0, starts=works.DAY, ends=works.DAY + 60)
    works.engine(works.DAY - 61)
    assert reminders(one) == []
    works.engine(works.DAY - 60)
    works.engine(works.DAY - 30)
    assert reminders(one) == [given.later(works.DAY - 60)]
    update = one.updates.get(act="reminded")
    assert update.is_told
    assert FanOut.objects.filter(of_work=update).count() == 1
    assert "This work begins soon: " in update.body
    works.engine(works.DAY)
    assert works.fresh(one).state == "in_progress"


def test_nobody_is_reminded_of_what_was_told_just_before_called_off_or_planned_without(there):
    late = works.planned(there, at=0, starts=60, ends=120, title="Late")
    off = works.planned(there, at=0, starts=works.DAY, ends=works.DAY + 60, title="Off")
    quiet = works.planned(there, at=0, starts=works.DAY, ends=works.DAY + 60, title="Quiet", reminds=False)
    commands.cancel(there.actor("ana"), off, now=given.later(5))
    works.engine(30)
    works.engine(60)
    works.engine(works.DAY - 20)
    assert [reminders(one) for one in (late, off, quiet)] == [[], [], []]


def test_what_is_moved_is_reminded_of_at_its_new_time(there):
    one = works.planned(there, at=0, starts=works.DAY, ends=works.DAY + 60)
    works.engine(works.DAY - 60)
    commands.move(there.actor("ana"), works.fresh(one), starts_at=given.later(2 * works.DAY), now=given.later(works.DAY - 50))
    works.engine(works.DAY)
    works.engine(2 * works.DAY - 60)
    assert reminders(one) == [given.later(2 * works.DAY - 60), given.later(works.DAY - 60)]
    late = given.later(2 * works.DAY - 40)
    commands.move(there.actor("ana"), works.fresh(one), starts_at=given.later(2 * works.DAY + 5), now=late)
    works.engine(2 * works.DAY - 10)
    assert len(reminders(one)) == 2, "they heard of the new time within that hour"


def test_a_reminder_that_nothing_ran_for_comes_late_but_never_after_the_beginning(there):
    one = works.planned(there, at=0, starts=works.DAY, ends=works.DAY + 60)
    works.engine(works.DAY - 10)
    assert len(reminders(one)) == 1
    other = works.planned(there, at=0, starts=works.DAY, ends=works.DAY + 60, title="Other")
    works.engine(works.DAY + 1)
    assert reminders(other) == []


def test_work_that_was_planned_before_there_were_reminders_is_reminded_of_after_the_upgrade(there, monkeypatch):
    old = works.planned(there, at=0, starts=works.DAY, ends=works.DAY + 60)
    soon = works.planned(there, at=0, starts=50, ends=90, title="Soon")
    quiet = works.planned(there, at=0, starts=works.DAY, ends=works.DAY + 60, title="Quiet", reminds=False)
    Maintenance.objects.update(due_at=F("starts_at"))  # as the former version left them
    monkeypatch.setattr(clock, "now", lambda: given.later(1))
    importlib.import_module("tocsin.statuspages.migrations.0113_remind_of_old_work").look_sooner(apps, None)
    for minute in (40, works.DAY - 60, works.DAY - 30):
        works.engine(minute)
    assert [reminders(one) for one in (old, soon, quiet)] == [[given.later(works.DAY - 60)], [], []]


def test_what_the_house_says_of_planned_work_is_in_the_language_and_zone_of_its_page(there):
    page = pages.change_page(SYSTEM, status_parts.page("external"), language="de", zone="Europe/Vienna", now=given.later(0))
    one = works.planned(there, at=0, starts=works.DAY, ends=works.DAY + 60)
    commands.move(there.actor("ana"), one, starts_at=given.later(works.DAY + 180), now=given.later(1))
    works.engine(works.DAY + 180)
    commands.complete(there.actor("ana"), works.fresh(one), now=given.later(works.DAY + 200))
    said = [update.body for update in one.updates.order_by("at")][1:]
    assert said[0].startswith("Diese Arbeiten sind verlegt auf ")
    assert page.zone == "Europe/Vienna"
    assert "CET" in said[0]
    assert said[-2:] == ["Die geplanten Arbeiten haben begonnen.", "Die geplanten Arbeiten sind abgeschlossen."]
