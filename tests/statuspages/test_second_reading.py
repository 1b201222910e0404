"""A second reader: asked, answering, lost when the words change, and never waited for."""

from __future__ import annotations

import pytest
from django.conf import settings

from tests import company
from tests.incidents.given import fixing, house, later
from tests.statuspages.test_publishing import INSIDE, OUTSIDE, PARTS, published
from tocsin.core.errors import Conflict, Invalid, NotAllowed
from tocsin.core.models import Event, OutboxMail
from tocsin.incidents import catalogue
from tocsin.incidents import commands as incidents
from tocsin.statuspages.held import commands as held
from tocsin.statuspages.held import jobs
from tocsin.statuspages.models import Update
from tocsin.statuspages.second_reading import commands, queries
from tocsin.statuspages.second_reading.models import SecondReading

pytestmark = pytest.mark.django_db
WORDS = {"status": "investigating", "internal": INSIDE, "external": OUTSIDE, "next_update_at": later(60)}


@pytest.fixture(autouse=True)
def five_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "TOCSIN", settings.TOCSIN.model_copy(update={"hold_seconds": 5}))


def asked(there, incident, reader="ana", by="ben", **fields) -> SecondReading:
    words = {**WORDS, "confirmation": "form 1", "now": later(5), **fields}
    return commands.ask_reader(there.actor(by), incident, getattr(there, reader), **words)


def approved(there, incident, **fields) -> SecondReading:
    return commands.answer(there.actor("ana"), asked(there, incident, **fields), "approved", now=later(6))


def said_of(name: str) -> dict:
    return Event.objects.filter(name=name).latest("id").data


@pytest.mark.req("FCO-09")
def test_the_reader_is_told_and_answers_and_the_audit_shows_both():
    there = house()
    incident = fixing(there)
    reading = asked(there, incident, note="Is the second sentence clear?")
    mail = OutboxMail.objects.get(to=there.ana.email, subject__contains="asks you to read a draft")
    assert f"/{incident.key}/readings/{reading.id}" in mail.body
    assert [one.id for one in queries.asked_of(there.actor("ana"))] == [reading.id]
    commands.answer(there.actor("ana"), reading, "commented", comment="Say since when.", now=later(6))
    assert OutboxMail.objects.filter(to=there.ben.email, body__contains="Say since when.").exists()
    commands.answer(there.actor("ana"), reading, "approved", now=later(7))
    lines = [
        catalogue.describe(one.name, one.data).text for one in Event.objects.filter(name__startswith="reading.").order_by("id")
    ]
    assert lines == [
        "Ana is asked to read a draft",
        "Ana comments on the draft of Ben: Say since when.",
        "Ana approves the draft of Ben",
    ]
    assert queries.asked_of(there.actor("ana")) == []
    assert not Update.objects.exists()


def test_approved_words_are_sent_with_one_press_and_held_like_all_others():
    there = house()
    incident = fixing(there)
    reading = approved(there, incident)
    waits = commands.send(there.actor("ben"), reading, now=later(8))
    assert commands.send(there.actor("ben"), reading, now=later(8)) == waits
    assert jobs.publish_due(later(8) + (waits.due_at - waits.confirmed_at)) == 1
    assert Update.objects.count() == 2
    assert (said_of("update.published")["read_by"], "unread_by" in said_of("update.published")) == (["Ana"], False)
    assert "read before by Ana" in catalogue.describe("update.published", said_of("update.published")).text
    reading.refresh_from_db()
    assert (reading.state, queries.under_way(incident)) == ("sent", [])
    with pytest.raises(Conflict, match="has been sent"):
        commands.answer(there.actor("ana"), reading, "approved", now=later(10))


def test_what_was_taken_back_may_be_sent_again():
    there = house()
    reading = approved(there, fixing(there))
    first = commands.send(there.actor("ben"), reading, now=later(8))
    held.take_back(there.actor("ben"), first, now=later(8.01))
    again = commands.send(there.actor("ben"), reading, now=later(9))
    assert (again.state, again.pk != first.pk) == ("held", True)


def test_a_time_that_passed_while_somebody_read_is_now():
    there = house()
    incident = fixing(there)
    chosen = approved(there, incident, at=later(20))
    assert commands.send(there.actor("ben"), chosen, now=later(8)).at == later(20)
    late = approved(there, incident, at=later(20), confirmation="form 2")
    assert commands.send(there.actor("ben"), late, now=later(21)).at is None


