"""Reading incidents, always within what the actor may see."""

from __future__ import annotations

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
from tocsin.incidents.queries.one import (
    CatchUp,
    HistoryLine,
    Holder,
    answers,
    assessment,
    case,
    cases,
    catch_up,
    commanding,
    history,
    holders,
    linked_alerts,
    my_offers,
    offer,
    offers,
    ttd,
    ttr,
)
from tocsin.incidents.queries.record import Spoken, Transcript, transcript
from tocsin.incidents.queries.responders import Responder, responders
from tocsin.incidents.queries.rooms import Named, mentions, unread
from tocsin.incidents.queries.story import TimelineLine, timeline

__all__ = [
    "CatchUp",
    "HistoryLine",
    "Holder",
    "Named",
    "Responder",
    "Spoken",
    "TimelineLine",
    "Transcript",
    "answers",
    "assessment",
    "by_id",
    "by_key",
    "case",
    "cases",
    "catch_up",
    "commanding",
    "history",
    "holders",
    "incidents",
    "keys_of_alerts",
    "linked_alerts",
    "mentions",
    "my_offers",
    "of_alert",
    "offer",
    "offers",
    "open_counts",
    "queue_counts",
    "responders",
    "similar_open",
    "team_queue",
    "timeline",
    "transcript",
    "ttd",
    "ttr",
    "unread",
]
