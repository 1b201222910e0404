"""What the severities mean: written by administrators, in versions, signed by teams."""

from __future__ import annotations

import pytest

from tests import company
from tests.conftest import NOW
from tocsin.core.errors import Conflict, Invalid, NotAllowed
from tocsin.directory import agreed, commands, queries

pytestmark = pytest.mark.django_db


@pytest.mark.req("ASS-06")
def test_there_are_three_each_with_meaning_and_examples():
    levels = list(queries.severities())
    assert [level.number for level in levels] == [1, 2, 3]
    assert all(level.meaning and len(level.examples.splitlines()) >= 2 for level in levels)


@pytest.mark.req("ASS-07")
def test_a_change_of_words_is_a_new_version_that_teams_sign_anew():
    mia, root = company.person("Mia"), company.actor(company.administrator())
    payments, search = company.team("Payments", manager=mia), company.team("Search")
    assert (agreed.matrix().version, agreed.matrix().changed_at, len(agreed.matrix().waiting)) == (1, None, 2)
    commands.sign_severities(company.actor(mia), payments, now=NOW)
    commands.sign_severities(company.actor(mia), payments, version=1, now=NOW)
    found = agreed.matrix()
    assert [(one.team, one.version, one.at, one.by) for one in found.signed] == [(payments, 1, NOW, mia)]
    assert found.waiting == (search,)
    level = found.severities[0]
    commands.set_severity_meaning(root, 1, name=level.name, meaning=level.meaning, examples=level.examples, now=NOW)
    assert agreed.matrix().version == 1
    commands.set_severity_meaning(root, 1, name="Critical", meaning="All stands still.", examples="Nobody can pay", now=NOW)
    found = agreed.matrix()
    assert (found.version, found.changed_at, found.signed[0].version) == (2, NOW, 1)
    assert found.waiting == (payments, search)
    with pytest.raises(Conflict) as refused:
        commands.sign_severities(root, search, version=1, now=NOW)
    assert refused.value.field == "version"


def test_a_manager_signs_for_the_own_team_only_and_examples_have_a_limit():
    mia = company.person("Mia")
    company.team("Payments", manager=mia)
    with pytest.raises(NotAllowed):
        commands.sign_severities(company.actor(mia), company.team("Search"), now=NOW)
    with pytest.raises(NotAllowed):
        commands.set_severity_meaning(company.actor(mia), 1, name="A", meaning="B", now=NOW)
    with pytest.raises(Invalid) as refused:
        commands.set_severity_meaning(
            company.actor(company.administrator()), 1, name="A", meaning="B", examples="x" * 2_001, now=NOW
        )
    assert refused.value.field == "examples"


@pytest.mark.req("ASS-10")
def test_a_service_says_what_tells_its_sev_1_from_its_sev_2():
    root, service = company.actor(company.administrator()), company.service("Checkout API")
    changed = commands.change_service(root, service, severity_guidance="Sev 1 from 5 % refused cards on.", now=NOW)
    assert changed.severity_guidance == "Sev 1 from 5 % refused cards on."
    with pytest.raises(Invalid) as refused:
        commands.change_service(root, service, severity_guidance="x" * 1_001, now=NOW)
    assert refused.value.field == "severity_guidance"
