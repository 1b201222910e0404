"""An alert from its first page to its end, on a database, with an engine that is ticked by hand."""

from __future__ import annotations

import datetime as dt

import pytest

from tests import company
from tests.paging.world import fire, house
from tocsin.alerts import commands as alerts
from tocsin.alerts.models import Alert
from tocsin.core.actor import SYSTEM
from tocsin.core.errors import Conflict, NotAllowed
from tocsin.core.ids import new_id
from tocsin.core.models import Event
from tocsin.core.store import facts
from tocsin.directory import commands as directory
from tocsin.oncall import commands as oncall
from tocsin.paging import commands, queries, tokens
from tocsin.paging.models import Attempt, Escalation, Page

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


def events(name: str) -> list[Event]:
    return list(Event.objects.filter(name=name).order_by("id"))


@pytest.mark.req("PAG-10")
def test_who_does_not_answer_is_followed_by_the_next_and_at_last_by_the_last_resort(now, mail, engine):
    place = house(wait=5, repeats=1)
    alert = fire(place.service, now)
    engine.run_until(now, now + 60 * MINUTE)
    names = [(round((at - now) / MINUTE), message.to.partition("@")[0]) for at, message in mail.sent]
    assert names == [(0, "ada"), (5, "ben"), (10, "ada"), (15, "ben"), (20, "imogen"), (35, "imogen")]
    history = [(page.person.name, page.cycle, page.step) for page in queries.ledger(alert.id)[0].pages.all()]
    assert history[:3] == [("Ada", 0, 0), ("Ben", 0, 1), ("Ada", 1, 0)]
    assert len(events("escalation.exhausted")) == 1


@pytest.mark.req("PAG-12")
def test_an_acknowledgement_by_link_stops_everything_and_the_times_are_recorded(now, mail, engine):
    place = house()
    alert = fire(place.service, now)
    engine.run(now)
    link = mail.sent[0][1].link
    page = queries.page_by_token(link.rpartition("/")[2], now)
    commands.acknowledge(None, page, via="link", now=now + MINUTE)
    alert.refresh_from_db()
    page.refresh_from_db()
    assert (alert.status, alert.acknowledged_by_id, alert.acknowledged_at) == ("acknowledged", place.ada.id, now + MINUTE)
    assert (page.status, page.acknowledged_at, page.acknowledged_via) == ("acknowledged", now + MINUTE, "link")
    engine.run_until(now + MINUTE, now + 60 * MINUTE, every=MINUTE)
    assert mail.reached == ["ada@example.com"]
    assert not Attempt.objects.filter(work_state__in=("due", "leased")).exists()
    assert page.attempts.get().method.last_answered_at == now + MINUTE


def test_the_second_who_acknowledges_changes_nothing_and_sees_who_was_first(now, mail, engine):
    place = house()
    alert = fire(place.service, now)
    engine.run(now)
    engine.run(now + 5 * MINUTE)
    first, second = Page.objects.order_by("created_at")
    commands.acknowledge(None, second, via="link", now=now + 6 * MINUTE)
    answer = commands.acknowledge(None, first, via="link", now=now + 7 * MINUTE)
    alert.refresh_from_db()
    assert answer.status == "cancelled"
    assert alert.acknowledged_by_id == place.ben.id
    assert len(events("page.acknowledged")) == 1


def test_acknowledging_the_alert_on_the_web_answers_the_own_page_and_cancels_the_others(now, mail, engine):
    place = house()
    alert = fire(place.service, now)
    engine.run(now)
    engine.run(now + 5 * MINUTE)
    alerts.acknowledge(company.actor(place.ada), alert, now=now + 6 * MINUTE)
    assert {page.person.name: page.status for page in Page.objects.all()} == {"Ada": "acknowledged", "Ben": "cancelled"}


