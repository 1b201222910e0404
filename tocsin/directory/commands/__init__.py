"""The only writers of this room."""

from __future__ import annotations

from tocsin.directory.commands.access import (
    create_token,
    note_sign_in,
    reset_second_factor,
    revoke_token,
    send_account_mail,
    use_token,
)
from tocsin.directory.commands.agreeing import set_backup_system, set_organisation, set_value
from tocsin.directory.commands.contact import (
    add_contact_method,
    mark_answered,
    mark_broken,
    mark_verified,
    remove_contact_method,
    send_code,
    set_notify_steps,
    verify_contact_method,
)
from tocsin.directory.commands.gateways import change_gateway, create_gateway
from tocsin.directory.commands.links import accept_link, forgot_password, invite
from tocsin.directory.commands.people import (
    change_profile,
    create_person,
    deactivate,
    reactivate,
    set_password,
    set_role,
)
from tocsin.directory.commands.qualifications import remove_qualification, set_qualification
from tocsin.directory.commands.services import (
    change_product,
    change_service,
    create_product,
    create_service,
)
from tocsin.directory.commands.setup import (
    confirm_mail,
    create_first_administrator,
    open_setup,
    send_test_mail,
    set_mail_server,
)
from tocsin.directory.commands.severities import set_severity_meaning, sign_severities
from tocsin.directory.commands.teams import add_member, change_team, create_team, remove_member
from tocsin.directory.commands.vendors import change_vendor, create_vendor

__all__ = [
    "accept_link",
    "add_contact_method",
    "add_member",
    "change_gateway",
    "change_product",
    "change_profile",
    "change_service",
    "change_team",
    "change_vendor",
    "confirm_mail",
    "create_first_administrator",
    "create_gateway",
    "create_person",
    "create_product",
    "create_service",
    "create_team",
    "create_token",
    "create_vendor",
    "deactivate",
    "forgot_password",
    "invite",
    "mark_answered",
    "mark_broken",
    "mark_verified",
    "note_sign_in",
    "open_setup",
    "reactivate",
    "remove_contact_method",
    "remove_member",
    "remove_qualification",
    "reset_second_factor",
    "revoke_token",
    "send_account_mail",
    "send_code",
    "send_test_mail",
    "set_backup_system",
    "set_mail_server",
    "set_notify_steps",
    "set_organisation",
    "set_password",
    "set_qualification",
    "set_role",
    "set_severity_meaning",
    "set_value",
    "sign_severities",
    "use_token",
    "verify_contact_method",
]
