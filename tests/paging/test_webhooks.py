"""Steps that call a webhook: called as surely as a page is sent, and never taken for somebody who was reached."""

from __future__ import annotations

import datetime as dt

import pytest

from tests import company
from tests.paging.world import LATER, NEVER, OK, AtOnce, fire
from tocsin.core.actor import SYSTEM
from tocsin.core.errors import Conflict, NotAllowed
from tocsin.core.models import Event, OutboxMail
from tocsin.core.store import facts
from tocsin.core.work import leases
from tocsin.directory import commands as directory
from tocsin.oncall import commands as oncall
from tocsin.oncall import webhooks as reading
from tocsin.oncall.models import Webhook
from tocsin.paging import auditing, commands, foresight, queries
from tocsin.paging.commands import ending
from tocsin.paging.commands import webhooks as calling
from tocsin.paging.jobs import advance
from tocsin.paging.jobs.webhooks import Caller
from tocsin.paging.models import Escalation, Page, WebhookCall
from tocsin.paging.ports import Result

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("hooks")]
SECOND, MINUTE, HOUR, DAY = (dt.timedelta(**{name: 1}) for name in ("seconds", "minutes", "hours", "days"))


class Firm:
    """Ada and Ben, Imogen behind them, and a webhook Chat; `cover` makes the policy of the service."""

    def __init__(self, now):
        self.now = now
        self.ada, self.ben, self.mia = company.person("Ada"), company.person("Ben"), company.person("Mia")
        self.team = company.team("Payments", self.ada, self.ben, manager=self.mia)
        self.resort = company.last_resort(company.person("Imogen"))
        self.service = company.service("checkout-api", self.team)
        self.chat, self.secret = self.webhook("Chat")

    def webhook(self, name):
        address = f"https://{company.slug(name)}.example.com/hook"
        return oncall.create_webhook(SYSTEM, team=self.team, name=name, address=address, now=self.now)

    def cover(self, *steps, repeats=0, wait=5):
        steps = [{"wait_minutes": wait, "targets": [*targets]} for targets in steps]
        policy = oncall.create_policy(SYSTEM, team=self.team, name="P", steps=steps, repeats=repeats, now=self.now)
        oncall.cover_service(SYSTEM, self.service, policy=policy, now=self.now)
        return policy


@pytest.fixture
def firm(now):
    return Firm(now)


def paged():
    return list(Page.objects.order_by("created_at", "id").values_list("person__name", flat=True))


def test_a_step_of_webhooks_alone_calls_them_and_the_next_step_follows_at_once(now, firm, hooks, mail, engine):
    firm.cover([firm.chat], [firm.ada])
    alert = fire(firm.service, now, title="5xx 38 %")
    engine.run(now)
    assert (len(hooks.calls), paged()) == (1, ["Ada"]), "its five minutes are waited for nobody"
    assert mail.reached == ["ada@example.com"]
    (body,) = hooks.bodies
    assert (body["type"], body["timestamp"]) == ("escalation.step", "2026-11-20T09:00:00Z")
    assert body["data"]["escalation"] | {"id": ""} == {
        "id": "",
        "policy": "P",
        "urgency": "high",
        "step": 1,
        "steps": 2,
        "round": 1,
        "paged": [],
    }
    subject = body["data"]["subject"]
    assert (subject["id"], subject["kind"], subject["key"]) == (alert.id, "alert", f"#{alert.number}")
    assert (subject["title"], subject["service"], subject["severity"], subject["private"]) == (
        "5xx 38 %",
        "checkout-api",
        "CRITICAL",
        False,
    )
    assert subject["url"].endswith(f"/a/{alert.number}")
    assert subject["started_at"].startswith("2026-11-20T09:00:00")


def test_beside_people_it_changes_nothing_of_their_time(now, firm, hooks, mail, engine):
    firm.cover([firm.ada, firm.chat], [firm.ben])
    fire(firm.service, now)
    engine.run_until(now, now + 4 * MINUTE)
    assert (mail.reached, len(hooks.calls)) == (["ada@example.com"], 1)
    assert hooks.bodies[0]["data"]["escalation"]["paged"] == ["Ada"]
    engine.run_until(now + 4 * MINUTE, now + 6 * MINUTE)
    assert mail.reached == ["ada@example.com", "ben@example.com"]


