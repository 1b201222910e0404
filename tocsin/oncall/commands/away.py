"""Calendars of absences: brought as a file or read from an address, replaced, removed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from urllib.parse import urlsplit

from django.db import transaction

from tocsin.core.actor import SYSTEM, Actor
from tocsin.core.errors import Conflict, Invalid
from tocsin.core.eventlog.events import record
from tocsin.core.store import db
from tocsin.core.text.texts import line, shorten
from tocsin.core.work import hints
from tocsin.directory.models import Person, Team
from tocsin.oncall import events, permissions
from tocsin.oncall.models import Absence, AwayCalendar
from tocsin.oncall.ports import TimeAway, Unreadable, calendars

CHANNEL = "away"
"""Hint that there is an address to read."""
BACK, AHEAD = dt.timedelta(days=30), dt.timedelta(days=400)
_MOST = 10


File = bytes | list[TimeAway]
"""A file, or what `read_file` made of one before a transaction began."""


def add_away_calendar(
    actor: Actor, owner: Person | Team, *, name: str = "", url: str = "", file: File | None = None, now: dt.datetime
) -> AwayCalendar:
    """Absences of a person, or of everybody in a team: from an https address, read every few hours, or from a file, read once.

    Raises Invalid that names `url`, `file` or `name`.
    """
    permissions.require_away_calendars(actor, owner)
    name = line(name, field="name", limit=120, required=False) or ("Leave" if isinstance(owner, Person) else "Public holidays")
    url, found = _source(actor, owner, url, file, now)
    with transaction.atomic():
        if owner.away_calendars.count() >= _MOST:
            raise Conflict(f"There are {_MOST} calendars already. Remove one that is not needed.")
        calendar = AwayCalendar.objects.create(
            person=owner if isinstance(owner, Person) else None,
            team=owner if isinstance(owner, Team) else None,
            name=name,
            url=url,
            created_at=now,
            updated_at=now,
        )
        _filled(actor, events.AWAY_ADDED, calendar, found, now)
    return calendar


def replace_away_calendar(
    actor: Actor, calendar: AwayCalendar, *, url: str = "", file: File | None = None, now: dt.datetime
) -> AwayCalendar:
    """Another address or file instead. The absences of a file are there at once, those of an address when it was read."""
    owner = _owner(calendar)
    permissions.require_away_calendars(actor, owner)
    url, found = _source(actor, owner, url, file, now)
    with transaction.atomic():
        calendar = db.lock(AwayCalendar.objects.filter(pk=calendar.pk)).get()
        calendar.url, calendar.fault, calendar.read_at, calendar.updated_at = url, "", None, now
        calendar.save(update_fields=["url", "fault", "read_at", "updated_at"])
        _filled(actor, events.AWAY_REPLACED, calendar, found, now)
    return calendar


@transaction.atomic
def remove_away_calendar(actor: Actor, calendar: AwayCalendar, *, now: dt.datetime) -> None:
    """Its absences go with it."""
    owner = _owner(calendar)
    permissions.require_away_calendars(actor, owner)
    record(actor, events.AWAY_REMOVED, calendar.id, context=owner.pk, now=now, data={"name": calendar.name})
    calendar.delete()


@transaction.atomic
def keep_absences(calendar: AwayCalendar, found: Sequence[TimeAway], *, now: dt.datetime) -> None:
    """What an address gave replaces what it gave before."""
    if AwayCalendar.objects.filter(pk=calendar.pk, url=calendar.url).update(read_at=now, fault=""):
        _put(calendar, found)


@transaction.atomic
def note_fault(calendar: AwayCalendar, fault: str, *, now: dt.datetime) -> None:
    """An address gave nothing: what it gave before stays. The first time is an event, so that somebody hears of it."""
    fault = shorten(fault, 200)
    if AwayCalendar.objects.filter(pk=calendar.pk, url=calendar.url).update(read_at=now, fault=fault) and not calendar.fault:
        data = {"name": calendar.name, "fault": fault}
        record(SYSTEM, events.AWAY_UNREADABLE, calendar.id, context=_owner(calendar).pk, now=now, data=data)


def read_file(actor: Actor, owner: Person | Team, raw: bytes, *, now: dt.datetime) -> list[TimeAway]:
    """What a file holds. It may take seconds, so whoever stands in a transaction asks before. Raises Invalid that names `file`."""
    permissions.require_away_calendars(actor, owner)
    try:
        return read(raw, owner, now)
    except Unreadable as error:
        raise Invalid(str(error), field="file") from None


def read(raw: bytes, owner: Person | Team, now: dt.datetime) -> list[TimeAway]:
    """The absences of the past 30 and the next 400 days. Raises Unreadable."""
    return calendars().read(raw, zone=owner.zone, since=now - BACK, until=now + AHEAD)


def _source(actor: Actor, owner: Person | Team, url: str, file: File | None, now: dt.datetime) -> tuple[str, list[TimeAway] | None]:
    """The address, or what the file holds; worked out before any transaction begins."""
    if bool(url.strip()) == (file is not None):
        raise Invalid("Give the https address of a calendar, or a file.", field="url" if file is None else "file")
    if file is None:
        return _address(url), None
    return "", read_file(actor, owner, file, now=now) if isinstance(file, bytes) else file


def _address(url: str) -> str:
    url = line(url, field="url", limit=500)
    if url.lower().startswith("webcal://"):
        url = f"https://{url[9:]}"
    try:
        parts = urlsplit(url)
        good = parts.scheme == "https" and bool(parts.hostname) and not parts.username
    except ValueError:
        good = False
    if not good:
        raise Invalid("An address starts with https:// or webcal:// and names a host.", field="url")
    return url


def _filled(actor: Actor, name: str, calendar: AwayCalendar, found: list[TimeAway] | None, now: dt.datetime) -> None:
    """The absences of a file, or the wish to have an address read; and the event, which never holds the address: it is secret."""
    source = "address" if found is None else "file"
    if found is None:
        Absence.objects.filter(calendar=calendar).delete()
        transaction.on_commit(_wake)
    else:
        calendar.read_at = now
        calendar.save(update_fields=["read_at"])
        _put(calendar, found)
    record(actor, name, calendar.id, context=_owner(calendar).pk, now=now, data={"name": calendar.name, "source": source})


def _put(calendar: AwayCalendar, found: Sequence[TimeAway]) -> None:
    kept = set(Absence.objects.filter(calendar=calendar).values_list("starts_at", "ends_at", "summary", "uid"))
    if kept == {(one.start, one.end, one.summary, one.uid) for one in found}:
        return
    Absence.objects.filter(calendar=calendar).delete()
    rows = [Absence(calendar=calendar, starts_at=one.start, ends_at=one.end, summary=one.summary, uid=one.uid) for one in found]
    Absence.objects.bulk_create(rows, batch_size=500)


def _owner(calendar: AwayCalendar) -> Person | Team:
    owner = calendar.person or calendar.team
    if owner is None:
        raise RuntimeError(f"{calendar.pk} belongs to nobody")
    return owner


def _wake() -> None:
    hints.wake(CHANNEL)
