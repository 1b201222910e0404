"""The engine module that tells pages elsewhere, in a lane of its own: one thing at a time to each of them, in order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import partial

from django.db.models import Q

from tocsin.core.ports import Delivery
from tocsin.core.work.engine import Module
from tocsin.paging.jobs.carrying import Carrier, Parcel
from tocsin.paging.ports import Result
from tocsin.statuspages.mirrors import ports, preparing
from tocsin.statuspages.mirrors.commands import results
from tocsin.statuspages.mirrors.models import MirrorCopy
from tocsin.statuspages.mirrors.queueing import LANE


class Teller(Carrier[MirrorCopy]):
    """Each page elsewhere has a share of its own, of one: a hosted page takes one request a second."""

    model = MirrorCopy

    def shares(self, now: dt.datetime) -> Iterable[tuple[str, Q]]:
        """By mirror, what may go next: of each entry or part the oldest that is not over, even while that waits; nothing to a page
        that asked to be left alone.
        """
        open_rows = MirrorCopy.objects.filter(work_state__in=(MirrorCopy.DUE, MirrorCopy.LEASED), lane=self.lane)
        open_rows = open_rows.exclude(mirror__quiet_until__gt=now)
        heads: dict[str, dict[str, str]] = {}
        for mirror, about, pk in open_rows.order_by("created_at", "id").values_list("mirror_id", "about", "id"):
            heads.setdefault(mirror, {}).setdefault(about, pk)
        yield from ((mirror, Q(pk__in=list(first.values()))) for mirror, first in sorted(heads.items()))

    def prepare(self, claimed: Sequence[MirrorCopy], now: dt.datetime) -> Iterable[Parcel[MirrorCopy]]:
        for item in preparing.prepare(claimed):
            yield Parcel(item.copy, None if item.message is None else partial(_carry, item.message), item.reason)

    def keep_sent(self, good: Sequence[Result[MirrorCopy]]) -> list[MirrorCopy]:
        return results.landed(good)

    def keep_failed(self, result: Result[MirrorCopy]) -> bool:
        return results.refused(result)

    def withdraw(self, row: MirrorCopy, reason: str, now: dt.datetime) -> None:
        results.withdrawn(row, reason)

    def label(self, row: MirrorCopy) -> str:
        return "mirror"


def _carry(message: ports.Message, now: dt.datetime) -> Delivery:
    return ports.carry(message, now=now)


_teller = Teller(LANE, width=1)
MODULES = (Module("mirrors", _teller.tick, channel=LANE, drain=_teller.drain),)
