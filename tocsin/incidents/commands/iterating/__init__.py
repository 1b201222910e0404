"""Writing down what is found, worked on and changed while an incident is fixed, and who is relieved when."""

from __future__ import annotations

from tocsin.incidents.commands.iterating.bringing import bring_in_document
from tocsin.incidents.commands.iterating.changes import log_change, state_revert
from tocsin.incidents.commands.iterating.findings import add_finding, conclude, set_theory, take_note
from tocsin.incidents.commands.iterating.pace import check, describe_behaviour, no_change
from tocsin.incidents.commands.iterating.relief import cancel_relief, declare_awake, plan_relief
from tocsin.incidents.commands.iterating.streams import change_stream, open_stream

__all__ = [
    "add_finding",
    "bring_in_document",
    "cancel_relief",
    "change_stream",
    "check",
    "conclude",
    "declare_awake",
    "describe_behaviour",
    "log_change",
    "no_change",
    "open_stream",
    "plan_relief",
    "set_theory",
    "state_revert",
    "take_note",
]
