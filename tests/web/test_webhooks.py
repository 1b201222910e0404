"""Webhooks on their pages: made with a plain form, tried from the policy, told where people look who was told."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from tests import company
from tests.conftest import NOW
from tests.paging.world import AtOnce
from tests.web.walk import signed_in
from tocsin.alerts import commands as alerts
from tocsin.core import clock
from tocsin.core.actor import SYSTEM
from tocsin.core.eventlog import sealing
from tocsin.core.ports import Delivery
from tocsin.incidents import commands as incidents
from tocsin.oncall import commands as oncall
from tocsin.oncall.models import Policy, Webhook
from tocsin.paging import ports
from tocsin.paging.jobs import advance
from tocsin.paging.jobs.webhooks import Caller
from tocsin.paging.models import Page, WebhookCall

pytestmark = pytest.mark.django_db
ADDRESS = "https://hooks.example.com/k3y"


@pytest.fixture
def firm():
    """Mia manages Payments with Ada in it; its policy calls Chat first, then pages Ada."""
    ada, mia = company.person("Ada"), company.person("Mia")
    team = company.team("Payments", ada, manager=mia)
    company.last_resort()
    chat, _ = oncall.create_webhook(SYSTEM, team=team, name="Chat", address=ADDRESS, now=NOW)
    steps = [{"targets": [chat]}, {"targets": [ada]}]
    policy = oncall.create_policy(SYSTEM, team=team, name="P", steps=steps, repeats=0, now=NOW)
    service = company.service("Checkout", team)
    company.cover(service, policy=policy)
    return ada, mia, service


@pytest.fixture
def other_side():
    """Answers 503; gives back what it was called with."""
    before, heard = vars(ports.webhooks).copy(), []

    def call(message, *, now):
        heard.append(message)
        return Delivery(ok=False, answer="HTTP 503")

    ports.webhooks.wire(call, before["_is_private"])
    yield heard
    vars(ports.webhooks).update(before)


def run():
    """A few turns of the engine at this instant."""
    now, caller = clock.now(), Caller("webhook", width=4, pool=AtOnce)
    for step in range(4):
        advance.tick(now + step * dt.timedelta(milliseconds=1))
        caller.tick(now + step * dt.timedelta(milliseconds=1))


def test_a_manager_makes_one_and_sees_its_secret_once(firm):
    _, mia, _ = firm
    client = signed_in(mia)
    answer = client.post("/t/payments/webhooks/new", {"name": "Lamp", "address": "https://lamp.example.com/on"})
    secret = re.search(r"whsec_[\w+/=]+", answer.content.decode())
    assert secret
    page = client.get("/webhooks/lamp").content.decode()
    assert secret.group() not in page
    assert "https://lamp.example.com/on" in page
    again = client.post("/webhooks/lamp/renew-secret").content.decode()
    assert "whsec_" in again
    assert secret.group() not in again


def test_a_paused_one_says_so_is_resumed_and_sends_again_what_it_missed(firm):
    ada, mia, service = firm
    client, chat = signed_in(mia), Webhook.objects.get()
    fields = {"name": "Chat", "address": ADDRESS, "events": ["incident.declared"]}
    assert client.post("/webhooks/chat/change", fields).status_code == 302
    assert "an incident is declared" in client.get("/webhooks/chat").content.decode()
    assert client.post("/webhooks/chat/change", {**fields, "private": "1"}).status_code in (403, 422)
    assert client.post("/webhooks/chat/change", {**fields, "events": ["x"]}).status_code == 422
    Webhook.objects.update(paused_at=clock.now(), failing_since=clock.now() - dt.timedelta(days=3))
    made = incidents.declare(company.actor(mia), summary="Cards fail", severity=3, service=service, now=clock.now())
    text = client.get("/webhooks/chat").content.decode()
    assert "Paused since" in text
    assert f"{made.key}, an incident is declared" in text
    assert "paused: it failed for days" in client.get("/t/payments").content.decode()
    call = WebhookCall.objects.get(webhook=chat)
    again = f"/webhooks/chat/calls/{call.id}/send-again"
    assert f'action="{again}"' in text
    assert signed_in(ada).post(again).status_code == 403
    assert client.post(again).status_code == 302
    assert client.post("/webhooks/chat/resume").status_code == 302
    assert "Paused since" not in client.get("/webhooks/chat").content.decode()


@pytest.mark.parametrize("address", ["lamp.example.com", "http://127.0.0.1/", "https://x.example/" + "x" * 500, ""])
def test_a_bad_address_is_told_at_its_field_and_nothing_is_lost(firm, address):
    _, mia, _ = firm
    answer = signed_in(mia).post("/t/payments/webhooks/new", {"name": "Lamp", "address": address})
    assert answer.status_code == 422
    assert b'id="address-err"' in answer.content
    assert b'value="Lamp"' in answer.content
    assert Webhook.objects.count() == 1


def test_whoever_does_not_manage_the_team_sees_the_host_alone(firm):
    ada, mia, _ = firm
    text = signed_in(ada).get("/webhooks/chat").content.decode()
    assert "hooks.example.com" in text
    assert ".com/k3y" not in text
    assert "test call" not in text
    for verb in ("try", "renew-secret", "remove"):
        assert signed_in(ada).post(f"/webhooks/chat/{verb}").status_code == 403
    assert signed_in(ada).get("/webhooks/chat/change").status_code == 403
    assert signed_in(mia).get("/webhooks/chat/change").status_code == 200


def test_the_policy_form_offers_webhooks_and_keeps_what_was_chosen(firm):
    ada, mia, _ = firm
    client, chat = signed_in(mia), Webhook.objects.get()
    form = client.get("/policies/p/change").content.decode()
    assert f'value="{chat.id}" selected>call the webhook Chat' in form
    fields = {"name": "P", "repeats": "0", "target-0": [ada.id, chat.id], "wait-0": "7"}
    assert client.post("/policies/p/change", fields).status_code == 302
    (step,) = Policy.objects.get(slug="p").steps.all()
    assert (step.wait_minutes, [target.named.name for target in step.targets.order_by("id")]) == (7, ["Ada", "Chat"])


def test_a_policy_typed_as_a_target_is_refused_with_the_reason(firm):
    _, mia, _ = firm
    policy = Policy.objects.get(slug="p")
    answer = signed_in(mia).post("/policies/p/change", {"name": "P", "repeats": "0", "target-0": policy.id, "wait-0": "5"})
    assert answer.status_code == 422
    assert "a policy cannot call a policy" in answer.content.decode()
    assert policy.steps.count() == 2


def test_the_policy_says_what_is_called_now_that_nobody_is_waited_for_and_sends_a_test_call(firm):
    _, mia, _ = firm
    client = signed_in(mia)
    text = client.get("/policies/p").content.decode()
    assert "calls hooks.example.com" in text
    assert "goes on at once" in text
    assert "after at most 5 minutes" in text, "the minutes of the webhook's step are not waited for"
    assert '<form class="row" method="post" action="/webhooks/chat/try">' in text
    assert client.post("/webhooks/chat/try").status_code == 302
    assert "Test" in client.get("/webhooks/chat").content.decode()
    machine = client.get("/oncall/time-machine?service=checkout").content.decode()
    assert "calls webhook Chat" in machine


def test_the_alert_and_the_page_tell_of_the_call_and_of_its_failure(firm, other_side):
    ada, _, service = firm
    alert = alerts.open_by_hand(SYSTEM, service, "Checkout answers 500", now=clock.now())
    run()
    assert other_side
    text = signed_in(ada).get(f"/a/{alert.number}").content.decode()
    assert "Webhook Chat" in text
    assert "failed so far" in text
    assert "HTTP 503" in text
    assert ".com/k3y" not in text
    assert "Step 1: nobody to ask; webhook Chat called." in text
    assert Page.objects.get(subject=alert.id).person == ada


def test_an_incident_tells_of_it_in_its_room_and_a_private_one_tells_nothing_outside(firm, other_side):
    _, mia, service = firm
    reporter = company.actor(mia)
    made = [
        incidents.declare(reporter, summary=words, severity=1, service=service, private=private, now=clock.now())
        for words, private in (("Payments fail", False), ("Breach", True))
    ]
    run()
    room = signed_in(mia).get(f"/{made[0].key}").content.decode()
    assert "Webhook Chat" in room
    sent = b" ".join(message.body for message in other_side)
    assert b"Payments fail" in sent
    assert b"Breach" not in sent
    assert made[1].key.encode() in sent
    assert b'"private":true' in sent
    colleague = company.person("Lea")
    oncall_team = Webhook.objects.get().team
    oncall_team.memberships.create(person=colleague, is_manager=True)
    page = signed_in(colleague).get("/webhooks/chat").content.decode()
    assert made[0].key in page
    assert made[1].key not in page, "a manager who may not know of the incident does not learn its key here"


def test_the_audit_page_says_in_words_what_an_edit_changed(firm):
    ada, mia, _ = firm
    root = company.administrator()
    fields = {"name": "P", "repeats": "0", "target-0": [Webhook.objects.get().id], "target-1": [ada.id, mia.id], "wait-1": "10"}
    assert signed_in(mia).post("/policies/p/change", fields).status_code == 302
    sealing.seal(clock.now())
    text = signed_in(root).get("/admin/audit?q=policy.changed").content.decode()
    assert "step 2: delay 5 → 10 min; added Mia" in text
    assert WebhookCall.objects.count() == 0
