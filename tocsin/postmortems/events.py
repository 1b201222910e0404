"""What postmortems and actions announce. The context is always the incident."""

from __future__ import annotations

STARTED = "postmortem.started"
"""data: owner (id), owner_name, title"""

CHANGED = "postmortem.changed"
"""data: fields (names), version"""

OWNER_CHANGED = "postmortem.owner_changed"
"""data: old, old_name, new, new_name"""

STATE_CHANGED = "postmortem.state_changed"
"""data: old, new"""

ACTION_CREATED = "action.created"
"""data: number, title, category, link_type, owner (id), owner_name, due_on"""

ACTION_CHANGED = "action.changed"
"""data: field, old, new"""

ACTION_STATE_CHANGED = "action.state_changed"
"""data: number, title, old, new"""

REVIEW_STARTED = "review.started"
"""A communications review began. Subject: the review. data: lead, scribe (names)"""

REVIEW_NOTED = "review.noted"
"""Subject: the review. data: note (id), text"""

REVIEW_COMPLETED = "review.completed"
"""Subject: the review. data: regroup_on, next_on (days), every_months"""
