"""Signing in, and everything around it that must not be a hole."""

from __future__ import annotations

import datetime as dt

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.test import Client
from django.urls import NoReverseMatch, reverse

from tests import company
from tocsin.core.actor import SYSTEM
from tocsin.core.models import Event, OutboxMail
from tocsin.directory import commands
from tocsin.directory.models import Person
from tocsin.web.gate.patience import patience

pytestmark = pytest.mark.django_db
LOGIN = "/account/login/"


@pytest.fixture(autouse=True)
def _forgiven() -> None:
    patience._failures.clear()


def sign_in(client: Client, person: Person, password: str = company.PASSWORD, **rest: str):
    return client.post(LOGIN, {"login": person.email, "password": password, **rest})


def test_a_person_signs_in_with_address_and_password() -> None:
    ana, client = company.person("Ana"), Client()
    assert "Sign in" in client.get(LOGIN).text
    answer = sign_in(client, ana)
    assert answer.status_code == 302
    assert answer["Location"] == "/"
    assert client.session["_auth_user_id"] == ana.pk
    assert Event.objects.filter(name="person.signed_in", subject=ana.id).count() == 1


def test_the_answer_to_a_wrong_password_does_not_say_whether_the_address_is_known() -> None:
    ana = company.person("Ana")
    known, unknown = sign_in(Client(), ana, "wrong"), Client().post(LOGIN, {"login": "x@example.com", "password": "wrong"})
    for answer in (known, unknown):
        assert answer.status_code == 200
        assert "not correct" in answer.text


def test_a_sign_in_leads_back_to_where_the_person_was_but_never_to_another_site() -> None:
    ana = company.person("Ana")
    assert sign_in(Client(), ana, next="/oncall?week=2026-W47")["Location"] == "/oncall?week=2026-W47"
    for evil in ("https://evil.example", "//evil.example", "javascript:alert(1)", "/\\evil.example", "http:///evil.example"):
        assert sign_in(Client(), ana, next=evil)["Location"] == "/", evil


def test_a_deactivated_person_is_out_at_once(now: dt.datetime) -> None:
    ana, client = company.person("Ana"), Client()
    sign_in(client, ana)
    assert client.get("/account/2fa/").status_code == 200
    commands.deactivate(SYSTEM, ana, now=now)
    assert client.get("/account/2fa/")["Location"].startswith(LOGIN)
    answer = sign_in(Client(), ana)
    assert not (answer.status_code == 302 and answer["Location"] == "/")


def test_a_new_password_ends_other_sessions_and_keeps_this_one() -> None:
    ana, here, elsewhere = company.person("Ana"), Client(), Client()
    sign_in(here, ana)
    sign_in(elsewhere, ana)
    form = {"oldpassword": company.PASSWORD, "password1": "another long one", "password2": "another long one"}
    assert here.post("/account/password/change/", form).status_code == 302
    assert here.get("/account/2fa/").status_code == 200
    assert elsewhere.get("/account/2fa/").status_code == 302
    assert Event.objects.filter(name="person.password_set", subject=ana.id).exists()


