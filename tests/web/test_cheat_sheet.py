"""The cheat sheet, checklists, values, glossary, readiness, changes, the kit and the import in the browser."""

from __future__ import annotations

import io
import json
import re
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests import company
from tests.conftest import NOW
from tests.incidents.test_importing import FILE
from tests.web.walk import World, signed_in, world
from tocsin.core import clock
from tocsin.core.actor import SYSTEM
from tocsin.directory import agreed
from tocsin.directory import commands as directory
from tocsin.incidents import commands
from tocsin.incidents.models import Incident, SheetItem
from tocsin.readiness import commands as readiness

pytestmark = pytest.mark.django_db


@pytest.fixture
def there() -> World:
    return world()


@pytest.fixture
def ada(there: World) -> Client:
    return signed_in(there.ada)


@pytest.fixture
def root(there: World) -> Client:
    return signed_in(company.administrator())


@pytest.fixture
def incident(there: World) -> Incident:
    return commands.declare(company.actor(there.ada), summary="Cards fail", severity=2, service=there.checkout, now=clock.now())


def words(answer: object) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))  # type: ignore[attr-defined]


@pytest.mark.req("CHS-01")
def test_the_sheet_is_at_its_short_link_with_all_sections(ada: Client) -> None:
    page = words(ada.get("/go/mimcheatsheet", follow=True))
    for section in ("Connect", "Open Communications", "Periodic Tasks", "Handover", "Backup Systems", "IM responsibility"):
        assert section in page
    assert "every 30 min" in page


@pytest.mark.req("CHS-02")
def test_a_line_is_ticked_skipped_and_opened_again(ada: Client, incident: Incident, there: World) -> None:
    item, other = SheetItem.objects.filter(section="communications")[2], SheetItem.objects.filter(section="connect")[0]
    assert ada.post("/HOT-1/checklist", {"do": "tick", "item": item.id})["Location"] == "/HOT-1/checklist#communications"
    refused = ada.post("/HOT-1/checklist", {"do": "skip", "item": other.id, "reason": ""})
    assert refused.status_code == 422
    assert "Reason must not be empty." in words(refused)
    ada.post("/HOT-1/checklist", {"do": "skip", "item": other.id, "reason": "I sit in the house"})
    page = words(signed_in(there.bo).get("/HOT-1/checklist"))
    assert re.search(r"who you are and that you run this Ada \d\d:\d\d", page)
    assert "Skipped: I sit in the house" in page
    ada.post("/HOT-1/checklist", {"do": "untick", "item": item.id})
    assert incident.marks.count() == 1
    assert signed_in(company.stakeholder()).post("/HOT-1/checklist", {"do": "tick", "item": item.id}).status_code == 403


@pytest.mark.req("CHS-06", "VAL-03")
def test_the_incident_shows_what_is_due_again_and_the_value_of_its_stage(ada: Client, incident: Incident, moved_clock) -> None:
    ada.post("/HOT-1/command")
    assert "Next: Observations" in words(ada.get("/HOT-1"))
    moved_clock.forward(minutes=31)
    page = ada.get("/HOT-1")
    assert 'href="/HOT-1/update">Communicate' in page.text
    assert re.search(r"due \d\d:\d\d", words(page))
    assert agreed.value("detect").name in words(page)


@pytest.mark.req("CHS-12")
def test_who_takes_command_for_the_first_time_is_told_what_it_means(ada: Client, incident: Incident) -> None:
    assert "Until it is resolved this incident goes before all other work" in words(ada.post("/HOT-1/command", follow=True))
    commands.declare(SYSTEM, summary="Another", severity=3, now=clock.now())
    assert "goes before all other work" not in words(ada.post("/HOT-2/command", follow=True))


@pytest.mark.req("VAL-03")
def test_the_pages_of_each_stage_show_its_value(ada: Client, incident: Incident) -> None:
    ada.post("/HOT-1/command")
    for path, stage in (("/declare", "detect"), ("/HOT-1/page", "respond"), ("/HOT-1/resolve", "recover"), ("/actions", "improve")):
        assert agreed.value(stage).name in words(ada.get(path)), path


