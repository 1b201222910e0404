"""The only writers of incidents. Each verb is a button, an API call and a command line of the same name."""

from __future__ import annotations

from tocsin.incidents.commands.assessing import assess, confirm_assessment, follow_up_case, label_case, unlabel_case
from tocsin.incidents.commands.changing import change_fields, set_severity, set_times
from tocsin.incidents.commands.declaring import declare, link_alert, set_up
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
from tocsin.incidents.commands.talking import be_here, edit, note, react, remove, say, star

__all__ = [
    "accept_offer",
    "add_member",
    "ask_about_offer",
    "assess",
    "assign_role",
    "be_here",
    "change_fields",
    "confirm_assessment",
    "declare",
    "decline_offer",
    "edit",
    "follow_up_case",
    "hand_over",
    "label_case",
    "link_alert",
    "note",
    "offer_role",
    "page_team",
    "react",
    "release_responder",
    "release_role",
    "remove",
    "resolve",
    "say",
    "set_severity",
    "set_times",
    "set_up",
    "star",
    "take_command",
    "unlabel_case",
    "withdraw_offer",
]
