"""What this room announces. The subject of `alert.*` is the alert's id, of `intake.*` and `key.*` the integration key's.

`alert.*` carry `{"number", "title", "urgency", "service", "path"}`; `intake.unreadable` carries `{"reason", "service", "event",
"alert"}` where `alert` is the id of the alert that pages it, or empty when the hour's page was already used.
"""

from __future__ import annotations

ALERT_TRIGGERED = "alert.triggered"
ALERT_RAISED = "alert.raised"
ALERT_ACKNOWLEDGED = "alert.acknowledged"
ALERT_RESOLVED = "alert.resolved"
ALERT_SUPPRESSED = "alert.suppressed"
INTAKE_UNREADABLE = "intake.unreadable"
CHANGE_RECORDED = "change.recorded"
"""subject: the change event; data: summary, service (slug or null), source"""
KEY_CREATED = "key.created"
KEY_REVOKED = "key.revoked"
