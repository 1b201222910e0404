"""Two people at one thing: which version somebody read, and who changed it since."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.core.errors import Stale
from tocsin.core.eventlog import events as log
from tocsin.core.models import Event
from tocsin.oncall import events
from tocsin.oncall.models import Policy


def version_of(policy: Policy) -> str:
    """Another one after each change."""
    return policy.updated_at.isoformat()


def require_current(policy: Policy, read: str, saved: Sequence[str]) -> None:
    """Raises Stale with who changed it and, as `current`, what is `saved` now in words. `read` empty: whatever it is."""
    if read and read != version_of(policy):
        raise Stale(said(_last(policy.id)), field="version", current=list(saved))


def _last(policy: str) -> Event | None:
    return next((one for one in log.about(policy, limit=20) if one.name == events.POLICY_CHANGED), None)


def said(event: Event | None) -> str:
    """`Robin changed this meanwhile: step 1: delay 5 → 10 min.`"""
    if event is None:
        return "Somebody changed this meanwhile."
    words = "; ".join(event.data.get("changes", ())) or "nothing is different by it"
    return f"{event.actor_name} changed this meanwhile: {words}."
