"""What status pages announce."""

from __future__ import annotations

UPDATE_PUBLISHED = "update.published"
"""One deliberate act of publishing. Subject: its first update; context: the incident.

data: status, pages (audiences), titles and bodies (by audience), next_update_at (RFC 3339 or null), confirmation
"""

UPDATE_DUE = "update.due"
"""Somebody is reminded of words that are due. Subject and context: the incident.

data: page (audience), step (before, due or late), first (whether they are the first words), due_at (RFC 3339)
"""

LEFT_OPEN = "update.left_open"
"""An entry outlives its incident. Subject: the entry; context: the incident. data: pages (audience to the reason)"""

DRAFT_KEPT = "update.draft_kept"
"""In a drill. data: status, audiences, titles (by audience); context: the incident"""

FEEDBACK_GIVEN = "update.feedback_given"
"""Subject: the draft of a drill. data: text; context: the incident"""

COMPONENT_CREATED = "component.created"
"""data: page, name, product"""

COMPONENT_CHANGED = "component.changed"
"""data: field, old, new; context: the incident whose update changed it, or empty"""

COMPONENT_REMOVED = "component.removed"
"""data: name"""

PAGE_RENAMED = "status_page.renamed"
"""data: old, new"""
