"""What a page for readers outside says of its own, whatever the language. `{}` is where something stands."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from tocsin.core.text.calendars import Calendar


class Repeated(NamedTuple):
    """How planned work comes again: each week or month, each so many, on which days of it, and for how long."""

    week: str
    weeks: str
    month: str
    months: str
    days: tuple[str, ...]
    """From Monday."""
    on: str
    both: str
    """The days but the last, and the last."""
    places: Mapping[int, str]
    placed: str
    """This one of a month's weekdays: which, and of what day."""
    on_date: str
    times: str
    until: str
    first_day: str = "1"
    """Of a month."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The fixed words of one language; a language that lacks one does not start."""

    language: str
    name: str
    calendar: Calendar

    statuses: Mapping[str, str]
    states: Mapping[str, str]
    verdicts: Mapping[str, str]
    indicators: Mapping[str, str]
    """As the badge says how the page is."""

    skip: str
    on_this_page: str
    nothing_known: str
    more: str
    times: str
    next_by: str
    parts: str
    bars: str
    earlier: str
    resolved_after: str
    nothing_lately: str
    by_month: str
    follow: str
    follow_page: str
    subscribe: str
    atom: str
    rss: str
    programs: str
    as_of: str
    promise: str
    history: str
    history_of: str
    not_over: str
    nothing_yet: str
    now: str
    began: str
    lasted: str
    """Status, length, beginning."""
    concerns: str
    said: str
    feed: str
    feed_of: str

    point: str
    """Between the whole and its hundredths."""
    one_day: str
    many_days: str
    no_problem: str
    since: str
    lasting: str
    """State, day, length."""

    work: Mapping[str, str]
    """Where planned work is."""
    planned: str
    planned_work: str
    planned_for: str
    from_to: str
    """Beginning, end, zone."""
    until: str
    was_until: str
    not_begun: str
    longer: str
    repeated: Repeated
    work_kind: str
    work_off: str
    called_off: str
    in_calendar: str
    all_planned: str
    dates: str
    earlier_planned: str
    bars_planned: str
    work_soon: str
    """What readers are reminded of an hour before: when it begins and ends."""
    work_begun: str
    work_verifies: str
    work_over: str
    work_called_off: str
    work_ends_series: str
    work_moved: str
    """The new time, the old one."""
    work_longer: str
    """The new end, the old one."""
    work_sooner: str
    afterwards: str
    afterwards_on: str

    hear: str
    hear_how: str
    where_to: str
    by: str
    address: str
    address_hint: str
    of_what: str
    of_what_hint: str
    without_address: str
    asked_title: str
    asked_mail: str
    asked_mail_how: str
    asked_call: str
    asked_call_how: str
    nothing_came: str
    nothing_came_how: str
    ask_again: str
    own_title: str
    told: str
    told_question: str
    told_since: str
    told_stopped: str
    your_choice: str
    save: str
    yes: str
    signed: str
    signed_how: str
    no_more: str
    not_you: str
    unsubscribe: str
    forget: str
    left: str
    left_how: str
    leave: str
    leave_how: str
    leave_question: str
    choose_parts: str
    again: str
    next_step: str
    saved: str
    confirmed: str
    number_hint: str
    """The hint of the address where texts are sent, too."""
    asked_text: str
    asked_text_how: str
    no_text_how: str
    have_code: str
    number: str
    code: str
    code_how: str
    wrong: Mapping[str, str]
    """What is wrong with a form of the page, by field or channel; of a language of the house none, it says it better itself."""
    too_many: str
    not_taken: str
    """Above a form that was refused."""

    mail_foot: str
    mail_confirm: str
    mail_confirm_subject: str
    mail_known: str
    mail_known_subject: str
    mail_news: str
    mail_news_of: str
    mail_promise: str

    text_code: str
    text_known: str
    text_stop: str

    def instant(self, at: dt.datetime, zone: str) -> str:
        """`Sun 22 Nov 2026, 04:00 UTC`, in a zone."""
        at = at.astimezone(zoneinfo.ZoneInfo(zone))
        return f"{self.calendar.date(at)} {at.year}, {at:%H:%M %Z}"

    def moved(self, old: tuple[dt.datetime, dt.datetime], new: tuple[dt.datetime, dt.datetime], zone: str, *, begun: bool) -> str:
        """What readers are told of another time of planned work, of begun work of another end."""
        if begun:
            words = self.work_longer if new[1] > old[1] else self.work_sooner
            return words.format(self.instant(new[1], zone), self.instant(old[1], zone))
        return self.work_moved.format(self.span(*new, zone), self.span(*old, zone))

    def span(self, start: dt.datetime, end: dt.datetime, zone: str) -> str:
        """`Sun 22 Nov 2026, 02:00 to 04:00 UTC`, in a zone."""
        start, end = (instant.astimezone(zoneinfo.ZoneInfo(zone)) for instant in (start, end))
        until = f"{end:%H:%M}" if start.date() == end.date() else f"{self.calendar.date(end)} {end.year}, {end:%H:%M}"
        return self.from_to.format(f"{self.calendar.date(start)} {start.year}, {start:%H:%M}", until, f"{end:%Z}")
