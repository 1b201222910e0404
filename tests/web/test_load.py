"""Who is on call how much: bars, the same as a table, and a file."""

from __future__ import annotations

import csv
import io
import re

import pytest

from tests import company
from tests.web.walk import signed_in, world
from tocsin.directory.models import Person

pytestmark = pytest.mark.django_db


def test_the_figures_stand_in_the_plot_and_in_the_table() -> None:
    world()
    client = signed_in(company.stakeholder())
    page = client.get("/oncall/load").content.decode()
    assert "<svg" in page
    assert page.count("672 h") >= 2
    assert "672.0</td>" in page
    assert not re.search(r'd="[^"]*(?:nan|inf|,)', page)
    only = client.get("/oncall/load?schedule=payments-on-call&range=ahead13").content.decode()
    assert "Imogen</a>" not in only
    assert client.get("/oncall/load?range=odd&schedule=%00").status_code == 200


def test_the_file_says_the_same_and_holds_no_formula() -> None:
    there = world()
    Person.objects.filter(pk=there.ada.pk).update(name="=1+1")
    answer = signed_in(company.stakeholder()).get("/oncall/load.csv?range=back4&schedule=payments-on-call")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    (row,) = csv.DictReader(io.StringIO(answer.content.decode()))
    assert (row["person"], row["hours"], row["night_hours"]) == ("'=1+1", "672.00", "224.00")


def test_nobody_on_call_is_said_in_words() -> None:
    page = signed_in(company.stakeholder()).get("/oncall/load").content.decode()
    assert "Nobody is on call in this time" in page
