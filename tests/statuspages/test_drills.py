"""Communication in a drill: drafts and feedback are kept, nothing is published, no figure counts it."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.conftest import NOW
from tests.incidents import given
from tocsin.core.errors import Conflict, Invalid, NotAllowed, NotFound
from tocsin.core.models import OutboxMail
from tocsin.incidents import commands as incidents
from tocsin.incidents import queries as incident_queries
from tocsin.insights import queries as insights
from tocsin.paging.models import Escalation
from tocsin.postmortems import queries as postmortems
from tocsin.statuspages import commands, queries
from tocsin.statuspages.models import Entry

pytestmark = pytest.mark.django_db

WORDS = {"title": "Cards fail", "body": "Every fifth payment fails. We are on it."}


def drill(there):
    return incidents.take_command(there.actor("ben"), given.declared(there, drill=True), now=given.later(1))


def draft(there, incident, **fields):
    given_words = {"status": "investigating", "internal": WORDS, "external": WORDS, "now": given.later(3), **fields}
    return commands.keep_draft(there.actor("ben"), incident, **given_words)


@pytest.mark.req("VAL-07")
def test_drafts_and_what_people_thought_of_them_are_kept():
    there = given.house()
    incident = drill(there)
    kept = draft(there, incident)
    commands.give_feedback(there.actor("sven"), kept, "I did not hear when you speak again.", now=given.later(4))
    (shown,) = queries.drill_drafts(incident)
    assert shown.words == {"internal": WORDS, "external": WORDS}
    assert [(one.author.name, one.text) for one in shown.feedback.all()] == [("Sven", "I did not hear when you speak again.")]
    told = [line.text for line in incident_queries.timeline(there.actor("ana"), incident)]
    assert {"kept, Cards fail", "I did not hear when you speak again."} <= set(told)


@pytest.mark.req("VAL-07")
def test_nothing_of_a_drill_is_published_for_anybody():
    there = given.house()
    incident = drill(there)
    for audience in ({"internal": WORDS}, {"external": WORDS}, {"internal": WORDS, "external": WORDS}):
        with pytest.raises(Conflict) as refused:
            commands.post_update(
                there.actor("ben"),
                incident,
                status="investigating",
                next_update_at=given.later(30),
                confirmation="c",
                now=given.later(3),
                **audience,
            )
        assert refused.value.code == "drill"
    given.resolved(there, incident, final={"internal": WORDS, "external": WORDS}, postmortem_owner=None)
    assert not Entry.objects.exists()
    assert not Escalation.objects.exists()
    assert not OutboxMail.objects.exists()


@pytest.mark.req("VAL-07")
def test_a_drill_is_in_no_figure_and_owes_no_postmortem():
    there = given.house()
    given.resolved(there, drill(there), postmortem_owner=None)
    day = dt.timedelta(days=1)
    assert insights.recovery(there.actor("root"), NOW - day, NOW + day).rows == []
    assert list(postmortems.missing(there.actor("root"))) == []
    assert set(incident_queries.open_counts(there.actor("root")).values()) == {0}


def test_only_drills_have_drafts_and_only_of_their_own():
    there = given.house()
    real, incident = given.fixing(there), drill(there)
    with pytest.raises(Conflict):
        draft(there, real)
    with pytest.raises(Invalid):
        draft(there, incident, internal=None, external=None)
    with pytest.raises(Invalid) as refused:
        draft(there, incident, internal={"title": "x", "body": ""})
    assert refused.value.field == "internal_body"
    with pytest.raises(NotAllowed):
        commands.keep_draft(there.actor("sven"), incident, status="investigating", internal=WORDS, now=NOW)
    with pytest.raises(NotFound):
        queries.drill_draft(real, draft(there, incident).id)
