"""Subscribers as a file: in, checked line by line before anything is written, and out."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.db import transaction

from tocsin.core.actor import Actor
from tocsin.core.errors import Invalid
from tocsin.core.eventlog.events import record
from tocsin.statuspages import events
from tocsin.statuspages.models import Component, StatusPage
from tocsin.statuspages.pages import queries as several
from tocsin.statuspages.subscribers import permissions, queries, rules
from tocsin.statuspages.subscribers.commands.asking import checked, kept
from tocsin.statuspages.subscribers.models import MAIL, SMS, Subscriber

HEAD = ("address", "parts", "state", "since")
MOST = 20_000
"""Lines of one file."""
SHOWN_WRONG = 100
_RISKY = ("=", "+", "-", "@", "\t")
"""A spreadsheet takes a cell that begins so for a formula."""


@dataclass(slots=True)
class Carried:
    """What a file would do, or did. `wrong` are lines and what is wrong with them, the first `SHOWN_WRONG`."""

    added: int = 0
    known: int = 0
    refused: int = 0
    wrong: list[tuple[int, str]] = field(default_factory=list)
    is_rehearsal: bool = True


@dataclass(frozen=True, slots=True)
class _Line:
    channel: str
    address: str
    parts: tuple[str, ...]


def carry_in(
    actor: Actor, text: str, *, consent: bool, rehearse: bool, page: StatusPage | None = None, now: dt.datetime
) -> Carried:
    """Subscribe the mail addresses and telephone numbers of a CSV file to a page (None: the first): `address` and, in `parts`,
    names of parts between semicolons. Wrong lines are named and left out. Nobody is asked, so `consent` says that everybody agreed.
    Raises Invalid for `consent`, `file`.
    """
    permissions.require_keeper(actor)
    if not rehearse and not consent:
        raise Invalid("Say that everybody in the file has agreed to be told; nobody is asked again.", field="consent")
    found = Carried(is_rehearsal=rehearse)
    page = page or several.first(StatusPage.EXTERNAL)
    lines = dict(_lines(page, text, found))
    there = Subscriber.objects.filter(page=page, digest__in=list(lines))
    known = dict(there.values_list("digest", "stopped_at")) if lines else {}
    fresh = {digest: line for digest, line in lines.items() if digest not in known}
    found.added, found.known = len(fresh), sum(not stopped for stopped in known.values())
    found.refused = len(known) - found.known
    if not rehearse and fresh:
        _write(actor, page, fresh, now)
    return found


def carry_out(actor: Actor, page: StatusPage | None = None) -> Iterator[str]:
    """The lines of a CSV file of everybody who hears of a page (None: of the first) by mail or SMS. A cell that a spreadsheet
    would run begins with an apostrophe.
    """
    permissions.require_keeper(actor)
    return _written(page or several.first(StatusPage.EXTERNAL))


def _written(page: StatusPage) -> Iterator[str]:
    yield _row(HEAD)
    rows = Subscriber.objects.filter(page=page, channel__in=(MAIL, SMS)).prefetch_related("parts").order_by("id")
    for one in rows.iterator(chunk_size=1_000):
        names = ";".join(sorted(str(part) for part in one.parts.all()))
        state = "stopped" if one.stopped_at else "confirmed" if one.confirmed_at else "waiting"
        yield _row((queries.shown(one), names, state, (one.confirmed_at or one.asked_at).isoformat()))


def _lines(page: StatusPage, text: str, found: Carried) -> Iterator[tuple[str, _Line]]:
    parts = {part.name.casefold(): part.pk for part in Component.objects.filter(page=page)}
    try:
        rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff")), strict=False))
    except csv.Error as error:
        raise Invalid(f"This is not a CSV file: {error}.", field="file") from None
    if not rows:
        raise Invalid("The file is empty. Its lines are such as ops@example.com, or ops@example.com,Payments;Search.", field="file")
    if len(rows) > MOST:
        raise Invalid(f"A file may have {MOST:,} lines, this has {len(rows):,}. Take it in parts.", field="file")
    for number, row in enumerate(rows, 1):
        if not any(cell.strip() for cell in row) or (number == 1 and row[0].strip().casefold() in {"address", "email", "e-mail"}):
            continue
        try:
            line = _line(row, parts, page)
            yield rules.digest(line.channel, line.address), line
        except Invalid as error:
            if len(found.wrong) < SHOWN_WRONG:
                found.wrong.append((number, error.detail))


def _line(row: list[str], parts: Mapping[str, str], page: StatusPage) -> _Line:
    names = [name.strip() for name in (row[1].removeprefix("'") if len(row) > 1 else "").split(";") if name.strip()]
    missing = [name for name in names if name.casefold() not in parts]
    if missing:
        raise Invalid(f"The page has no part {missing[0][:60]!r}.", field="file")
    address = row[0].strip().removeprefix("'")
    channel = SMS if rules.is_number(address) else MAIL
    if channel == SMS and not page.text_gateway_id:
        raise Invalid("The page sends no texts; choose a gateway for them first.", field="file")
    return _Line(channel, checked(channel, address, page), tuple(parts[name.casefold()] for name in names))


def _write(actor: Actor, page: StatusPage, fresh: Mapping[str, _Line], now: dt.datetime) -> None:
    through = Subscriber.parts.through
    with transaction.atomic():
        made = [
            Subscriber(
                page=page,
                channel=line.channel,
                address=kept(line.channel, line.address),
                digest=digest,
                is_whole=not line.parts,
                source="import",
                asked_at=now,
                confirmed_at=now,
            )
            for digest, line in fresh.items()
        ]
        Subscriber.objects.bulk_create(made, batch_size=500, ignore_conflicts=True)
        there = set(Subscriber.objects.filter(pk__in=[one.pk for one in made]).values_list("pk", flat=True))
        rows = [(one.pk, part) for one in made if one.pk in there for part in fresh[one.digest].parts]
        through._default_manager.bulk_create([through(subscriber_id=pk, component_id=part) for pk, part in rows], batch_size=500)
        record(actor, events.SUBSCRIBERS_IMPORTED, made[0].pk, now=now, data={"added": len(there)})


def _row(cells: tuple[str, ...]) -> str:
    held = io.StringIO()
    csv.writer(held).writerow([f"'{cell}" if cell.startswith(_RISKY) else cell for cell in cells])
    return held.getvalue()
