"""The only writers of incidents. Each verb is a button, an API call and a command line of the same name."""

from __future__ import annotations

from tocsin.incidents.commands.assessing import assess, confirm_assessment, follow_up_case, label_case, unlabel_case
from tocsin.incidents.commands.changing import change_fields, set_severity, set_times
from tocsin.incidents.commands.declaring import declare, link_alert, set_up
from tocsin.incidents.commands.iterating import (
    add_finding,
    cancel_relief,
    change_stream,
    check,
    conclude,
    declare_awake,
    describe_behaviour,
    log_change,
    no_change,
    open_stream,
    plan_relief,
    set_theory,
    state_revert,
    take_note,
)
from tocsin.incidents.commands.resolving import resolve
from tocsin.incidents.commands.running import add_member, assign_role, hand_over, page_team, release_role, take_command
from tocsin.incidents.commands.talking import be_here, edit, note, react, remove, say, star

__all__ = [
    "add_finding",
    "add_member",
    "assess",
    "assign_role",
    "be_here",
    "cancel_relief",
    "change_fields",
    "change_stream",
    "check",
    "conclude",
    "confirm_assessment",
    "declare",
    "declare_awake",
    "describe_behaviour",
    "edit",
    "follow_up_case",
    "hand_over",
    "label_case",
    "link_alert",
    "log_change",
    "no_change",
    "note",
    "open_stream",
    "page_team",
    "plan_relief",
    "react",
    "release_role",
    "remove",
    "resolve",
    "say",
    "set_severity",
    "set_theory",
    "set_times",
    "set_up",
    "star",
    "state_revert",
    "take_command",
    "take_note",
    "unlabel_case",
]
