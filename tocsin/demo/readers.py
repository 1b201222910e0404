"""Who outside Larkfield hears of its status page, and what they were told lately."""

from __future__ import annotations

import datetime as dt

from tocsin.core.actor import SYSTEM
from tocsin.demo import letters
from tocsin.directory import commands as directory
from tocsin.statuspages.models import StatusPage
from tocsin.statuspages.pages import commands as pages
from tocsin.statuspages.pages import queries as several
from tocsin.statuspages.subscribers import commands, queries
from tocsin.statuspages.subscribers.commands import asking
from tocsin.statuspages.subscribers.jobs import fanning
from tocsin.statuspages.subscribers.models import SMS, FanOut, Notice

_DAY = dt.timedelta(days=1)
_LATELY = 5
"""Updates that are shown with how far they went; of the older ones nothing is kept, as after a month."""


def fill(now: dt.datetime) -> None:
    """A few dozen, two of them by SMS, one not confirmed yet, one whose mailbox is gone; the latest updates reached them all."""
    parts = {part.name: part.pk for part in queries.parts(several.first(StatusPage.EXTERNAL))}
    names = sorted(parts)
    for number, name in enumerate(letters.READERS):
        at = now - (170 - 4 * number) * _DAY
        chosen = [parts[names[number % len(names)]]] if number % 3 == 0 and names else []
        commands.add(SYSTEM, address=f"{name}@{letters.READERS_AT[number % len(letters.READERS_AT)]}", parts=chosen, now=at)
    for number, name in enumerate(letters.PARTNERS):
        at = now - (90 - 20 * number) * _DAY
        commands.add(
            SYSTEM, address=f"{name}@{letters.READERS_AT[number % len(letters.READERS_AT)]}", page=several.found("partner"), now=at
        )
    _by_text(now)
    gone = commands.add(SYSTEM, address=f"{letters.READER_GONE}@{letters.READERS_AT[0]}", now=now - 150 * _DAY)
    for number in range(3):
        commands.refused(gone.pk, "550 5.1.1 No such user here", final=True, now=now - (9 - number) * _DAY)
    asking.ask("mail", f"{letters.READER_WAITING}@{letters.READERS_AT[1]}", now=now - dt.timedelta(hours=2))
    asking.answer(now)
    _told(now)


def clear() -> None:
    """No page sends texts by the demo's gateway any more; the pages themselves stay."""
    StatusPage.objects.filter(text_gateway__url=letters.TEXTS_GATEWAY[1]).update(text_gateway=None)


def _by_text(now: dt.datetime) -> None:
    name, url, body = letters.TEXTS_GATEWAY
    gateway = directory.create_gateway(SYSTEM, name=name, url=url, body=body, now=now - 60 * _DAY)
    page = pages.change_page(SYSTEM, several.first(StatusPage.EXTERNAL), text_gateway=gateway.id, now=now - 60 * _DAY)
    for number, address in enumerate(letters.READERS_BY_TEXT):
        commands.add(SYSTEM, channel=SMS, address=address, page=page, now=now - (50 - number) * _DAY)


def _told(now: dt.datetime) -> None:
    kept = list(FanOut.objects.order_by("-at", "-id").values_list("pk", flat=True)[:_LATELY])
    FanOut.objects.exclude(pk__in=kept).delete()
    while fanning.walk(now):
        pass
    Notice.objects.update(work_state=Notice.DONE)
    for row in FanOut.objects.all():
        row.begun_at = row.walked_at = row.at
        row.save(update_fields=["begun_at", "walked_at"])
