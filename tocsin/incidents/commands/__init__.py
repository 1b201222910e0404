"""The only writers of incidents. Each verb is a button, an API call and a command line of the same name."""

from __future__ import annotations

from tocsin.incidents.commands.changing import change_fields, set_severity, set_times
from tocsin.incidents.commands.declaring import declare, link_alert, set_up
from tocsin.incidents.commands.falling_back import mark_down, mark_up
from tocsin.incidents.commands.importing import import_incident
from tocsin.incidents.commands.keeping_sheet import add_item, change_item, remove_item, set_section
from tocsin.incidents.commands.resolving import resolve
from tocsin.incidents.commands.running import add_member, assign_role, hand_over, page_team, release_role, take_command
from tocsin.incidents.commands.security import page_security
from tocsin.incidents.commands.talking import note, say
from tocsin.incidents.commands.ticking import skip, tick, untick

__all__ = [
    "add_item",
    "add_member",
    "assign_role",
    "change_fields",
    "change_item",
    "declare",
    "hand_over",
    "import_incident",
    "link_alert",
    "mark_down",
    "mark_up",
    "note",
    "page_security",
    "page_team",
    "release_role",
    "remove_item",
    "resolve",
    "say",
    "set_section",
    "set_severity",
    "set_times",
    "set_up",
    "skip",
    "take_command",
    "tick",
    "untick",
]
