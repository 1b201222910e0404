"""Reading message templates, and filling one from an incident."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.db.models import Q, QuerySet

from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict, NotFound
from tocsin.incidents import permissions
from tocsin.incidents.models import Incident
from tocsin.statuspages import rules as pages
from tocsin.statuspages.commands._wording import facts_of
from tocsin.statuspages.messages import rules
from tocsin.statuspages.messages.models import MessageTemplate
from tocsin.statuspages.models import Entry


def templates() -> QuerySet[MessageTemplate]:
    """Every template by name. Everybody of the house may read them."""
    return MessageTemplate.objects.order_by("name", "id")


def template(wanted: str) -> MessageTemplate:
    """By id or short name. Raises NotFound."""
    found = MessageTemplate.objects.filter(Q(pk=wanted) | Q(slug=wanted)).first()
    if found is None:
        raise NotFound("There is no such message template.")
    return found


def fitting(incident: Incident, status: str) -> dict[str, list[MessageTemplate]]:
    """The templates for the words that come next, by audience. Two queries."""
    spoken = set(Entry.objects.filter(incident=incident).values_list("page__audience", flat=True))
    found: dict[str, list[MessageTemplate]] = {audience: [] for audience in rules.AUDIENCES}
    for one in templates():
        heard = one.audience in spoken if one.audience in pages.AUDIENCES else bool(spoken)
        if one.stage in {rules.ANY, rules.stage(last=status == pages.RESOLVED, spoken=heard)} and one.audience in found:
            found[one.audience].append(one)
    return found


def filled(
    actor: Actor, incident: Incident, wanted: MessageTemplate, *, status: str, next_update_at: dt.datetime | None = None
) -> rules.Filled:
    """A template in the words of this incident. Raises Conflict for words to customers of an incident they may not know of."""
    return all_filled(actor, incident, [wanted], status=status, next_update_at=next_update_at)[0]


def all_filled(
    actor: Actor,
    incident: Incident,
    wanted: Sequence[MessageTemplate],
    *,
    status: str,
    next_update_at: dt.datetime | None = None,
) -> list[rules.Filled]:
    """As `filled`, however many in two queries."""
    permissions.require_seer(actor, incident)
    if incident.is_private and any(one.audience == pages.EXTERNAL for one in wanted):
        raise Conflict(f"{incident.key} is private and never shown to customers.", field="template", code="private_incident")
    known = rules.Known(
        facts_of(incident),
        service=incident.service.name if incident.service else "",
        team=incident.service.team.name if incident.service else "",
        manager=incident.manager.name if incident.manager else "",
        link=f"{settings.TOCSIN.base_url.rstrip('/')}/{incident.key}",
        status=status,
        next_update_at=None if status == pages.RESOLVED else next_update_at,
    )
    return [rules.filled(one.audience, one.title, one.body, known) for one in wanted]
