"""The only writers of this room."""

from __future__ import annotations

from tocsin.oncall.commands.policies import change_policy, cover_service, create_policy
from tocsin.oncall.commands.schedules import (
    add_override,
    add_rotation,
    create_schedule,
    remove_override,
    remove_rotation,
    set_last_resort,
)

__all__ = [
    "add_override",
    "add_rotation",
    "change_policy",
    "cover_service",
    "create_policy",
    "create_schedule",
    "remove_override",
    "remove_rotation",
    "set_last_resort",
]