@pytest.mark.req("VAL-02")
def test_new_words_of_a_value_are_shown_wherever_it_is(root: Client, ada: Client) -> None:
    assert root.post("/admin/values", {"stage": "improve", "name": "Mend for good"}).status_code == 302
    assert root.post("/admin/organisation", {"name": "Larkfield", "security_team": ""}).status_code == 302
    assert root.post("/admin/values", {"stage": "improve", "name": ""}).status_code == 422
    for path in ("/values", "/actions"):
        assert "Mend for good" in words(ada.get(path))
    assert "What Larkfield holds to" in words(ada.get("/values"))


@pytest.mark.req("VAL-01", "VAL-04")
def test_the_values_page_has_five_rows_and_three_purposes(ada: Client) -> None:
    page = words(ada.get("/values"))
    for one in ("Decide alone", "Act alike", "Mean the same", "skipped with a reason", *(value.name for value in agreed.values())):
        assert one in page


@pytest.mark.req("VAL-08")
def test_the_glossary_finds_a_word_by_its_alias(ada: Client) -> None:
    assert "major incident" in words(ada.get("/glossary"))
    page = words(ada.get("/glossary?q=PIR"))
    assert "postmortem" in page
    assert "Nothing is called “zzz”" in words(ada.get("/glossary?q=zzz"))


@pytest.mark.req("VAL-12")
def test_readiness_lists_four_pillars_and_what_is_missing(ada: Client) -> None:
    page = words(ada.get("/readiness"))
    for one in ("Respond", "Communicate", "Collaborate", "Improve continuously", "things are missing", "None was made yet."):
        assert one in page


@pytest.mark.req("CHS-09", "SYS-22")
def test_an_administrator_names_a_backup_and_every_sheet_shows_it(root: Client, ada: Client, incident: Incident) -> None:
    fields = {"name": "Spare tracker", "link": "https://spare.example.com/queue", "note": "Ask Ida", "tested_on": "2026-11-02"}
    assert root.post("/backups/ticket", fields).status_code == 302
    assert root.post("/backups/ticket", fields | {"link": "javascript:x"}).status_code == 422
    assert ada.post("/backups/ticket", fields).status_code == 403
    for path in ("/backups", "/cheatsheet", "/HOT-1/checklist"):
        assert "https://spare.example.com/queue" in ada.get(path).text, path


@pytest.mark.req("SYS-21")
def test_the_primary_is_marked_down_on_the_checklist(ada: Client, incident: Incident) -> None:
    ada.post("/HOT-1/backup", {"kind": "chat", "do": "down"}, follow=True)
    assert not incident.fallbacks.exists()
    root = company.actor(company.administrator())
    directory.set_backup_system(root, agreed.backup_system("chat"), name="IRC", link="https://irc.example.com", now=NOW)
    page = words(ada.post("/HOT-1/backup", {"kind": "chat", "do": "down"}, follow=True))
    assert "Primary works again" in page
    assert "instead of chat" in words(ada.get("/HOT-1"))
    assert "primary chat is down, we use IRC" in words(ada.get("/HOT-1"))
    ada.post("/HOT-1/backup", {"kind": "chat", "do": "up"})
    assert not incident.fallbacks.filter(until=None).exists()


@pytest.mark.req("CHS-10")
def test_the_kit_is_a_download_for_responders_that_says_how_old_it_is(ada: Client, settings, tmp_path) -> None:
    settings.TOCSIN = settings.TOCSIN.model_copy(update={"data": tmp_path})
    assert "No kit was made yet" in words(ada.get("/kit"))
    assert ada.get("/kit/tocsin-kit.html").status_code == 404
    assert "A fresh kit is ready." in words(ada.post("/kit/make", follow=True))
    assert re.search(r"The kit was made \d+ s ago", words(ada.get("/kit")))
    page, archive = ada.get("/kit/tocsin-kit.html"), ada.get("/kit/tocsin-kit.zip")
    assert page["Content-Disposition"].startswith("attachment")
    assert "tocsin-kit.html" in zipfile.ZipFile(io.BytesIO(archive.content)).namelist()
    sven = signed_in(company.stakeholder())
    for path in ("/kit", "/kit/tocsin-kit.html", "/kit/tocsin-kit.zip"):
        assert sven.get(path).status_code == 403


