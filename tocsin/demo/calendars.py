"""Who of Larkfield is away, and which calendars they keep."""

from __future__ import annotations

import datetime as dt

from tocsin.core.actor import SYSTEM
from tocsin.demo import cast
from tocsin.demo.staff import Company
from tocsin.oncall import commands as oncall

_EVENT = (
    "BEGIN:VEVENT\r\nUID:{number}@larkfield\r\nDTSTART;VALUE=DATE:{first:%Y%m%d}\r\n"
    "DTEND;VALUE=DATE:{after:%Y%m%d}\r\nSUMMARY:{words}\r\nEND:VEVENT"
)


def fill(company: Company, now: dt.datetime) -> None:
    """Leave of somebody who is on call then, the holidays of a team, and a feed of each."""
    line = cast.TEAMS[0]
    team, person = company.teams[line.name], company.people[line.people[0]]
    week = dt.timedelta(days=7)
    oncall.add_away_calendar(SYSTEM, person, name="Leave", file=_document(now, (week, 3 * week, "Leave")), now=now)
    days = [(number * week, number * week + dt.timedelta(days=1), "Public holiday") for number in (2, 5)]
    oncall.add_away_calendar(SYSTEM, team, name="Public holidays", file=_document(now, *days), now=now)
    for owner in (person, team):
        oncall.create_feed(SYSTEM, owner, now=now)


def _document(now: dt.datetime, *absences: tuple[dt.timedelta, dt.timedelta, str]) -> bytes:
    """An iCalendar file with whole days off, counted from today."""
    events = [
        _EVENT.format(number=number, first=now + first, after=now + after, words=words)
        for number, (first, after, words) in enumerate(absences)
    ]
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Larkfield//EN", *events, "END:VCALENDAR", ""]).encode()
