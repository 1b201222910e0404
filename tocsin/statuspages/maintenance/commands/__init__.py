"""The only writers of planned work."""

from __future__ import annotations

from tocsin.statuspages.maintenance.commands.acting import begin, cancel, complete, say, verify
from tocsin.statuspages.maintenance.commands.attending import attend, extend_series
from tocsin.statuspages.maintenance.commands.changing import change, move
from tocsin.statuspages.maintenance.commands.planning import end_series, plan, plan_series

__all__ = [
    "attend",
    "begin",
    "cancel",
    "change",
    "complete",
    "end_series",
    "extend_series",
    "move",
    "plan",
    "plan_series",
    "say",
    "verify",
]
