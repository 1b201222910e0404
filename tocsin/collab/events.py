"""What happens in a room: names and payloads. The context of each is the subject of the room or document (`inc_…`)."""

from __future__ import annotations

ROOM_OPENED = "room.opened"
"""data: name, topic"""

TOPIC_CHANGED = "room.topic_changed"
"""data: old, new"""

MESSAGE_POSTED = "message.posted"
"""data: message (id), text; `kind` of a typed note, `parent` (id) of a reply, `mentions` (ids of people),
`files` (name, size, sha256, media_type)"""

MESSAGE_EDITED = "message.edited"
"""data: message (id), old, new"""

MESSAGE_REMOVED = "message.removed"
"""data: message (id), text, files; who removed it is the actor"""

MESSAGE_STARRED = "message.starred"
"""data: message (id)"""

MESSAGE_UNSTARRED = "message.unstarred"
"""data: message (id)"""

MESSAGE_REACTED = "message.reacted"
"""data: message (id), word, on (false when it was taken back)"""

ROOM_JOINED = "room.joined"
"""data: person, name; once for each person and room"""

DOCUMENT_OPENED = "document.opened"
"""data: title"""

SECTION_SAVED = "document.section_saved"
"""data: section (id), heading, version"""

ROW_ADDED = "document.row_added"
"""data: table, cells"""

ROW_CHANGED = "document.row_changed"
"""data: table, old (cells), cells"""

SHORT_LINK_CREATED = "short_link.created"
"""data: name, target, note"""

SHORT_LINK_CHANGED = "short_link.changed"
"""data: name, and what changed of target and note"""

SHORT_LINK_REMOVED = "short_link.removed"
"""data: name"""
