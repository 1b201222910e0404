"""What webhooks hear of incidents: once and signed by the one way, never of drills, of private ones only where somebody said so."""

from __future__ import annotations

import datetime as dt

import pytest

from tests import company
from tests.incidents import given
from tests.paging.conftest import hooks, mail
from tests.paging.world import LATER, OK, AtOnce
from tocsin.core.actor import SYSTEM
from tocsin.core.errors import Conflict, Invalid, NotAllowed
from tocsin.core.models import Event, OutboxMail
from tocsin.incidents import commands, permissions, queries
from tocsin.incidents import outgoing as news
from tocsin.oncall import commands as oncall
from tocsin.oncall.commands.pausing import PATIENCE
from tocsin.oncall.models import Webhook
from tocsin.paging import commands as paging
from tocsin.paging import ports
from tocsin.paging.jobs.webhooks import Caller
from tocsin.paging.models import WebhookCall
from tocsin.statuspages import commands as statuspages

pytestmark = pytest.mark.django_db
NOW, DAY = given.NOW, dt.timedelta(days=1)
__all__ = ("hooks", "mail")


@pytest.fixture
def house():
    return given.house()


@pytest.fixture
def heard(hooks):
    """Whoever receives calls, with the rule of the real installation about what is private."""
    ports.webhooks.wire(hooks, permissions.is_private)
    return hooks


def hook(house, *kinds, name="Automation", private=False):
    made, _ = oncall.create_webhook(
        SYSTEM, team=house.team, name=name, address="https://x.example.com/", hears=kinds, tells_private=private, now=NOW
    )
    return made


def run(now=NOW):
    caller = Caller("webhook", width=4, pool=AtOnce)
    for step in range(20):
        if not caller.tick(now + step * dt.timedelta(milliseconds=1)):
            return


@pytest.mark.req("TRK-05")
def test_creating_changing_moving_and_telling_are_each_told_with_key_state_and_fields(house, heard):
    hook(house, *news.KINDS)
    incident = given.declared(house)
    run()
    assert [body["type"] for body in heard.bodies] == ["incident.declared"]
    told = heard.bodies[0]["data"]
    assert (told["incident"]["key"], told["incident"]["state"], told["incident"]["severity"]) == (incident.key, "pending", 1)
    assert (told["incident"]["summary"], told["incident"]["service"]) == ("Card payments fail", "checkout-api")
    assert told["incident"]["url"].endswith(f"/{incident.key}")
    incident = commands.take_command(house.actor("ben"), incident, now=given.later(1))
    run(given.later(1))
    role, moved = sorted(heard.bodies[1:], key=lambda body: body["type"])
    assert (role["type"], role["data"]["changes"]) == (
        "incident.changed",
        [{"what": "Incident manager", "old": "", "new": "Ben"}],
    )
    assert (moved["type"], moved["data"]["incident"]["state"], moved["data"]["incident"]["manager"]) == (
        "incident.state_changed",
        "fixing",
        "Ben",
    )
    assert moved["data"]["changes"] == [{"what": "State", "old": "Pending", "new": "Fixing"}]
    commands.set_severity(house.actor("ben"), incident, 2, now=given.later(2))
    commands.change_fields(house.actor("ben"), incident, summary="Cards and vouchers fail", now=given.later(2))
    commands.set_times(house.actor("ben"), incident, impact_started_at=given.at(8), now=given.later(2))
    run(given.later(2))
    last = {body["data"]["event"]: body["data"] for body in heard.bodies[3:]}
    assert last["incident.severity_changed"]["changes"] == [{"what": "Severity", "old": "Sev 1", "new": "Sev 2"}]
    assert last["incident.field_changed"]["incident"]["summary"] == "Cards and vouchers fail"
    assert last["incident.times_set"]["incident"]["impact_started_at"].startswith(f"{NOW:%Y-%m-%d}T08:00:00")
    assert len(set(heard.keys)) == len(heard.keys) == 6
    given.resolved(house, incident)
    run(given.at(9, 30))
    ended = [body["data"]["incident"]["state"] for body in heard.bodies[6:] if body["type"] == "incident.state_changed"]
    assert ended == ["resolved"]


def test_a_published_update_is_told_with_its_words(house, heard):
    hook(house, "update.published")
    incident = given.fixing(house)
    words = {"title": "Cards fail", "body": "We look at it."}
    statuspages.post_update(
        house.actor("ben"),
        incident,
        status="investigating",
        internal=words,
        next_update_at=given.later(35),
        confirmation="c",
        now=given.later(5),
    )
    run(given.later(5))
    (body,) = heard.bodies
    assert body["data"]["update"]["bodies"] == {"internal": "We look at it."}
    assert body["data"]["incident"]["key"] == incident.key


