"""The truth report: how soon, how often and how truthfully staff and customers were told, per incident and over time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from tocsin.insights.truth import queries
from tocsin.insights.truth.queries import Row
from tocsin.insights.truth.rules import Account
from tocsin.statuspages.clocks import queries as clocks
from tocsin.web.forms.request import Request
from tocsin.web.gate.policy import SIGNED_IN, allow
from tocsin.web.pages.learning.insights import PERIODS

WIDTH = 480
"""Of a strip, in its own units."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of a strip, from `x` to `end`."""

    x: float
    end: float


@dataclass(frozen=True, slots=True)
class Strip:
    """What one audience heard, drawn from the moment it was known to the end: silences that were too long, and a mark a message."""

    audience: str
    account: Account
    late: tuple[Stretch, ...]
    marks: tuple[float, ...]
    words: str


@allow(SIGNED_IN)
@require_GET
def show(request: Request) -> HttpResponse:
    days = request.GET.get("days", "") if request.GET.get("days", "") in dict(PERIODS) else "90"
    report = queries.report(request.actor, request.now - dt.timedelta(days=int(days)), request.now)
    context = {
        "report": report,
        "rows": [(row, _strips(row)) for row in report.rows],
        "months": report.by_month(),
        "limits": clocks.limits(),
        "periods": PERIODS,
        "days": days,
        "period": dict(PERIODS)[days],
        "width": WIDTH,
    }
    return render(request, "truth.html", context)


def _strips(row: Row) -> list[Strip]:
    accounts = (("inside", row.inside), ("to customers", row.outside))
    found = [(audience, account) for audience, account in accounts if account is not None]
    begin, end = row.inside.known_at, max(account.over_at for _, account in found)
    whole = max((end - begin).total_seconds(), 1.0)

    def place(at: dt.datetime) -> float:
        return round(min(max((at - begin).total_seconds() / whole, 0.0), 1.0) * WIDTH, 1)

    return [_strip(audience, account, place) for audience, account in found]


def _strip(audience: str, account: Account, at: Callable[[dt.datetime], float]) -> Strip:
    limit = clocks.limits().silence
    late = [Stretch(at(one.since + limit), at(one.until)) for one in account.silences if not one.kept]
    if account.first.of and not account.first.kept:
        first = account.said[0] if account.said else account.over_at
        late.insert(0, Stretch(at(account.known_at + clocks.limits().first), at(first)))
    said = len(account.said)
    words = f"{audience}: {said} {'message' if said == 1 else 'messages'}" + (", late or too long silent" if late else "")
    return Strip(audience, account, tuple(late), tuple(at(one) for one in account.said), words)


urlpatterns = [path("insights/truth", show)]
