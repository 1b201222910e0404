"""A prepared question shows each actor what the plain one shows them."""

from __future__ import annotations

import pytest
from django.db.models import QuerySet

from tests.incidents import given
from tocsin.incidents import permissions, queries
from tocsin.incidents.models import Incident, RoleAssignment

pytestmark = pytest.mark.django_db
EVERYBODY = ("ana", "ben", "imogen", "sven", "root")


def of_severity(severity: int) -> QuerySet[Incident]:
    return Incident.objects.filter(severity=severity).order_by("number")


def roles_in(severity: int) -> QuerySet[RoleAssignment]:
    return RoleAssignment.objects.filter(incident__severity=severity).order_by("id")


def test_each_actor_gets_what_the_plain_question_brings() -> None:
    there = given.house()
    given.fixing(there), given.fixing(there, by="ana", private=True), given.declared(there, by="imogen", private=True)
    rows, through = permissions.Visible(of_severity, to=""), permissions.Visible(roles_in)
    seen = {}
    for name in EVERYBODY:
        actor = there.actor(name)
        assert rows(actor, 1) == list(permissions.visible(actor, of_severity(1)))
        assert through(actor, 1) == list(permissions.visible_through(actor, roles_in(1)))
        seen[name] = len(rows(actor, 1))
    assert seen == {"ana": 2, "ben": 1, "imogen": 2, "sven": 1, "root": 3}


def test_no_more_rows_are_read_than_asked_for() -> None:
    there = given.house()
    given.declared(there), given.declared(there)
    assert len(permissions.Visible(of_severity, to="", most=1)(there.actor("ana"), 1)) == 1


def test_what_concerns_somebody_is_what_they_report_run_or_help_with() -> None:
    there = given.house()
    run, reported = given.fixing(there), given.declared(there, by="ben", severity=3)
    given.resolved(there)
    assert queries.concerning(there.actor("ben")) == [run, reported]
    assert queries.concerning(there.actor("ana")) == [run]
    assert queries.concerning(there.actor("sven")) == []
    assert queries.roles_held(there.actor("ben"), [run, reported])[run.id] == ["incident_manager"]
