"""What this room announces. The subject is the id of the thing changed; what belongs to a person has that person as context."""

from __future__ import annotations

PERSON_CREATED = "person.created"
"""data: email, role"""
PERSON_INVITED = "person.invited"
"""A one-time link was made. data: purpose, by_mail"""
PERSON_PASSWORD_SET = "person.password_set"  # noqa: S105
PERSON_SIGNED_IN = "person.signed_in"
PERSON_CHANGED = "person.changed"
"""data: the fields changed, each with its new value"""
PERSON_ROLE_CHANGED = "person.role_changed"
"""data: old, new"""
PERSON_DEACTIVATED = "person.deactivated"
PERSON_REACTIVATED = "person.reactivated"
PERSON_SECOND_FACTOR_RESET = "person.second_factor_reset"

QUALIFICATION_SET = "qualification.set"
"""data: name, trained_on, expires_on; context: the person"""
QUALIFICATION_REMOVED = "qualification.removed"
"""data: name; context: the person"""

TOKEN_CREATED = "token.created"  # noqa: S105
"""data: name, scopes; context: the person"""
TOKEN_REVOKED = "token.revoked"  # noqa: S105

TEAM_CREATED = "team.created"
TEAM_CHANGED = "team.changed"
TEAM_MEMBER_ADDED = "team.member_added"
"""data: person, is_manager"""
TEAM_MEMBER_REMOVED = "team.member_removed"
"""data: person"""

PRODUCT_CREATED = "product.created"
PRODUCT_CHANGED = "product.changed"
VENDOR_CREATED = "vendor.created"
VENDOR_CHANGED = "vendor.changed"
"""data: the fields changed, each with its new value"""
SERVICE_CREATED = "service.created"
SERVICE_CHANGED = "service.changed"
"""data: the fields changed, each with its new value"""
SEVERITY_CHANGED = "severity.changed"
"""subject: sev_<number>; data: name, meaning, examples, version (of all three together)"""
SEVERITY_AGREED = "severity.agreed"
"""subject: the team that signed; data: name, version"""

ORGANISATION_CHANGED = "organisation.changed"
"""subject: installation; data: what changed of name, security_team (a team's id, or null)"""
VALUE_CHANGED = "value.changed"
"""subject: the stage; data: the texts changed, each with its new wording"""
BACKUP_SYSTEM_CHANGED = "backup_system.changed"
"""subject: the kind; data: the fields changed, each with its new value"""

GATEWAY_CREATED = "gateway.created"
GATEWAY_CHANGED = "gateway.changed"

CONTACT_METHOD_ADDED = "contact_method.added"
"""data: kind, address; context: the person, as for the five below"""
CONTACT_METHOD_CODE_SENT = "contact_method.code_sent"
CONTACT_METHOD_VERIFIED = "contact_method.verified"
CONTACT_METHOD_BROKEN = "contact_method.broken"
"""data: reason"""
CONTACT_METHOD_REMOVED = "contact_method.removed"
NOTIFY_STEPS_SET = "notify_steps.set"
"""subject: the person; data: urgency, steps"""
MAIL_SERVER_SET = "mail.server_set"
"""subject: installation; data: host"""
