"""The only writers of this room."""

from __future__ import annotations

from tocsin.oncall.commands.away import (
    add_away_calendar,
    keep_absences,
    note_fault,
    read_file,
    remove_away_calendar,
    replace_away_calendar,
)
from tocsin.oncall.commands.covering import accept_cover, ask_cover, decline_cover, lapse_unanswered, withdraw_cover
from tocsin.oncall.commands.feeds import create_feed, note_use, revoke_feed
from tocsin.oncall.commands.layers import (
    Turns,
    add_rotation,
    change_members,
    change_rotation,
    order_rotations,
    remove_rotation,
)
from tocsin.oncall.commands.notices import choose_notices, write_notices
from tocsin.oncall.commands.overrides import add_override, remove_override
from tocsin.oncall.commands.pausing import resume_webhook, webhook_failed, webhooks_took
from tocsin.oncall.commands.policies import change_policy, cover_service, create_policy
from tocsin.oncall.commands.proving import keep_proof
from tocsin.oncall.commands.schedules import change_schedule, create_schedule, set_last_resort
from tocsin.oncall.commands.webhooks import change_webhook, create_webhook, remove_webhook, renew_secret

__all__ = [
    "Turns",
    "accept_cover",
    "add_away_calendar",
    "add_override",
    "add_rotation",
    "ask_cover",
    "change_members",
    "change_policy",
    "change_rotation",
    "change_schedule",
    "change_webhook",
    "choose_notices",
    "cover_service",
    "create_feed",
    "create_policy",
    "create_schedule",
    "create_webhook",
    "decline_cover",
    "keep_absences",
    "keep_proof",
    "lapse_unanswered",
    "note_fault",
    "note_use",
    "order_rotations",
    "read_file",
    "remove_away_calendar",
    "remove_override",
    "remove_rotation",
    "remove_webhook",
    "renew_secret",
    "replace_away_calendar",
    "resume_webhook",
    "revoke_feed",
    "set_last_resort",
    "webhook_failed",
    "webhooks_took",
    "withdraw_cover",
    "write_notices",
]
