"""The end of the emergency."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from tocsin.alerts import commands as alerts
from tocsin.alerts.models import Alert
from tocsin.core import clock
from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict
from tocsin.core.text import texts
from tocsin.directory.models import Person
from tocsin.incidents import events, permissions, ports, rules
from tocsin.incidents.commands._record import locked, refresh_room, save, tell
from tocsin.incidents.commands.changing import apply_times, change_fields
from tocsin.incidents.models import Incident, RoleOffer
from tocsin.paging import commands as paging


def resolve(
    actor: Actor,
    incident: Incident,
    *,
    impact_over: bool,
    none_about_to_follow: bool,
    impact_started_at: dt.datetime | None = None,
    detected_at: dt.datetime | None = None,
    impact_ended_at: dt.datetime | None = None,
    unknown: Iterable[str] = (),
    restored: Iterable[str] = (),
    support_cases: int | None = None,
    postmortem_owner: Person | None = None,
    final: Mapping[str, Mapping[str, str] | None] | None = None,
    leave_open: Mapping[str, str] | None = None,
    now: dt.datetime,
) -> Incident:
    """End the emergency phase: paging stops, linked alerts are resolved, the postmortem of a major incident begins.

    Each of the three times is set, was set before, or is named in `unknown`. Work on causes may go on. `final` is the
    confirmation to close what the status pages say: `{"internal": {"title", "body"} | None, "external": ...}`, where None or
    a missing page means the drafted words. An entry stays open only when `leave_open` says why, by page. `restored`: from
    whom it is known (`rules.RESTORED`), kept with who said so and when. Raises Invalid with the missing field, Conflict in
    any other state than Fixing.
    """
    permissions.require_responder(actor, incident)
    given = {"impact_started_at": impact_started_at, "detected_at": detected_at, "impact_ended_at": impact_ended_at}
    unknown = frozenset(unknown)
    with transaction.atomic():
        incident = locked(incident)
        _require_fixing(incident)
        if support_cases is not None:
            incident = change_fields(actor, incident, support_cases=support_cases, now=now)
        incident.restored = _restored(actor, restored, now)
        apply_times(actor, incident, given, unknown, now)
        times = {name: getattr(incident, name) for name in rules.TIMES}
        rules.require_resolvable(times, incident.unknown_times, impact_over=impact_over, none_about_to_follow=none_about_to_follow)
        owner = postmortem_owner.pk if postmortem_owner else None
        kept = {page: texts.line(why, field="leave_open", limit=400) for page, why in (leave_open or {}).items()}
        ports.check_resolve(incident, ports.Resolution(owner, final is not None, kept))
        _close(actor, incident, {"postmortem_owner": owner, "final": final, "leave_open": kept}, now)
    return incident


def _restored(actor: Actor, named: Iterable[str], now: dt.datetime) -> list[dict[str, str]]:
    by = {rules.word_of(one, rules.RESTORED, "restored") for one in named}
    return [
        {"by": one, "person": "" if actor.is_system else actor.id, "name": actor.name, "at": clock.rfc3339(now)}
        for one in rules.RESTORED
        if one in by
    ]


def _require_fixing(incident: Incident) -> None:
    if incident.state == Incident.RESOLVED:
        raise Conflict(f"{incident.key} is resolved already.", field="state", current=incident)
    rules.require_transition(incident.key, incident.state, rules.RESOLVED, has_manager=incident.manager_id is not None)


def _close(actor: Actor, incident: Incident, said: Mapping[str, Any], now: dt.datetime) -> None:
    """End it; `said` is what the rooms above hear of the person's words: who owns the postmortem, the last words."""
    incident.state, incident.resolved_at = Incident.RESOLVED, now
    save(incident, *rules.TIMES, "unknown_times", "state", "resolved_at", "restored", now=now)
    tell(actor, events.STATE_CHANGED, incident, now=now, old=rules.FIXING, new=rules.RESOLVED)
    for alert in Alert.objects.filter(incident_link__incident=incident).exclude(status=Alert.RESOLVED):
        alerts.resolve(actor, alert, now=now)
    incident.offers.filter(state=RoleOffer.OFFERED).update(state=RoleOffer.WITHDRAWN, answered_at=now)
    paging.stop(incident.id, "incident resolved", actor=actor, now=now)
    refresh_room(actor, incident, now=now)
    tell(
        actor,
        events.RESOLVED,
        incident,
        now=now,
        key=incident.key,
        severity=incident.severity,
        drill=incident.is_drill,
        ttd_seconds=_seconds(rules.ttd(incident.impact_started_at, incident.detected_at)),
        ttr_seconds=_seconds(rules.ttr(incident.impact_started_at, incident.impact_ended_at)),
        unknown=incident.unknown_times,
        restored=[one["by"] for one in incident.restored],
        **said,
    )


def _seconds(span: dt.timedelta | None) -> int | None:
    return int(span.total_seconds()) if span is not None else None
