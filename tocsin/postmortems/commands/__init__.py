"""The only writers of postmortems and actions."""

from __future__ import annotations

from tocsin.postmortems.commands.following_up import add_action, change_action, complete_action, drop_action, reopen_action
from tocsin.postmortems.commands.writing import approve, back_to_draft, change, publish, request_approval, set_owner, start

__all__ = [
    "add_action",
    "approve",
    "back_to_draft",
    "change",
    "change_action",
    "complete_action",
    "drop_action",
    "publish",
    "reopen_action",
    "request_approval",
    "set_owner",
    "start",
]
