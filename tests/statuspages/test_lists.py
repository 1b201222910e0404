"""Lists: who is on them, what they are told, in which thread, and who is not told any more."""

from __future__ import annotations

from email import policy
from email.parser import BytesParser

import pytest
from django.db import transaction

from tests.incidents import given
from tests.statuspages import post
from tests.statuspages.test_publishing import PARTS
from tocsin.core import ports
from tocsin.core.actor import SYSTEM
from tocsin.core.errors import Conflict, Invalid, NotAllowed, NotFound
from tocsin.core.models import Event, OutboxMail
from tocsin.core.ports import Delivery
from tocsin.core.work import outbox
from tocsin.incidents import commands as incidents
from tocsin.incidents import queries as timeline
from tocsin.statuspages.lists import addresses, commands, queries
from tocsin.statuspages.lists.models import DistributionList, ListLetter, ListMember

pytestmark = pytest.mark.django_db


@pytest.mark.req("ICO-06", "ICO-10", "DET-09")
def test_one_confirmation_mails_each_list_with_the_words_of_the_page(settings):
    post.arrives(settings)
    there = given.house()
    incident = given.fixing(there)
    post.a_list("Leadership", there.root, "board@example.com")
    post.a_list("Major incident managers", there.imogen)
    update = post.published(there, incident, external={"title": "Investigating issues", "body": "We are looking into it."})
    assert ListLetter.objects.count() == 2
    copies = post.going_out()
    assert {one.to for one in copies} == {"root@example.com", "board@example.com", "imogen@example.com"}
    assert {one.subject for one in copies} == {update.entry.title} == {f"{incident.key} - Sev 1 - Card payments fail"}
    assert {one.body for one in copies} == {copies[0].body}
    assert copies[0].body.startswith(f"{update.body}\n\n-- \nReply to this mail to ask a question")
    line = timeline.timeline(there.actor("sven"), incident, only="key")[0]
    assert "(mailed to Leadership and Major incident managers)" in line.text


@pytest.mark.req("FCO-01", "SYS-12")
def test_follow_ups_bear_the_same_title_and_stand_in_the_thread_of_the_first(settings):
    post.arrives(settings)
    there = given.house()
    incident = given.fixing(there)
    post.a_list("Leadership", there.root)
    first = post.published(there, incident)
    second = post.published(there, incident, 30, internal=PARTS)
    third = post.published(there, incident, 50, internal=PARTS, status="identified")
    one, two, three = post.going_out("root@example.com")
    assert (one.subject, two.subject, three.subject) == (first.entry.title,) * 3
    assert two.body.startswith(second.body)
    assert three.body.startswith(third.body)
    assert len({one.letter_id, two.letter_id, three.letter_id}) == 3
    assert "In-Reply-To" not in one.headers
    assert (two.headers["In-Reply-To"], two.headers["References"]) == (one.letter_id, one.letter_id)
    assert three.headers["References"].split() == [one.letter_id, two.letter_id]
    assert one.headers["Reply-To"] == addresses.reply_address(incident.key)
    assert one.headers["List-Id"] == "Leadership <leadership.lists.tocsin.example.com>"
    assert "List-Unsubscribe" not in one.headers