def test_nobody_waits_for_an_answer_and_that_it_went_out_unread_is_recorded():
    there = house()
    incident = fixing(there)
    commands.send(there.actor("ben"), asked(there, incident), now=later(6))
    jobs.publish_due(later(7))
    assert said_of("update.published")["unread_by"] == ["Ana"]
    assert "not read before by Ana" in catalogue.describe("update.published", said_of("update.published")).text


def test_words_that_were_changed_after_the_approval_have_lost_it():
    there = house()
    incident = fixing(there)
    approved(there, incident)
    changed = {**WORDS, "external": {**OUTSIDE, "body": "We are looking into it, and it is bad."}}
    assert queries.approval(incident, WORDS) == (["Ana"], [])
    assert queries.approval(incident, changed) == ([], ["Ana"])
    published(there, incident, **changed)
    assert (said_of("update.published").get("read_by"), said_of("update.published")["unread_by"]) == (None, ["Ana"])
    assert SecondReading.objects.get().state == "withdrawn"


def test_another_promise_is_not_another_text():
    there = house()
    incident = fixing(there)
    published(there, incident, external=None)
    approved(there, incident, internal=PARTS, external=None)
    published(there, incident, internal=PARTS, external=None, next_update_at=later(90), confirmation="form 2")
    assert said_of("update.published")["read_by"] == ["Ana"]


def test_words_for_others_do_not_end_a_reading():
    there = house()
    incident = fixing(there)
    asked(there, incident, internal=None)
    published(there, incident, external=None)
    assert [one.state for one in queries.under_way(incident)] == ["asked"]
    assert "unread_by" not in said_of("update.published")


def test_a_later_draft_of_the_same_author_takes_the_place_of_the_earlier():
    there = house()
    incident = fixing(there)
    first = asked(there, incident)
    assert asked(there, incident) == first
    second = asked(there, incident, confirmation="form 2", reader="imogen")
    assert [one.pk for one in queries.under_way(incident)] == [second.pk]


def test_the_holder_of_a_role_is_found():
    there = house()
    incident = fixing(there)
    assert queries.holder(incident, "incident_manager") == there.ben
    with pytest.raises(Invalid, match="Nobody is communications manager"):
        queries.holder(incident, "communications_manager")


def test_only_whoever_was_asked_answers_and_nobody_reads_their_own():
    there = house()
    incident = fixing(there)
    reading = asked(there, incident, reader="sven")
    with pytest.raises(NotAllowed, match="Sven was asked"):
        commands.answer(there.actor("ana"), reading, "approved", now=later(6))
    with pytest.raises(Invalid, match="must not be empty"):
        commands.answer(there.actor("sven"), reading, "commented", now=later(6))
    assert commands.answer(there.actor("sven"), reading, "approved", now=later(6)).state == "approved"
    with pytest.raises(NotAllowed):
        commands.send(there.actor("sven"), reading, now=later(7))
    with pytest.raises(Invalid, match="Ask somebody else"):
        asked(there, incident, reader="ben", confirmation="form 2")
    with pytest.raises(Conflict, match="withdrawn"):
        commands.send(there.actor("ben"), commands.withdraw(there.actor("ben"), reading, now=later(7)), now=later(8))


def test_a_private_incident_is_opened_to_its_reader_and_stays_out_of_the_mail():
    there = house()
    incident = incidents.declare(there.actor("ben"), summary="Breach", severity=3, private=True, now=later(0))
    reading = asked(there, incident, external=None, reader="sven", note="names")
    assert queries.one(there.actor("sven"), incident, reading.id)
    mail = OutboxMail.objects.get(to=there.sven.email)
    assert "Breach" not in mail.subject + mail.body
    assert "names" not in mail.body


def test_a_drill_and_words_that_could_not_be_said_are_refused():
    there = house()
    drill = incidents.declare(there.actor("ben"), summary="Exercise", severity=3, drill=True, now=later(0))
    with pytest.raises(Conflict, match="drill"):
        asked(there, drill)
    with pytest.raises(Invalid, match="next update"):
        asked(there, fixing(there), next_update_at=None)
    gone = company.person("Gone")
    gone.is_active = False
    with pytest.raises(Invalid, match="deactivated"):
        commands.ask_reader(there.actor("ben"), fixing(there), gone, **WORDS, confirmation="x", now=later(5))


def test_what_postgresql_cannot_keep_is_read_as_a_blank():
    there = house()
    made = asked(there, fixing(there), internal={"title": "Cards\x00fail", "body": "a\x1fb"}, external=None)
    made.refresh_from_db()
    assert made.words["internal"] == {"title": "Cards fail", "body": "a b"}
