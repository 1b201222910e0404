"""The palette: navigate, search and act, by the names that the command line has."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest
from django.test import Client

from tests import company
from tests.web.walk import signed_in
from tocsin.cli.app import REMOTE
from tocsin.core.clock import now
from tocsin.directory.models import Person
from tocsin.incidents import commands
from tocsin.incidents.verbs import VERBS
from tocsin.web.frame.places import ACTS

pytestmark = pytest.mark.django_db


def choices(client: Client, q: str = "", origin: str = "/") -> dict[str, str]:
    """Words and address of every choice."""
    html = client.get("/palette", {"q": q, "from": origin}).text
    return dict(re.findall(r'href="([^"]+)"><span>([^<]+)</span>', html))


def verbs_of_the_command_line() -> Iterable[str]:
    for noun in REMOTE:
        for command in noun.registered_commands:
            yield f"{noun.info.name} {command.name}"


def declared(actor: Person, summary: str, *, private: bool = False) -> str:
    return commands.declare(company.actor(actor), summary=summary, severity=3, private=private, now=now()).key


def test_everything_to_do_has_its_name_from_the_command_line() -> None:
    known = set(verbs_of_the_command_line())
    assert [one.verb for one in ACTS if one.verb not in known] == []
    said = {f"incident {verb.name}" for verb in VERBS} | {"update post"}
    typed_only = {"incident post-update", "incident catch-up", "incident verbs"}
    assert said - known - typed_only == set()


def test_it_goes_finds_and_acts() -> None:
    ana = company.person("Ana", role=Person.ADMINISTRATOR)
    company.team("Payments", ana)
    key = declared(ana, "Payments are refused")
    client = signed_in(ana)
    found = choices(client, "paym")
    assert found[f"/{key}"] == f"{key} Payments are refused"
    assert found["/t/payments"] == "Payments"
    assert choices(client, "declare")["/declare"] == "Declare an incident"
    assert choices(client, "audit")["/admin/audit"]
    inside = choices(client, "severity", f"/{key}/talk")
    assert f"/{key}?say=%2Fsev+#say" in inside
    assert "/sev </textarea>" in client.get(f"/{key}?say=%2Fsev+").text
    assert choices(client, "resolve", f"/{key}")[f"/{key}/resolve"]


def test_nobody_is_offered_what_is_not_theirs() -> None:
    ana, ben, guest = company.person("Ana"), company.person("Ben"), company.stakeholder()
    key = declared(ana, "A breach of the vault", private=True)
    assert f"/{key}" in choices(signed_in(ana), "breach")
    for other in (ben, guest):
        assert choices(signed_in(other), "breach", f"/{key}") == {}
        assert not any(key in path for path in choices(signed_in(other), "", f"/{key}"))
    assert "/admin" not in choices(signed_in(ben), "administration")
    assert "/incidents/import" not in choices(signed_in(guest), "import")


ODD = ["'", "%", "_", "\x00", "<b>", "#99999999999999999999", "HOT-999999999999", "🙂" * 90, " " * 500, "((("]


@pytest.mark.parametrize("q", ODD)
def test_odd_words_find_nothing_and_break_nothing(q: str) -> None:
    answer = signed_in(company.person("Ana")).get("/palette", {"q": q, "from": q})
    assert answer.status_code == 200
    assert "<b>" not in answer.text


def test_without_a_script_the_search_offers_the_same() -> None:
    client = signed_in(company.person("Ana"))
    html = client.get("/search", {"q": "declare"}).text
    assert 'href="/declare">Declare an incident</a>' in html
    assert "incident declare" in html
    assert 'href="/oncall/load"' in client.get("/search", {"q": "load"}).text
