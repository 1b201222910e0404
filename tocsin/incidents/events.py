"""What happens to an incident: names and payloads. Subject and context are the incident's id."""

from __future__ import annotations

DECLARED = "incident.declared"
"""data: key, summary, severity, service, source, drill, private, alerts (numbers)"""

SET_UP = "incident.set_up"
"""data: room, document (ids), video (address, may be empty)"""

STATE_CHANGED = "incident.state_changed"
"""data: old, new"""

SEVERITY_CHANGED = "incident.severity_changed"
"""data: old, new"""

SEVERITY_CONFIRMED = "incident.severity_confirmed"
"""data: severity"""

FIELD_CHANGED = "incident.field_changed"
"""data: field, old, new"""

ROLE_TAKEN = "incident.role_taken"
"""data: role, about (stream of work), person, name, old, old_name (who held it before, when it is a role for one)"""

ROLE_RELEASED = "incident.role_released"
"""data: role, person, name"""

MEMBER_ADDED = "incident.member_added"
"""data: person, name, why"""

NOTED = "incident.noted"
"""data: kind, text, at (RFC 3339, when it happened, which may be before it was noted), message (id)"""

TEAM_PAGED = "incident.team_paged"
"""data: target (id), name"""

TIMES_SET = "incident.times_set"
"""data: one `{"old", "new"}` per changed time field, `unknown`: names"""

ALERT_LINKED = "incident.alert_linked"
"""data: alert (id), number, title"""

RESOLVED = "incident.resolved"
"""data: key, severity, drill, ttd_seconds, ttr_seconds, unknown, restored, postmortem_owner (id or null),
final (null, or the texts to close the status pages with), leave_open (why an entry stays open, by page)"""

ASSESSED = "incident.assessed"
"""data: answers: one `{"old", "new"}` per changed answer"""

CASE_LABELLED = "incident.case_labelled"
"""data: case (id), reference, cases (how many are labelled now)"""

CASE_UNLABELLED = "incident.case_unlabelled"
"""data: reference, cases (how many are labelled now)"""

CASE_FOLLOWED_UP = "incident.case_followed_up"
"""data: reference, done"""

ROLE_OFFERED = "incident.role_offered"
"""data: offer (id), role, about, person, name"""

OFFER_ANSWERED = "incident.offer_answered"
"""data: offer (id), role, about, person, name, answer (accepted, declined, withdrawn)"""

RESPONDER_RELEASED = "incident.responder_released"
"""data: person, name"""

ITEM_TICKED = "incident.item_ticked"
"""data: item (id), section, text"""

ITEM_SKIPPED = "incident.item_skipped"
"""data: item (id), section, text, reason"""

ITEM_UNTICKED = "incident.item_unticked"
"""data: item (id), section, text"""

PRIMARY_DOWN = "incident.primary_down"
"""data: kind, name, link (of the backup system that is used from now)"""

PRIMARY_UP = "incident.primary_up"
"""data: kind, name"""

IMPORTED = "incident.imported"
"""It was run elsewhere. data: key, reference, url, entries (how many lines of its timeline came along)"""

TASK_LINKED = "incident.task_linked"
"""A task in another tracker cleans up after it. data: task (id), title, url"""

TASK_STATE_CHANGED = "incident.task_state_changed"
"""data: task (id), title, old, new (open, done)"""

TASK_UNLINKED = "incident.task_unlinked"
"""data: title, url"""

FOLLOWED = "incident.followed"
"""data: person, name"""

UNFOLLOWED = "incident.unfollowed"
"""data: person, name"""

SHEET_SECTION_CHANGED = "sheet.section_changed"
"""subject: the section's short name; data: title, text"""

SHEET_ITEM_ADDED = "sheet.item_added"
"""data: section, text, link, every_minutes"""

SHEET_ITEM_CHANGED = "sheet.item_changed"
"""data: the fields changed, each with its new value"""

SHEET_ITEM_REMOVED = "sheet.item_removed"
"""data: section, text"""

FINDING_ADDED = "incident.finding_added"
"""data: finding (id), number, kind (observation, theory, experiment), text, about (number or null)"""

FINDING_DECIDED = "incident.finding_decided"
"""A theory or an experiment has another state. data: finding (id), number, kind, old, new, outcome, because (number or null)"""

STREAM_OPENED = "incident.stream_opened"
"""data: stream (id), number, title, lead_name"""

STREAM_CHANGED = "incident.stream_changed"
"""data: stream (id), number, title, changes: one `{"old", "new"}` per changed field"""

CHANGE_LOGGED = "incident.change_logged"
"""Stands beside the note that tells it. data: change (id), number, what, why, how, revert, who"""

REVERT_STATED = "incident.revert_stated"
"""data: change (id), number, what, old, revert"""

CAUSE_SUSPECTED = "incident.cause_suspected"
"""A change near the start may be the cause. data: change (id), what, at (RFC 3339), minutes (before the impact began, or null),
service, link, rollback"""

SUSPICION_WITHDRAWN = "incident.suspicion_withdrawn"
"""data: change (id), what"""

EVIDENCE_LOST = "incident.evidence_lost"
"""A restart destroys what would show the cause. data: kind (experiment, change), number, what"""

BEHAVIOUR_DESCRIBED = "incident.behaviour_described"
"""data: one `{"old", "new"}` for observed and expected, where they changed"""

CHECKED = "incident.checked"
"""data: questions (names)"""

PROMPTED = "incident.prompted"
"""The engine asks whether impact or severity has changed. data: prompt (id)"""

PROMPT_ANSWERED = "incident.prompt_answered"
"""data: prompt (id or null), answer (no_change), asked_at (RFC 3339 or null)"""

AWAKE_DECLARED = "incident.awake_declared"
"""data: person, name, since (RFC 3339), hours"""

TIRED = "incident.tired"
"""Somebody works on it too long. data: person, name, why"""

RELIEF_PLANNED = "incident.relief_planned"
"""data: role, person, name, at (RFC 3339), old_name"""

RELIEF_CANCELLED = "incident.relief_cancelled"
"""data: role, name"""

RELIEF_REMINDED = "incident.relief_reminded"
"""data: role, person, name, at (RFC 3339)"""

PREPARED = "incident.prepared"
"""It was declared from a template. data: template (id or null), name, told (names)"""

LINKED = "incident.linked"
"""Once for each end that is an incident. data: link (id), kind; unless the other end is private words, title, path, key and other
(id of the other incident)"""

UNLINKED = "incident.unlinked"
"""data: as in incident.linked"""

TEMPLATE_CREATED = "template.created"
"""data: name, slug, team (id), changes (what it presets, in words)"""

TEMPLATE_CHANGED = "template.changed"
"""data: name, changes (in words)"""

TEMPLATE_REMOVED = "template.removed"
"""data: name, slug"""

DASHBOARD_CREATED = "dashboard.created"
"""data: name, slug, team (id), changes (what it shows, in words)"""

DASHBOARD_CHANGED = "dashboard.changed"
"""data: name, changes (in words)"""

DASHBOARD_REMOVED = "dashboard.removed"
"""data: name, slug"""

EMBED_CREATED = "embed.created"
"""A secret address that shows a dashboard; context: the dashboard. data: dashboard (name), hint, origins (that may frame it)"""

EMBED_REVOKED = "embed.revoked"
"""data: dashboard (name), hint"""

POST_ADDED = "incident.post_added"
"""A public post is about the incident. data: post (id), url, where (host), posts (how many there are now)"""

POST_REMOVED = "incident.post_removed"
"""data: url, where, posts"""
