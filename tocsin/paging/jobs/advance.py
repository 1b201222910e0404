"""Engine module: take the step of every escalation that is due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import structlog

from tocsin.core.store import facts
from tocsin.core.work import leases
from tocsin.core.work.engine import OWNER
from tocsin.paging.commands import steps
from tocsin.paging.commands.escalations import LANE
from tocsin.paging.models import Escalation
from tocsin.paging.rules import TRIES_OF_A_STEP

log = structlog.get_logger(__name__)
BATCH, TOGETHER = 50, 10
_JUMP = dt.timedelta(minutes=10)
_AGAIN = dt.timedelta(seconds=1)


def tick(now: dt.datetime, *, owner: str = OWNER) -> int:
    """Take one step each; returns how many escalations were claimed. On hold nobody's turn comes."""
    if not leases.any_due(Escalation, lane=LANE, now=now) or facts.on_hold():
        return 0
    claimed = leases.claim(Escalation, lane=LANE, owner=owner, now=now, limit=BATCH)
    for escalation in claimed:
        if now - escalation.due_at > _JUMP:
            log.warning("clock jump or long stop: one step is taken, not all that were missed", escalation=escalation.id)
    for start in range(0, len(claimed), TOGETHER):
        _steps(claimed[start : start + TOGETHER], now)
    return len(claimed)


def _steps(escalations: Sequence[Escalation], now: dt.datetime) -> None:
    """Together in one commit while all goes well; otherwise each alone, so that one bad row costs the others nothing."""
    try:
        steps.take_steps(escalations, now=now)
    except Exception as error:
        log.info("steps are taken one by one", error=repr(error))
        for escalation in escalations:
            _step(escalation, now)


def _step(escalation: Escalation, now: dt.datetime) -> None:
    """A step that fails is tried again and does not keep the others waiting; the third time the last resort is paged."""
    try:
        steps.take_steps([escalation], now=now)
    except steps.LostLease:
        log.info("escalation was stopped or taken over", escalation=escalation.id)
    except Exception as error:
        log.exception("step of an escalation failed", escalation=escalation.id, tries=escalation.tries)
        if escalation.tries < TRIES_OF_A_STEP:
            leases.give_back(escalation, now + _AGAIN, repr(error))
        else:
            steps.quarantine(escalation, repr(error), now=now)