def test_a_source_that_resolves_silences_the_pages_and_shortens_the_links(now, mail, engine):
    place = house()
    alert = fire(place.service, now)
    engine.run(now)
    alerts.resolve(SYSTEM, alert, by_source=True, now=now + MINUTE)
    page = Page.objects.get()
    assert (page.status, page.closed_reason) == ("cancelled", "resolved")
    token = tokens.token_of(page.id)
    assert queries.page_by_token(token, now + dt.timedelta(hours=24)) == page
    assert queries.page_by_token(token, now + dt.timedelta(hours=24, minutes=1)) is None
    assert queries.page_of_any_token(token) == page
    engine.run_until(now + MINUTE, now + 30 * MINUTE, every=MINUTE)
    assert len(mail.sent) == 1


def test_a_link_is_valid_for_72_hours(now, mail, engine):
    fire(house().service, now)
    engine.run(now)
    token = tokens.token_of(Page.objects.get().id)
    assert queries.page_by_token(token, now + dt.timedelta(hours=71)) is not None
    assert queries.page_by_token(token, now + dt.timedelta(hours=72)) is None
    assert queries.page_by_token("no-such-token", now) is None


def test_resolving_from_the_page_resolves_the_alert(now, mail, engine):
    alert = fire(house().service, now)
    engine.run(now)
    page = commands.resolve(None, Page.objects.get(), via="link", now=now + MINUTE)
    alert.refresh_from_db()
    assert (alert.status, page.status) == (Alert.RESOLVED, "acknowledged")


def test_pass_on_calls_the_next_at_once_and_skips_whoever_passed(now, mail, engine):
    place = house(repeats=1)
    fire(place.service, now)
    engine.run(now)
    commands.pass_on(Page.objects.get(), via="link", now=now + MINUTE)
    engine.run_until(now + MINUTE, now + 10 * MINUTE)
    assert mail.reached == ["ada@example.com", "ben@example.com", "ben@example.com"], "Ada's second turn is a gap"
    with pytest.raises(Conflict):
        commands.pass_on(Page.objects.order_by("created_at").first(), via="link", now=now + 12 * MINUTE)


def test_escalate_now_takes_one_step_and_after_an_acknowledgement_goes_on_where_it_was(now, mail, engine):
    place = house()
    alert, ada = fire(place.service, now), company.actor(place.ada)
    engine.run(now)
    commands.escalate_now(ada, alert.id, now=now + MINUTE)
    engine.run(now + MINUTE)
    assert mail.reached[-1] == "ben@example.com"
    alerts.acknowledge(ada, alert, now=now + 2 * MINUTE)
    commands.escalate_now(ada, alert.id, now=now + 3 * MINUTE)
    engine.run(now + 3 * MINUTE)
    assert mail.reached[-1] == "imogen@example.com"
    commands.acknowledge(None, Page.objects.get(person=place.imogen), via="link", now=now + 4 * MINUTE)
    assert not Escalation.objects.filter(state="running").exists()


def test_a_stakeholder_may_not_steer_pages(now, mail, engine):
    alert = fire(house().service, now)
    with pytest.raises(NotAllowed):
        commands.escalate_now(company.actor(company.stakeholder()), alert.id, now=now)


def test_a_gap_is_passed_over_at_once(now, mail, engine):
    place = house()
    team = place.service.team
    empty = company.schedule(team, name="Nobody yet")
    company.cover(company.service("search", team), policy=company.policy(team, empty, place.ben, name="Gap first"))
    fire(company.service("unowned", team), now)
    other = fire(place.service.__class__.objects.get(name="search"), now, key="b")
    engine.run(now)
    assert Page.objects.filter(subject=other.id).get().person == place.ben
    assert "imogen@example.com" in mail.reached, "without a policy the last resort is paged at once"


def test_after_a_clock_that_jumped_ahead_one_step_is_taken_not_all(now, mail, engine):
    fire(house(repeats=3).service, now)
    engine.run(now)
    engine.run(now + dt.timedelta(days=1))
    assert len(mail.sent) == 2


def test_a_deactivated_person_is_not_waited_for(now, mail, engine):
    place = house()
    fire(place.service, now)
    engine.run(now)
    directory.deactivate(company.actor(company.administrator()), place.ada, now=now + MINUTE)
    engine.run(now + MINUTE)
    assert mail.reached == ["ada@example.com", "ben@example.com"]