@pytest.mark.req("ICO-07")
def test_whoever_is_on_a_list_when_words_are_said_hears_them(settings):
    post.arrives(settings)
    there = given.house()
    incident = given.fixing(there)
    chosen = post.a_list("Interested", there.root, "noc@example.com", is_open=True)
    commands.subscribe(there.actor("sven"), chosen, now=given.later(1))
    post.published(there, incident)
    assert {one.to for one in post.going_out()} == {"root@example.com", "noc@example.com", "sven@example.com"}
    unsubscribe = post.going_out("sven@example.com")[0].headers
    assert unsubscribe["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    token = unsubscribe["List-Unsubscribe"].strip("<>").rpartition("/")[2]
    assert commands.leave(token, now=given.later(11)) == "Interested"
    assert commands.leave(token, now=given.later(12)) == ""
    fresh = queries.list_called("interested")
    commands.remove_member(there.actor("root"), queries.member_of(fresh, "noc@example.com"), now=given.later(12))
    commands.add_member(there.actor("root"), fresh, person=there.ana, now=given.later(12))
    post.published(there, incident, 30, internal=PARTS)
    assert {one.to for one in post.going_out()[3:]} == {"root@example.com", "ana@example.com"}


def test_nobody_gets_two_mails_of_one_update(settings):
    post.arrives(settings)
    there = given.house()
    incident = given.fixing(there)
    post.a_list("A", there.root, "Noc@Example.com")
    post.a_list("B", there.root, there.sven, "noc@example.com")
    incidents.follow(there.actor("sven"), incident, now=given.later(2))
    post.published(there, incident)
    post.published(there, incident)  # the same confirmation
    assert sorted(OutboxMail.objects.filter(subject__contains="Sev 1").values_list("to", flat=True)) == [
        "noc@example.com",
        "root@example.com",
        "sven@example.com",
    ]


def test_lists_of_a_severity_hear_by_default_and_whoever_heard_once_hears_the_end(settings):
    post.arrives(settings)
    there = given.house()
    incident = given.fixing(there)
    post.a_list("All", there.root, severities=(1, 2))
    post.a_list("Few", there.sven, severities=())
    post.published(there, incident, lists=["few"])
    assert [one.to for one in post.going_out()] == ["sven@example.com"]
    incidents.set_severity(there.actor("ben"), incident, 3, now=given.later(12))
    incident.refresh_from_db()
    assert [one.slug for one in queries.defaults(incident)] == ["few"]
    post.published(there, incident, 30, internal=PARTS, lists=[])
    assert len(post.going_out()) == 1


def test_a_list_that_does_not_exist_is_refused_and_nothing_is_published():
    there = given.house()
    with pytest.raises(Invalid) as refused:
        post.published(there, given.fixing(there), lists=["nobody"])
    assert refused.value.field == "lists"
    assert not Event.objects.filter(name="update.published").exists()


def test_no_list_hears_of_a_private_incident_or_a_drill():
    there = given.house()
    post.a_list("Leadership", there.sven)
    hidden = given.fixing(there, by="root", private=True)
    post.published(there, hidden, by="root")
    assert post.going_out() == []
    with pytest.raises(Conflict) as refused:
        post.published(there, hidden, 30, by="root", internal=PARTS, lists=["leadership"])
    assert refused.value.code == "private_incident"
    assert queries.defaults(given.fixing(there, drill=True)) == []


def test_words_for_customers_alone_are_mailed_to_no_list():
    there = given.house()
    post.a_list("Leadership", there.root)
    post.published(there, given.fixing(there), internal=None, external={"title": "Issues", "body": "We look."})
    assert post.going_out() == []


def test_whoever_left_the_company_is_told_no_more():
    there = given.house()
    post.a_list("Leadership", there.sven, there.root)
    there.sven.is_active = False
    there.sven.save()
    post.published(there, given.fixing(there))
    assert [one.to for one in post.going_out()] == ["root@example.com"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"slug": "!!"}, "slug"),
        ({"name": "Leadership"}, "name"),
        ({"severities": (4,)}, "severities"),
    ],
)
def test_an_odd_list_is_refused_with_its_field(fields, field):
    post.a_list("Leadership")
    with pytest.raises(Invalid) as refused:
        commands.create_list(SYSTEM, **{"name": "Other", **fields}, now=given.later(0))
    assert refused.value.field == field


@pytest.mark.parametrize("address", ["", "nobody", "a@b\r\nBcc: c@d", "a b@c", "<a@b>", "x" * 255, "zoë@example.com", "a@b,c@d"])
def test_an_odd_address_is_refused(address):
    chosen = post.a_list()
    with pytest.raises(Invalid):
        commands.add_member(SYSTEM, chosen, address=address, now=given.later(0))


def test_an_address_of_the_directory_is_that_person_and_nobody_is_on_a_list_twice():
    there = given.house()
    chosen = post.a_list("Leadership", there.root, "ROOT@example.com", there.root)
    assert [one.person for one in chosen.members.all()] == [there.root]


def test_only_administrators_say_who_is_on_a_closed_list():
    there = given.house()
    chosen = post.a_list("Leadership", there.root)
    with pytest.raises(NotAllowed):
        commands.subscribe(there.actor("sven"), chosen, now=given.later(0))
    with pytest.raises(NotAllowed):
        commands.unsubscribe(there.actor("root"), chosen, now=given.later(0))
    with pytest.raises(NotAllowed):
        commands.add_member(there.actor("ben"), chosen, address="x@example.com", now=given.later(0))
    with pytest.raises(NotAllowed):
        commands.create_list(there.actor("ben"), name="Mine", now=given.later(0))
    with pytest.raises(Conflict):
        commands.leave(addresses.leave_token(chosen.members.get().pk), now=given.later(0))
    with pytest.raises(NotFound):
        commands.leave("made-up", now=given.later(0))


