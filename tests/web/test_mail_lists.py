"""Lists, questions and mail that arrived, in the browser: every form without a script."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.incidents import given
from tests.statuspages import post
from tests.web.walk import signed_in
from tocsin.statuspages.arriving.models import IncomingMail
from tocsin.statuspages.lists import addresses
from tocsin.statuspages.lists import commands as lists
from tocsin.statuspages.lists.models import DistributionList, ListMember
from tocsin.statuspages.questions.models import Question

pytestmark = pytest.mark.django_db


@pytest.fixture
def there(settings):
    post.arrives(settings)
    return given.house()


def text(answer) -> str:
    return answer.content.decode()


@pytest.mark.req("ICO-07")
def test_an_administrator_makes_a_list_and_people_come_and_go(there):
    root, sven = signed_in(there.root), signed_in(there.sven)
    assert root.post("/lists/new", {"name": ""}).status_code == 422
    root.post("/lists/new", {"name": "Interested", "severities": ["3"], "is_open": "1"})
    assert root.post("/lists/interested/add", {"address": "nobody"}).status_code == 422
    root.post("/lists/interested/add", {"address": "noc@example.com", "name": "NOC"})
    root.post("/lists/interested/add", {"person": there.ben.pk})
    assert "Subscribe" in text(sven.get("/lists"))
    sven.post("/lists/interested/mine", {"do": "subscribe"})
    shown = text(sven.get("/lists/interested"))
    assert "Unsubscribe" in shown
    assert "noc@example.com" not in shown, "addresses are for responders"
    board = ListMember.objects.get(address="noc@example.com")
    for minute in range(3):
        lists.refused(board.pk, "550 5.1.1 no such user", final=True, now=given.later(minute))
    assert "550 5.1.1 no such user" in text(root.get("/lists/interested"))
    root.post(f"/lists/interested/members/{board.pk}", {"do": "clear"})
    assert ListMember.objects.get(pk=board.pk).is_told
    root.post(f"/lists/interested/members/{board.pk}", {"do": "remove"})
    root.post("/lists/interested/change", {"name": "Curious", "severities": ["1"]})
    changed = DistributionList.objects.get()
    assert (changed.name, changed.severities, changed.is_open) == ("Curious", [1], False)
    root.post("/lists/interested/change", {"do": "remove"})
    assert "No list yet" in text(root.get("/lists"))


def test_looking_at_the_address_in_a_mail_changes_nothing_and_posting_it_leaves(there):
    chosen = post.a_list("Interested", is_open=True)
    lists.subscribe(there.actor("sven"), chosen, now=given.later(0))
    address = f"/leave-list/{addresses.leave_token(ListMember.objects.get().pk)}"
    mail_program = Client(enforce_csrf_checks=True)
    assert "Leave this list?" in text(mail_program.get(address))
    assert ListMember.objects.count() == 1
    assert "no more mail of Interested" in text(mail_program.post(address, {"List-Unsubscribe": "One-Click"}))
    assert mail_program.post(address).status_code == 200
    assert ListMember.objects.count() == 0
    assert mail_program.get("/leave-list/lsm_made-up").status_code == 404


@pytest.mark.req("ICO-06", "ICO-10")
def test_the_composer_shows_the_lists_and_mails_those_that_are_ticked(there):
    incident = given.fixing(there)
    post.a_list("Leadership", there.root)
    post.a_list("Few", there.sven, severities=())
    ben = signed_in(there.ben)
    form = text(ben.get(f"/{incident.key}/update"))
    assert 'value="leadership" checked' in form
    assert 'value="few">' in form
    words = {"status": "investigating", "to_internal": "1", "internal_body": "We look.", "next": "in 30 min"}
    chosen = {"lists_shown": "1", "lists": ["few"]}
    review = text(ben.post(f"/{incident.key}/update", {**words, **chosen, "do": "review"}))
    assert "by mail Few (1)" in review
    assert 'name="lists" value="few"' in review
    ben.post(f"/{incident.key}/update", {**words, **chosen, "do": "publish", "confirmation": "c1"})
    assert [one.to for one in post.going_out()] == ["sven@example.com"]


@pytest.mark.req("ICO-08")
def test_a_question_is_answered_from_its_page_and_shown_in_the_room(there):
    incident = given.fixing(there)
    post.a_list("Leadership", there.sven)
    post.published(there, incident)
    post.reply("<script>alert(1)</script> hit?", by="sven@example.com", answers=post.going_out()[0].letter_id)
    asked = Question.objects.get()
    ana, sven = signed_in(there.ana), signed_in(there.sven)
    room = text(ana.get(f"/{incident.key}"))
    assert "Questions by mail" in room
    assert "<script>alert(1)" not in room
    assert "Send the answer" not in text(sven.get(f"/{incident.key}/questions"))
    assert ana.post(f"/{incident.key}/questions/{asked.pk}", {"do": "answer", "text": ""}).status_code == 422
    ana.post(f"/{incident.key}/questions/{asked.pk}", {"do": "answer", "text": "No."})
    assert "Every question is answered" in text(ana.get(f"/{incident.key}/questions"))
    again = ana.post(f"/{incident.key}/questions/{asked.pk}", {"do": "answer", "text": "Yes."})
    assert (again.status_code, "settled this question" in text(again)) == (422, True)
    assert "reply" not in text(Client().get("/status")).lower()


def test_what_waits_is_admitted_or_discarded_on_its_page(there):
    incident = given.fixing(there)
    root = signed_in(there.root)
    one = post.reply("Hit?", by="eve@evil.example", message_id="<1@x>")
    two = post.reply("Buy", by="eve@evil.example", message_id="<2@x>")
    page = text(root.get("/admin/mail-in"))
    assert "Two mails wait for you" in page
    assert "It answers no mail of an incident." in page
    assert root.post(f"/admin/mail-in/{one.pk}", {"do": "question", "key": "HOT-99"}).status_code == 422
    assert root.post(f"/admin/mail-in/{one.pk}", {"do": "question", "key": ""}).status_code == 422
    root.post(f"/admin/mail-in/{one.pk}", {"do": "question", "key": incident.key})
    root.post(f"/admin/mail-in/{two.pk}", {"do": "discard"})
    assert set(IncomingMail.objects.values_list("outcome", flat=True)) == {"question", "discarded"}
    assert "Question of" in text(root.get("/admin/mail-in?view=question"))
    assert root.get("/admin/mail-in?view=all").status_code == 200
