"""From one update to everybody outside: nobody twice, nobody forgotten, whatever dies in between."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.incidents import given
from tests.statuspages import readers
from tests.statuspages.post import arrived, arrives, report
from tocsin.alerts import commands as alerts
from tocsin.core.actor import SYSTEM
from tocsin.core.net import outbound
from tocsin.core.ports import Delivery
from tocsin.core.work import leases
from tocsin.core.work.engine import OWNER
from tocsin.incidents.models import Incident
from tocsin.integrations.chat_hooks import channels as chat
from tocsin.paging.jobs import advance as pages
from tocsin.paging.models import Attempt
from tocsin.statuspages import commands as statuspages
from tocsin.statuspages.lists import addresses
from tocsin.statuspages.subscribers import commands, queries, tokens
from tocsin.statuspages.subscribers import ports as subscriber_ports
from tocsin.statuspages.subscribers.jobs import delivering, fanning
from tocsin.statuspages.subscribers.models import CALLS, FanOut, Notice, Subscriber

pytestmark = pytest.mark.django_db


@pytest.fixture
def there(settings):
    arrives(settings)
    return given.house()


def told(post, at: float = 10) -> list[str]:
    readers.walk(at)
    readers.carry(at)
    return sorted(post.to)


def test_each_update_reaches_everybody_once_with_its_words_its_place_and_the_way_out(there, post):
    rita = readers.subscriber("rita@example.net")
    update = readers.said(there, given.fixing(there))
    assert told(post) == ["rita@example.net"]
    mail = post.got[0]
    assert mail["Subject"] == f"[{update.entry.page.name}] Some payments fail"
    assert mail.get_content_type() == "text/plain"
    text = mail.get_content()
    assert text.startswith("Investigating.\n\nWe are looking into it.\n\nNext update by ")
    assert "https://tocsin.example.com/status/incidents/" in text
    assert tokens.own_page(rita.pk, rita.page) in text
    assert mail["List-Unsubscribe"] == f"<{tokens.way_out(rita.pk, rita.page)}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    readers.said(there, update.entry.incident, 20, status="identified")
    told(post, 20)
    first, second = post.got
    assert first["Message-ID"] != second["Message-ID"]
    assert first["References"] == second["References"]


def test_pressing_publish_twice_tells_once(there, post):
    readers.subscriber()
    incident = given.fixing(there)
    readers.said(there, incident)
    readers.said(there, incident)
    assert FanOut.objects.count() == 1
    assert told(post) == ["rita@example.net"]


def test_a_walk_that_dies_between_batches_goes_on_where_it_was_and_nobody_is_told_twice(there, post, monkeypatch):
    monkeypatch.setattr(fanning, "BATCH", 3)
    everybody = sorted(readers.subscriber(f"r{number}@example.net").address for number in range(8))
    readers.said(there, given.fixing(there))
    assert fanning.walk(given.later(10)) == 3
    readers.carry(10)

    class Killed(BaseException):
        pass

    def die(*_, **__):
        raise Killed

    with monkeypatch.context() as during:
        during.setattr(leases, "finish", die)
        with pytest.raises(Killed):
            fanning.walk(given.later(10))
    assert Notice.objects.count() == 3, "a batch is written whole with its cursor, or not at all"
    assert fanning.walk(given.later(10)) == 0, "whoever died has the lease still"
    assert told(post, 11) == everybody
    row = FanOut.objects.get()
    assert (row.work_state, row.meant, row.queued) == ("done", 8, 8)
    shown = queries.progress([row])[0]
    assert (shown.told, shown.failed, shown.left, shown.is_over) == (8, 0, 0, True)


def test_a_walker_that_lost_its_lease_writes_nothing(there, post, monkeypatch):
    readers.subscriber()
    readers.said(there, given.fixing(there))
    late = leases.claim(FanOut, lane=fanning.LANE, owner="other", now=given.later(10), limit=1, lease=fanning.LEASE)[0]
    readers.walk(11)
    assert fanning._batch(late, given.later(11)) == 0
    assert Notice.objects.count() == 1


def test_what_was_handed_over_when_the_process_died_is_sent_again_under_the_same_id(there, post):
    readers.subscriber()
    readers.said(there, given.fixing(there))
    readers.walk()
    rows = leases.claim(Notice, lane="notice_mail", owner=OWNER, now=given.later(10), limit=20)
    delivering.by_mail(rows, given.later(10))
    readers.carry(11)
    assert len(post.got) == 2
    assert len({one["Message-ID"] for one in post.got}) == 1
    readers.carry(20)
    assert len(post.got) == 2


def test_a_choice_of_parts_is_kept_and_whoever_heard_the_beginning_hears_the_end(there, post):
    payments, search = readers.part("Payments"), readers.part("Search")
    readers.subscriber("all@example.net")
    readers.subscriber("pay@example.net", payments)
    readers.subscriber("search@example.net", search)
    incident = given.fixing(there)
    update = readers.said(there, incident, components={payments.pk: "partial_outage"})
    assert told(post) == ["all@example.net", "pay@example.net"]
    update.entry.components.set([search])
    post.got.clear()
    readers.said(there, incident, 20, status="identified")
    assert told(post, 20) == ["all@example.net", "pay@example.net", "search@example.net"]


def test_an_entry_that_names_no_part_is_for_everybody(there, post):
    readers.subscriber("pay@example.net", readers.part("Payments"))
    update = readers.said(there, given.fixing(there))
    update.entry.components.clear()
    assert told(post) == ["pay@example.net"]


def test_a_part_that_goes_and_comes_back_is_no_news(there, post):
    payments = readers.part("Payments")
    readers.subscriber("pay@example.net", payments)
    for state in ("major_outage", "operational"):
        statuspages.set_component_state(SYSTEM, payments, state=state, now=given.later(1))
    assert told(post) == []


def test_words_for_the_company_alone_are_told_to_nobody_outside(there, post):
    readers.subscriber()
    readers.said(there, given.fixing(there), external=None, internal={"body": "Cards fail."})
    assert not FanOut.objects.exists()
    assert told(post) == []


def test_an_incident_that_became_private_meanwhile_leaves_the_house_no_more(there, post):
    readers.subscriber()
    incident = given.fixing(there)
    readers.said(there, incident)
    readers.walk()
    Incident.objects.filter(pk=incident.pk).update(is_private=True)
    readers.carry()
    assert post.got == []
    assert Notice.objects.get().work_state == "cancelled"
    FanOut.objects.update(work_state="due")
    readers.walk(11)
    assert FanOut.objects.get().work_state == "cancelled"


def test_who_waits_who_was_stopped_who_left_and_who_came_later_is_not_told(there, post):
    readers.asked("waiting@example.net")
    stopped, left = readers.subscriber("stopped@example.net"), readers.subscriber("left@example.net")
    readers.said(there, given.fixing(there))
    readers.subscriber("late@example.net", at=15)
    readers.walk(16)
    for minute in range(3):
        commands.refused(stopped.pk, "550 5.1.1 no such user", final=True, now=given.later(16 + minute))
    commands.leave(tokens.token(left.pk), now=given.later(16))
    readers.carry(20)
    assert post.to == []


def test_refusals_stop_an_address_and_passing_trouble_does_not(there, post):
    readers.subscriber("gone@example.net")
    readers.subscriber("full@example.net")
    post.answers["gone@example.net"] = Delivery(ok=False, answer="550 5.1.1 no such user", permanent=True)
    post.answers["full@example.net"] = Delivery(ok=False, answer="452 4.2.2 full")
    incident = given.fixing(there)
    for number in range(3):
        readers.said(there, incident, 10 + number, status="identified")
        readers.walk(10 + number)
        readers.carry(10 + number)
    assert queries.counts() == {"confirmed": 1, "waiting": 0, "stopped": 1}
    assert Notice.objects.filter(subscriber__address="full@example.net", work_state="due").count() == 3
    failed = queries.progress(FanOut.objects.all())
    assert [one.failed for one in failed] == [1, 1, 1]
    del post.answers["full@example.net"]
    readers.carry(60)
    assert len(post.got) == 3


def test_a_mail_server_that_refuses_later_counts_too(there, post):
    rita = readers.subscriber()
    back = addresses.return_address(rita.pk)
    assert back.startswith("incidents+b-sbr_")
    for number in range(3):
        row = arrived(report("rita@example.net", number=number), "", back, given.later(number))
        assert row.outcome == "bounce"
    assert Subscriber.objects.get().stopped_at == given.later(2)


def test_nothing_in_the_words_of_an_update_becomes_a_header(there, post):
    readers.subscriber()
    words = {"title": "Fails\r\nBcc: all@example.net", "body": "x\r\n.\r\nBcc: all@example.net\r\n\r\nMAIL FROM:<x>"}
    readers.said(there, given.fixing(there), external=words)
    told(post)
    mail = post.got[0]
    assert mail["Bcc"] is None
    assert mail["Subject"].endswith("Fails Bcc: all@example.net")
    assert b"\nBcc" not in mail.as_bytes().partition(b"\r\n\r\n")[0]


def test_while_a_page_is_due_one_thread_carries_mails_to_outsiders_and_no_more(there, post):
    readers.subscriber()
    readers.said(there, given.fixing(there))
    readers.walk()
    courier = delivering.Couriers("notice_mail", delivering.EACH, delivering.by_mail)
    alerts.open_by_hand(SYSTEM, there.service, "Checkout answers 500", now=given.later(9))
    pages.tick(given.later(9))
    assert Attempt.objects.filter(work_state="due").exists()
    courier._busy = delivering.BESIDE_PAGES
    assert courier.tick(given.later(10)) == 0
    Attempt.objects.update(work_state="done")
    assert leases.any_due(Notice, lane="notice_mail", now=given.later(10))


class Hook:
    """A channel that keeps what it is told."""

    name = "Hook"

    def __init__(self) -> None:
        self.told: list[subscriber_ports.News] = []
        self.answer = Delivery(ok=True, answer="HTTP 200")

    def check(self, address: str) -> str:
        return address

    def send(self, news: subscriber_ports.News, *, now: dt.datetime) -> Delivery:
        self.told.append(news)
        return self.answer


@pytest.fixture
def hook(monkeypatch):
    made = Hook()
    monkeypatch.setitem(subscriber_ports.channels, "webhook", made)
    return made


def call(at: float) -> None:
    readers.carry(at, CALLS, delivering.by_call)


def test_a_webhook_confirms_by_the_link_in_its_first_call_and_then_hears_updates_in_order(there, hook):
    readers.asked("https://hooks.example.net/x", "webhook")
    call(1)
    question = hook.told.pop()
    assert question.document["type"] == "subscription.confirm"
    assert question.secret.startswith("whsec_")
    token = question.link.rpartition("/")[2]
    commands.confirm(token, now=given.later(2))
    incident = given.fixing(there)
    readers.said(there, incident, 10)
    readers.walk(10)
    hook.answer = Delivery(ok=False, answer="HTTP 503")
    call(10)
    readers.said(there, incident, 20, status="identified")
    readers.walk(20)
    hook.told.clear()
    hook.answer = Delivery(ok=True, answer="HTTP 200")
    call(60)
    call(60)
    assert [one.document["incident"]["status"] for one in hook.told] == ["investigating", "identified"]
    assert len({one.number for one in hook.told}) == 2
    assert hook.told[0].document["meta"]["unsubscribe"].endswith(token)


def test_a_webhook_that_is_gone_is_stopped_after_three_refusals(there, hook):
    commands.add(SYSTEM, channel="webhook", address="https://hooks.example.net/x", now=given.later(0))
    hook.answer = Delivery(ok=False, answer="HTTP 410", permanent=True)
    incident = given.fixing(there)
    for number in range(3):
        readers.said(there, incident, 10 + number, status="identified")
        readers.walk(10 + number)
        call(10 + number)
    assert queries.counts()["stopped"] == 1


def test_chat_products_get_words_and_not_markup():
    news = subscriber_ports.News("ntc_1", "https://x", "<!channel> *x*", "[a](http://evil) <b>", "https://l", "https://m", "")
    slack, teams = chat.for_slack(news)["text"], str(chat.for_teams(news))
    assert "&lt;!channel&gt;" in slack
    assert "<!channel>" not in slack
    assert "\\\\[a\\\\]\\\\(http" in teams


def test_our_own_network_is_not_called_whatever_a_name_leads_to():
    news = subscriber_ports.News("ntc_1", "http://10.0.0.1/x", "t", "x", "https://l", "https://m", "whsec_eA==")
    answer = subscriber_ports.channels["webhook"].send(news, now=given.later(0))
    assert (answer.ok, answer.permanent) == (False, True)
    with pytest.raises(outbound.Forbidden):
        outbound.refuse_hostile("http://169.254.169.254/latest")


def test_a_mail_that_cannot_be_written_ends_alone(there, post):
    readers.subscriber("rita@example.net")
    odd = readers.subscriber("odd@example.net")
    Subscriber.objects.filter(pk=odd.pk).update(address="odd\r\nBcc: x@example.net")
    readers.said(there, given.fixing(there))
    assert told(post) == ["rita@example.net"]
    assert Notice.objects.get(subscriber=odd).work_state == "failed"
