"""The cheat sheet, and how it stands on one incident: who ticked which line, what was skipped and why, what is due again."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch

from tocsin.core.actor import Actor
from tocsin.core.errors import NotFound
from tocsin.core.store.prepared import Prepared
from tocsin.incidents import permissions, rules
from tocsin.incidents.models import Fallback, Incident, ItemMark, RoleAssignment, SheetItem, SheetSection

OPEN, DONE, SKIPPED = "open", "done", "skipped"


@dataclass(frozen=True, slots=True)
class CheckLine:
    """A line of the checklist. `seen`: nobody ticked it, Tocsin sees that it is done. `due_at`: when a periodic one is due."""

    item: SheetItem
    text: str
    path: str
    state: str
    who: str
    at: dt.datetime | None
    reason: str
    seen: bool
    due_at: dt.datetime | None
    is_due: bool


@dataclass(frozen=True, slots=True)
class CheckPart:
    """A section with its lines."""

    section: SheetSection
    lines: list[CheckLine]

    @property
    def left(self) -> int:
        """How many lines are open."""
        return sum(line.state == OPEN for line in self.lines)


_sections = Prepared(SheetSection.objects.all)
_items = Prepared(SheetItem.objects.all)
_marks = Prepared(lambda incident: ItemMark.objects.filter(incident=incident).select_related("person").order_by("at", "id"))
_fallbacks = Prepared(lambda incident: Fallback.objects.filter(incident=incident, until=None))
_held_since = Prepared(
    lambda incident: RoleAssignment.objects.filter(incident=incident, until=None).order_by("-since").values_list("role", "since")
)


def sheet() -> list[SheetSection]:
    """The cheat sheet: its sections in order, each with its lines in `items.all`. Two queries."""
    lines = Prefetch("items", SheetItem.objects.filter(removed_at=None))
    return list(SheetSection.objects.prefetch_related(lines))


def sheet_section(slug: str) -> SheetSection:
    """Raises NotFound."""
    found = SheetSection.objects.filter(pk=slug).first()
    if found is None:
        raise NotFound("The cheat sheet has no such section.")
    return found


def guidance() -> str:
    """What the response pages remind of: the words of the section Fix of the cheat sheet, which administrators write."""
    return SheetSection.objects.filter(pk="fix").values_list("text", flat=True).first() or ""


def is_first_command(actor: Actor) -> bool:
    """Whether the actor has commanded no incident before the one in hand: then they are told what that means."""
    return RoleAssignment.objects.filter(role=RoleAssignment.MANAGER, person=actor.id).count() == 1


def sheet_item(wanted: str) -> SheetItem:
    """A line by its id, also one that was taken off the sheet. Raises NotFound."""
    found = SheetItem.objects.select_related("section").filter(pk=wanted).first()
    if found is None:
        raise NotFound("The cheat sheet has no such line.")
    return found


def checklist(actor: Actor, incident: Incident, now: dt.datetime) -> list[CheckPart]:
    """The sheet as it stands on one incident. Four queries. Lines taken off the sheet since are shown where they were ticked."""
    permissions.require_seer(actor, incident)
    marks: dict[str, ItemMark] = {}
    for mark in _marks(incident.id):
        marks[mark.item_id] = mark
    seen = _seen(incident)
    parts = []
    items: dict[str, list[SheetItem]] = defaultdict(list)
    for item in _items():
        items[item.section_id].append(item)
    for section in _sections():
        lines = [item for item in items[section.pk] if item.removed_at is None or item.pk in marks]
        parts.append(CheckPart(section, [_line(incident, item, marks.get(item.pk), seen, now) for item in lines]))
    return parts


def prompts(parts: Iterable[CheckPart]) -> list[CheckLine]:
    """The periodic lines of a checklist, the next due first; none unless the incident is being fixed."""
    found = [line for part in parts for line in part.lines if line.due_at]
    return sorted(found, key=lambda line: (line.due_at, line.item.position))


def fallbacks(actor: Actor, incident: Incident) -> list[Fallback]:
    """The backup systems that the incident works in now."""
    permissions.require_seer(actor, incident)
    return _fallbacks(incident.id)


def _seen(incident: Incident) -> dict[str, dt.datetime | None]:
    """What Tocsin sees by itself, with the instant where that is when it was done."""
    held = dict(_held_since(incident.id))
    facts = {
        "command": (incident.fixing_at, incident.fixing_at),
        "set_up": (incident.set_up_at, incident.set_up_at),
        "severity": (incident.severity_confirmed_at, incident.severity_confirmed_at),
        "resolved": (incident.resolved_at, incident.resolved_at),
        "impact_started": (incident.impact_started_at, None),
        "impact_ended": (incident.impact_ended_at, None),
        "video": (incident.video_url, None),
        "tech_lead": (held.get(RoleAssignment.TECH_LEAD), held.get(RoleAssignment.TECH_LEAD)),
        "communications_manager": (held.get(RoleAssignment.COMMUNICATIONS), held.get(RoleAssignment.COMMUNICATIONS)),
    }
    return {name: at for name, (there, at) in facts.items() if there}


def _line(
    incident: Incident, item: SheetItem, mark: ItemMark | None, seen: dict[str, dt.datetime | None], now: dt.datetime
) -> CheckLine:
    due_at = _due(incident, item, mark)
    itself = mark is None and item.fact in seen
    state = DONE if itself else OPEN if mark is None else SKIPPED if mark.reason else DONE
    if due_at is not None and due_at <= now:
        state = OPEN
    return CheckLine(
        item=item,
        text=mark.text if mark and incident.state == Incident.RESOLVED else item.text,
        path=rules.below(incident.key, item.link),
        state=state,
        who=mark.person.name if mark and mark.person else "Tocsin" if mark or itself else "",
        at=mark.at if mark else seen.get(item.fact),
        reason=mark.reason if mark else "",
        seen=itself,
        due_at=due_at,
        is_due=due_at is not None and due_at <= now,
    )


def _due(incident: Incident, item: SheetItem, mark: ItemMark | None) -> dt.datetime | None:
    """When a periodic line comes back. A minor incident waits in a queue: nothing about it runs by the clock."""
    if not item.every_minutes or incident.state != Incident.FIXING or incident.fixing_at is None or item.removed_at:
        return None
    if not rules.is_major(incident.severity):
        return None
    return rules.prompt_due(incident.fixing_at, mark.at if mark else None, item.every_minutes)
