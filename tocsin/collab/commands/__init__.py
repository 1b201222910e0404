"""The only writers of rooms, messages and short links; those of state documents are in `collab.documents`."""

from __future__ import annotations

from tocsin.collab.commands.files import NamedFile, keep_file
from tocsin.collab.commands.messages import edit, post, react, remove, star
from tocsin.collab.commands.presence import be_here
from tocsin.collab.commands.rooms import open_room, set_topic
from tocsin.collab.commands.short_links import change_short_link, count_hits, create_short_link, remove_short_link

__all__ = [
    "NamedFile",
    "be_here",
    "change_short_link",
    "count_hits",
    "create_short_link",
    "edit",
    "keep_file",
    "open_room",
    "post",
    "react",
    "remove",
    "remove_short_link",
    "set_topic",
    "star",
]
