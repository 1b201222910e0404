"""Confirmed words that wait: taken back, let go, refused, and what the clocks make of them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.conf import settings

from tests.incidents.given import fixing, house, later, resolved
from tests.statuspages.test_clocks import reminded, run_engine
from tests.statuspages.test_publishing import INSIDE, OUTSIDE
from tocsin.core.errors import Conflict, Invalid, NotAllowed
from tocsin.core.eventlog import sealing
from tocsin.core.models import Event, OutboxMail
from tocsin.incidents import commands as incidents
from tocsin.incidents.models import Incident
from tocsin.paging import auditing
from tocsin.statuspages.clocks import queries as clocks
from tocsin.statuspages.held import commands, jobs, queries
from tocsin.statuspages.held.models import HeldUpdate
from tocsin.statuspages.models import Update

pytestmark = pytest.mark.django_db
SECOND = 1 / 60
WORDS = {"status": "investigating", "internal": INSIDE, "external": OUTSIDE, "next_update_at": later(60)}


@pytest.fixture(autouse=True)
def five_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "TOCSIN", settings.TOCSIN.model_copy(update={"hold_seconds": 5}))


def hold(there, incident: Incident, *, at: dt.datetime | None = None, now: dt.datetime | None = None, **fields) -> HeldUpdate:
    words = {**WORDS, "confirmation": "form 1", **fields}
    return commands.hold(there.actor("ben"), incident, **words, at=at, now=now or later(5))


def engine(minutes: float) -> int:
    return jobs.publish_due(later(minutes))


@pytest.mark.req("ICO-10")
def test_nobody_reads_confirmed_words_before_five_seconds_are_over():
    there = house()
    held = hold(there, fixing(there))
    assert engine(5 + 4.9 * SECOND) == 0
    assert not Update.objects.exists()
    assert engine(5 + 5 * SECOND) == 1
    assert {update.at for update in Update.objects.all()} == {held.confirmed_at}
    assert engine(60) == 0
    held.refresh_from_db()
    assert (held.state, held.work_state) == ("published", "done")


def test_their_events_are_not_called_late_because_they_bear_the_instant_of_the_confirmation():
    there = house()
    hold(there, fixing(there))
    while sealing.seal(later(5)):
        pass
    engine(5 + 6 * SECOND)
    now = later(5 + 6 * SECOND)
    waited = sealing.oldest_unsealed(now)
    assert waited is not None
    assert waited > sealing.RED_AFTER
    assert sealing.late(now) is None
    assert "Events wait too long to be sealed." not in auditing.problems(now)


def test_the_same_confirmation_is_held_and_published_once():
    there = house()
    incident = fixing(there)
    assert hold(there, incident) == hold(there, incident)
    engine(6)
    assert hold(there, incident, now=later(7)).state == "published"
    assert Update.objects.count() == 2


def test_what_is_taken_back_is_read_by_nobody_and_its_words_are_kept():
    there = house()
    incident = fixing(there)
    held = commands.take_back(there.actor("imogen"), hold(there, incident), now=later(5 + SECOND))
    assert engine(60) == 0
    assert not Update.objects.exists()
    assert (held.state, held.words["external"]["body"]) == ("taken_back", WORDS["external"]["body"])
    with pytest.raises(Conflict, match="taken back already"):
        commands.take_back(there.actor("ben"), held, now=later(6))


def test_what_has_gone_out_cannot_be_taken_back():
    there = house()
    held = hold(there, fixing(there))
    engine(6)
    with pytest.raises(Conflict, match="gone out"):
        commands.take_back(there.actor("ben"), held, now=later(7))


def test_a_process_that_ended_with_it_in_hand_leaves_it_to_the_next():
    there = house()
    held = hold(there, fixing(there))
    HeldUpdate.objects.filter(pk=held.pk).update(work_state="leased", lease_owner="gone", lease_until=later(5.5), fence=1)
    assert engine(5.4) == 0
    assert engine(5.6) == 1
    assert Update.objects.count() == 2


@pytest.mark.req("FCO-04")
def test_a_chosen_time_is_kept_and_may_be_cut_short():
    there = house()
    incident = fixing(there)
    held = hold(there, incident, at=later(90), next_update_at=later(120))
    assert engine(89) == 0
    commands.send_now(there.actor("ben"), held, now=later(80))
    assert {update.at for update in Update.objects.all()} == {later(80)}
    assert engine(91) == 0
    for wrong in (later(5), later(4), later(60 * 24 * 40)):
        with pytest.raises(Invalid) as caught:
            hold(there, incident, at=wrong, confirmation="another")
        assert caught.value.field == "at"


def test_a_promise_counts_from_when_the_words_go_out():
    there = house()
    with pytest.raises(Invalid):
        hold(there, fixing(there), at=later(90), next_update_at=later(60))


def test_whoever_confirms_second_reads_the_first():
    there = house()
    incident = fixing(there)
    hold(there, incident)
    with pytest.raises(Conflict, match="Read them first"):
        hold(there, incident, confirmation="form 2", now=later(5 + SECOND))


def test_words_that_can_no_longer_be_said_are_refused_and_their_author_hears_why():
    there = house()
    incident = fixing(there)
    held = hold(there, incident, at=later(90), next_update_at=later(200))
    incidents.change_fields(there.actor("ben"), incident, private=True, now=later(10))
    engine(91)
    held.refresh_from_db()
    assert (held.state, held.work_state) == ("refused", "failed")
    assert "private" in held.why
    assert OutboxMail.objects.get(subject__contains="Not published").to == there.ben.email
    assert not Update.objects.exists()
    assert queries.waiting(incident) == []


def test_somebody_who_left_says_nothing_any_more():
    there = house()
    held = hold(there, fixing(there), at=later(90), next_update_at=later(200))
    type(there.ben).objects.filter(pk=there.ben.pk).update(is_active=False)
    engine(91)
    held.refresh_from_db()
    assert (held.state, "has left since" in held.why) == ("refused", True)


def test_only_who_may_publish_may_hold_or_take_back():
    there = house()
    incident = fixing(there)
    held = hold(there, incident)
    for act in (commands.take_back, commands.send_now):
        with pytest.raises(NotAllowed):
            act(there.actor("sven"), held, now=later(5))
    with pytest.raises(NotAllowed):
        commands.hold(there.actor("sven"), incident, **{**WORDS, "confirmation": "x"}, now=later(5))


@pytest.mark.req("ICO-09")
@pytest.mark.parametrize(("confirmed", "late"), [(29.97, []), (31, ["external", "internal"])])
def test_clocks_count_from_the_confirmation(confirmed: float, late: list[str]):
    there = house()
    incident = fixing(there)
    run_engine(29)
    if confirmed < 30:
        hold(there, incident, now=later(confirmed), next_update_at=later(120))
    run_engine(30)
    if confirmed > 30:
        hold(there, incident, now=later(confirmed), next_update_at=later(120))
    assert sorted(reminded("due")) == late
    engine(32)
    run_engine(33)
    assert sorted(reminded("due")) == late
    assert {one.said_at for one in clocks.clocks(incident)} == {later(confirmed)}


def test_resolving_meanwhile_lets_no_old_words_out():
    there = house()
    incident = fixing(there)
    held = hold(there, incident, at=later(600), next_update_at=later(700))
    resolved(there, incident)
    engine(601)
    held.refresh_from_db()
    assert held.state == "refused"
    assert Event.objects.filter(name="update.refused", context=incident.id).count() == 1


def test_what_postgresql_cannot_keep_waits_as_a_blank_and_is_said_so():
    there = house()
    held = hold(there, fixing(there), internal={"title": "Cards\x00fail", "body": "a\x1fb"}, external=None)
    held.refresh_from_db()
    assert held.words["internal"] == {"title": "Cards fail", "body": "a b"}
    assert engine(6) == 1
    assert Update.objects.get().body == "a b"
