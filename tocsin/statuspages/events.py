"""What status pages announce."""

from __future__ import annotations

UPDATE_PUBLISHED = "update.published"
"""One deliberate act of publishing. Subject: its first update; context: the incident.

data: status, pages (audiences), slugs (of the pages), titles and bodies (by audience), next_update_at (RFC 3339 or null),
confirmation, lists (names of those that were mailed), read_by (names of second readers who approved exactly these words),
unread_by (names of those who were asked to read them, or others in their place, and were not waited for)
"""

UPDATE_HELD = "update.held"
"""Somebody confirmed words that have not gone out yet. Subject: the held update; context: the incident.

data: pages (audiences), due_at (RFC 3339), scheduled (whether somebody chose that time)
"""

UPDATE_TAKEN_BACK = "update.taken_back"
"""Held words were taken back before anybody read them. As `update.held`."""

UPDATE_REFUSED = "update.refused"
"""Held words could not be published when their time came. As `update.held`, and why."""

READING_ASKED = "reading.asked"
"""Somebody is asked to read words before they go out. Subject: the reading; context: the incident.

data: reader (name), person (their id), pages (audiences), note
"""

READING_ANSWERED = "reading.answered"
"""They approved the words, or say what should be otherwise. As `reading.asked`. data: verdict, comment, reader, author (names)"""

READING_WITHDRAWN = "reading.withdrawn"
"""Nobody has to read them any more. As `reading.asked`. data: reader, author (names)"""

UPDATE_DUE = "update.due"
"""Somebody is reminded of words that are due. Subject and context: the incident.

data: page (audience), step (before, due or late), first (whether they are the first words), due_at (RFC 3339)
"""

LEFT_OPEN = "update.left_open"
"""An entry outlives its incident. Subject: the entry; context: the incident. data: pages (short name to the reason)"""

DRAFT_KEPT = "update.draft_kept"
"""In a drill. data: status, audiences, titles (by audience); context: the incident"""

FEEDBACK_GIVEN = "update.feedback_given"
"""Subject: the draft of a drill. data: text; context: the incident"""

LIST_CREATED = "list.created"
"""data: name, slug, severities, is_open"""

LIST_CHANGED = "list.changed"
"""data: field, old, new"""

LIST_REMOVED = "list.removed"
"""data: name"""

LIST_MEMBER_ADDED = "list.member_added"
"""Subject: the list. data: list (short name), name, by_self"""

LIST_MEMBER_REMOVED = "list.member_removed"
"""Subject: the list. data: list (short name), name, by_self"""

LIST_MEMBER_BOUNCED = "list.member_bounced"
"""A mail server would not take mail for somebody. Subject: the list. data: list, name, reason, final, stopped"""

LIST_MEMBER_CLEARED = "list.member_cleared"
"""Somebody is mailed again after refusals. Subject: the list. data: list, name"""

BLOG_DRAFTED = "blog.drafted"
"""Somebody began a post. Subject: the post; context: its incident, or empty. data: title, path, authors (names)"""

BLOG_EDITED = "blog.edited"
"""Its words or authors are different. As `blog.drafted`. data: title, path, revision or authors"""

BLOG_HELD = "blog.held"
"""It was confirmed and nobody reads it yet. As `blog.drafted`. data: title, path, due_at (RFC 3339)"""

BLOG_TAKEN_BACK = "blog.taken_back"
"""It is a draft again before anybody read it. As `blog.drafted`. data: title, path"""

BLOG_REFUSED = "blog.refused"
"""It could not be published when its time had come, and is a draft again. As `blog.drafted`. data: title, path, why"""

BLOG_PUBLISHED = "blog.published"
"""Everybody in the house reads it; of a private incident its members. As `blog.drafted`. data: title, path, mailed (how many)"""

BLOG_FEED_CREATED = "blog.feed_created"
"""A secret address for a feed reader. Subject: the feed; context: its person. data: hint (its last letters)"""

BLOG_FEED_REVOKED = "blog.feed_revoked"
"""That address answers no more. As `blog.feed_created`. data: hint"""

MIRROR_CREATED = "mirror.created"
"""A page elsewhere is registered. data: name, page (audience), kind, host"""

MIRROR_CHANGED = "mirror.changed"
"""data: name, fields (what is different; of the key only that it is another)"""

MIRROR_PAUSED = "mirror.paused"
"""It is told nothing until it is resumed. data: name"""

MIRROR_RESUMED = "mirror.resumed"
"""data: name"""

MIRROR_REMOVED = "mirror.removed"
"""data: name"""

MIRROR_TOLD = "mirror.told"
"""A page elsewhere carries an update. Subject: the mirror; context: the incident. data: mirror (its name), page, answer"""

MIRROR_FAILED = "mirror.failed"
"""A page elsewhere could not be told and is not tried again. Subject: the mirror; context: the incident, or empty. data: mirror
(its name), page (audience), answer
"""

MIRROR_RETRIED = "mirror.retried"
"""Somebody tries again. Subject: the mirror; context: the incident. data: mirror (its name), page"""

MIRROR_CLOSED = "mirror.closed"
"""Somebody says that an entry elsewhere was closed there by hand. Subject: the mirror; context: the incident. data: mirror, page"""

QUESTION_ASKED = "question.asked"
"""A reader of an incident's mail asked something. Context: the incident. data: name, text, list"""

QUESTION_ANSWERED = "question.answered"
"""The answer is on its way to whoever asked. Context: the incident. data: name, text (the answer), question"""