def test_drills_never_leave_the_house(house, heard):
    hook(house, *news.KINDS, private=True)
    given.declared(house, drill=True)
    run()
    assert heard.calls == []
    assert not WebhookCall.objects.exists()


def test_private_incidents_go_only_where_an_administrator_said_so(house, heard):
    hook(house, *news.KINDS)
    trusted = hook(house, "incident.declared", name="Trusted", private=True)
    given.declared(house, private=True, summary="Breach")
    run()
    assert [row.webhook_id for row in WebhookCall.objects.filter(kind="incident.declared")] == [trusted.id]
    assert len(heard.calls) == 1
    mia = company.person("Mia")
    house.team.memberships.create(person=mia, is_manager=True)
    manager = company.actor(mia)
    with pytest.raises(NotAllowed):
        oncall.create_webhook(manager, team=house.team, name="Mine", address="https://m.example.com/", tells_private=True, now=NOW)
    with pytest.raises(NotAllowed):
        oncall.change_webhook(manager, trusted, name="Trusted", address="https://m.example.com/", now=NOW)
    with pytest.raises(NotAllowed):
        oncall.renew_secret(manager, trusted, now=NOW)
    other = Webhook.objects.get(name="Automation")
    with pytest.raises(NotAllowed):
        oncall.change_webhook(manager, other, name="A", address="https://m.example.com/", tells_private=True, now=NOW)


def test_what_became_private_meanwhile_is_not_sent(house, heard):
    hook(house, "incident.declared")
    heard.answer = lambda message: LATER
    incident = given.declared(house)
    run()
    commands.change_fields(house.actor("ana"), incident, private=True, now=given.later(1))
    heard.answer = lambda message: OK
    run(given.later(10))
    assert len(heard.calls) == 1
    (call,) = WebhookCall.objects.filter(kind="incident.declared")
    assert (call.work_state, call.last_error) == ("cancelled", "it became private")


def test_a_failing_one_is_tried_for_a_day_and_tells_its_managers_but_not_the_timeline(house, heard):
    hook(house, "incident.declared")
    heard.answer = lambda message: LATER
    incident = given.declared(house)
    run()
    run(NOW + dt.timedelta(hours=3))
    call = WebhookCall.objects.get(kind="incident.declared")
    assert (call.work_state, len(call.attempts), call.attempts[0]["ok"]) == ("due", 2, False)
    run(NOW + DAY + dt.timedelta(minutes=1))
    call.refresh_from_db()
    assert call.work_state == "failed"
    assert "fails" in OutboxMail.objects.get(subject__contains="webhook").subject
    lines = queries.timeline(house.actor("ana"), incident)
    assert not [line for line in lines if "webhook" in line.text]
    assert len({message.body for _, message in heard.calls}) == 1, "the same words at every try"


def test_after_days_of_failure_it_is_paused_and_what_it_missed_can_be_sent_again(house, heard):
    made = hook(house, "incident.declared")
    heard.answer = lambda message: LATER
    given.declared(house)
    run()
    late = NOW + PATIENCE + DAY
    given.declared(house, now=late)
    run(late)
    made.refresh_from_db()
    assert (made.paused_at is not None, Event.objects.filter(name="webhook.paused").count()) == (True, 1)
    assert OutboxMail.objects.filter(subject="The webhook Automation is paused").exists()
    tries = len(heard.calls)
    heard.answer = lambda message: OK
    given.declared(house, now=late + DAY)
    run(late + DAY)
    assert len(heard.calls) == tries, "nothing is sent while it is paused"
    missed = WebhookCall.objects.filter(kind="incident.declared").order_by("-id").first()
    assert (missed.work_state, missed.last_error) == ("cancelled", "the webhook is paused")
    paging.send_again(SYSTEM, missed, now=late + DAY)
    with pytest.raises(Conflict):
        paging.send_again(SYSTEM, missed, now=late + DAY)
    run(late + DAY)
    missed.refresh_from_db()
    assert missed.work_state == "done"
    again = oncall.resume_webhook(SYSTEM, made, now=late + DAY)
    assert (again.paused_at, again.failing_since) == (None, None)
    given.declared(house, now=late + 2 * DAY)
    run(late + 2 * DAY)
    assert len(heard.calls) == tries + 2


def test_a_kind_that_nobody_announces_is_refused_by_name(house):
    with pytest.raises(Invalid) as refusal:
        hook(house, "incident.nosuch")
    assert refusal.value.field == "events"
    assert "incident.declared" in refusal.value.detail


def test_what_somebody_tries_by_hand_or_a_step_called_is_not_sent_again(house, heard):
    made = hook(house)
    call = paging.try_webhook(SYSTEM, made, now=NOW)
    run()
    with pytest.raises(Conflict):
        paging.send_again(SYSTEM, call, now=NOW)
