"""From an empty installation to the first page that is acknowledged, in the browser. Screen 25."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.conf import settings
from django.test import Client

from tests import company
from tocsin.alerts.models import Alert, IntegrationKey
from tocsin.core import clock
from tocsin.core.models import OutboxMail
from tocsin.directory import commands
from tocsin.directory.models import Person
from tocsin.oncall import queries as oncall
from tocsin.paging import commands as paging
from tocsin.paging.jobs import advance

pytestmark = pytest.mark.django_db
FIRST = {"email": "ina@example.com", "password": "a long enough one", "zone": "Europe/Vienna"}


@pytest.fixture
def token() -> str:
    return commands.open_setup(now=clock.now())


@pytest.fixture
def _with_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "TOCSIN", settings.TOCSIN.model_copy(update={"smtp_url": "smtp://localhost"}))


@pytest.mark.usefixtures("_with_mail")
def test_the_whole_way_from_nothing_to_an_acknowledged_page(token: str) -> None:
    client = Client()
    assert "You are the first one here" in client.get(f"/setup/{token}").text
    assert client.post(f"/setup/{token}", FIRST)["Location"] == "/start/mail"
    assert client.get("/start/mail").status_code == 200
    link = re.search(r"/start/mail/[\w-]+", OutboxMail.objects.get().body).group()
    for _ in range(2):
        assert "Yes, it reached me" in Client().get(link).text
    assert "/start/team" in Client().post(link).text
    assert Client().get(link).status_code == 404
    assert client.post("/start/team", {"name": "Operations", "handover_time": "09:00"})["Location"] == "/start/service"
    assert oncall.last_resort() is not None
    page = client.post("/start/service", {"name": "Checkout API"})
    assert "webhook_configs" in page.text
    assert client.post("/start/page").status_code == 302
    assert client.post("/start/page").status_code == 302
    alert = Alert.objects.get()
    assert advance.tick(clock.now()) == 1
    assert "A page is on its way" in client.get("/start/page").text
    ina = Person.objects.get()
    paging.acknowledge_subject(company.actor(ina), alert.id, now=clock.now())
    assert "It works" in client.get("/start/page").text
    assert client.post("/start/finish")["Location"] == "/start/summary"
    summary = client.get("/start/summary").text
    assert "No outside watcher" in summary
    assert "One channel only" in summary
    alert.refresh_from_db()
    assert alert.status == Alert.RESOLVED


def test_the_door_is_gone_as_soon_as_an_administrator_exists(token: str) -> None:
    assert Client().post(f"/setup/{token}", FIRST).status_code == 302
    for answer in (Client().get(f"/setup/{token}"), Client().post(f"/setup/{token}", FIRST | {"email": "eve@example.com"})):
        assert answer.status_code == 404
    assert Person.objects.count() == 1
    assert commands.open_setup(now=clock.now()) is None


def test_a_guessed_an_old_and_a_replaced_token_open_nothing(token: str) -> None:
    fresh = commands.open_setup(now=clock.now())
    for wrong in ("guess", token):
        assert Client().get(f"/setup/{wrong}").status_code == 404
        assert Client().post(f"/setup/{wrong}", FIRST).status_code == 404
    assert Client().get(f"/setup/{fresh}").status_code == 200
    commands.open_setup(now=clock.now() - dt.timedelta(days=2))
    assert Client().get(f"/setup/{fresh}").status_code == 404
    assert not Person.objects.exists()


def test_a_weak_password_is_refused_at_its_field(token: str) -> None:
    answer = Client().post(f"/setup/{token}", FIRST | {"password": "1234"})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert not Person.objects.exists()


def test_without_a_mail_server_nothing_blocks_and_the_risks_are_told(token: str) -> None:
    client = Client()
    client.post(f"/setup/{token}", FIRST)
    assert "No mail server is set" in client.get("/start/mail").text
    client.post("/start/team", {"name": "Operations"})
    assert oncall.last_resort() is None
    assert "There is no last resort yet" in client.get("/start/service").text
    client.post("/start/service", {"name": "Checkout API"})
    assert IntegrationKey.objects.count() == 1
    summary = client.get("/start/summary").text
    for words in ("No mail server", "No last resort", "on call alone", "No product", "password alone"):
        assert words in summary


def test_a_mail_server_may_be_entered_in_the_browser(token: str) -> None:
    client = Client()
    client.post(f"/setup/{token}", FIRST)
    assert client.post("/start/mail/server", {"smtp_url": "mail.example.com"}).status_code == 422
    assert client.post("/start/mail/server", {"smtp_url": "smtp://u:hush@localhost:2525"}).status_code == 302
    page = client.get("/start/mail").text
    assert "Open the mail we sent you" in page
    assert "hush" not in page
    assert OutboxMail.objects.count() == 1


def test_the_test_mail_cannot_set_a_password(token: str) -> None:
    client = Client()
    client.post(f"/setup/{token}", FIRST)
    client.post("/start/mail/server", {"smtp_url": "smtp://localhost:2525"})
    secret = re.search(r"/start/mail/([\w-]+)", OutboxMail.objects.get().body).group(1)
    assert Client().post(f"/invite/{secret}", {"password": "another long one"}).status_code == 404


def test_the_sign_in_page_of_an_empty_installation_says_where_the_link_is() -> None:
    assert "setup-link" in Client().get("/account/login/").text
    company.administrator()
    assert "setup-link" not in Client().get("/account/login/").text


def test_the_steps_are_for_administrators(token: str) -> None:
    company.administrator()
    client = Client()
    client.force_login(company.person("Ana"))
    for step in ("mail", "team", "service", "page", "summary"):
        assert client.get(f"/start/{step}").status_code == 403
        assert Client().get(f"/start/{step}").status_code == 302