@pytest.mark.req("CHS-11")
def test_an_incident_comes_in_from_a_file_or_from_its_text(ada: Client, there: World) -> None:
    document = {name: value for name, value in FILE.items() if name not in ("manager", "service", "fixing_at")}
    file = SimpleUploadedFile("incident.json", json.dumps(document).encode(), content_type="application/json")
    page = words(ada.post("/incidents/import", {"file": file}, follow=True))
    assert "HOT-1 is here, with the times it had." in page
    again = ada.post("/incidents/import", {"text": json.dumps(document)})
    assert again.status_code == 422
    assert "BCK-12 was imported before" in words(again)
    for text in ("", "{", "[]", '{"a": 1}', '{"reference": "x", "severity": 1e999}'):
        assert ada.post("/incidents/import", {"text": text}).status_code == 422
    assert Incident.objects.count() == 1


@pytest.mark.req("CHS-05")
def test_changes_are_noted_and_read_and_security_is_paged(ada: Client, there: World) -> None:
    assert ada.post("/changes", {"summary": "Release 412", "service": there.checkout.slug}).status_code == 302
    assert "Release 412" in words(ada.get(f"/changes?service={there.checkout.slug}&days=1"))
    assert ada.post("/changes", {"summary": ""}).status_code == 422
    assert signed_in(company.stakeholder()).post("/changes", {"summary": "x"}).status_code == 403
    answer = ada.post("/page-security", {"summary": "A key is on the internet"})
    assert answer["Location"] == "/HOT-1"
    assert Incident.objects.get().is_private


def test_an_administrator_rewords_the_sheet_without_a_script(root: Client, ada: Client, incident: Incident) -> None:
    item = SheetItem.objects.filter(section="connect")[0]
    for fields in (
        {"do": "section", "section": "connect", "title": "Connect first", "text": "Slowly."},
        {"do": "item", "item": item.id, "text": "Use WireGuard", "link": "https://vpn.example.com", "every_minutes": ""},
        {"do": "add", "section": "connect", "text": "Badge in hand", "link": "", "every_minutes": "60"},
    ):
        assert root.post("/admin/cheatsheet", fields).status_code == 302
    page = words(ada.get("/HOT-1/checklist"))
    for one in ("Connect first", "Slowly.", "Use WireGuard", "Badge in hand"):
        assert one in page
    bad = {"do": "item", "item": item.id, "text": "x", "link": "", "every_minutes": "soon"}
    assert root.post("/admin/cheatsheet", bad).status_code == 422
    assert root.post("/admin/cheatsheet", {"do": "remove", "item": item.id}).status_code == 302
    assert "Use WireGuard" not in words(ada.get("/HOT-1/checklist"))


@pytest.mark.req("VAL-07")
def test_every_page_of_a_drill_says_that_it_is_one(ada: Client) -> None:
    commands.declare(SYSTEM, summary="Fire on deck", severity=2, drill=True, now=clock.now())
    for path in ("/DRILL-1", "/DRILL-1/checklist", "/DRILL-1/update", "/DRILL-1/severity", "/DRILL-1/drafts"):
        assert "This is a drill" in words(ada.get(path)), path


def test_a_kit_older_than_a_night_is_marked(ada: Client, settings, tmp_path, moved_clock) -> None:
    settings.TOCSIN = settings.TOCSIN.model_copy(update={"data": tmp_path})
    readiness.make_kit(SYSTEM, now=clock.now())
    moved_clock.forward(hours=40)
    assert "It is old." in words(ada.get("/kit"))
