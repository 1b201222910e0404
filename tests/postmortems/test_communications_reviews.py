"""Communications reviews: picked of thirty days, walked, noted, acted on, and met again about."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.incidents.given import at, fixing, house, later, resolved
from tests.statuspages.test_publishing import published
from tocsin.core.errors import Conflict, Invalid, NotAllowed, NotFound
from tocsin.core.models import Event, OutboxMail
from tocsin.incidents import commands as incidents
from tocsin.incidents.queries import TimelineLine
from tocsin.postmortems import commands as postmortems
from tocsin.postmortems.communication import commands, jobs, queries, rules
from tocsin.postmortems.communication.models import ReviewNote, ReviewReminder

DAY = dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "months", "found"),
    [
        (dt.date(2026, 11, 30), 3, dt.date(2027, 2, 28)),
        (dt.date(2026, 1, 31), 1, dt.date(2026, 2, 28)),
        (dt.date(2026, 12, 15), 12, dt.date(2027, 12, 15)),
    ],
)
def test_the_same_day_some_months_later(day, months, found):
    assert rules.months_on(day, months) == found


def test_days_lie_ahead():
    today = dt.date(2026, 11, 19)
    assert rules.regroup_day(None, today) == dt.date(2026, 12, 17)
    assert rules.next_day(None, today, 3) == dt.date(2027, 2, 19)
    for wrong in (today, dt.date(2028, 1, 1)):
        with pytest.raises(Invalid) as refused:
            rules.regroup_day(wrong, today)
        assert refused.value.field == "regroup_on"
    with pytest.raises(Invalid, match="1 to 12"):
        rules.next_day(None, today, 13)


class Line:
    def __init__(self, minute: int, name: str) -> None:
        self.at, self.event_name = later(minute), name


def test_the_walk_goes_from_the_first_alert_to_the_last_words_to_customers():
    lines = [Line(9, "incident.resolved"), Line(1, "alert.triggered"), Line(0, "impact"), Line(4, "message.posted")]
    lines += [Line(5, "update.published"), Line(3, "incident.declared")]
    walked = [line.event_name for line in rules.walk(lines, later(5))]
    assert walked == ["alert.triggered", "incident.declared", "update.published"]
    assert [line.event_name for line in rules.walk(lines, None)][-1] == "incident.resolved"


def finished(there):
    """An incident with words to customers, resolved at 09:30."""
    incident = fixing(there)
    published(there, incident)
    return resolved(there, incident, final={}, leave_open={})


def begun(there, **fields):
    values = {"scribe": there.ana, "now": at(10), **fields}
    return commands.start_review(there.actor("ben"), finished(there), **values)


@pytest.mark.req("FCO-12")
@pytest.mark.django_db
def test_a_review_is_begun_of_the_last_thirty_days_walked_noted_and_acted_on():
    there = house()
    incident = finished(there)
    assert [one.key for one in queries.candidates(there.actor("ben"), at(10))] == [incident.key]
    assert not queries.candidates(there.actor("ben"), at(10) + 31 * DAY)
    review = commands.start_review(there.actor("ben"), incident, scribe=there.ana, now=at(10))
    assert (review.lead, review.scribe) == (there.ben, there.ana)
    assert commands.start_review(there.actor("ana"), incident, scribe=there.ben, now=at(11)) == review
    points = queries.walk(there.actor("ben"), review)
    said = next(one for one in points if one.line.event_name == "update.published")
    assert set(said.words) == {"internal", "external"}
    commands.note_review(there.actor("ana"), review, at=said.at, about="Update", text="Ten minutes late.", now=at(10, 5))
    commands.note_review(there.actor("ana"), review, at=at(8, 1), text="Nobody knew the number.", now=at(10, 6))
    points = queries.walk(there.actor("ben"), review)
    assert [note.text for one in points for note in one.notes if one.at == said.at] == ["Ten minutes late."]
    assert [note.text for note in queries.elsewhere(points, review)] == ["Nobody knew the number."]
    for kind in ("technology", "people", "process"):
        step = f"ask about {kind}"
        commands.act_on_review(there.actor("ben"), review, title=kind, kind=kind, owner=there.ana, next_step=step, now=at(10, 9))
    made = queries.actions(review)
    assert [(one.kind, one.owner.name, one.next_step) for one in made] == [
        ("people", "Ana", "ask about people"),
        ("process", "Ana", "ask about process"),
        ("technology", "Ana", "ask about technology"),
    ]
    assert made[0].due_on == at(10).date() + dt.timedelta(weeks=4)


@pytest.mark.req("FCO-13")
@pytest.mark.django_db
def test_completing_sets_a_regroup_and_a_reminder_that_comes_back():
    there = house()
    review = begun(there)
    first = commands.act_on_review(
        there.actor("ben"), review, title="Write it", kind="process", owner=there.imogen, next_step="Ask Sven", now=at(10)
    )
    done = commands.act_on_review(
        there.actor("ben"), review, title="Done", kind="people", owner=there.root, next_step="Call", now=at(10)
    )
    postmortems.complete_action(there.actor("root"), done, now=at(10, 1))
    review = commands.complete_review(there.actor("ben"), review, now=at(10, 30))
    today = at(10).date()
    assert (review.regroup_on, review.next_on) == (today + dt.timedelta(weeks=4), rules.months_on(today, 3))
    assert queries.next_due(at(11)) == review.next_on
    assert jobs.remind_due(at(10) + 27 * DAY) == 0
    assert jobs.remind_due(at(12) + 28 * DAY) == 1
    mails = OutboxMail.objects.filter(subject__contains="Regroup today")
    assert {mail.to for mail in mails} == {there.ben.email, there.ana.email, there.imogen.email}
    assert f"x/{first.number} Imogen: Write it; next: Ask Sven" in mails[0].body
    months = [dt.datetime.combine(rules.months_on(today, some), dt.time(12), tzinfo=dt.UTC) for some in (3, 6)]
    for number, moment in enumerate(months, 1):
        assert jobs.remind_due(moment) == 1
        assert OutboxMail.objects.filter(subject="The next communications review is due", to=there.ben.email).count() == number
    assert ReviewReminder.objects.get(work_state="due").due_at.date() == rules.months_on(today, 9)


@pytest.mark.django_db
def test_a_later_review_takes_over_the_reminder_of_the_next_one():
    there = house()
    first = commands.complete_review(there.actor("ben"), begun(there), now=at(10))
    again = commands.start_review(there.actor("ben"), first.incident, scribe=there.ana, now=at(11))
    commands.complete_review(there.actor("ben"), again, every_months=6, next_on=at(10).date() + 90 * DAY, now=at(12))
    assert list(ReviewReminder.objects.filter(kind="next", work_state="due").values_list("review", flat=True)) == [again.pk]
    assert ReviewReminder.objects.filter(kind="regroup", work_state="due").count() == 2


@pytest.mark.django_db
def test_what_is_not_over_too_old_or_a_drill_is_refused():
    there = house()
    running = fixing(there)
    with pytest.raises(Conflict, match="not resolved"):
        commands.start_review(there.actor("ben"), running, scribe=there.ana, now=at(10))
    drill = resolved(there, incidents.take_command(there.actor("ben"), _drill(there), now=later(1)), postmortem_owner=None)
    assert drill.key not in {one.key for one in queries.candidates(there.actor("ben"), at(10))}
    with pytest.raises(Conflict, match="drill"):
        commands.start_review(there.actor("ben"), drill, scribe=there.ana, now=at(10))
    old = resolved(there, running)
    with pytest.raises(Conflict, match="30 days"):
        commands.start_review(there.actor("ben"), old, scribe=there.ana, now=at(10) + 31 * DAY)
    with pytest.raises(Invalid, match="Name the person"):
        commands.start_review(there.actor("ben"), old, scribe=None, now=at(10))
    with pytest.raises(NotAllowed):
        commands.start_review(there.actor("sven"), old, scribe=there.ana, now=at(10))


def line(at, kind, text):
    return TimelineLine(at, kind, "dot", "Ben", "", text, quiet=False, event_name="update.published", group="key")


def test_a_note_finds_its_line_by_the_millisecond_and_of_several_by_its_words():
    exact = at(9).replace(microsecond=123_456)
    lines = [line(exact, "Declared", "Cards fail"), line(exact, "Severity", "2 " + "long " * 90), line(at(9, 1), "Update", "x")]
    told = {"at": exact.replace(microsecond=123_000)}
    notes = [
        ReviewNote(**told, about=f"Severity {lines[1].text[:199]}…", text="of the second"),
        ReviewNote(**told, text="of the first"),
    ]
    notes += [ReviewNote(at=at(9, 2), text="elsewhere"), ReviewNote(**told, about="what was corrected since", text="first again")]
    found = queries._by_place(lines, notes)
    assert {place: [note.text for note in some] for place, some in found.items()} == {
        0: ["of the first", "first again"],
        1: ["of the second"],
    }


def _drill(there):
    return incidents.declare(there.actor("ben"), summary="Exercise", severity=3, drill=True, now=later(0))


@pytest.mark.django_db
def test_a_completed_review_takes_no_more_notes():
    there = house()
    review = commands.complete_review(there.actor("ben"), begun(there), now=at(10))
    with pytest.raises(Conflict, match="completed"):
        commands.note_review(there.actor("ben"), review, at=at(9), text="late", now=at(11))
    with pytest.raises(Conflict, match="completed"):
        commands.complete_review(there.actor("ben"), review, now=at(11))


@pytest.mark.django_db
def test_a_private_incident_is_reviewed_by_those_who_may_know_and_its_mails_say_nothing():
    there = house()
    breach = incidents.declare(there.actor("ben"), summary="Breach", severity=3, private=True, now=later(0))
    private = incidents.take_command(there.actor("ben"), breach, now=later(1))
    private = resolved(there, private, postmortem_owner=None)
    assert not queries.candidates(there.actor("ana"), at(10))
    review = commands.start_review(there.actor("ben"), private, scribe=there.ana, now=at(10))
    assert queries.review(there.actor("ana"), review.id)
    with pytest.raises(NotFound):
        queries.review(there.actor("imogen"), review.id)
    commands.act_on_review(there.actor("ben"), review, title="Tell law", kind="people", owner=there.ben, next_step="x", now=at(10))
    commands.complete_review(there.actor("ben"), review, now=at(10))
    jobs.remind_due(at(12) + 28 * DAY)
    body = "".join(mail.subject + mail.body for mail in OutboxMail.objects.filter(subject__contains="Regroup"))
    assert private.key in body
    assert "Breach" not in body
    assert "Tell law" not in body
    assert Event.objects.filter(name="review.completed").exists()
