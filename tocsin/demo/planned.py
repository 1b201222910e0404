"""What Larkfield changed and will change on purpose, and a past incident that customers were told of afterwards."""

from __future__ import annotations

import datetime as dt
import zoneinfo

from tocsin.core.actor import Actor
from tocsin.demo.staff import Company
from tocsin.directory import queries as directory
from tocsin.statuspages import parts as pages
from tocsin.statuspages.backfilled import commands as backfilled
from tocsin.statuspages.maintenance import commands
from tocsin.statuspages.models import StatusPage

_HOUR, _DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
_ZONE = "Europe/Vienna"


def fill(company: Company, now: dt.datetime) -> None:
    """One work that is over, one that comes every month at night, one next week; and an evening that nobody told of in time."""
    page = pages.page("external")
    actor = directory.actor_for(company.people["ben"], via="web")
    _finished(actor, page, now)
    commands.plan_series(
        actor,
        page,
        title="Monthly updates of the ticket machines' server",
        body="Station screens may show old departures for a few minutes at a time. Tickets are sold as always.",
        parts=_parts(page, "Station screens"),
        starts_at=(night := _night(now + 3 * _DAY, hour=2)),
        ends_at=night + 1.5 * _HOUR,
        rule="FREQ=MONTHLY;BYDAY=1SU",
        zone=_ZONE,
        now=now - 2 * _DAY,
    )
    moved = commands.plan(
        actor,
        page,
        title="Payment provider changes its certificates",
        body="Paying by card may need a second try. Paying from the wallet works.",
        parts=_parts(page, "Tickets", "Wallet"),
        starts_at=(evening := _night(now + 6 * _DAY, hour=22)),
        ends_at=evening + _HOUR,
        ends_by_itself=False,
        now=now - _DAY,
    )
    commands.move(actor, moved, starts_at=evening + _DAY, body="The provider asked for another day.", now=now - 0.5 * _DAY)
    backfilled.backfill(
        actor,
        page,
        title="Partner API answered slowly",
        body="Searches of partners took up to ten seconds for an evening. An index was missing after an update; it is there again.",
        started_at=_night(now - 33 * _DAY, hour=18),
        resolved_at=_night(now - 33 * _DAY, hour=21),
        states=dict.fromkeys(_parts(page, "Partner API"), "degraded_performance"),
        now=now - 30 * _DAY,
    )


def _finished(actor: Actor, page: StatusPage, now: dt.datetime) -> None:
    """Begun and ended by hand, with words in between."""
    start = _night(now - 12 * _DAY, hour=1)
    done = commands.plan(
        actor,
        page,
        title="New database for the wallet",
        body="The wallet cannot be topped up for about an hour. Balances stay as they are.",
        parts=_parts(page, "Wallet"),
        starts_at=start,
        ends_at=start + 2 * _HOUR,
        begins_by_itself=False,
        ends_by_itself=False,
        now=start - 6 * _DAY,
    )
    commands.begin(actor, done, now=start)
    commands.say(actor, done, "Half of the balances are moved. We are as fast as planned.", now=start + 0.6 * _HOUR)
    commands.verify(actor, done, now=start + 1.2 * _HOUR)
    commands.complete(actor, done, body="The wallet can be topped up again.", now=start + 1.5 * _HOUR)


def _parts(page: StatusPage, *names: str) -> list[str]:
    return list(page.components.filter(name__in=names).values_list("pk", flat=True))


def _night(near: dt.datetime, *, hour: int) -> dt.datetime:
    """That hour in Vienna on the day of this instant."""
    local = near.astimezone(zoneinfo.ZoneInfo(_ZONE))
    return local.replace(hour=hour, minute=0, second=0, microsecond=0).astimezone(dt.UTC)