def test_low_urgency_takes_the_same_walk_in_its_own_lane(now, mail, engine):
    alert = fire(house().service, now, severity="warning")
    engine.run(now)
    assert (alert.urgency, Attempt.objects.get().lane) == ("low", "page-low")
    assert mail.sent[0][1].subject.startswith("[WARNING #1]")


def test_an_alert_that_is_only_recorded_pages_nobody(now, mail, engine):
    fire(house().service, now, severity="info")
    engine.run(now)
    assert not Escalation.objects.exists()


def test_a_low_alert_that_becomes_high_is_paged_anew(now, mail, engine):
    place = house()
    fire(place.service, now, severity="warning")
    engine.run(now)
    fire(place.service, now + MINUTE, severity="critical")
    engine.run(now + MINUTE)
    assert mail.reached == ["ada@example.com", "ada@example.com"]
    assert [page.escalation.urgency for page in Page.objects.order_by("created_at")] == ["low", "high"]


def test_the_same_subject_is_not_escalated_twice(now, mail, engine):
    place = house()
    alert = fire(place.service, now)
    again = commands.start_escalation(SYSTEM, alert.id, {}, policy=place.service.cover.policy, now=now)
    assert again == Escalation.objects.get()


@pytest.mark.req("PAG-04")
def test_the_page_of_an_incident_names_key_severity_summary_and_link(now, mail, engine):
    place = house()
    card = {"key": "HOT-12", "severity": 1, "title": "Cards are declined", "path": "/HOT-12", "service": "checkout-api"}
    roster = company.schedule(None, place.ben, name="Managers")
    commands.start_escalation(SYSTEM, "inc_x", card, policy=None, roster=roster, now=now)
    engine.run(now)
    message = mail.sent[0][1]
    assert (message.to, message.subject) == ("ben@example.com", "[SEV1 HOT-12] checkout-api: Cards are declined")
    assert message.link in message.text
    assert "You are on call in Managers." in message.text
    assert "If nobody answers by 09:05 UTC (09:05 UTC)" in message.text


@pytest.mark.req("PAG-01", "PAG-02")
def test_policy_and_roster_are_paged_together(now, mail, engine):
    place = house()
    roster = company.schedule(None, place.imogen, name="Managers")
    policy = place.service.cover.policy
    commands.start_escalation(SYSTEM, "inc_x", {"title": "x"}, policy=policy, roster=roster, now=now)
    engine.run(now)
    assert sorted(mail.reached) == ["ada@example.com", "imogen@example.com"]


def test_a_request_to_somebody_who_was_paged_a_moment_ago_does_not_page_twice(now, mail, engine):
    place = house()
    alert = fire(place.service, now)
    engine.run(now)
    commands.page_person(company.actor(place.ben), alert.id, {"title": "x"}, place.ada, now=now + dt.timedelta(seconds=30))
    engine.run(now + dt.timedelta(seconds=30))
    assert mail.reached == ["ada@example.com"]


def test_on_hold_nothing_is_sent_and_what_would_be_is_shown(now, mail, engine):
    place = house()
    facts.put("hold", True)
    alert = fire(place.service, now)
    engine.run(now)
    assert mail.sent == []
    assert [(row.escalation.subject, row.people) for row in queries.would_page(now)] == [(alert.id, (place.ada,))]
    with pytest.raises(NotAllowed):
        commands.release_hold(company.actor(place.ada), now=now)
    assert commands.release_hold(company.actor(company.administrator()), now=now + MINUTE)
    engine.run(now + MINUTE)
    assert mail.reached == ["ada@example.com"]


def test_what_happens_next_is_told_in_order(now, mail, engine):
    place = house(wait=5)
    alert = fire(place.service, now)
    engine.run(now)
    steps = queries.next_steps(alert.id)
    assert [(round((step.at - now) / MINUTE), step.targets) for step in steps[:2]] == [
        (5, ("Ben",)),
        (10, ("Incident managers",)),
    ]
    assert steps[0].people == (place.ben,)
    assert steps[1].last_resort