QUESTION_SET_ASIDE = "question.set_aside"
"""Nobody will answer it by mail. Context: the incident. data: name"""

MAIL_HELD = "mail.held"
"""A mail that arrived waits for a person. Subject: the mail. data: sender, reason"""

MAIL_ADMITTED = "mail.admitted"
"""A person said what a held mail is about. Subject: the mail; context: the incident. data: sender, became"""

MAIL_DISCARDED = "mail.discarded"
"""A held mail is about nothing. Subject: the mail. data: sender"""

COMPONENT_CREATED = "component.created"
"""data: page, name, product"""

COMPONENT_CHANGED = "component.changed"
"""data: field, old, new; context: the incident whose update changed it, or empty"""

COMPONENT_REMOVED = "component.removed"
"""data: name"""

COMPONENT_EDITED = "component.edited"
"""data: name, old and new (each field with what it was and is)"""

GROUP_CREATED = "component_group.created"
"""data: page, name"""

GROUP_CHANGED = "component_group.changed"
"""data: name, old and new (each field with what it was and is)"""

GROUP_REMOVED = "component_group.removed"
"""Its parts stay on the page. data: page, name"""

PAGE_CREATED = "status_page.created"
"""A further page for customers. data: name, slug, language, zone, host, is_secret"""

PAGE_CHANGED = "status_page.changed"
"""data: name, old and new (each field with what it was and is)"""

PAGE_RENAMED = "status_page.renamed"
"""data: old, new"""

PAGE_READDRESSED = "status_page.readdressed"
"""A page has another secret address, which no event holds. data: name"""

PAGE_ARCHIVED = "status_page.archived"
"""Nobody reads it any more. data: name"""

PAGE_RESTORED = "status_page.restored"
"""data: name"""

SUBSCRIBER_CONFIRMED = "subscriber.confirmed"
"""Somebody outside wants to hear of the external page. Subject: the subscriber, whose address no event holds. data: channel"""

SUBSCRIBER_LEFT = "subscriber.left"
"""They took themselves off. data: channel"""

SUBSCRIBER_ADDED = "subscriber.added"
"""An administrator subscribed an address whose owner had consented. data: channel, known (it was there already)"""

SUBSCRIBER_REMOVED = "subscriber.removed"
"""An administrator took an address off. data: channel"""

SUBSCRIBER_STOPPED = "subscriber.stopped"
"""An address refused so often that it gets nothing more. data: channel, reason"""

SUBSCRIBER_CLEARED = "subscriber.cleared"
"""An administrator lets a stopped address be told again. data: channel"""

SUBSCRIBERS_IMPORTED = "subscriber.imported"
"""A file of addresses was taken in. Subject: the first of them. data: added"""

MESSAGE_TEMPLATE_CREATED = "message_template.created"
"""data: slug, name, audience, stage, title, body"""

MESSAGE_TEMPLATE_CHANGED = "message_template.changed"
"""data: name, slug, changes (sentences)"""

MESSAGE_TEMPLATE_REMOVED = "message_template.removed"
"""data: name, slug"""
MAINTENANCE_PLANNED = "maintenance.planned"
"""Work is planned. Subject: the maintenance. data: title, starts_at and ends_at (RFC 3339), parts (names), series, update"""

MAINTENANCE_MOVED = "maintenance.moved"
"""It is at another time, or takes longer. data: title, old and new (starts_at, ends_at), update"""

MAINTENANCE_CHANGED = "maintenance.changed"
"""Its title, words or parts are different. data: title, fields, update (empty when readers are told nothing)"""

MAINTENANCE_BEGUN = "maintenance.begun"
"""Its parts are under maintenance from now on. data: title, update"""

MAINTENANCE_SAID = "maintenance.said"
"""Words while it goes on. data: title, update"""

MAINTENANCE_REMINDED = "maintenance.reminded"
"""Subscribers are told once more, an hour before. data: title, update"""

MAINTENANCE_VERIFYING = "maintenance.verifying"
"""The work is done and looked at. data: title, update"""

MAINTENANCE_COMPLETED = "maintenance.completed"
"""It is over; its parts are what they were. data: title, update"""

MAINTENANCE_CANCELLED = "maintenance.cancelled"
"""It does not take place, or was broken off. data: title, update"""

MAINTENANCE_OVERDUE = "maintenance.overdue"
"""It should have begun, or be over, and nobody said so; its owner is asked. data: title, step (begin or end)"""

MAINTENANCE_SERIES_PLANNED = "maintenance.series_planned"
"""Work that comes again is planned. Subject: the series. data: title, rule, zone, minutes"""

MAINTENANCE_SERIES_ENDED = "maintenance.series_ended"
"""It comes no more; what was still planned of it is called off. data: title, called_off (how many)"""

ENTRY_BACKFILLED = "entry.backfilled"
"""A past incident was written down afterwards. Subject: the entry.

data: page, title, started_at, resolved_at, parts (id to state)
"""

ENTRY_BACKFILL_REMOVED = "entry.backfill_removed"
"""What was written afterwards is off the page again. data: page, title"""

WORK_SAID = (
    MAINTENANCE_PLANNED,
    MAINTENANCE_REMINDED,
    MAINTENANCE_MOVED,
    MAINTENANCE_CHANGED,
    MAINTENANCE_BEGUN,
    MAINTENANCE_SAID,
    MAINTENANCE_VERIFYING,
    MAINTENANCE_COMPLETED,
    MAINTENANCE_CANCELLED,
)
"""After these a page says something else of planned work."""
