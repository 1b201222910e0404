"""A webhook of Larkfield that heard of incidents until the other side went away: its log, and the notice that it is paused."""

from __future__ import annotations

import datetime as dt

from tocsin.core.actor import SYSTEM
from tocsin.core.models import Event
from tocsin.core.ports import Delivery
from tocsin.core.work import leases
from tocsin.demo import cast
from tocsin.demo.staff import Company
from tocsin.incidents import events, outgoing
from tocsin.incidents.models import Incident
from tocsin.oncall import commands as oncall
from tocsin.oncall.commands.pausing import PATIENCE
from tocsin.paging import commands as paging
from tocsin.paging.commands import webhooks
from tocsin.paging.models import WebhookCall
from tocsin.paging.ports import Result

_TAKEN, _GONE = Delivery(ok=True, answer="HTTP 204"), Delivery(ok=False, answer="HTTP 503")


def heard(company: Company, now: dt.datetime) -> None:
    """Told of an incident; not of the next, nor of one days later, which paused it. So the demo company calls nothing outside."""
    told = _three(now)
    if len(told) < 3:
        return
    team, began = company.teams[cast.TEAMS[0].name], told[0].created_at
    address = f"https://automation.{cast.DOMAIN}/tocsin"
    oncall.create_webhook(SYSTEM, team=team, name="Automation", address=address, hears=outgoing.KINDS, now=began)
    for incident, delivery in zip(told, (_TAKEN, _GONE, _GONE), strict=True):
        _told(incident, delivery)


def _three(now: dt.datetime) -> list[Incident]:
    """Three incidents that everybody may know of, the oldest first, the last two further apart than the patience with a webhook."""
    rows = list(Incident.objects.filter(is_private=False, is_drill=False, state=Incident.RESOLVED).order_by("-created_at"))
    last = rows[:1]
    before = [row for row in rows if last and row.created_at < last[0].created_at - PATIENCE][:2]
    return [*reversed(before), *last]


def _told(incident: Incident, delivery: Delivery) -> None:
    event = Event.objects.filter(subject=incident.id, name=events.DECLARED).first()
    if event is None:
        return
    at = event.at
    paging.tell(incident.id, outgoing.CREATED, outgoing.data_of(incident, event), private=False, now=at)
    end = at if delivery.ok else at + webhooks.TELL_FOR
    for moment in dict.fromkeys((at, end)):
        for call in leases.claim(WebhookCall, lane=webhooks.LANE, owner="demo", now=moment, limit=1):
            result = Result(call, delivery, moment, moment + dt.timedelta(milliseconds=180))
            if delivery.ok:
                webhooks.called([result])
            else:
                webhooks.call_failed(result)
