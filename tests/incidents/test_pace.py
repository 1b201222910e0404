"""The engine asks in time: has anything changed, who is tired, who takes over. Time is moved, never slept."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.incidents.given import declared, fixing, house, later, resolved
from tocsin.core.errors import Invalid, NotFound
from tocsin.core.models import OutboxMail
from tocsin.incidents import commands, jobs, queries, verbs
from tocsin.incidents.iterating import queries as found
from tocsin.incidents.iterating import rules
from tocsin.incidents.iterating.models import Prompt

pytestmark = pytest.mark.django_db
HOUR = 60


def tick(minutes: float) -> None:
    while jobs.ask_prompts(later(minutes)):
        pass


def mails(words: str) -> list[str]:
    return sorted(OutboxMail.objects.filter(subject__contains=words).values_list("to", flat=True))


def told(there, incident, kind: str) -> list[str]:
    return [line.text for line in queries.timeline(there.actor("ben"), incident) if line.kind == kind]


@pytest.mark.req("ITR-08")
def test_a_major_incident_is_asked_about_each_half_hour_until_it_is_answered():
    there = house()
    incident, ben = fixing(there), there.actor("ben")
    tick(30)
    assert found.pace(ben, incident, later(30)).prompt is None
    tick(31)
    asked = found.pace(ben, incident, later(31)).prompt
    assert asked is not None
    assert asked.asked_at == later(31)
    assert mails("Has impact or severity changed") == [there.ben.email]
    commands.no_change(ben, incident, now=later(40))
    pace = found.pace(ben, incident, later(40))
    assert (pace.prompt, pace.answered.answered_at, pace.answered.answer) == (None, later(40), "no_change")
    assert pace.next_at == later(70)
    assert told(there, incident, "Impact") == ["impact and severity have not changed"]
    tick(69)
    assert told(there, incident, "Asked") == ["has the impact or the severity changed?"]
    tick(70)
    tick(100)
    assert len(told(there, incident, "Asked")) == 3


@pytest.mark.req("ITR-08")
def test_assessing_or_setting_the_severity_is_an_answer():
    there = house()
    incident, ben = fixing(there), there.actor("ben")
    tick(31)
    commands.assess(ben, incident, seen="Cards are refused", now=later(32))
    pace = found.pace(ben, incident, later(32))
    assert (pace.prompt, pace.answered.answer, pace.next_at) == (None, "assessed", later(62))
    tick(62)
    commands.set_severity(ben, incident, 2, now=later(63))
    assert found.pace(ben, incident, later(63)).answered.answer == "severity"
    commands.set_severity(ben, incident, 3, now=later(64))
    assert found.pace(ben, incident, later(64)).next_at is None


@pytest.mark.req("ITR-08")
def test_the_period_is_a_setting(settings):
    settings.TOCSIN = settings.TOCSIN.model_copy(update={"review_minutes": 10})
    there = house()
    assert found.pace(there.actor("ben"), fixing(there), later(1)).next_at == later(11)


@pytest.mark.req("ITR-08", "ITR-10")
def test_a_resolved_incident_asks_nothing_and_reminds_nobody():
    there = house()
    incident, ben = fixing(there), there.actor("ben")
    commands.plan_relief(ben, incident, "incident_manager", there.ana, at=later(300), now=later(2))
    incident = resolved(there, incident)
    tick(20 * HOUR)
    assert not Prompt.objects.filter(incident=incident, asked_at__isnull=False).exists()
    assert (mails("Has impact"), mails("Hand-over"), mails("relief")) == ([], [], [])
    assert found.pace(ben, incident, later(40)).reliefs == ()


def test_a_minor_and_a_pending_incident_are_left_alone():
    there = house()
    declared(there)
    fixing(there, severity=3)
    assert not Prompt.objects.filter(kind=Prompt.IMPACT).exists()


@pytest.mark.req("ITR-09")
def test_hours_on_the_incident_are_computed_and_the_manager_is_told_once():
    there = house()
    incident, ben = fixing(there), there.actor("ben")
    commands.assign_role(ben, incident, "tech_lead", there.ana, now=later(10))
    tick(8 * HOUR + 9)
    by_name = {one.person.name: one for one in found.pace(ben, incident, later(8 * HOUR + 9)).at_work}
    assert by_name["Ana"].on_it == dt.timedelta(hours=7, minutes=59)
    assert (by_name["Ana"].tired, by_name["Ben"].tired) == ("", "8 h on it")
    tick(8 * HOUR + 10)
    tick(9 * HOUR)
    assert told(there, incident, "Relief") == ["Ana needs relief: 8 h on it", "Ben needs relief: 8 h on it"]
    assert mails("Ana needs relief") == [there.ben.email]


@pytest.mark.req("ITR-09")
def test_hours_awake_are_declared_and_watched():
    there = house()
    incident, ben = fixing(there), there.actor("ben")
    verbs.perform(ben, incident, "/awake 14h", now=later(2))
    tick(100)
    assert mails("needs relief") == []
    tick(2 * HOUR + 2)
    assert mails("Ben needs relief") == [there.ben.email]
    assert found.pace(ben, incident, later(2 * HOUR + 2)).tired[0].tired == "16 h awake"
    for hours in (dt.timedelta(hours=97), dt.timedelta(hours=-1)):
        with pytest.raises(Invalid) as refused:
            commands.declare_awake(ben, incident, hours, now=later(3))
        assert refused.value.field == "hours"


@pytest.mark.req("ITR-09")
def test_whoever_has_left_is_not_tired():
    there = house()
    incident, ben = fixing(there), there.actor("ben")
    commands.assign_role(ben, incident, "tech_lead", there.ana, now=later(10))
    commands.release_role(there.actor("ana"), incident, "tech_lead", now=later(60))
    tick(10 * HOUR)
    assert mails("Ana needs relief") == []


@pytest.mark.req("ITR-10")
def test_a_planned_hand_over_is_listed_reminded_before_and_gone_when_it_happened():
    there = house()
    incident, ben = fixing(there), there.actor("ben")
    verbs.perform(ben, incident, "/relief im @ana 3h", now=later(10))
    (plan,) = found.pace(ben, incident, later(11)).reliefs
    assert (plan.role, plan.person, plan.at) == ("incident_manager", there.ana, later(3 * HOUR + 10))
    tick(2 * HOUR + 54)
    assert mails("Hand-over") == []
    tick(2 * HOUR + 55)
    assert mails("Hand-over of the incident manager soon") == sorted([there.ana.email, there.ben.email])
    commands.hand_over(ben, incident, there.ana, now=later(3 * HOUR + 10))
    assert found.pace(ben, incident, later(3 * HOUR + 11)).reliefs == ()
    with pytest.raises(NotFound):
        commands.cancel_relief(ben, incident, "incident_manager", now=later(3 * HOUR + 12))


@pytest.mark.req("ITR-10")
def test_a_relief_is_planned_for_responders_and_for_later():
    there = house()
    incident, ben = fixing(there), there.actor("ben")
    for person, at, field in ((there.sven, 60, "person"), (there.ana, 1, "at"), (there.ana, 9 * 24 * HOUR, "at")):
        with pytest.raises(Invalid) as refused:
            commands.plan_relief(ben, incident, "tech_lead", person, at=later(at), now=later(2))
        assert refused.value.field == field
    commands.plan_relief(ben, incident, "tech_lead", there.ana, at=later(60), now=later(2))
    commands.plan_relief(ben, incident, "tech_lead", there.ben, at=later(90), now=later(3))
    tick(50)
    assert mails("Hand-over of the tech lead") == []
    commands.cancel_relief(ben, incident, "tech_lead", now=later(60))
    tick(90)
    assert mails("Hand-over of the tech lead") == []


@pytest.mark.req("ITR-08", "ITR-10")
def test_a_private_incident_says_nothing_in_mails_and_is_handed_to_members():
    there = house()
    incident, ana = fixing(there, by="ana", private=True), there.actor("ana")
    with pytest.raises(Invalid) as refused:
        commands.plan_relief(ana, incident, "incident_manager", there.ben, at=later(60), now=later(2))
    assert refused.value.field == "person"
    tick(31)
    assert "Card payments" not in OutboxMail.objects.get(subject__contains="Has impact").body


@pytest.mark.req("ITR-04")
def test_the_five_questions_are_checked_again_and_keep_their_last_time():
    there = house()
    incident, ben = fixing(there), there.actor("ben")
    assert [one.at for one in found.checklist(ben, incident)] == [None] * 5
    commands.check(ben, incident, ["roles", "changes"], now=later(5))
    commands.check(ben, incident, ["roles"], now=later(50))
    times = {one.name: one.at for one in found.checklist(ben, incident)}
    assert (times["roles"], times["changes"], times["overview"]) == (later(50), later(5), None)
    for wrong in ([], ["weather"]):
        with pytest.raises(Invalid):
            commands.check(ben, incident, wrong, now=later(51))


def test_hours_count_from_the_last_rest():
    first, second = rules.Span(later(0), later(60)), rules.Span(later(80), None)
    assert rules.on_it_since([first, second]) == later(0)
    assert rules.on_it_since([first, rules.Span(later(120), None)]) == later(120)
    assert rules.on_it_since([first]) is None
    for words, minutes in (("14h", 840), ("90m", 90), ("1.5 h", 90), ("2", 120)):
        assert rules.hours(words, field="hours") == dt.timedelta(minutes=minutes)
    with pytest.raises(Invalid):
        rules.hours("long", field="hours")


def test_whoever_only_watches_by_now_is_not_at_work_though_a_stream_still_names_them():
    there = house()
    incident, ben = fixing(there), there.actor("ben")
    commands.open_stream(ben, incident, "Restart the hosts", lead=there.ana, now=later(2))
    assert there.ana in {one.person for one in found.pace(ben, incident, later(9)).at_work}
    there.ana.role = there.ana.STAKEHOLDER
    there.ana.save()
    assert there.ana not in {one.person for one in found.pace(ben, incident, later(9)).at_work}
