"""Reading incidents, always within what the actor may see."""

from __future__ import annotations

from tocsin.incidents.queries.changes import ChangeLine, changes
from tocsin.incidents.queries.checklist import (
    CheckLine,
    CheckPart,
    checklist,
    fallbacks,
    is_first_command,
    prompts,
    sheet,
    sheet_item,
    sheet_section,
)
from tocsin.incidents.queries.lists import (
    by_id,
    by_key,
    incidents,
    keys_of_alerts,
    of_alert,
    open_counts,
    queue_counts,
    similar_open,
    team_queue,
)
from tocsin.incidents.queries.one import CatchUp, HistoryLine, Holder, catch_up, history, holders, linked_alerts, ttd, ttr
from tocsin.incidents.queries.story import TimelineLine, timeline

__all__ = [
    "CatchUp",
    "ChangeLine",
    "CheckLine",
    "CheckPart",
    "HistoryLine",
    "Holder",
    "TimelineLine",
    "by_id",
    "by_key",
    "catch_up",
    "changes",
    "checklist",
    "fallbacks",
    "history",
    "holders",
    "incidents",
    "is_first_command",
    "keys_of_alerts",
    "linked_alerts",
    "of_alert",
    "open_counts",
    "prompts",
    "queue_counts",
    "sheet",
    "sheet_item",
    "sheet_section",
    "similar_open",
    "team_queue",
    "timeline",
    "ttd",
    "ttr",
]
