"""How people sign in: what the sign-in library may do here, and where it meets our commands, mails and log."""

from __future__ import annotations

import math
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django import forms
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme

from tocsin.core import clock, secrets
from tocsin.directory import commands, queries
from tocsin.directory.models import Person
from tocsin.web.gate.patience import patience

DEVICE_COOKIE = "device"
_YEAR = 366 * 86400


class Adapter(DefaultAccountAdapter):
    """Nobody signs up by themselves, people are invited. Mails go through the outbox; links start with the base URL."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """Only addresses on this host, without a host in them."""
        return bool(url) and url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        account, source, known = _who_knocks(request, credentials)
        wait = patience.wait(account, source, clock.monotonic(), known=known)
        if wait > 0:
            seconds = math.ceil(wait)
            raise forms.ValidationError(f"Too many wrong tries. Wait {seconds} s, then try again; nothing is locked.")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        person = super().authenticate(request, **credentials)
        if person:
            account, source, known = _who_knocks(request, credentials)
            patience.succeeded(account, source, known=known)
        return person

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        account, source, known = _who_knocks(request, credentials)
        patience.failed(account, source, clock.monotonic(), known=known)

    def _rollback_login_failed_rl_usage(self) -> None:
        """The library's own counter is not used: it would lock the right person out."""

    def post_login(self, request: HttpRequest, user: Person, **rest: Any) -> HttpResponse:  # type: ignore[override]
        commands.note_sign_in(user, now=clock.now())
        response = super().post_login(request, user, **rest)
        remember_device(response, user)
        return response

    def set_password(self, user: Person, password: str) -> None:  # type: ignore[override]
        commands.set_password(queries.actor_for(user), user, password, now=clock.now())

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        message = self.render_mail(template_prefix, email, context)
        commands.send_account_mail(email, str(message.subject), str(message.body), now=clock.now())


class SecondFactors(DefaultMFAAdapter):
    """Secrets of second factors are encrypted at rest; passkeys belong to the host of the base URL."""

    def encrypt(self, text: str) -> str:
        return secrets.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return secrets.decrypt(encrypted_text)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": urlsplit(settings.TOCSIN.base_url).hostname or "localhost", "name": "Tocsin"}


def remember_device(response: HttpResponse, person: Person) -> None:
    """Mark this browser as one that has signed in to this account. The cookie opens nothing."""
    value = signing.dumps([person.pk, secrets.new_token()[:16]], salt=DEVICE_COOKIE)
    secure = settings.TOCSIN.secure
    response.set_cookie(DEVICE_COOKIE, value, max_age=_YEAR, httponly=True, samesite="Lax", secure=secure)


def _who_knocks(request: HttpRequest, credentials: dict[str, Any]) -> tuple[str, str, bool]:
    """Account, source, and whether the source is a browser that has been in before."""
    account = str(credentials.get("email") or credentials.get("username") or "")
    device = _device(request, account)
    return (account, device, True) if device else (account, request.META.get("REMOTE_ADDR", ""), False)


def _device(request: HttpRequest, account: str) -> str:
    cookie = request.COOKIES.get(DEVICE_COOKIE, "")
    if not cookie:
        return ""
    try:
        person_id, mark = signing.loads(cookie, salt=DEVICE_COOKIE, max_age=_YEAR)
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    person = queries.person_by_email(account)
    return str(mark) if person and person.pk == person_id else ""