def test_a_policy_of_webhooks_alone_ends_at_the_last_resort_at_once(now, firm, hooks, mail, engine):
    firm.cover([firm.chat], repeats=1)
    fire(firm.service, now)
    engine.run(now)
    assert mail.reached == ["imogen@example.com"]
    assert [body["data"]["escalation"]["round"] for body in hooks.bodies] == [1, 2]
    assert len(set(hooks.keys)) == 2, "another round is another call"


def test_a_call_never_answers_a_page_nor_stops_anything(now, firm, hooks, mail, engine):
    firm.cover([firm.chat], [firm.ada])
    alert = fire(firm.service, now)
    engine.run(now)
    alert.refresh_from_db()
    assert alert.status == "triggered"
    assert Escalation.objects.get().state == "running"
    Page.objects.all().delete()
    found = auditing.problems(now + MINUTE)
    assert [problem for problem in found if "nobody has been paged" in problem], "a call is nobody who was paged"


def test_a_503_is_tried_again_under_the_same_id_with_the_same_words(now, firm, hooks, mail, engine):
    firm.cover([firm.chat], [firm.ada])
    hooks.answer = lambda message: LATER if len(hooks.calls) < 3 else OK
    fire(firm.service, now)
    engine.run_until(now, now + MINUTE, every=SECOND)
    assert len(hooks.calls) == 3
    assert (len(set(hooks.keys)), len({message.body for _, message in hooks.calls})) == (1, 1)
    call = WebhookCall.objects.get()
    assert (call.work_state, call.tries, call.provider_answer) == ("done", 3, "250 taken")
    assert mail.reached == ["ada@example.com"], "nobody waited for it"
    names = Event.objects.filter(name__startswith="webhook.call").order_by("id").values_list("name", "data__final")
    assert list(names) == [("webhook.call_failed", False), ("webhook.called", None)]


def test_after_two_hours_it_is_given_up_and_the_managers_hear_of_it(now, firm, hooks, mail, engine):
    firm.cover([firm.chat], [firm.ada], wait=600)
    hooks.answer = lambda message: LATER
    fire(firm.service, now)
    engine.run_until(now, now + 2 * HOUR + MINUTE, every=30 * SECOND)
    call = WebhookCall.objects.get()
    assert call.work_state == "failed"
    tried = len(hooks.calls)
    engine.run_until(now + 3 * HOUR, now + 4 * HOUR, every=10 * MINUTE)
    assert len(hooks.calls) == tried
    (told,) = OutboxMail.objects.all()
    assert (told.to, told.subject) == ("mia@example.com", "The webhook Chat fails")
    assert "421 come back later" in told.body


def test_what_is_refused_for_good_is_not_tried_again_and_holds_nothing_up(now, firm, hooks, mail, engine):
    firm.cover([firm.chat], [firm.ada])
    hooks.answer = lambda message: NEVER
    fire(firm.service, now)
    engine.run_until(now, now + 4 * MINUTE)
    assert (len(hooks.calls), WebhookCall.objects.get().work_state) == (1, "failed")
    assert mail.reached == ["ada@example.com"]


def test_after_an_answer_no_call_is_made_any_more(now, firm, hooks, mail, engine):
    firm.cover([firm.chat], [firm.ada])
    hooks.answer = lambda message: LATER
    alert = fire(firm.service, now)
    engine.run(now)
    tried = len(hooks.calls)
    ending.stop(alert.id, "acknowledged", now=now + SECOND)
    engine.run_until(now + SECOND, now + HOUR, every=MINUTE)
    assert (len(hooks.calls), WebhookCall.objects.get().work_state) == (tried, "cancelled")


def test_a_call_claimed_while_somebody_answers_is_not_made(now, firm, hooks, mail):
    firm.cover([firm.chat, firm.ada])
    alert = fire(firm.service, now)
    advance.tick(now)
    caller = Caller("webhook", width=4, pool=AtOnce)
    (claimed,) = leases.claim(WebhookCall, lane="webhook", owner="one", now=now, limit=1)
    ending.stop(alert.id, "acknowledged", now=now)
    (parcel,) = caller.prepare([claimed], now)
    assert (parcel.send, parcel.reason) == (None, "somebody answered before")


