"""Every address the house answers at, apart from the bare doors in `asgi.py`."""

from __future__ import annotations

from allauth.account import urls as account
from allauth.mfa import urls as mfa
from django.urls import include, path

from tocsin.web.api import metrics
from tocsin.web.api import urls as api
from tocsin.web.gate import policy
from tocsin.web.pages import urls as pages

_ACCOUNT = {
    "account_login": policy.PUBLIC,
    "account_logout": policy.PUBLIC,
    "account_inactive": policy.PUBLIC,
    "account_reauthenticate": policy.SIGNED_IN,
    "account_change_password": policy.SIGNED_IN,
    "account_set_password": policy.SIGNED_IN,
    "mfa_index": policy.SIGNED_IN,
    "mfa_authenticate": policy.PUBLIC,
    "mfa_reauthenticate": policy.SIGNED_IN,
    "mfa_activate_totp": policy.SIGNED_IN,
    "mfa_deactivate_totp": policy.SIGNED_IN,
    "mfa_view_recovery_codes": policy.SIGNED_IN,
    "mfa_generate_recovery_codes": policy.SIGNED_IN,
    "mfa_download_recovery_codes": policy.SIGNED_IN,
    "mfa_list_webauthn": policy.SIGNED_IN,
    "mfa_add_webauthn": policy.SIGNED_IN,
    "mfa_edit_webauthn": policy.SIGNED_IN,
    "mfa_remove_webauthn": policy.SIGNED_IN,
    "mfa_reauthenticate_webauthn": policy.SIGNED_IN,
    "mfa_login_webauthn": policy.PUBLIC,
}
"""Of the sign-in library's routes, those that exist here. `mfa_authenticate` is the second step of signing in."""

urlpatterns = [
    path("account/", include(policy.borrow(account.urlpatterns, _ACCOUNT))),
    path("account/2fa/", include(policy.borrow(mfa.urlpatterns, _ACCOUNT))),
    path("api/v1/", include(api)),
    path("metrics", metrics.show, name="metrics"),
    path("", include(pages)),
]

handler400 = "tocsin.web.errors.unreadable"
handler403 = "tocsin.web.errors.forbidden"
handler404 = "tocsin.web.errors.not_found"
handler500 = "tocsin.web.errors.fault"