@pytest.mark.parametrize("name", ["account_signup", "account_email", "account_reset_password", "account_confirm_email"])
def test_what_nobody_needs_does_not_exist(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_signing_out_takes_a_post() -> None:
    ana, client = company.person("Ana"), Client()
    sign_in(client, ana)
    assert "Sign out?" in client.get("/account/logout/").text
    assert "_auth_user_id" in client.session
    client.post("/account/logout/")
    assert "_auth_user_id" not in client.session


def test_guessing_is_slowed_and_the_owner_on_a_known_browser_is_not() -> None:
    ana, known, stranger = company.person("Ana"), Client(), Client()
    sign_in(known, ana)
    known.post("/account/logout/")
    for _ in range(6):
        sign_in(stranger, ana, "wrong")
    answer = sign_in(stranger, ana)
    assert "nothing is locked" in answer.text
    assert sign_in(known, ana).status_code == 302


def test_an_authenticator_app_is_set_up_and_then_asked_for() -> None:
    ana, client = company.person("Ana"), Client()
    sign_in(client, ana)
    page = prove_again(client)
    assert "data:image/svg+xml" in page.text
    secret = page.context["form"].secret
    assert client.post("/account/2fa/totp/activate/", {"code": totp(secret)}).status_code == 302
    stored = Authenticator.objects.get(user=ana, type="totp")
    assert secret not in str(stored.data)
    codes = client.get("/account/2fa/recovery-codes/", follow=True)
    assert "recovery code" in codes.text
    again = Client()
    step = sign_in(again, ana)
    assert step["Location"] == "/account/2fa/authenticate/"
    assert "_auth_user_id" not in again.session
    assert "second factor" in again.get(step["Location"]).text
    code = codes.context["unused_codes"][0]
    assert again.post("/account/2fa/authenticate/", {"code": code}).status_code == 302
    assert again.session["_auth_user_id"] == ana.pk


def test_an_administrator_takes_a_lost_second_factor_away(now: dt.datetime) -> None:
    ana, client = company.person("Ana"), Client()
    sign_in(client, ana)
    secret = prove_again(client).context["form"].secret
    client.post("/account/2fa/totp/activate/", {"code": totp(secret)})
    commands.reset_second_factor(SYSTEM, ana, now=now)
    assert sign_in(Client(), ana)["Location"] == "/"


def test_every_page_of_the_second_factor_is_in_our_frame() -> None:
    ana, client = company.person("Ana"), Client()
    sign_in(client, ana)
    for path in ("", "totp/activate/", "webauthn/", "webauthn/add/", "recovery-codes/generate/"):
        answer = client.get(f"/account/2fa/{path}", follow=True)
        assert answer.status_code in {200, 404}, path
        assert "tocsin" in answer.text, path
        assert "<style" not in answer.text, path
    assert "tocsin" in client.get("/account/password/change/").text
    assert settings.MFA_SUPPORTED_TYPES[:2] == ["totp", "recovery_codes"]


def test_a_one_time_link_shows_a_form_on_get_and_sets_the_password_on_post(now: dt.datetime) -> None:
    ana = commands.create_person(SYSTEM, email="ana@example.com", name="Ana", now=now)
    _, path = commands.invite(SYSTEM, ana, now=dt.datetime.now(dt.UTC))
    client = Client()
    for _ in range(3):
        assert "set your password" in client.get(path).text
    assert client.post(path, {"password": "short"}).status_code == 422
    assert client.post(path, {"password": "a long enough one"}).status_code == 302
    assert client.get(path).status_code == 404
    assert sign_in(client, ana, "a long enough one").status_code == 302


def test_a_link_to_a_forgotten_password_is_mailed_and_starts_with_the_base_url(monkeypatch: pytest.MonkeyPatch) -> None:
    ana = company.person("Ana")
    monkeypatch.setattr(settings, "TOCSIN", settings.TOCSIN.model_copy(update={"smtp_url": "smtp://localhost"}))
    for email in (ana.email, "nobody@example.com", ana.email):
        answer = Client().post("/account/forgot", {"email": email}, headers={"host": "evil.example"})
        assert "If that address has access" in answer.text
    mail = OutboxMail.objects.get()
    assert mail.to == ana.email
    assert f"{settings.TOCSIN.base_url}/invite/" in mail.body
    assert "evil" not in mail.body


def prove_again(client: Client):
    """What changes how one signs in asks for the password once more."""
    page = client.get("/account/2fa/totp/activate/", follow=True)
    assert "Is it you?" in page.text
    return client.post(
        "/account/reauthenticate/", {"password": company.PASSWORD, "next": "/account/2fa/totp/activate/"}, follow=True
    )


def totp(secret: str) -> str:
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