def test_a_crash_between_the_other_side_and_the_record_costs_one_repeat_with_the_same_id(now, firm, hooks, mail, engine):
    firm.cover([firm.chat], [firm.ada])
    fire(firm.service, now)
    advance.tick(now)
    Caller("webhook", width=4, owner="dead", pool=AtOnce).tick(now)
    engine.run(now + 10 * SECOND)
    assert len(hooks.calls) == 1, "the lease still holds"
    engine.run(now + 31 * SECOND)
    assert (len(hooks.calls), len(set(hooks.keys))) == (2, 1)
    engine.run(now + 2 * MINUTE)
    assert len(hooks.calls) == 2


def test_a_process_that_comes_back_from_the_dead_writes_nothing(now, firm, hooks, mail, engine):
    firm.cover([firm.chat], [firm.ada])
    fire(firm.service, now)
    advance.tick(now)
    (zombie,) = leases.claim(WebhookCall, lane="webhook", owner="zombie", now=now, limit=1)
    engine.run(now + 31 * SECOND)
    assert WebhookCall.objects.get().work_state == "done"
    assert not calling.call_failed(Result(zombie, LATER, now, now + MINUTE))
    assert calling.called([Result(zombie, OK, now, now + MINUTE)]) == [zombie]
    assert WebhookCall.objects.get().provider_answer == "250 taken"


def test_a_step_that_is_taken_again_calls_nothing_a_second_time(now, firm, hooks, mail, engine):
    schedule = company.schedule(firm.team, firm.ada)
    firm.cover([schedule, firm.chat], wait=30)
    fire(firm.service, now)
    engine.run(now)
    oncall.add_override(SYSTEM, schedule, person=firm.ben, starts_at=now, ends_at=now + DAY, now=now)
    directory.deactivate(company.actor(company.administrator()), firm.ada, now=now + SECOND)
    engine.run(now + 2 * SECOND)
    assert (paged(), len(hooks.calls)) == (["Ada", "Ben"], 1)


def test_a_webhook_is_not_removed_while_a_policy_calls_it_and_a_walk_goes_on_without_a_removed_one(now, firm, hooks, mail, engine):
    policy = firm.cover([firm.ben], [firm.chat], [firm.ada])
    fire(firm.service, now)
    engine.run(now)
    with pytest.raises(Conflict):
        oncall.remove_webhook(SYSTEM, firm.chat, now=now)
    steps = [{"targets": [firm.ada]}]
    oncall.change_policy(SYSTEM, policy, name="P", steps=steps, repeats=0, now=now)
    oncall.remove_webhook(SYSTEM, firm.chat, now=now)
    engine.run_until(now, now + 6 * MINUTE)
    assert (hooks.calls, paged()) == ([], ["Ben", "Ada"])


def test_of_what_is_private_only_key_severity_and_link_leave_the_house(now, firm, hooks, mail, engine):
    firm.cover([firm.ada, firm.chat])
    hooks.answer = lambda message: LATER if len(hooks.calls) < 2 else OK
    alert = fire(firm.service, now, title="Breach of the vault")
    advance.tick(now)
    hooks.private.add(alert.id)
    engine.run_until(now, now + MINUTE, every=SECOND)
    assert len(hooks.calls) == 2
    for _, message in hooks.calls:
        assert b"Breach" not in message.body
        assert b"Ada" not in message.body
        assert b"checkout" not in message.body
    subject = hooks.bodies[0]["data"]["subject"]
    assert (subject["title"], subject["key"], subject["service"]) == ("Private incident", f"#{alert.number}", None)


def test_the_former_secret_signs_for_a_day_and_neither_is_stored_in_clear(now, firm):
    webhook, fresh = oncall.renew_secret(SYSTEM, firm.chat, now=now)
    assert reading.secrets_of(webhook, now + HOUR) == (fresh, firm.secret)
    assert reading.secrets_of(webhook, now + DAY) == (fresh,)
    stored = f"{webhook.secret_encrypted} {webhook.former_encrypted}"
    assert fresh not in stored
    assert firm.secret not in stored
    assert not Event.objects.filter(data__icontains="whsec").exists()


def test_a_manager_tries_a_webhook_and_sees_what_came_of_it(now, firm, hooks, mail, engine):
    hooks.answer = lambda message: LATER
    with pytest.raises(NotAllowed):
        commands.try_webhook(company.actor(firm.ada), firm.chat, now=now)
    commands.try_webhook(company.actor(firm.mia), firm.chat, now=now)
    engine.run_until(now, now + MINUTE, every=SECOND)
    assert [body["type"] for body in hooks.bodies] == ["test"], "made once: somebody looks at the answer"
    (call,) = queries.calls_to(firm.chat)
    assert (call.work_state, call.provider_answer, call.escalation) == ("failed", "421 come back later", None)
    assert not OutboxMail.objects.exists()


