"""The only writers of incidents. Each verb is a button, an API call and a command line of the same name."""

from __future__ import annotations

from tocsin.incidents.commands.assessing import assess, confirm_assessment, follow_up_case, label_case, unlabel_case
from tocsin.incidents.commands.boards import (
    change_dashboard,
    create_dashboard,
    create_embed,
    note_embed_use,
    remove_dashboard,
    revoke_embed,
)
from tocsin.incidents.commands.changing import change_fields, set_severity, set_times
from tocsin.incidents.commands.cleaning_up import complete_task, link_task, reopen_task, unlink_task
from tocsin.incidents.commands.declaring import declare, link_alert, set_up
from tocsin.incidents.commands.falling_back import mark_down, mark_up
from tocsin.incidents.commands.following import follow, unfollow
from tocsin.incidents.commands.importing import import_incident
from tocsin.incidents.commands.iterating import (
    add_finding,
    bring_in_document,
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
from tocsin.incidents.commands.keeping_sheet import add_item, change_item, remove_item, set_section
from tocsin.incidents.commands.linking import link, unlink
from tocsin.incidents.commands.offering import accept_offer, ask_about_offer, decline_offer, offer_role, withdraw_offer
from tocsin.incidents.commands.resolving import resolve
from tocsin.incidents.commands.running import (
    add_member,
    assign_role,
    hand_over,
    page_team,
    release_responder,
    release_role,
    take_command,
)
from tocsin.incidents.commands.security import page_security
from tocsin.incidents.commands.suspecting import clear_suspect, suspect_change
from tocsin.incidents.commands.talking import be_here, edit, note, react, remove, say, star
from tocsin.incidents.commands.templating import change_template, create_template, remove_template
from tocsin.incidents.commands.ticking import skip, tick, untick
from tocsin.incidents.commands.vendors import call_vendor

__all__ = [
    "accept_offer",
    "add_finding",
    "add_item",
    "add_member",
    "ask_about_offer",
    "assess",
    "assign_role",
    "be_here",
    "bring_in_document",
    "call_vendor",
    "cancel_relief",
    "change_dashboard",
    "change_fields",
    "change_item",
    "change_stream",
    "change_template",
    "check",
    "clear_suspect",
    "complete_task",
    "conclude",
    "confirm_assessment",
    "create_dashboard",
    "create_embed",
    "create_template",
    "declare",
    "declare_awake",
    "decline_offer",
    "describe_behaviour",
    "edit",
    "follow",
    "follow_up_case",
    "hand_over",
    "import_incident",
    "label_case",
    "link",
    "link_alert",
    "link_task",
    "log_change",
    "mark_down",
    "mark_up",
    "no_change",
    "note",
    "note_embed_use",
    "offer_role",
    "open_stream",
    "page_security",
    "page_team",
    "plan_relief",
    "react",
    "release_responder",
    "release_role",
    "remove",
    "remove_dashboard",
    "remove_item",
    "remove_template",
    "reopen_task",
    "resolve",
    "revoke_embed",
    "say",
    "set_section",
    "set_severity",
    "set_theory",
    "set_times",
    "set_up",
    "skip",
    "star",
    "state_revert",
    "suspect_change",
    "take_command",
    "take_note",
    "tick",
    "unfollow",
    "unlabel_case",
    "unlink",
    "unlink_task",
    "untick",
    "withdraw_offer",
]
