"""The six questions about impact, and the support cases behind them."""

from __future__ import annotations

import pytest

from tests.incidents.given import declared, house, later
from tocsin.core.errors import Invalid, NotAllowed, NotFound
from tocsin.incidents import assessing, commands, queries
from tocsin.incidents.models import Incident

pytestmark = pytest.mark.django_db


@pytest.mark.req("ASS-01", "ASS-02")
def test_answers_are_kept_one_by_one_and_each_change_with_its_old_value():
    there = house()
    incident, ben = declared(there), there.actor("ben")
    commands.assess(ben, incident, customers="external", external_extent="some", external_figure="12  %", now=later(2))
    kept = commands.assess(ben, incident, internal_extent="some", internal_figure="40", seen="Cards are refused", now=later(3))
    answers = queries.answers(kept)
    assert (answers["external_figure"], answers["internal_figure"], answers["customers"]) == ("12 %", "40", "external")
    commands.assess(ben, incident, external_figure="30 %", now=later(4))
    changes = [(line.what, line.old, line.new) for line in queries.history(ben, incident) if line.event_name == "incident.assessed"]
    assert ("How many customers", "12 %", "30 %") in changes
    assert ("Who is hit", "Not known yet", "External customers") in changes
    before = len(changes)
    commands.assess(ben, incident, external_figure="30 %", now=later(5))
    assert len([line for line in queries.history(ben, incident) if line.event_name == "incident.assessed"]) == before


@pytest.mark.parametrize(
    ("answer", "field"),
    [
        ({"customers": "everybody"}, "customers"),
        ({"external_extent": "many"}, "external_extent"),
        ({"external_figure": "a lot"}, "external_figure"),
        ({"internal_figure": "1" * 21}, "internal_figure"),
        ({"factors": ["fire"]}, "factors"),
        ({"seen": "x" * 4_001}, "seen"),
        ({"weather": "bad"}, "weather"),
    ],
)
def test_what_is_no_answer_is_refused_with_its_field(answer, field):
    there = house()
    incident = declared(there)
    with pytest.raises(Invalid) as refused:
        commands.assess(there.actor("ben"), incident, **answer, now=later(2))
    assert refused.value.field == field
    assert queries.assessment(there.actor("ben"), incident) is None


@pytest.mark.req("ASS-04")
@pytest.mark.parametrize(
    ("answers", "severity"),
    [
        ({"factors": ["security"]}, 1),
        ({"factors": ["data_loss"], "external_extent": "none"}, 1),
        ({"external_extent": "all"}, 1),
        ({"external_extent": "some"}, 2),
        ({"factors": ["public"]}, 2),
        ({"internal_extent": "all", "customers": "internal"}, 2),
        ({"customers": "internal", "internal_extent": "some"}, 3),
        ({}, None),
        ({"customers": "external"}, None),
    ],
)
def test_the_answers_speak_for_a_severity(answers, severity):
    suggested = assessing.suggested(answers)
    assert (suggested[0] if suggested else None) == severity


@pytest.mark.req("DET-12", "ASS-03")
def test_labelled_cases_are_counted_until_somebody_corrects_the_number():
    there = house()
    incident, sven, ben = declared(there), there.actor("sven"), there.actor("ben")
    for number in (1, 2):
        commands.label_case(sven, incident, f"CS-{number}", url="https://desk.example/1", now=later(number))
    commands.label_case(sven, incident, "CS-1", now=later(3))
    assert Incident.objects.get(pk=incident.pk).support_cases == 2
    commands.change_fields(ben, incident, support_cases=5, now=later(4))
    commands.label_case(sven, incident, "CS-3", now=later(5))
    assert Incident.objects.get(pk=incident.pk).support_cases == 5
    assert queries.cases(ben, incident).count() == 3
    assert ("Support cases", "2", "5") in [(line.what, line.old, line.new) for line in queries.history(ben, incident)]
    commands.unlabel_case(ben, queries.case(ben, incident, "CS-3"), now=later(6))
    with pytest.raises(NotFound):
        queries.case(ben, incident, "CS-3")
    with pytest.raises(NotAllowed):
        commands.unlabel_case(sven, queries.case(ben, incident, "CS-1"), now=later(7))
    with pytest.raises(Invalid) as refused:
        commands.label_case(sven, incident, "CS-9", url="javascript:alert(1)", now=later(8))
    assert refused.value.field == "url"


@pytest.mark.req("RES-10")
def test_the_customers_behind_cases_are_followed_up_one_by_one():
    there = house()
    incident, sven = declared(there), there.actor("sven")
    case = commands.label_case(sven, incident, "CS-1", customer="Nordbahn", now=later(1))
    done = commands.follow_up_case(sven, case, now=later(2))
    assert (done.followed_up_at, done.followed_up_by) == (later(2), there.sven)
    assert commands.follow_up_case(sven, case, done=False, now=later(3)).followed_up_at is None


@pytest.mark.req("ASS-08")
def test_confirming_says_severity_and_products_to_the_room():
    there = house()
    incident, ben = declared(there, severity=2), there.actor("ben")
    done = commands.confirm_assessment(ben, incident, severity=1, products=list(there.service.products.all()), now=later(2))
    assert (done.severity, done.severity_confirmed_at) == (1, later(2))
    assert any("Sev 2 → Sev 1" in line.text for line in queries.timeline(ben, incident))
    assert set(done.products.all()) == set(there.service.products.all())


def test_a_private_incident_has_no_cases_for_others():
    there = house()
    incident = declared(there, private=True)
    for verb in (queries.cases, queries.assessment):
        with pytest.raises(NotFound):
            verb(there.actor("sven"), incident)
    with pytest.raises(NotFound):
        commands.label_case(there.actor("sven"), incident, "CS-1", now=later(1))
