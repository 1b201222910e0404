"""The cheat sheet, values, backup systems, changes, the kit, drills and imports through the API."""

from __future__ import annotations

import pytest

from tests import company
from tests.api.caller import Api, refusal
from tests.incidents.test_importing import FILE
from tocsin.incidents.models import Incident

pytestmark = pytest.mark.django_db


@pytest.fixture
def api() -> Api:
    company.last_resort()
    return Api()


@pytest.mark.req("CHS-01", "CHS-02", "VAL-04")
def test_the_sheet_is_read_and_ticked(api: Api) -> None:
    sections = api.get("cheat-sheet").json()["sections"]
    assert len(sections) == 12
    item, other = (one["id"] for one in sections[0]["items"][:2])
    api.post("incidents", {"summary": "Cards fail", "severity": 3})
    api.post("incidents/HOT-1/tick", {"item": item})
    refusal(api.post("incidents/HOT-1/skip", {"item": other, "reason": " "}), 422)
    answer = api.post("incidents/HOT-1/skip", {"item": other, "reason": "Not here"}).json()
    lines = {one["item"]: (one["state"], one["by"], one["reason"]) for part in answer["parts"] for one in part["lines"]}
    assert lines[item] == ("done", "Root", "")
    assert lines[other] == ("skipped", "Root", "Not here")
    after = api.post("incidents/HOT-1/untick", {"item": item}).json()
    assert after["open"] == answer["open"] + 1
    refusal(api.post("incidents/HOT-1/tick", {"item": "itm_x"}), 404)


def test_the_sheet_is_kept(api: Api) -> None:
    made = api.post("cheat-sheet/items", {"section": "fix", "text": "Breathe", "every_minutes": 60})
    assert made.status_code == 201
    item = made.json()["id"]
    assert api.post(f"cheat-sheet/items/{item}/change", {"every_minutes": 0}).json()["every_minutes"] is None
    assert api.post("cheat-sheet/sections/fix/change", {"text": "Undo first."}).json()["text"] == "Undo first."
    assert api.post(f"cheat-sheet/items/{item}/remove").status_code == 200
    refusal(api.post(f"cheat-sheet/items/{item}/remove"), 404)
    refusal(Api(company.person()).post("cheat-sheet/items", {"section": "fix", "text": "x"}), 403)


@pytest.mark.req("VAL-01", "VAL-02", "VAL-08", "CHS-09")
def test_what_the_house_agreed_on(api: Api) -> None:
    assert [one["stage"] for one in api.get("values").json()["items"]] == ["detect", "respond", "recover", "learn", "improve"]
    assert api.post("values/learn/change", {"name": "No names"}).json()["name"] == "No names"
    company.team("Security")
    assert api.post("organisation/change", {"name": "Larkfield", "security_team": "security"}).json()["security_team"] == "security"
    assert api.post("organisation/change", {"security_team": None}).json() == {"name": "Larkfield", "security_team": None}
    refusal(api.post("organisation/change", {"security_team": "nope"}), 422)
    assert api.get("glossary?q=IMOC").json()["items"][0]["name"] == "last resort"
    assert len(api.get("backup-systems").json()["items"]) == 5
    changed = api.post("backup-systems/chat/change", {"link": "https://irc.example.com", "tested_on": "2026-01-02"}).json()
    assert changed["tested_on"] == "2026-01-02"
    refusal(api.post("backup-systems/chat/change", {"tested_on": "2999-01-01"}), 422)


@pytest.mark.req("SYS-21")
def test_the_primary_is_down(api: Api) -> None:
    api.post("incidents", {"summary": "Cards fail", "severity": 3})
    refusal(api.post("incidents/HOT-1/mark-down", {"kind": "video"}), 409)
    api.post("backup-systems/video/change", {"name": "Spare", "link": "https://spare.example.com"})
    assert [one["name"] for one in api.post("incidents/HOT-1/mark-down", {"kind": "video"}).json()["items"]] == ["Spare"]
    assert api.get("incidents/HOT-1").json()["video_url"] == "https://spare.example.com"
    assert api.post("incidents/HOT-1/mark-up", {"kind": "video"}).json()["items"] == []


