"""Finding incidents."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Count, Q, QuerySet

from tocsin.alerts.models import Alert
from tocsin.core.actor import Actor
from tocsin.core.errors import Invalid, NotFound
from tocsin.core.ids import is_id
from tocsin.core.store.prepared import Prepared
from tocsin.directory.models import Product, Service, Team
from tocsin.incidents import permissions, rules
from tocsin.incidents.models import Incident, RoleAssignment

_LAST_YEAR = 9_000


def incidents(
    actor: Actor,
    state: str | None = None,
    severity: int | None = None,
    service: Service | None = None,
    q: str = "",
    *,
    product: Product | None = None,
    team: Team | None = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
    drills: bool | None = None,
) -> QuerySet[Incident]:
    """The incidents the actor may see, newest first.

    `state` is a state, `new` (pending) or `open`; `q` is looked for in key, summary, description, service and outside reference;
    `team` is that of the service; `since` and `until` are days in UTC, both included, on which they were declared; `drills` keeps
    only drills or leaves them out. Raises Invalid for an unknown state, and for `until` before `since`.
    """
    rows = permissions.visible(actor, _whole())
    if state:
        rows = rows.filter(state__in=rules.states_of(state))
    if severity:
        rows = rows.filter(severity=severity)
    if service:
        rows = rows.filter(service=service)
    if product:
        rows = rows.filter(products=product)
    if team:
        rows = rows.filter(service__team=team)
    if drills is not None:
        rows = rows.filter(is_drill=drills)
    return _saying(_declared(rows, since, until), q).order_by("-created_at", "-number")


def _declared(rows: QuerySet[Incident], since: dt.date | None, until: dt.date | None) -> QuerySet[Incident]:
    if since and until and until < since:
        raise Invalid("The last day comes before the first.", field="until")
    if since:
        rows = rows.filter(created_at__gte=_midnight(since, "since"))
    return rows.filter(created_at__lt=_midnight(until, "until") + dt.timedelta(days=1)) if until else rows


def _saying(rows: QuerySet[Incident], q: str) -> QuerySet[Incident]:
    """Those that hold each of these words somewhere."""
    for word in q.replace("\x00", "").split()[:8]:
        rows = rows.filter(
            Q(key__iexact=word)
            | Q(summary__icontains=word)
            | Q(description__icontains=word)
            | Q(service__name__icontains=word)
            | Q(outside__reference__iexact=word)
        )
    return rows


def _midnight(day: dt.date, field: str) -> dt.datetime:
    """Raises Invalid for a day at the end of the calendar, after which there is none."""
    if day.year > _LAST_YEAR:
        raise Invalid(f"A day lies before the year {_LAST_YEAR + 1}.", field=field)
    return dt.datetime.combine(day, dt.time(), dt.UTC)


def named(actor: Actor, q: str) -> QuerySet[Incident]:
    """Those whose key begins with `q` or whose summary holds it, newest first: key, summary, severity and state alone."""
    rows = permissions.visible(actor, Incident.objects.only("key", "summary", "severity", "state"))
    return rows.filter(Q(key__istartswith=q) | Q(summary__icontains=q)).order_by("-number")


def _alone() -> QuerySet[Incident]:
    return Incident.objects.select_related("service__team", "service__owner", "manager", "reporter", "outside", "plan__template")


def _whole() -> QuerySet[Incident]:
    return _alone().prefetch_related("products")


_concerning = permissions.Visible(
    lambda person: (
        _alone()
        .filter(
            Q(roles__person=person, roles__until__isnull=True) | Q(manager=person) | Q(reporter=person), state__in=Incident.OPEN
        )
        .distinct()
        .order_by("severity", "created_at")
    ),
    to="",
    most=20,
)
_roles = Prepared(
    lambda person, among: RoleAssignment.objects.filter(person=person, until__isnull=True, incident__in=among).values_list(
        "incident_id", "role"
    )
)


def concerning(actor: Actor) -> list[Incident]:
    """Open incidents that the actor runs, has a role in, or reported; most severe first, no more than twenty."""
    return _concerning(actor, actor.id)


def roles_held(actor: Actor, among: Iterable[Incident]) -> dict[str, list[str]]:
    """The roles that the actor holds now, by incident id. One query."""
    found: dict[str, list[str]] = defaultdict(list)
    for incident, role in _roles(actor.id, [one.id for one in among]):
        found[incident].append(role)
    return found


_by_id = Prepared(lambda incident: _alone().filter(pk=incident))
_by_key = Prepared(lambda key: _alone().filter(key=key))


def by_key(actor: Actor, key: str) -> Incident:
    """The incident of a key such as `HOT-12` (in any case) or of an id. Raises NotFound, also for what the actor may not know."""
    found = _by_id.first(key) if is_id(key, "inc") else _by_key.first(key.strip().upper().replace("\x00", ""))
    if found is None or not permissions.may_see(actor, found):
        raise NotFound("There is no such incident.")
    return found


def by_id(actor: Actor, incident_id: str) -> Incident:
    """The incident of a typed id. Raises NotFound."""
    if not is_id(incident_id, "inc"):
        raise NotFound("There is no such incident.")
    return by_key(actor, incident_id)


_of_alert = permissions.Visible(lambda alert: _alone().filter(alert_links__alert=alert), to="", most=1)
_keys_of = permissions.Visible(
    lambda alerts: Incident.objects.filter(alert_links__alert__in=alerts).values_list("alert_links__alert_id", "key"), to=""
)


def of_alert(actor: Actor, alert: Alert) -> Incident | None:
    """The incident an alert belongs to, when the actor may see it."""
    return next(iter(_of_alert(actor, alert.pk)), None)


def keys_of_alerts(actor: Actor, alerts: Iterable[Alert]) -> dict[str, str]:
    """The key of the incident each alert belongs to, by alert id, where the actor may see it. One query."""
    return dict(_keys_of(actor, [alert.pk for alert in alerts]))


def similar_open(actor: Actor) -> QuerySet[Incident]:
    """What is open already, most severe first: shown while somebody reports."""
    return incidents(actor, state="open", drills=False).order_by("severity", "-created_at")


def team_queue(actor: Actor, team: Team | None = None) -> QuerySet[Incident]:
    """Sev 3 incidents that wait for office hours, oldest first: of one team's services, or of every team and none."""
    rows = incidents(actor, state="open", severity=3)
    return (rows.filter(service__team=team) if team else rows).order_by("created_at")


def _counted(seen: Callable[..., QuerySet[Incident]]) -> Prepared[Any]:
    """Severity and number of the open incidents that the asker, an id, may know of."""
    rows = Incident.objects.filter(state__in=Incident.OPEN, is_drill=False)
    return Prepared(lambda *asker: seen(rows, *asker).values_list("severity").annotate(number=Count("pk")).order_by())


_open_to_all, _open_to = _counted(lambda rows: rows), _counted(permissions.seen_by)


def open_counts(actor: Actor) -> dict[int, int]:
    """How many incidents are open per severity, drills left out. Only open rows are looked at."""
    found = dict(_open_to_all() if actor.is_administrator else _open_to(actor.id))
    return {severity: found.get(severity, 0) for severity in rules.SEVERITIES}


def queue_counts(actor: Actor) -> dict[str, int]:
    """How many Sev 3 incidents wait per team id."""
    rows = permissions.visible(actor, Incident.objects.filter(state__in=Incident.OPEN, severity=3, service__isnull=False))
    return dict(rows.values_list("service__team").annotate(number=Count("pk")).order_by())
