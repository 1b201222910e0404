"""Who is subscribed, and how far the telling of an update is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from tocsin.core import secrets
from tocsin.core.actor import Actor
from tocsin.core.errors import Invalid, NotFound
from tocsin.incidents.models import Incident
from tocsin.statuspages.maintenance import rules as work
from tocsin.statuspages.models import Component, StatusPage
from tocsin.statuspages.subscribers import permissions, ports, rules, tokens
from tocsin.statuspages.subscribers.models import MAIL, SMS, FanOut, Notice, Subscriber

_PAGES = 30
"""Of one confirmation there is a fan-out a page."""
STATES = ("confirmed", "waiting", "stopped")
_STATE = {
    "confirmed": Q(confirmed_at__isnull=False, stopped_at=None),
    "waiting": Q(confirmed_at=None, stopped_at=None),
    "stopped": Q(stopped_at__isnull=False),
}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an update is: so many were `told`, could not be reached (`failed`), or `left` meanwhile."""

    fan_out: FanOut
    told: int
    failed: int
    left: int

    @property
    def title(self) -> str:
        planned, update = self.fan_out.of_work, self.fan_out.update
        return planned.maintenance.title if planned else update.entry.title if update else ""

    @property
    def status(self) -> str:
        said = self.fan_out.of_work or self.fan_out.update
        return said.status if said else ""

    @property
    def status_words(self) -> str:
        return work.STATES[self.status] if self.fan_out.of_work else self.status.capitalize()

    @property
    def about(self) -> str:
        """Where staff read about it."""
        planned, update = self.fan_out.of_work, self.fan_out.update
        incident = update.entry.incident if update else None
        return f"/maintenance/{planned.maintenance_id}" if planned else f"/{incident.key}" if incident else ""

    @property
    def is_over(self) -> bool:
        """Whether nothing is on its way any more."""
        return self.fan_out.walked_at is not None and self.told + self.failed + self.left >= self.fan_out.queued


def subscribers(actor: Actor, *, state: str = "", address: str = "", page: str = "") -> QuerySet[Subscriber]:
    """Those in a state, or all; `address`: those of exactly this mail address or telephone number; `page`: of the page with this
    slug. Raises Invalid for `state`, NotAllowed.
    """
    permissions.require_keeper(actor)
    if state and state not in _STATE:
        raise Invalid(f"Choose one of {', '.join(STATES)}.", field="state")
    rows = Subscriber.objects.select_related("page").prefetch_related("parts").filter(_STATE.get(state, Q()))
    rows = rows.filter(page__slug=page) if page else rows
    return rows.filter(digest=_digest(address)) if address else rows


def subscriber(actor: Actor, wanted: str) -> Subscriber:
    """By id, mail address or telephone number; of one that subscribed to several pages, on the first of them. Raises NotFound,
    NotAllowed.
    """
    permissions.require_keeper(actor)
    by = Q(pk=wanted) | Q(digest=_digest(wanted))
    rows = Subscriber.objects.select_related("page").prefetch_related("parts").order_by("page__position", "id")
    found = rows.filter(by).first()
    if found is None:
        raise NotFound("There is no such subscriber.")
    return found


def _digest(address: str) -> str:
    """What an address is known by; of one that is none, that of nobody."""
    if not rules.is_number(address):
        return rules.digest(MAIL, address.strip().lower())
    try:
        return rules.digest(SMS, rules.telephone(address))
    except Invalid:
        return ""


def holder(token: str) -> Subscriber | None:
    """Whose link this is; None for whoever has left. Raises NotFound for a link that is not ours."""
    subscriber_id = tokens.holder(token)
    if not subscriber_id:
        raise NotFound("This address belongs to no subscriber. Was it copied whole?")
    return Subscriber.objects.select_related("page").prefetch_related("parts").filter(pk=subscriber_id).first()


def counts(page: StatusPage | None = None) -> dict[str, int]:
    """How many subscribers of a page, or of all, are in each state. One query."""
    rows = Subscriber.objects.filter(page=page) if page else Subscriber.objects.all()
    found: dict[str, int] = rows.aggregate(**{name: Count("pk", filter=one) for name, one in _STATE.items()})
    return found


def state_of(one: Subscriber) -> str:
    """`confirmed`, `waiting` or `stopped`."""
    return "stopped" if one.stopped_at else "confirmed" if one.confirmed_at else "waiting"


def shown(one: Subscriber) -> str:
    """The address as administrators see it."""
    if one.channel == MAIL:
        return one.address
    try:
        return rules.shown(one.channel, secrets.decrypt(one.address))
    except ValueError:
        return "encrypted with another key"


def own_name(one: Subscriber) -> str:
    """The address as its holder knows it, on a page that somebody else might see over their shoulder."""
    return rules.masked(shown(one)) if one.channel in {MAIL, SMS} else shown(one)


def channels(page: StatusPage) -> list[tuple[str, str]]:
    """Every channel that a page has, with its name."""
    there = [(name, channel.name) for name, channel in sorted(ports.channels.items()) if name != SMS or page.text_gateway_id]
    return [(MAIL, "Mail"), *there]


def parts(page: StatusPage) -> QuerySet[Component]:
    """What one may choose of."""
    return Component.objects.filter(page=page)


def fan_outs() -> QuerySet[FanOut]:
    """What subscribers were told, newest first."""
    return FanOut.objects.select_related("update__entry__incident", "of_work__maintenance")


def progress(rows: Iterable[FanOut]) -> list[Progress]:
    """How far each is. One query."""
    rows = list(rows)
    states: dict[str, dict[str, int]] = defaultdict(dict)
    counted = Notice.objects.filter(fan_out__in=rows).values("fan_out", "work_state").annotate(many=Count("pk"))
    for line in counted:
        states[line["fan_out"]][line["work_state"]] = line["many"]
    return [_progress(row, states[row.pk]) for row in rows]


def latest_of(incident: Incident) -> Progress | None:
    """How far the latest words to customers about an incident are, on all pages together; None when there are none."""
    rows = list(fan_outs().filter(update__entry__incident=incident)[:_PAGES])
    said = [(row, row.update.confirmation) for row in rows if row.update is not None]
    last = [row for row, confirmation in said if confirmation == said[0][1]]
    return _together(progress(last)) if last else None


def _together(found: Sequence[Progress]) -> Progress:
    rows = [one.fan_out for one in found]
    walked = [row.walked_at for row in rows if row.walked_at]
    whole = FanOut(
        update=rows[0].update, at=rows[0].at, meant=sum(row.meant for row in rows), queued=sum(row.queued for row in rows)
    )
    whole.begun_at, whole.walked_at = rows[0].begun_at, max(walked) if len(walked) == len(rows) else None
    return Progress(whole, sum(one.told for one in found), sum(one.failed for one in found), sum(one.left for one in found))


def hearers(pages: Iterable[StatusPage]) -> int:
    """How many are told of an update on these pages that concerns everything."""
    return Subscriber.objects.filter(_STATE["confirmed"], page__in=list(pages)).count()


def _progress(row: FanOut, states: dict[str, int]) -> Progress:
    told, failed = states.get(Notice.DONE, 0), states.get(Notice.FAILED, 0)
    open_ones = states.get(Notice.DUE, 0) + states.get(Notice.LEASED, 0)
    return Progress(row, told, failed, max(0, row.queued - told - failed - open_ones))