@pytest.mark.req("CHS-11")
def test_an_incident_is_brought_in_once(api: Api) -> None:
    document = {name: value for name, value in FILE.items() if name not in ("manager", "service", "fixing_at")}
    made = api.post("incidents/import", document)
    assert made.status_code == 201, made.content
    assert (made.json()["reference"], made.json()["created_at"]) == ("BCK-12", "2026-11-19T01:44:00Z")
    refusal(api.post("incidents/import", document), 409)
    assert refusal(api.post("incidents/import", {"reference": "x"}), 422)["field"] == "reported_at"
    assert api.get("incidents?q=BCK-12").json()["items"][0]["key"] == "HOT-1"


@pytest.mark.req("CHS-10", "VAL-12")
def test_the_kit_and_readiness(api: Api, settings, tmp_path) -> None:
    settings.TOCSIN = settings.TOCSIN.model_copy(update={"data": tmp_path})
    refusal(api.get("kit"), 404)
    made = api.post("kit/make")
    assert made.status_code == 201
    kit = api.get("kit").json()
    assert kit["made_at"] == made.json()["made_at"]
    assert "tocsin-kit.html" in kit["files"]
    refusal(Api(company.stakeholder()).get("kit"), 403)
    answer = api.get("readiness").json()
    assert len(answer["pillars"]) == 4
    assert answer["missing"] > 0


@pytest.mark.req("CHS-05")
def test_changes_are_told_by_programs_and_security_is_paged(api: Api) -> None:
    company.service()
    body = {"summary": "Checkout 412", "service": "checkout-api", "source": "deploy", "link": "https://ci.example.com/412"}
    assert api.post("changes", body).status_code == 201
    (line,) = api.get("changes?service=checkout-api").json()["items"]
    assert (line["summary"], line["who"], line["service"]) == ("Checkout 412", "deploy", "checkout-api")
    refusal(api.post("changes", body | {"link": "javascript:x"}), 422)
    assert api.post("page-security", {"summary": "A key leaked"}).json()["private"] is True


@pytest.mark.req("VAL-07")
def test_a_drill_keeps_drafts_and_publishes_nothing(api: Api) -> None:
    made = api.post("incidents", {"summary": "Fire on deck", "severity": 1, "drill": True}).json()
    assert made["key"] == "DRILL-1"
    words = {"title": "T", "body": "We are on it."}
    post = {"status": "investigating", "internal": words, "confirmation": "c", "next_update_at": "2999-01-01T00:00:00Z"}
    assert refusal(api.post("incidents/DRILL-1/post-update", post), 409)["code"] == "drill"
    draft = api.post("incidents/DRILL-1/keep-draft", {"internal": words}).json()
    said = api.post(f"incidents/DRILL-1/drill-drafts/{draft['id']}/feedback", {"text": "Clear."})
    assert said.status_code == 201
    (shown,) = api.get("incidents/DRILL-1/drill-drafts").json()["items"]
    assert [one["text"] for one in shown["feedback"]] == ["Clear."]


def test_incidents_and_drills_are_listed_newest_first_page_by_page(api: Api) -> None:
    for place in range(5):
        api.post("incidents", {"summary": f"No {place}", "severity": 3, "drill": place % 2 == 1})
    keys, cursor = [], ""
    while cursor is not None:
        part = api.get(f"incidents?limit=2&cursor={cursor}").json()
        keys += [one["key"] for one in part["items"]]
        cursor = part["next"]
    assert keys == list(Incident.objects.order_by("-id").values_list("key", flat=True))
    assert set(keys) == {"HOT-1", "HOT-2", "HOT-3", "DRILL-1", "DRILL-2"}