def incident_of(place, now):
    """A policy's walk and a roster's walk for one incident; Ada is in the first, Imogen in the second."""
    subject = new_id("inc")
    roster = company.schedule(None, place.imogen, name="Managers")
    commands.start_escalation(SYSTEM, subject, {"title": "x"}, policy=place.service.cover.policy, now=now)
    commands.page_schedule(SYSTEM, subject, {"title": "x"}, roster, now=now)
    return subject, roster


def test_a_responder_who_answers_does_not_silence_the_incident_managers_page(now, mail, engine):
    place = house()
    subject, _ = incident_of(place, now)
    engine.run(now)
    commands.acknowledge(None, Page.objects.get(person=place.ada), via="link", now=now + MINUTE)
    assert {page.person.name: page.status for page in Page.objects.all()} == {"Ada": "acknowledged", "Imogen": "sent"}
    assert len(queries.running(subject)) == 1


def test_who_takes_the_managers_part_ends_the_walk_that_asked_for_one(now, mail, engine):
    place = house()
    subject, roster = incident_of(place, now)
    engine.run(now)
    commands.acknowledge_subject(company.actor(place.ben), subject, roster=roster, now=now + MINUTE)
    assert {page.person.name: page.status for page in Page.objects.all()} == {"Ada": "sent", "Imogen": "cancelled"}


def test_somebody_in_both_walks_gets_one_message_and_answers_both(now, mail, engine):
    place = house()
    subject = new_id("inc")
    commands.start_escalation(SYSTEM, subject, {"title": "x"}, policy=place.service.cover.policy, now=now)
    commands.page_schedule(SYSTEM, subject, {"title": "x"}, company.schedule(None, place.ada, name="Managers"), now=now)
    engine.run(now)
    assert mail.reached == ["ada@example.com"]
    assert Page.objects.filter(person=place.ada, status="sent").count() == 2
    commands.acknowledge(None, Page.objects.first(), via="link", now=now + MINUTE)
    assert queries.running(subject) == []
    assert set(Page.objects.values_list("status", flat=True)) == {"acknowledged"}


def test_another_policy_for_the_same_subject_is_a_walk_of_its_own(now, mail, engine):
    place = house()
    alert = fire(place.service, now)
    other = company.policy(place.service.team, place.ben, name="Database")
    commands.start_escalation(SYSTEM, alert.id, {"title": "x"}, policy=other, now=now)
    assert len(queries.running(alert.id)) == 2


def test_a_test_page_wakes_nobody_else_and_ends_by_itself(now, mail, engine):
    place = house()
    subject = commands.send_test(company.actor(place.ada), place.ada, now=now).subject
    engine.run_until(now, now + 20 * MINUTE, every=MINUTE)
    assert mail.reached == ["ada@example.com"]
    assert queries.running(subject) == []


def test_whoever_has_the_place_of_a_deactivated_person_is_called_at_once(now, mail, engine):
    """F29: the layer below answers; nobody of the step is called twice, and the walk goes on from there."""
    place = house(wait=5)
    rota = company.schedule(place.service.team, place.ben, name="Two")
    turns = oncall.Turns("UTC", dt.date(2026, 1, 5), dt.time(9))
    oncall.add_rotation(SYSTEM, rota, name="Top", turns=turns, members=[place.ada], now=now)
    team = place.service.team
    steps = [{"targets": [rota], "wait_minutes": 5}, {"targets": [company.person("Cho")], "wait_minutes": 5}]
    made = oncall.create_policy(SYSTEM, team=team, name="Two layers", steps=steps, repeats=0, now=now)
    oncall.cover_service(SYSTEM, place.service, policy=made, now=now)
    fire(place.service, now)
    engine.run(now)
    assert mail.reached == ["ada@example.com"]
    directory.deactivate(company.actor(company.administrator()), place.ada, now=now + MINUTE)
    engine.run(now + MINUTE + dt.timedelta(seconds=1))
    assert mail.reached == ["ada@example.com", "ben@example.com"]
    engine.run(now + 5 * MINUTE)
    assert mail.reached == ["ada@example.com", "ben@example.com"], "five minutes count from Ben's page"
    engine.run(now + 7 * MINUTE)
    assert mail.reached[2:] == ["cho@example.com"]