def test_a_removed_list_is_told_nothing_and_its_name_is_free():
    there = given.house()
    chosen = post.a_list("Leadership", there.root)
    commands.remove_list(there.actor("root"), chosen, now=given.later(1))
    post.published(there, given.fixing(there))
    assert post.going_out() == []
    assert post.a_list("Leadership").slug == "leadership"
    assert DistributionList.objects.count() == 2
    with pytest.raises(NotFound):
        commands.change_list(there.actor("root"), chosen, name="x", now=given.later(2))


def test_three_final_refusals_stop_an_address_until_somebody_clears_it():
    there = given.house()
    chosen = post.a_list("Leadership", "gone@example.com")
    member = chosen.members.get()
    for minute in range(3):
        assert ListMember.objects.get().stopped_at is None
        commands.refused(member.pk, "550 5.1.1 no such user", final=True, now=given.later(minute))
    post.published(there, given.fixing(there))
    assert post.going_out() == []
    member.refresh_from_db()
    assert (member.bounces, member.bounce_reason) == (3, "550 5.1.1 no such user")
    commands.clear_bounces(there.actor("root"), member, now=given.later(20))
    post.published(there, given.fixing(there), 30)
    assert len(post.going_out()) == 1


def test_a_copy_that_the_mail_server_refuses_marks_its_reader():
    there = given.house()
    post.a_list("Leadership", "gone@example.com")
    post.published(there, given.fixing(there))
    row = OutboxMail.objects.get(to="gone@example.com")
    OutboxMail.objects.filter(pk=row.pk).update(work_state=OutboxMail.LEASED)
    row.work_state = OutboxMail.LEASED
    outbox.settle(row, Delivery(ok=False, answer="550 5.1.1 no such user", permanent=True), given.later(11))
    assert ListMember.objects.get().bounces == 1
    assert Event.objects.filter(name="list.member_bounced").count() == 1


class _Taken:
    """A mail server that takes everything."""

    def __init__(self) -> None:
        self.got = []

    def send(self, message):
        self.got.append(bytes(message))
        return Delivery(ok=True, answer="250 ok")


def test_the_mail_itself_has_the_headers_of_a_list(settings):
    post.arrives(settings)
    there = given.house()
    chosen = post.a_list("Интерес ☂", is_open=True)
    commands.subscribe(there.actor("sven"), chosen, now=given.later(1))
    incident = given.fixing(there, summary="Zürich: Karten\u2028fehlen " + "x" * 150)
    post.published(there, incident)
    (row,) = post.going_out()
    before, taken = ports.mail._transport, _Taken()
    ports.mail.wire(taken)
    try:
        with transaction.atomic():
            assert outbox.send(row, given.later(11)).ok
    finally:
        ports.mail.wire(before)
    message = BytesParser(policy=policy.default).parsebytes(taken.got[0])
    assert message["Message-ID"] == row.letter_id
    assert message["Subject"].startswith(f"{incident.key} - Sev 1 - Zürich: Karten fehlen")
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Return-Path"].strip() == addresses.return_address(chosen.members.get().pk)
    assert message["List-Unsubscribe"].strip() == row.headers["List-Unsubscribe"]
    assert message.get_content_type() == "text/plain"
    assert list(message.walk()) == [message]


def test_signed_addresses_say_what_they_were_given_out_for(settings):
    post.arrives(settings)
    given_out = addresses.reply_address("HOT-12")
    assert addresses.read(given_out.upper()).incident == "HOT-12"
    assert addresses.read(given_out.replace("hot-12", "hot-13")) == addresses.Meant(is_signed_wrong=True)
    member = "lsm_" + "0" * 26
    assert addresses.read(addresses.return_address(member)).member == member
    assert addresses.read("somebody@else.example.com") is None
    assert len(addresses.return_address(member).partition("@")[0]) <= 64
    assert addresses.read(post.ADDRESS) == addresses.Meant()
