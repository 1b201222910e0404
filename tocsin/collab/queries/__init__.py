"""Reading rooms and short links. The caller has made sure that the actor may see the subject."""

from __future__ import annotations

from tocsin.collab.queries.files import attachment, attachments, pieces
from tocsin.collab.queries.presence import Visitor, place, unread, unseen_mentions, visitors
from tocsin.collab.queries.rooms import messages, room
from tocsin.collab.queries.short_links import short_link, short_link_to_change, short_links
from tocsin.collab.queries.talk import Changed, Quote, Reacted, Said, changed, message, quoted, said

__all__ = [
    "Changed",
    "Quote",
    "Reacted",
    "Said",
    "Visitor",
    "attachment",
    "attachments",
    "changed",
    "message",
    "messages",
    "pieces",
    "place",
    "quoted",
    "room",
    "said",
    "short_link",
    "short_link_to_change",
    "short_links",
    "unread",
    "unseen_mentions",
    "visitors",
]
