"""Planned work and past incidents at the doors: what customers and their programs read, and what staff do."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import feedparser
import icalendar
import pytest
from django.test import Client

from tests import company
from tests.api.caller import Api, refusal
from tests.conftest import NOW, MovedClock
from tests.web.test_status_json import COMPONENT, INCIDENT, UPDATE, fetched
from tests.web.walk import signed_in
from tocsin.core import clock
from tocsin.core.actor import SYSTEM
from tocsin.directory.models import Person
from tocsin.oncall.rules import zone_of
from tocsin.statuspages import commands as statuspages
from tocsin.statuspages import parts, words
from tocsin.statuspages.maintenance import commands, jobs
from tocsin.statuspages.maintenance.models import Maintenance
from tocsin.statuspages.models import Component, Entry
from tocsin.statuspages.pages import commands as pages
from tocsin.web.public import documents

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
WORK = INCIDENT | {"scheduled_for", "scheduled_until"}


@pytest.fixture
def ada() -> Person:
    return company.person("Ada", zone="Europe/Vienna")


@pytest.fixture
def wallet() -> Component:
    return statuspages.create_component(SYSTEM, parts.page("external"), name="Wallet", now=NOW - HOUR)


def soon() -> dt.datetime:
    """A whole hour in two days, by the clock that doors ask."""
    return (clock.now() + dt.timedelta(days=2)).replace(minute=0, second=0, microsecond=0)


def typed(at: dt.datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def planned(*chosen: Component, **fields: Any) -> Maintenance:
    values = {
        "title": "New database; faster, safer",
        "body": "Topping up pauses.\nBalances stay.",
        "starts_at": NOW + HOUR,
        "ends_at": NOW + 2 * HOUR,
        "parts": [one.pk for one in chosen],
        "now": NOW,
        **fields,
    }
    return commands.plan(SYSTEM, parts.page("external"), **values)


def test_programs_read_planned_work_field_by_field(wallet: Component, moved_clock: MovedClock) -> None:
    planned(wallet)
    summary = fetched("summary")
    (one,) = summary["scheduled_maintenances"]
    assert (set(one), set(one["incident_updates"][0]), set(one["components"][0])) == (WORK, UPDATE, COMPONENT)
    assert (one["status"], one["impact"], one["scheduled_for"]) == ("scheduled", "maintenance", "2026-11-20T10:00:00.000Z")
    assert one["scheduled_until"] == "2026-11-20T11:00:00.000Z"
    assert summary["status"]["indicator"] == "none"
    assert summary["incidents"] == fetched("incidents")["incidents"] == []
    assert fetched("scheduled-maintenances/upcoming")["scheduled_maintenances"] == [one]
    assert fetched("scheduled-maintenances/active")["scheduled_maintenances"] == []
    jobs.attend_due(NOW + HOUR)
    (now_active,) = fetched("scheduled-maintenances/active")["scheduled_maintenances"]
    assert now_active["status"] == "in_progress"
    assert now_active["incident_updates"][0]["affected_components"] == [
        {
            "code": now_active["components"][0]["id"],
            "name": "Wallet",
            "old_status": "operational",
            "new_status": "under_maintenance",
        }
    ]
    assert fetched("scheduled-maintenances/upcoming")["scheduled_maintenances"] == []
    assert fetched("status")["status"] == {"indicator": "maintenance", "description": "Service Under Maintenance"}
    assert fetched("components")["components"][0]["status"] == "under_maintenance"
    assert json.loads(Client().get(f"/status/incidents/{one['id']}.json").content)["incident"]["id"] == one["id"]
    jobs.attend_due(NOW + 2 * HOUR)
    (over,) = fetched("scheduled-maintenances")["scheduled_maintenances"]
    assert (over["status"], bool(over["resolved_at"])) == ("completed", True)
    assert fetched("summary")["scheduled_maintenances"] == []


def calendar() -> tuple[bytes, list[Any]]:
    answer = Client().get("/status/calendar.ics")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert Client().get("/status/history.ics").content == answer.content
    return answer.content, icalendar.Calendar.from_ical(answer.content).walk("VEVENT")


def test_a_calendar_program_takes_over_what_is_moved_and_called_off(wallet: Component, ada: Person) -> None:
    one = planned(wallet)
    _, (event,) = calendar()
    assert (str(event["SUMMARY"]), int(event["SEQUENCE"]), str(event["STATUS"])) == ("New database; faster, safer", 0, "CONFIRMED")
    assert str(event["DESCRIPTION"]) == "Topping up pauses.\nBalances stay.\n\nConcerns Wallet."
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (one.starts_at, one.ends_at)
    assert not event.errors
    actor = company.actor(ada)
    commands.move(actor, one, starts_at=NOW + 5 * HOUR, now=NOW)
    _, (moved,) = calendar()
    assert (moved["UID"], int(moved["SEQUENCE"]), moved["DTSTART"].dt) == (event["UID"], 1, NOW + 5 * HOUR)
    commands.cancel(actor, one, now=NOW)
    again, (gone,) = calendar()
    assert (gone["UID"], int(gone["SEQUENCE"]), str(gone["STATUS"])) == (event["UID"], 2, "CANCELLED")
    assert again == Client().get("/status/calendar.ics").content, "the same work gives the same bytes"


def test_long_and_foreign_words_are_folded_and_come_back_whole() -> None:
    body = "Größere Änderung \\ Umbau; «日本語の長い説明» 🚧, " * 30 + "\nEnd."
    planned(title="Ü" * 200 + "🚧" * 20, body=body)
    raw, (event,) = calendar()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 75
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert (str(event["DESCRIPTION"]), str(event["SUMMARY"])) == (body.strip(), "Ü" * 200 + "🚧" * 20)


@pytest.mark.parametrize("kind", ["atom", "rss"])
def test_feeds_name_planned_work(wallet: Component, kind: str) -> None:
    planned(wallet)
    feed = feedparser.parse(Client().get(f"/status/history.{kind}").content)
    assert not feed.bozo
    (entry,) = feed.entries
    assert entry.title == "Planned work: New database; faster, safer, Fri 20 Nov 2026, 10:00 to 11:00 UTC"


def test_customers_read_it_before_while_and_after(wallet: Component, moved_clock: MovedClock) -> None:
    one = planned(wallet)
    before = Client().get("/status").content.decode()
    assert "Planned work" in before
    assert "Everything works" in before
    jobs.attend_due(NOW + HOUR)
    during = Client().get("/status").content.decode()
    assert "<h1>Planned work is going on</h1>" in during
    assert "Under maintenance" in during
    assert "Planned work is going on" in Client().get("/status/widget").content.decode()
    jobs.attend_due(NOW + 2 * HOUR)
    after = Client().get("/status").content.decode()
    assert "Earlier planned work" in after
    assert "<h1>Everything works</h1>" in after
    history = Client().get("/status/history").content.decode()
    code = documents.v2.rules.code(one.pk)
    assert f'<a href="/status/incidents/{code}">New database; faster, safer</a> <span class="dim">planned work</span>' in history
    assert "The planned work is over." in Client().get(f"/status/incidents/{code}").content.decode()


@pytest.mark.parametrize(("language", "again"), [("en", "every week on Thursday"), ("de", "jede Woche am Donnerstag")])
def test_customers_read_how_it_comes_again_in_the_language_of_the_page(wallet: Component, language: str, again: str) -> None:
    page, begins = parts.page("external"), NOW.replace(day=26)
    pages.change_page(SYSTEM, page, language=language, now=NOW)
    values = {"title": "Patches", "body": "x", "starts_at": begins, "ends_at": begins + HOUR, "parts": [wallet.pk]}
    commands.plan_series(SYSTEM, page, **values, rule="FREQ=WEEKLY;BYDAY=TH", zone="UTC", now=NOW)
    code = documents.v2.rules.code(Maintenance.objects.order_by("starts_at")[0].pk)
    for path in ("/status", f"/status/incidents/{code}"):
        assert f", {again}" in Client().get(path).content.decode()


def test_staff_plan_in_the_browser_after_a_look(ada: Person, wallet: Component, moved_clock: MovedClock) -> None:
    browser = signed_in(ada)
    base = soon()
    planned(wallet, starts_at=base, ends_at=base + 2 * HOUR)
    weekday = f"{base:%A}"
    form = {
        "page": "external",
        "title": "Patches",
        "body": "Short pauses.",
        "parts": [wallet.pk],
        "starts_at": typed(base),
        "ends_at": typed(base + HOUR),
        "zone": "UTC",
        "repeats": "week",
        "interval": "2",
        "count": "3",
        "begins": "1",
    }
    looked = browser.post("/maintenance/new", {**form, "do": "review"}).content.decode()
    assert f"every 2 weeks on {weekday}, 3 times" in looked
    assert "concerns Wallet at the same time" in looked
    assert looked.index('value="review"') < looked.index('value="plan"'), "Enter in a field looks again, it tells nobody"
    assert Maintenance.objects.count() == 1
    assert browser.post("/maintenance/new", {**form, "do": "plan"}).status_code == 302
    times = list(Maintenance.objects.exclude(series=None).order_by("starts_at"))
    assert [one.starts_at for one in times] == [base + number * dt.timedelta(days=14) for number in range(3)]
    assert not times[0].ends_by_itself
    page = browser.get("/maintenance").content.decode()
    assert f"every 2 weeks on {weekday}, 3 times at {base:%H:%M}, UTC" in page
    assert browser.post(f"/maintenance/{times[0].pk}/act", {"do": "begin"}).status_code == 302
    assert browser.post(f"/maintenance/{times[0].pk}/act", {"do": "begin"}).status_code == 422
    assert browser.post(f"/maintenance/{times[0].pk}/move", {"ends": typed(base + 3 * HOUR)}).status_code == 302
    assert browser.post(f"/maintenance/{times[1].pk}/change", {"title": "More", "body": "x", "parts": []}).status_code == 302
    shown = browser.get(f"/maintenance/{times[1].pk}").content.decode()
    assert "for this time alone" in shown
    assert browser.post(f"/maintenance/series/{times[0].series_id}/end").status_code == 302
    assert set(Maintenance.objects.exclude(series=None).values_list("state", flat=True)) == {"in_progress", "cancelled"}
    moved_clock.forward(days=3)
    assert "should have been over" in browser.get("/").content.decode()
    assert "Nobody said so" in browser.get("/maintenance").content.decode()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"ends_at": typed(soon() - HOUR)}, "It must end after it begins."),
        ({"starts_at": "2026-11-19 09:00"}, "begins in the future"),
        ({"starts_at": "soon"}, "is not a time"),
        ({"zone": "Vienna"}, "Name a zone"),
        ({"repeats": "date", "starts_at": "2028-01-30 10:00", "ends_at": "2028-01-30 11:00"}, "Not every month"),
        ({"repeats": "week", "count": "2", "until": "2027-01-01"}, "not both"),
        ({"title": ""}, "Say in a few words"),
    ],
)
def test_a_form_that_cannot_be_says_why_and_keeps_the_words(
    ada: Person, wrong: dict[str, str], words: str, moved_clock: MovedClock
) -> None:
    form = {
        "title": "Patches",
        "body": "Kept words.",
        "starts_at": typed(soon()),
        "ends_at": typed(soon() + HOUR),
        "zone": "Europe/Vienna",
    }
    answer = signed_in(ada).post("/maintenance/new", {**form, "repeats": "once", "interval": "1", **wrong, "do": "plan"})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "Kept words." in answer.content.decode()
    assert not Maintenance.objects.exists()


def test_the_api_plans_moves_and_ends(ada: Person, wallet: Component, moved_clock: MovedClock) -> None:
    api = Api(ada)
    base = soon()
    times = {"starts_at": clock.rfc3339(base), "ends_at": clock.rfc3339(base + HOUR)}
    made = api.post("maintenances", {"title": "Patches", "body": "x", "parts": [wallet.pk], **times})
    assert made.status_code == 201
    one = made.json()
    again = api.post("maintenances", {"title": "Other", "body": "x", "parts": [wallet.pk], **times}).json()
    span = words.of("en").span(base, base + HOUR, "UTC")
    assert again["warnings"] == [f"“Patches”, {span}, concerns Wallet at the same time."]
    assert refusal(api.post("maintenances", {"title": "Patches", "body": "x", **times}), 409)["code"] == "planned_already"
    wrong = {"title": "y", "body": "x", "starts_at": times["ends_at"], "ends_at": times["starts_at"]}
    assert refusal(api.post("maintenances", wrong), 422)["field"] == "ends_at"
    path = f"maintenances/{one['id']}"
    later = clock.rfc3339(base + 2 * HOUR)
    assert api.post(f"{path}/move", {"starts_at": later}).json()["ends_at"] == clock.rfc3339(base + 3 * HOUR)
    assert api.post(f"{path}/begin", {"body": "Now."}).json()["state"] == "in_progress"
    assert refusal(api.post(f"{path}/begin", {}), 409)
    assert api.post(f"{path}/say", {"body": "Half."}).json()["updates"][0]["act"] == "said"
    assert api.post(f"{path}/complete", {}).json()["state"] == "completed"
    assert [found["id"] for found in api.get("maintenances?state=completed").json()["items"]] == [one["id"]]
    assert refusal(api.get("maintenances?state=odd"), 422)["field"] == "state"
    rule = {"rule": "FREQ=MONTHLY;BYDAY=1SU", "zone": "Europe/Vienna"}
    series = api.post("maintenance-series", {"title": "Monthly", "body": "x", **times, **rule}).json()
    assert series["words"].startswith("every month on the first Sunday at ")
    assert clock.parse(series["next_at"]).astimezone(zone_of("Europe/Vienna")).weekday() == 6
    assert (
        refusal(api.post("maintenance-series", {"title": "Z", "body": "x", **times, **rule, "rule": "FREQ=DAILY"}), 422)["field"]
        == "rule"
    )
    assert api.post(f"maintenance-series/{series['id']}/end").json()["ended_at"]


def test_past_incidents_are_written_down_and_marked(ada: Person, wallet: Component, moved_clock: MovedClock) -> None:
    browser, api = signed_in(ada), Api(ada)
    form = {
        "title": "Slow evening",
        "body": "A queue was full.",
        "started_at": "18 Nov 2026 18:00",
        "resolved_at": "18 Nov 2026 20:00",
    }
    refused = browser.post("/backfilled/new", {**form, "resolved_at": "18 Nov 2026 17:00"})
    assert refused.status_code == 422
    assert "It must end after it began." in refused.content.decode()
    assert browser.post("/backfilled/new", {**form, f"c-{wallet.pk}": "degraded_performance"}).status_code == 302
    assert "Slow evening" in browser.get("/backfilled").content.decode()
    page = Client().get("/status").content.decode()
    assert "written down afterwards" in page
    code = fetched("incidents")["incidents"][0]["id"]
    assert "Nobody was told while it happened" in Client().get(f"/status/incidents/{code}").content.decode()
    (one,) = api.get("backfilled-entries").json()["items"]
    assert (one["parts"], one["author"]["name"]) == ({wallet.pk: "degraded_performance"}, "Ada")
    body = {"title": "Other", "body": "x", "started_at": "2026-11-01T10:00:00Z", "resolved_at": clock.rfc3339(soon())}
    assert refusal(api.post("backfilled-entries", body), 422)["field"] == "resolved_at"
    assert api.post(f"backfilled-entries/{one['id']}/remove").status_code == 204
    assert not Entry.objects.exists()
