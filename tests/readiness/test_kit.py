"""The offline kit: what is in it, what is not, when it is made."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile

import pytest

from tests import company
from tests.conftest import NOW
from tests.incidents import given
from tocsin.core.actor import SYSTEM
from tocsin.core.errors import NotAllowed, NotFound
from tocsin.directory import commands as directory
from tocsin.readiness import commands, jobs, packing, queries, rules
from tocsin.readiness.models import Kit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.TOCSIN = settings.TOCSIN.model_copy(update={"data": tmp_path})
    return tmp_path


@pytest.mark.req("CHS-10")
def test_it_holds_all_parts_and_shows_its_age():
    there = given.house()
    incident = given.fixing(there)
    directory.set_organisation(there.actor("root"), name="Larkfield", now=NOW)
    page = commands.make_kit(SYSTEM, now=given.later(5)).files[packing.PAGE]
    for words in (
        "Offline kit of Larkfield",
        "20 November 2026, 09:05 UTC",
        'id="age"',
        "ana@example.com",
        "Payments incident managers",
        "Last resort: <b>Imogen</b>",
        "Critical",
        "IM responsibility",
        "First words to customers",
        incident.key,
        "Backup systems",
    ):
        assert words in page, words


@pytest.mark.req("CHS-10")
def test_the_page_needs_nothing_but_itself():
    given.house()
    page = commands.make_kit(SYSTEM, now=NOW).files[packing.PAGE]
    assert not re.search(r'(?:src|href)="(?!#)', page)
    assert "default-src 'none'" in page
    assert "sha256-STYLE" not in page
    assert "sha256-SCRIPT" not in page
    assert "<style>@layer" in page


@pytest.mark.req("CHS-10")
def test_private_incidents_and_drills_are_never_in_it():
    there = given.house()
    given.declared(there, by="root", summary="A breach nobody knows", private=True)
    given.declared(there, summary="Fire on deck", drill=True)
    given.resolved(there, given.fixing(there, summary="Long over"))
    kit = commands.make_kit(company.actor(there.root), now=given.later(5))
    for text in kit.files.values():
        for words in ("breach", "Fire on deck", "Long over"):
            assert words not in text


def test_it_is_for_those_who_may_see_telephone_numbers():
    there = given.house()
    with pytest.raises(NotFound):
        queries.newest(there.actor("ana"))
    commands.make_kit(there.actor("ana"), now=NOW)
    assert queries.newest(there.actor("ana")).made_at == NOW
    for attempt in (lambda: queries.newest(there.actor("sven")), lambda: commands.make_kit(there.actor("sven"), now=NOW)):
        with pytest.raises(NotAllowed):
            attempt()


def test_the_archive_holds_tables_in_which_nothing_is_a_formula(tmp_path):
    there = given.house()
    there.ana.name = "=HYPERLINK(1)"
    there.ana.save()
    commands.make_kit(SYSTEM, now=NOW)
    archive = zipfile.ZipFile(tmp_path / "kit" / commands.ARCHIVE)
    assert set(archive.namelist()) >= {
        packing.PAGE,
        "contacts.csv",
        "rota.csv",
        "call-tree.txt",
        "cheat-sheet.txt",
        "incidents.txt",
    }
    rows = list(csv.reader(io.StringIO(archive.read("contacts.csv").decode())))
    assert ["'=HYPERLINK(1)", "ana@example.com"] in [row[:2] for row in rows]
    rota = list(csv.reader(io.StringIO(archive.read("rota.csv").decode())))
    assert rota[1][1] == "2026-11-20T09:00:00Z"
    assert (tmp_path / "kit" / packing.PAGE).stat().st_mode & 0o077 == 0


@pytest.mark.req("CHS-10")
def test_the_engine_makes_one_each_night_and_the_first_at_once():
    jobs.nightly(NOW)
    assert not Kit.objects.exists()
    given.house()
    for hours, count in ((0, 1), (1, 1), (16, 1), (17, 2), (18, 2), (41, 3), (65, 3)):
        jobs.nightly(NOW + dt.timedelta(hours=hours))
        assert Kit.objects.count() == count, hours
    assert queries.latest() == NOW + dt.timedelta(hours=65)


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        (None, NOW, True),
        (NOW, NOW, False),
        (NOW.replace(hour=1), NOW.replace(hour=1, minute=59), False),
        (NOW.replace(hour=1, minute=59), NOW.replace(hour=2), True),
        (NOW + dt.timedelta(days=3), NOW, False),
    ],
)
def test_a_kit_is_due_when_its_night_has_none(last, now, due):
    assert rules.is_due(last, now) is due
