"""What the house has agreed on: values, organisation, backup systems, words."""

from __future__ import annotations

import datetime as dt

import pytest

from tests import company
from tests.conftest import NOW
from tocsin.core.errors import Invalid, NotAllowed, NotFound
from tocsin.core.models import Event
from tocsin.directory import agreed, commands, glossary, rules

pytestmark = pytest.mark.django_db


@pytest.fixture
def root():
    return company.actor(company.administrator())


@pytest.mark.req("VAL-01")
def test_there_is_one_value_for_each_stage_with_three_texts():
    values = agreed.values()
    assert [value.stage for value in values] == ["detect", "respond", "recover", "learn", "improve"]
    for value in values:
        assert value.name
        assert value.company_value
        assert value.rationale


@pytest.mark.req("VAL-02")
def test_values_and_the_name_of_the_organisation_are_in_the_words_of_the_workplace(root):
    commands.set_value(root, agreed.value("learn"), name="No names", company_value="Candour", now=NOW)
    learn = agreed.value("learn")
    assert (learn.name, learn.company_value) == ("No names", "Candour")
    assert learn.rationale
    assert commands.set_organisation(root, name=" Larkfield  Rail ", now=NOW).name == "Larkfield Rail"
    assert set(Event.objects.values_list("name", flat=True)) == {"value.changed", "organisation.changed"}
    commands.set_organisation(root, name="Larkfield Rail", now=NOW)
    assert Event.objects.count() == 2


def test_only_administrators_agree(root):
    ana = company.actor(company.person("Ana"))
    for attempt in (
        lambda: commands.set_value(ana, agreed.value("learn"), name="x", now=NOW),
        lambda: commands.set_organisation(ana, name="x", now=NOW),
        lambda: commands.set_backup_system(ana, agreed.backup_system("chat"), name="x", now=NOW),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    for missing in (lambda: agreed.value("x"), lambda: agreed.backup_system("x")):
        with pytest.raises(NotFound):
            missing()


def test_a_security_team_is_named_and_taken_away(root):
    team = company.team("Security")
    assert commands.set_organisation(root, security_team=team, now=NOW).security_team == team
    assert commands.set_organisation(root, name="L", now=NOW).security_team == team
    assert commands.set_organisation(root, security_team="", now=NOW).security_team is None


@pytest.mark.req("CHS-09")
def test_five_kinds_of_backup_have_a_link_and_the_day_they_were_tried(root):
    kinds = [backup.kind for backup in agreed.backup_systems()]
    assert kinds == list(rules.BACKUP_KINDS) == ["chat", "video", "documents", "state_document", "ticket"]
    chat = agreed.backup_system("chat")
    commands.set_backup_system(root, chat, name="IRC", link="https://irc.example.com", tested_on="2026-11-02", now=NOW)
    chat = agreed.backup_system("chat")
    assert (chat.name, chat.link, chat.tested_on) == ("IRC", "https://irc.example.com", dt.date(2026, 11, 2))
    assert rules.backup_is_proven(chat.link, chat.tested_on, NOW.date())
    assert not rules.backup_is_proven(chat.link, chat.tested_on, NOW.date() + dt.timedelta(days=200))
    commands.set_backup_system(root, chat, tested_on="", now=NOW)
    assert agreed.backup_system("chat").tested_on is None


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"link": "javascript:x"}, "link"), ({"tested_on": "2026-12-24"}, "tested_on"), ({"tested_on": "soon"}, "tested_on")],
)
def test_a_backup_that_cannot_be_is_refused(root, fields, field):
    with pytest.raises(Invalid) as refused:
        commands.set_backup_system(root, agreed.backup_system("chat"), now=NOW, **fields)
    assert refused.value.field == field


@pytest.mark.req("VAL-08")
@pytest.mark.parametrize(
    ("alias", "term"),
    [
        ("IM", "incident manager"),
        ("mim", "incident manager"),
        ("IMOC", "last resort"),
        ("PIR", "postmortem"),
        ("HOT", "incident"),
        ("ISD", "state document"),
        ("major incident", "incident"),
    ],
)
def test_a_word_is_found_by_what_others_call_it(alias, term):
    assert glossary.find(alias)[0].name == term


@pytest.mark.req("VAL-08")
def test_the_incident_is_defined_and_no_word_has_two_meanings():
    meaning = glossary.find("incident")[0].meaning
    for words in ("disrupts a service", "lowers its quality", "emergency response", "Major incident means the same"):
        assert words in meaning
    names = [name.lower() for term in glossary.TERMS for name in (term.name, *term.aliases)]
    assert len(names) == len(set(names))
    assert glossary.find("") == list(glossary.TERMS)
    assert glossary.find("no such word") == []
