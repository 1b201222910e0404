"""Webhooks as a team keeps them: which addresses are refused, who may change them, what policies may name."""

from __future__ import annotations

import pytest

from tests import company
from tocsin.core.actor import SYSTEM
from tocsin.core.errors import Invalid, NotAllowed
from tocsin.core.models import Event
from tocsin.oncall import commands, proving
from tocsin.oncall.models import Webhook

HOSTILE = [
    "",
    "hooks.example.com/x",
    "ftp://hooks.example.com",
    "javascript:alert(1)",
    "https://",
    "https://[::1",
    "https://hooks.example.com:99999/x",
    "https://127.0.0.1/x",
    "http://127.1/x",
    "http://2130706433/",
    "http://0x7f.0.0.1/",
    "http://0177.0.0.1/",
    "http://①②⑦.⓪.⓪.①/",
    "http://localhost:8000/",
    "http://a.localhost./",
    "http://[::1]/",
    "http://[::ffff:10.0.0.1]/",
    "http://10.0.0.1/",
    "http://169.254.169.254/latest/meta-data",
    "https://user:secret@hooks.example.com/x",
    "https://hooks.example.com/a b",
    "https://hooks.example.com/" + "x" * 500,
]


@pytest.fixture
def team():
    return company.team("Payments", company.person("Ada"), manager=company.person("Mia"))


@pytest.mark.django_db
@pytest.mark.parametrize("address", HOSTILE)
def test_an_address_that_cannot_or_may_not_be_called_is_refused_by_name(team, now, address):
    with pytest.raises(Invalid) as refusal:
        commands.create_webhook(SYSTEM, team=team, name="Chat", address=address, now=now)
    assert refusal.value.field == "address"
    made, _ = commands.create_webhook(SYSTEM, team=team, name="Chat", address="https://hooks.example.com/x", now=now)
    with pytest.raises(Invalid) as refusal:
        commands.change_webhook(SYSTEM, made, name="Chat", address=address, now=now)
    assert refusal.value.field == "address"


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["https://hooks.example.com/x?key=1", "http://hooks.example.com:8080/"])
def test_an_address_on_the_internet_is_taken(team, now, address):
    made, secret = commands.create_webhook(SYSTEM, team=team, name="Chat", address=address, now=now)
    assert (made.address, secret[:6]) == (address, "whsec_")


@pytest.mark.django_db
def test_managers_of_the_team_alone_make_and_change_them_and_the_log_keeps_no_address(team, now):
    ada, mia = (company.actor(person) for person in team.members.order_by("name"))
    with pytest.raises(NotAllowed):
        commands.create_webhook(ada, team=team, name="Chat", address="https://hooks.example.com/x", now=now)
    made, _ = commands.create_webhook(mia, team=team, name="Chat", address="https://hooks.example.com/k3y", now=now)
    for act in (commands.renew_secret, commands.remove_webhook):
        with pytest.raises(NotAllowed):
            act(ada, made, now=now)
    commands.change_webhook(mia, made, name="Talk", address="https://hooks.example.com/k4y", now=now)
    changed = Event.objects.get(name="webhook.changed")
    assert changed.data["changes"] == ["name Chat → Talk", "another address at hooks.example.com"]
    assert not any(".com/k3y" in str(event.data) or ".com/k4y" in str(event.data) for event in Event.objects.all())


@pytest.mark.django_db
def test_a_step_of_webhooks_answers_for_no_time_in_the_proof(team, now):
    company.last_resort(company.person("Imogen", reach=False))
    made, _ = commands.create_webhook(SYSTEM, team=team, name="Chat", address="https://hooks.example.com/x", now=now)
    policy = commands.create_policy(SYSTEM, team=team, name="P", steps=[{"targets": [made]}], now=now)
    company.cover(company.service("Checkout", team), policy=policy)
    report = proving.prove(now)
    assert report.unproven == {"checkout"}
    assert "step 1 only calls webhooks; the last resort reaches Imogen" in report.failures[0].words
    (ada, _) = team.members.order_by("name")
    commands.change_policy(SYSTEM, policy, name="P", steps=[{"targets": [made, ada]}], repeats=0, now=now)
    assert proving.prove(now).proven
    ada.contact_methods.update(verified_at=None)
    words = proving.prove(now).failures[0].words
    assert "webhook" not in words, "beside people it is no reason for anything"


@pytest.mark.django_db
def test_a_policy_names_no_policy_and_no_webhook_twice(team, now):
    made, _ = commands.create_webhook(SYSTEM, team=team, name="Chat", address="https://hooks.example.com/x", now=now)
    other = company.policy(team, company.person("Ben"))
    for targets, words in (([other], "a policy cannot call a policy"), ([made, made], "same target twice")):
        with pytest.raises(Invalid) as refusal:
            commands.create_policy(SYSTEM, team=team, name="P", steps=[{"targets": targets}], now=now)
        assert refusal.value.field == "steps.0.targets"
        assert words in refusal.value.detail
    assert Webhook.objects.get().targets.count() == 0
