"""Shifts, feeds and absences over the API."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client

from tests import company
from tests.api.caller import Api, refusal
from tocsin.core import clock
from tocsin.oncall import ports, queries
from tocsin.oncall.models import Schedule

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def document(*days: str) -> str:
    events = [f"BEGIN:VEVENT\r\nUID:{day}\r\nDTSTART;VALUE=DATE:{day}\r\nSUMMARY:Trip\r\nEND:VEVENT" for day in days]
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", *events, "END:VCALENDAR", ""])


def rota() -> tuple[Api, Api, Schedule]:
    """Ada and Bo in turn; Mia manages."""
    ada, bo, mia = company.person("Ada"), company.person("Bo"), company.person("Mia")
    team = company.team("Payments", ada, bo, manager=mia)
    return Api(ada), Api(mia), company.schedule(team, ada, bo, name="Primary")


def test_shifts_of_a_person_are_those_of_the_schedule() -> None:
    ada, mia, schedule = rota()
    since, until = clock.now(), clock.now() + 100 * DAY
    window = f"?since={clock.rfc3339(since)}&until={clock.rfc3339(until)}"
    mine = ada.get(f"people/me/shifts{window}").json()
    row = [one for one in queries.shifts(schedule, since, until) if ada.person.id in one.people]
    assert [one["schedule"] for one in mine] == ["primary"] * len(row)
    assert [max(clock.parse(one["start"]), since) for one in mine] == [max(one.start, since) for one in row]
    assert [one["end"] for one in mine[:-1]] == [clock.rfc3339(one.end) for one in row[:-1]]
    assert mia.get(f"people/ada@example.com/shifts{window}").json() == mine
    assert ada.get("people/me/shifts").status_code == 200
    for wrong in ("?since=now", "?until=2020-01-01T00:00:00Z", "?since=2026-01-01T00:00:00Z&until=2028-01-01T00:00:00Z"):
        assert refusal(ada.get(f"people/me/shifts{wrong}"), 422)["field"] in ("since", "until")


def test_a_feed_is_made_read_listed_and_revoked() -> None:
    ada, mia, _ = rota()
    made = ada.post("people/me/calendar-feeds").json()
    path = made["address"].split("/", 3)[3]
    assert b"On call: Primary" in Client().get(f"/{path}").content
    (listed,) = ada.get("people/me/calendar-feeds").json()["items"]
    assert listed["address"] is None
    assert listed["last_used_at"]
    refusal(mia.post("people/ada@example.com/calendar-feeds"), 403)
    refusal(mia.get("people/ada@example.com/calendar-feeds"), 403)
    refusal(ada.post("teams/payments/calendar-feeds"), 403)
    assert mia.post("teams/payments/calendar-feeds").status_code == 201
    assert ada.post(f"people/me/calendar-feeds/{made['id']}/revoke").json()["revoked_at"]
    assert Client().get(f"/{path}").status_code == 404


def test_absences_clash_and_are_told_to_whom_they_concern() -> None:
    ada, mia, _ = rota()
    days = [f"{clock.now() + number * DAY:%Y%m%d}" for number in range(1, 15)]
    made = ada.post("people/me/away-calendars", {"file": document(*days)}).json()
    assert (made["source"], made["absences"], made["fault"]) == ("file", 14, "")
    mine = ada.get("people/me/clashes").json()
    assert {one["summary"] for one in mine} == {"Trip"}
    assert {one["summary"] for one in mia.get("schedules/primary/clashes").json()} == {""}
    assert {one["summary"] for one in mia.get("people/ada@example.com/clashes").json()} == {""}
    replaced = ada.post(f"people/me/away-calendars/{made['id']}/replace", {"url": "webcal://example.com/x"}).json()
    assert (replaced["source"], replaced["absences"], replaced["read_at"]) == ("address", 0, None)
    assert "example.com/x" not in ada.get("people/me/away-calendars").text
    refusal(mia.post(f"people/ada@example.com/away-calendars/{made['id']}/remove"), 403)
    assert ada.post(f"people/me/away-calendars/{made['id']}/remove").status_code == 204
    assert mia.post("teams/payments/away-calendars", {"file": document(*days), "name": "Holidays"}).status_code == 201


def test_what_is_wrong_with_a_calendar_names_its_field() -> None:
    ada, _, _ = rota()
    for body, field in (
        ({}, "url"),
        ({"file": "x"}, "file"),
        ({"url": "http://example.com"}, "url"),
        ({"file": document("20261399")}, "file"),
        ({"file": document(), "url": "https://example.com/"}, "file"),
        ({"file": "BEGIN:VCALENDAR\r\n" + "x" * 990_000}, "file"),
    ):
        assert refusal(ada.post("people/me/away-calendars", body), 422)["field"] == field


def test_reminders_are_a_persons_own_choice() -> None:
    ada, mia, _ = rota()
    assert ada.get("people/me/notices").json() == {"reminders": True}
    assert ada.post("people/me/set-notices", {"reminders": False}).json() == {"reminders": False}
    assert ada.get("people/me/notices").json() == {"reminders": False}
    refusal(mia.post("people/ada@example.com/set-notices", {"reminders": True}), 403)


@pytest.mark.django_db(transaction=True)
def test_a_file_of_absences_is_worked_out_while_nobody_waits_for_the_store(monkeypatch: pytest.MonkeyPatch) -> None:
    ada, _, _ = rota()
    waiting = []
    reader = ports.calendars().read
    monkeypatch.setattr(ports.calendars(), "read", lambda *a, **k: waiting.append(connection.in_atomic_block) or reader(*a, **k))
    day = (clock.now() + 3 * DAY).strftime("%Y%m%d")
    made = ada.post("people/me/away-calendars", {"file": document(day)}).json()
    assert made["absences"] == 1
    assert ada.post(f"people/me/away-calendars/{made['id']}/replace", {"file": document(day)}).status_code == 200
    assert waiting == [False, False]
