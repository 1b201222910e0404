"""What pages of one stage show beside their own matter: the value that belongs to the stage, and the checklist's part."""

from __future__ import annotations

from typing import Any

from django import template

from tocsin.directory import agreed
from tocsin.directory.models import Value
from tocsin.incidents import queries as incidents
from tocsin.incidents.models import Incident

register = template.Library()

STAGE_OF = {
    "Connect": "detect",
    "Open communications": "respond",
    "Assess": "detect",
    "Fix": "recover",
    "Resolve": "recover",
}
"""The stage of the value that fits a step of the checklist; any other step is of responding."""


@register.inclusion_tag("parts/value.html")
def stage_value(stage: str) -> dict[str, Any]:
    """The value of a stage in a line, nothing for a stage that has none."""
    return {"value": Value.objects.filter(pk=stage).first()}


@register.inclusion_tag("incident/_checklist.html", takes_context=True)
def checklist_part(context: template.Context, step: str) -> dict[str, Any]:
    """What the rail of an incident shows of its checklist: what is due again, how much is open, which backups are in use."""
    request, incident = context["request"], context["incident"]
    parts = incidents.checklist(request.actor, incident, request.now)
    stage = "learn" if incident.state == Incident.RESOLVED else STAGE_OF.get(step, "respond")
    prompts = incidents.prompts(parts)
    return {
        "incident": incident,
        "due": [line for line in prompts if line.is_due],
        "next": next((line for line in prompts if not line.is_due), None),
        "left": sum(part.left for part in parts),
        "fallbacks": incidents.fallbacks(request.actor, incident),
        "may_respond": context.get("may_respond"),
        "value": agreed.value(stage),
    }
