"""Mail that comes back: questions and their answers, support cases, refusals, and what waits for a person."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.incidents import given
from tests.statuspages import post
from tocsin.core.actor import SYSTEM
from tocsin.core.errors import Conflict, NotAllowed, NotFound
from tocsin.core.models import Event, OutboxMail
from tocsin.incidents import commands as incidents
from tocsin.incidents import queries as timeline
from tocsin.incidents.models import Incident, SupportCase
from tocsin.statuspages.arriving import commands as arriving
from tocsin.statuspages.arriving import jobs
from tocsin.statuspages.arriving import queries as arrivals
from tocsin.statuspages.arriving.models import IncomingMail
from tocsin.statuspages.lists import addresses
from tocsin.statuspages.lists.models import ListMember
from tocsin.statuspages.questions import commands, queries
from tocsin.statuspages.questions import jobs as question_jobs
from tocsin.statuspages.questions.models import Question, QuestionNotice

pytestmark = pytest.mark.django_db

LATER = given.later(20)


@pytest.fixture
def told(settings):
    """A house, an incident, and the copy that Sven has of its first words."""
    post.arrives(settings)
    there = given.house()
    incident = given.fixing(there)
    post.a_list("Leadership", there.sven, "board@example.com")
    post.published(there, incident)
    return there, incident, post.going_out("sven@example.com")[0]


@pytest.mark.req("ICO-08", "SYS-12")
def test_a_reply_is_a_question_on_the_incident_and_the_answer_joins_the_thread(told):
    there, incident, copy = told
    row = post.reply("Are refunds hit?", by="Sven <sven@example.com>", to=copy.headers["Reply-To"], answers=copy.letter_id)
    assert (row.outcome, row.incident) == ("question", incident)
    (asked,) = queries.questions(there.actor("ana"), incident)
    assert (asked.text, asked.person, asked.name, asked.state) == ("Are refunds hit?", there.sven, "Sven", "open")
    commands.answer(there.actor("ana"), asked, "No, refunds work.", now=given.later(25))
    sent = OutboxMail.objects.get(to="sven@example.com", letter_id="")
    assert sent.headers["In-Reply-To"] == "<q1@mail.example.com>"
    assert sent.headers["References"].split() == [copy.letter_id, "<q1@mail.example.com>"]
    assert incident.key in sent.subject
    assert sent.body.startswith("No, refunds work.\n\nSven asked:\n> Are refunds hit?")
    said = [line.text for line in timeline.timeline(there.actor("sven"), incident)]
    assert "to Sven: No, refunds work." in said
    assert "Sven asks by mail: Are refunds hit?" in said


def test_a_plain_address_on_a_list_may_ask_by_the_address_alone(told):
    _, incident, _ = told
    assert post.reply("How long?", by="board@example.com", to=addresses.reply_address(incident.key)).outcome == "question"
    assert Question.objects.get().name == "board@example.com"


def test_the_same_mail_is_one_question_however_often_it_arrives(told):
    _, _, copy = told
    outcomes = [post.reply("Hit?", by="sven@example.com", answers=copy.letter_id).outcome for _ in range(3)]
    assert outcomes == ["question", "repeated", "repeated"]
    assert Event.objects.filter(name="question.asked").count() == Question.objects.count() == 1


def test_a_mail_is_claimed_once_and_a_process_that_lost_it_writes_nothing(told):
    _, _, copy = told
    raw = f"From: sven@example.com\r\nMessage-ID: <q@m>\r\nIn-Reply-To: {copy.letter_id}\r\n\r\nHit?".encode()
    row = arriving.keep(raw, envelope_from="sven@example.com", envelope_to=[post.ADDRESS], now=LATER)
    assert jobs.understand(LATER) == 1
    row.work_state, row.fence = IncomingMail.LEASED, 1
    IncomingMail.objects.filter(pk=row.pk).update(work_state=IncomingMail.LEASED, fence=2, outcome="")
    with pytest.raises(arriving.LostLease):
        arriving.understand(row, now=LATER)
    assert Question.objects.count() == 1


@pytest.mark.parametrize(
    ("headers", "envelope"),
    [
        ({"Auto_Submitted": "auto-replied"}, None),
        ({"Precedence": "bulk"}, None),
        ({"X_Autoreply": "yes"}, None),
        ({}, ""),
    ],
)
def test_automatic_mail_asks_nothing_and_is_never_answered(told, headers, envelope):
    _, _, copy = told
    before = OutboxMail.objects.count()
    row = post.reply("I am away", by="sven@example.com", answers=copy.letter_id, envelope_from=envelope, **headers)
    assert row.outcome == "ignored"
    assert row.reason
    assert (Question.objects.count(), OutboxMail.objects.count()) == (0, before)


@pytest.mark.parametrize(
    ("by", "to", "answers", "text", "words"),
    [
        ("eve@evil.example", post.ADDRESS, True, "Hit?", "eve@evil.example is not known here."),
        ("sven@example.com", post.ADDRESS, False, "Hit?", "It answers no mail of an incident."),
        ("sven@example.com", "incidents+hot-1-aaaaaaaaaaaa@tocsin.example.com", False, "Hit?", "not given out by this house"),
        ("sven@example.com", post.ADDRESS, True, "> quoted only", "Nothing new is written in it."),
        ("", post.ADDRESS, True, "Hit?", "Its sender is not known here."),
    ],
)
def test_what_nobody_can_place_waits_for_a_person_with_its_reason(told, by, to, answers, text, words):
    _, _, copy = told
    row = post.reply(text, by=by, to=to, answers=copy.letter_id if answers else "", envelope_from="relay@example.com")
    assert row.outcome == "held"
    assert words in row.reason
    assert not Question.objects.exists()
    assert Event.objects.filter(name="mail.held", subject=row.pk).exists()


def test_an_administrator_admits_or_discards_what_was_held(told):
    there, incident, copy = told
    root = there.actor("root")
    row = post.reply("Hit?", by="Eve <eve@else.example>", answers=copy.letter_id)
    with pytest.raises(NotAllowed):
        arriving.admit_question(there.actor("ben"), row, incident, now=LATER)
    arriving.admit_question(root, row, incident, now=LATER)
    asked = Question.objects.get()
    assert (asked.name, asked.address, asked.person) == ("Eve", "eve@else.example", None)
    with pytest.raises(Conflict):
        arriving.discard(root, row, now=LATER)
    other = post.reply("Buy!", by="eve@else.example", message_id="<q2@x>", answers=copy.letter_id)
    arriving.discard(root, other, now=LATER)
    third = post.reply("CS-9 is hit", by="eve@else.example", message_id="<q3@x>", to=post.SUPPORT, subject=f"{incident.key} [#99]")
    arriving.admit_case(root, third, incident, now=LATER)
    assert SupportCase.objects.get().reference == "99"
    assert [one.outcome for one in arrivals.mails(root)] == ["case", "discarded", "question"]
    with pytest.raises(NotAllowed):
        arrivals.mails(there.actor("ben"))


def test_a_private_incident_is_asked_about_by_its_members_alone(told):
    there, incident, copy = told
    incident = incidents.change_fields(there.actor("ben"), incident, private=True, now=given.later(15))
    assert "private" in post.reply("Hit?", by="sven@example.com", answers=copy.letter_id).reason
    row = post.reply("And?", by="ben@example.com", message_id="<q2@x>", answers=copy.letter_id)
    assert row.outcome == "question"
    with pytest.raises(NotFound):
        queries.questions(there.actor("sven"), incident)


def test_what_was_asked_before_an_incident_became_private_is_not_answered_to_the_outside(told):
    there, incident, copy = told
    post.reply("Hit?", by="sven@example.com", answers=copy.letter_id)
    incidents.change_fields(there.actor("ben"), incident, private=True, now=given.later(25))
    with pytest.raises(Conflict) as refused:
        commands.answer(there.actor("ben"), Question.objects.get(), "Yes", now=given.later(26))
    assert refused.value.code == "private_incident"
    assert not OutboxMail.objects.filter(subject__startswith="Re:").exists()


def test_two_who_answer_at_once_send_one_answer(told):
    there, _, copy = told
    post.reply("Hit?", by="sven@example.com", answers=copy.letter_id)
    asked = Question.objects.get()
    commands.answer(there.actor("ana"), asked, "No", now=given.later(25))
    with pytest.raises(Conflict):
        commands.answer(there.actor("ben"), asked, "Yes", now=given.later(25))
    with pytest.raises(Conflict):
        commands.set_aside(there.actor("ben"), asked, now=given.later(25))
    assert OutboxMail.objects.filter(subject__startswith="Re:").count() == 1


def test_a_stakeholder_reads_questions_and_answers_none(told):
    there, incident, copy = told
    post.reply("Hit?", by="sven@example.com", answers=copy.letter_id)
    assert queries.questions(there.actor("sven"), incident).count() == 1
    with pytest.raises(NotAllowed):
        commands.answer(there.actor("sven"), Question.objects.get(), "No", now=given.later(25))


@pytest.mark.req("ASS-03")
@pytest.mark.parametrize(
    ("by", "outcome"), [("sven@example.com", "case"), ("Desk <x@helpdesk.example>", "case"), ("eve@evil.example", "held")]
)
def test_a_mail_with_the_key_labels_a_support_case_when_its_sender_is_known(settings, told, by, outcome):
    post.arrives(settings, mail_support_senders="helpdesk.example")
    _, incident, _ = told
    row = post.reply("Customer cannot pay", by=by, to=post.SUPPORT, subject=f"[#4711] Cannot pay {incident.key}")
    assert row.outcome == outcome
    assert [case.reference for case in incident.cases.all()] == (["4711"] if outcome == "case" else [])
    incident.refresh_from_db()
    assert incident.support_cases == (1 if outcome == "case" else 0)


def test_a_case_of_no_incident_and_of_a_private_one_is_held(settings, told):
    post.arrives(settings, mail_support_senders="helpdesk.example")
    there, incident, _ = told
    assert (
        post.reply("x", by="a@helpdesk.example", to=post.SUPPORT, subject="[#1] HOT-999").reason == "Its subject names no incident."
    )
    incidents.change_fields(there.actor("ben"), incident, private=True, now=given.later(15))
    row = post.reply("x", by="a@helpdesk.example", to=post.SUPPORT, subject=f"[#1] {incident.key}", message_id="<c2@x>")
    assert "private" in row.reason
    assert not SupportCase.objects.exists()


def test_a_refusal_marks_the_address_it_is_about_and_three_stop_it(told):
    board = ListMember.objects.get(address="board@example.com")
    back = addresses.return_address(board.pk)
    for number in range(3):
        row = post.arrived(post.report("board@example.com", number=number), "", back, given.later(20 + number))
        assert (row.outcome, row.became) == ("bounce", board.pk)
    board.refresh_from_db()
    assert (board.bounces, board.bounce_reason, board.is_told) == (3, "5.1.1 550 5.1.1 no such user", False)
    assert not Question.objects.exists()


def test_a_refusal_that_came_without_our_return_address_marks_and_never_stops(told):
    _, _, copy = told
    for number in range(4):
        report = post.report("board@example.com", of=copy.letter_id, number=number)
        assert post.arrived(report, "", post.ADDRESS, LATER).outcome == "bounce"
    board = ListMember.objects.get(address="board@example.com")
    assert board.bounces == 0
    assert board.bounce_reason
    assert board.is_told
    stranger = post.report("nobody@example.com", of="<unknown@x>", number=9)
    assert post.arrived(stranger, "", post.ADDRESS, LATER).outcome == "ignored"


def test_what_is_late_or_full_is_no_final_refusal(told):
    board = ListMember.objects.get(address="board@example.com")
    back = addresses.return_address(board.pk)
    full = post.report("board@example.com", "5.2.2", "552 5.2.2 mailbox full")
    assert post.arrived(full, "", back, LATER).outcome == "bounce"
    late = post.report("board@example.com", "4.4.1", "later", number=2).replace(b"failed", b"delayed")
    assert post.arrived(late, "", back, LATER).outcome == "ignored"
    old = (
        b"From: MAILER-DAEMON@old\r\nSubject: failure notice\r\nMessage-ID: <b3@x>\r\n\r\n<board@example.com>: 550 no such user\r\n"
    )
    assert post.arrived(old, "", back, LATER).outcome == "bounce"
    board.refresh_from_db()
    assert board.bounces == 1


@pytest.mark.parametrize("raw", [b"", b"\x00" * 100, b"\xff\xfe", b"From: \r\n" * 50, b"Subject: " + b"x" * 100_000])
def test_whatever_was_accepted_is_kept_and_waits(told, raw):
    row = post.arrived(raw, "x@example.com", post.ADDRESS, LATER)
    assert row.outcome == "held"
    assert bytes(row.raw) == raw


def test_a_fault_of_ours_loses_no_mail(told):
    raw = b"From: sven@example.com\r\n\r\nHit?"
    row = arriving.keep(raw, envelope_from="sven@example.com", envelope_to=[post.ADDRESS], now=LATER)
    IncomingMail.objects.filter(pk=row.pk).update(envelope_to=5)  # what no door writes, and nothing here expects
    for turn in range(4):
        jobs.understand(LATER + turn * dt.timedelta(seconds=10))
    row.refresh_from_db()
    assert (row.outcome, row.reason) == ("held", "Understanding it failed: TypeError.")


def test_bytes_go_after_a_month_and_held_ones_stay(told):
    there, _, copy = told
    asked = post.reply("Hit?", by="sven@example.com", answers=copy.letter_id)
    held = post.reply("Hit?", by="eve@evil.example", message_id="<q2@x>")
    away = post.reply("Away", by="sven@example.com", message_id="<q3@x>", X_Autoreply="yes")
    arriving.forget(now=LATER + dt.timedelta(days=31))
    sizes = {row.pk: len(row.raw) for row in IncomingMail.objects.all()}
    assert (sizes[asked.pk], sizes[away.pk]) == (0, 0)
    assert sizes[held.pk]
    arriving.forget(now=LATER + dt.timedelta(days=91))
    assert not IncomingMail.objects.filter(pk=away.pk).exists()
    assert arrivals.waiting_for_a_person() == 1
    assert arrivals.text_of(held) == "Hit?"
    assert there.root


def test_a_name_in_a_mail_puts_nothing_into_the_headers_of_the_answer(told):
    there, incident, copy = told
    by = "=?utf-8?q?Eve=0D=0ABcc=3A_all=40example.com?= <eve@else.example>"
    row = post.reply(
        "Hit?", by=by, subject="=?utf-8?q?x=0D=0ABcc=3A_a=40b?=", answers=copy.letter_id, envelope_from="eve@else.example"
    )
    arriving.admit_question(there.actor("root"), row, incident, now=LATER)
    commands.answer(SYSTEM, Question.objects.get(), "No", now=given.later(25))
    sent = OutboxMail.objects.get(to="eve@else.example")
    assert "\n" not in sent.subject
    assert set(sent.headers) == {"In-Reply-To", "References", "Reply-To"}


def notices(at: float) -> list[OutboxMail]:
    """What the engine tells at an instant, in minutes from now."""
    before = set(OutboxMail.objects.values_list("pk", flat=True))
    question_jobs.tell_due(given.later(at))
    return list(OutboxMail.objects.exclude(pk__in=before).order_by("to"))


def asks(told, text: str, number: str, at: float) -> None:
    _, _, copy = told
    post.reply(text, by="sven@example.com", answers=copy.letter_id, message_id=f"<{number}@mail.example.com>", at=given.later(at))


def test_those_who_answer_are_told_of_a_burst_once_with_the_link(told):
    _, incident, _ = told
    asks(told, "Are refunds hit?", "b1", 20)
    asks(told, "And invoices?", "b2", 21)
    assert notices(21) == [], "they are gathered"
    (mail,) = notices(22)
    assert mail.to == incident.manager.email
    assert mail.subject == f"[{incident.key}] 2 questions wait for an answer"
    assert "Sven: Are refunds hit?" in mail.body
    assert f"https://tocsin.example.com/{incident.key}/questions" in mail.body
    asks(told, "How long?", "b3", 24)
    assert notices(30) == [], "a quarter of an hour is quiet"
    assert [one.subject for one in notices(37)] == [f"[{incident.key}] 3 questions wait for an answer"]


def test_communications_are_told_too_and_nobody_of_what_was_settled_meanwhile(told):
    there, incident, _ = told
    incidents.assign_role(there.actor("ben"), incident, "communications_manager", there.ana, now=given.later(15))
    asks(told, "Are refunds hit?", "c1", 20)
    assert [one.to for one in notices(22)] == sorted({"ana@example.com", incident.manager.email})
    asks(told, "And invoices?", "c2", 60)
    for question in Question.objects.filter(state="open"):
        commands.set_aside(there.actor("ana"), question, now=given.later(61))
    assert notices(62) == []
    assert QuestionNotice.objects.filter(work_state="cancelled").count() == 1


def test_what_is_asked_about_a_private_incident_is_in_no_notice(told):
    _, incident, _ = told
    asks(told, "Are refunds hit?", "d1", 20)
    Incident.objects.update(is_private=True)
    (mail,) = notices(22)
    assert "refunds" not in mail.body
    assert incident.summary not in mail.body
