"""Administration pages: health, messages, audit, tokens, settings."""

from __future__ import annotations

import datetime as dt

import pytest
from django.conf import settings
from django.test import Client

from tests import company
from tocsin.core import clock
from tocsin.core.actor import SYSTEM
from tocsin.core.eventlog import sealing
from tocsin.directory import commands
from tocsin.paging import commands as paging
from tocsin.paging.jobs import advance

pytestmark = pytest.mark.django_db
PATHS = (
    "/admin",
    "/admin/messages",
    "/admin/messages?failed=1",
    "/admin/audit",
    "/admin/tokens",
    "/admin/settings",
    "/admin/severities",
)


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(company.administrator())
    return client


def test_every_administration_page_is_for_administrators_only(admin: Client) -> None:
    ana = Client()
    ana.force_login(company.person("Ana"))
    for path in PATHS:
        assert admin.get(path).status_code == 200, path
        assert ana.get(path).status_code == 403, path
        assert Client().get(path).status_code == 302, path


def test_health_says_that_nothing_is_proven_while_no_auditor_has_run(admin: Client) -> None:
    assert "cannot prove" in admin.get("/admin").text


def test_the_message_log_shows_every_attempt_and_what_became_of_it(admin: Client) -> None:
    ana = company.person("Ana")
    paging.send_test(company.actor(ana), ana, now=clock.now())
    advance.tick(clock.now())
    page = admin.get("/admin/messages").text
    assert "ana@example.com" in page
    assert "Test page" in page
    assert "Test page" not in admin.get("/admin/messages?failed=1").text


def test_the_audit_log_is_searched_by_name_id_and_event(admin: Client, now: dt.datetime) -> None:
    ana, ben = company.person("Ana"), company.person("Ben")
    commands.set_role(SYSTEM, ben, "stakeholder", now=now)
    commands.change_profile(company.actor(ana), ana, name="Ana K", now=now)
    while sealing.seal(now):
        pass
    everything = admin.get("/admin/audit").text
    assert "person.role_changed" in everything
    assert "person.changed" in everything
    for q, there, gone in (
        (ben.id, "person.role_changed", "person.changed<"),
        ("Ana", "person.changed<", "person.role_changed"),
        ("person.role", "person.role_changed", "person.changed<"),
        ("no such thing", "Nothing fits", "person."),
    ):
        page = admin.get("/admin/audit", {"q": q}).text
        assert there in page, q
        assert gone not in page, q
    assert "person.changed<" not in admin.get("/admin/audit?before=2").text
    assert admin.get("/admin/audit?before=%00&q=%F0%9F%90%99").status_code == 200


def test_an_administrator_revokes_anybodys_token(admin: Client, now: dt.datetime) -> None:
    ana = company.person("Ana")
    token, _ = commands.create_token(SYSTEM, ana, name="ci", scopes=["read"], now=now)
    assert "ci" in admin.get("/admin/tokens").text
    assert admin.post(f"/admin/tokens/{token.id}/revoke").status_code == 302
    token.refresh_from_db()
    assert token.revoked_at is not None


def test_settings_are_shown_without_their_secrets(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = {"smtp_url": "smtp://u:hush@localhost", "secret_key": "hush" * 10, "database_url": ""}
    monkeypatch.setattr(settings, "TOCSIN", settings.TOCSIN.model_copy(update=changed))
    page = admin.get("/admin/settings").text
    assert "TOCSIN_SMTP_URL" in page
    assert "hush" not in page
