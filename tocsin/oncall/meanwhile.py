"""Two people at one thing: which version somebody read, and who changed it since."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence

from tocsin.core.errors import NotFound, Stale
from tocsin.core.eventlog import events as log
from tocsin.core.models import Event
from tocsin.oncall import events
from tocsin.oncall.models import Policy, Rotation, Schedule

_OF_LAYERS = {events.ROTATION_CHANGED, events.ROTATION_REMOVED}


def version_of(policy: Policy) -> str:
    """Another one after each change."""
    return policy.updated_at.isoformat()


def require_current(policy: Policy, read: str, saved: Sequence[str]) -> None:
    """Raises Stale with who changed it and, as `current`, what is `saved` now in words. `read` empty: whatever it is."""
    if read and read != version_of(policy):
        raise Stale(said(_last(policy.id)), field="version", current=list(saved))


def version_of_layer(rotation: Rotation) -> str:
    """Another one after each change of the layer or of its members. One query."""
    rows = sorted((str(one.since), one.position, one.person_id or "") for one in rotation.members.all())
    return hashlib.sha256(repr((rotation.id, rows)).encode()).hexdigest()[:16]


def present_layer(schedule: Schedule, wanted: str, now: dt.datetime) -> tuple[Rotation | None, str]:
    """What a layer has become, None when it has ended, and who did that as a sentence, empty while it is the same layer.

    A change gives a layer another id, and one that was never in force leaves nothing but the event log. Raises NotFound.
    """
    changes = [one for one in reversed(log.about(schedule.id)) if one.name in _OF_LAYERS]
    after = {one.data["before"]["rotation"]: one for one in changes if one.name == events.ROTATION_CHANGED}
    removed = {one.data["rotation"]: one for one in changes if one.name == events.ROTATION_REMOVED}
    present, words = wanted, ""
    while present in after:
        words = said(after[present])
        present = after[present].data["after"]["rotation"]
    found = schedule.rotations.prefetch_related("members__person").filter(id=present).first()
    if present in removed:
        return None, f"{removed[present].actor_name} ended this layer meanwhile."
    if found is None:
        raise NotFound("There is no such rotation.")
    return (None, "This layer has ended.") if found.ends_at and found.ends_at <= now else (found, words)


def members_changed(rotation: Rotation) -> str:
    """Who changed the members of this layer last, as a sentence."""
    changes = [one for one in log.about(rotation.schedule_id) if one.name == events.MEMBERS_CHANGED]
    return said(next((one for one in changes if one.data["rotation"] == rotation.id), None))


def _last(policy: str) -> Event | None:
    return next((one for one in log.about(policy, limit=20) if one.name == events.POLICY_CHANGED), None)


def said(event: Event | None) -> str:
    """`Robin changed this meanwhile: step 1: delay 5 → 10 min.`"""
    if event is None:
        return "Somebody changed this meanwhile."
    words = "; ".join(event.data.get("changes", ())) or "nothing is different by it"
    return f"{event.actor_name} changed this meanwhile: {words}."