def test_a_secret_of_another_key_fails_aloud(now, firm, hooks, mail, engine):
    firm.cover([firm.chat, firm.ada])
    Webhook.objects.update(secret_encrypted="not ours")
    hooks.answer = lambda message: OK if message.secrets else NEVER
    fire(firm.service, now)
    engine.run(now)
    assert WebhookCall.objects.get().work_state == "failed"
    assert OutboxMail.objects.get().to == "mia@example.com"


def test_nothing_is_called_while_the_installation_is_held(now, firm, hooks, mail, engine):
    firm.cover([firm.chat], [firm.ada])
    fire(firm.service, now)
    advance.tick(now)
    facts.put("hold", {"why": "restored"})
    engine.run(now + SECOND)
    assert hooks.calls == []
    commands.release_hold(SYSTEM, now=now)
    engine.run(now + 2 * SECOND)
    assert len(hooks.calls) == 1


def test_one_that_hangs_leaves_room_for_the_others(now, firm, hooks, mail):
    slow, quick = firm.webhook("Slow")[0], firm.webhook("Quick")[0]
    firm.cover([slow, quick])
    for number in range(6):
        fire(firm.service, now, key=str(number))
    advance.tick(now)

    class Never:
        """Takes work and does none, as a thread that hangs."""

        def __init__(self, width):
            self.taken = []

        def submit(self, work):
            self.taken.append(work)

    caller = Caller("webhook", width=4, pool=Never)
    caller.tick(now)
    claimed = WebhookCall.objects.filter(work_state="leased")
    assert sorted(claimed.values_list("name", flat=True)) == ["Quick"] * 4 + ["Slow"] * 4


def test_the_time_machine_and_what_comes_next_show_it(now, firm, hooks, mail, engine):
    firm.cover([firm.ben], [firm.chat], [firm.ada, firm.chat])
    found = foresight.foresee(firm.service, "high", now)
    told = [(place.at - now, place.targets, place.webhooks, [one.person.name for one in place.people]) for place in found.places]
    assert told == [
        (0 * MINUTE, ("Ben",), (), ["Ben"]),
        (5 * MINUTE, (), ("Chat",), []),
        (5 * MINUTE, ("Ada",), ("Chat",), ["Ada"]),
        (10 * MINUTE, ("Incident managers",), (), ["Imogen"]),
    ]
    alert = fire(firm.service, now)
    engine.run(now)
    coming = [(round((step.at - now) / MINUTE), step.targets, step.asks) for step in queries.next_steps(alert.id)]
    assert coming[:3] == [(5, ("webhook Chat",), False), (5, ("Ada", "webhook Chat"), True), (10, ("Incident managers",), True)]
    assert "Ada is paged" in mail.sent[0][1].text, "a webhook is not who comes next"


def test_the_ledger_tells_of_calls(now, firm, hooks, mail, engine):
    firm.cover([firm.chat], [firm.ada])
    alert = fire(firm.service, now)
    engine.run(now)
    (walk,) = queries.ledger(alert.id)
    assert [(call.name, call.host, call.work_state) for call in walk.calls.all()] == [("Chat", "chat.example.com", "done")]
    (stepped,) = Event.objects.filter(name="escalation.stepped", data__step=0)
    assert stepped.data["webhooks"] == ["Chat"]
    assert Event.objects.get(name="webhook.called").context == alert.id


def test_calls_that_were_heard_are_forgotten_after_ninety_days_and_those_of_steps_never(now, firm, hooks, mail, engine):
    firm.cover([firm.chat], [firm.ada])
    fire(firm.service, now)
    tried = calling.try_webhook(company.actor(firm.mia), firm.chat, now=now)
    engine.run(now)
    late = calling.try_webhook(company.actor(firm.mia), firm.chat, now=now + 89 * DAY)
    assert calling.forget(now + 90 * DAY) == 0
    assert calling.forget(now + 90 * DAY + SECOND) == 1
    assert not WebhookCall.objects.filter(pk=tried.pk).exists()
    assert WebhookCall.objects.count() == 2
    assert calling.forget(now + 400 * DAY) == 0, "what was not made yet is not forgotten"
    assert WebhookCall.objects.get(pk=late.pk).work_state == "due"
