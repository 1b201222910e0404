"""Pages elsewhere in the browser: registered, changed, tried; results with Retry at the incident. Every form without a script."""

from __future__ import annotations

import pytest

from tests.incidents import given
from tests.statuspages.hosted import KEY, PAGE
from tests.web.walk import signed_in
from tocsin.core.actor import SYSTEM
from tocsin.statuspages import commands, parts
from tocsin.statuspages.maintenance import commands as maintenance
from tocsin.statuspages.mirrors.models import Mirror, MirrorCopy, MirroredEntry

pytestmark = pytest.mark.django_db
FORM = {
    "name": "Hosted",
    "kind": "statuspage",
    "audience": "external",
    "address": "https://api.example.com/v1",
    "remote_page": PAGE,
}


@pytest.fixture
def there():
    return given.house()


def planned(there):
    return maintenance.plan(
        there.actor("ben"), parts.page("external"), title="New database", body="Short pauses.",
        starts_at=given.later(60), ends_at=given.later(90), now=given.NOW,
    )  # fmt: skip


def text(answer) -> str:
    return answer.content.decode()


def test_an_administrator_registers_maps_tries_and_switches_a_page(there):
    root = signed_in(there.root)
    part = commands.create_component(SYSTEM, parts.page("external"), name="Tickets", now=given.NOW)
    assert "No page elsewhere yet" in text(root.get("/admin/mirrors"))
    refused = root.post("/admin/mirrors/new", {**FORM, "key": "short"})
    assert refused.status_code == 422
    assert 'id="key-e"' in text(refused)
    assert 'value="Hosted"' in text(refused)
    assert root.post("/admin/mirrors/new", {**FORM, "key": KEY, "notifies": "1"}).status_code == 302
    values = {"name": "Hosted", "address": FORM["address"], "remote_page": PAGE, f"part-{part.id}": "Web shop"}
    assert root.post("/admin/mirrors/hosted/change", values).status_code == 302
    made = Mirror.objects.get()
    assert (made.parts, made.notifies) == ({part.id: "Web shop"}, False)
    assert root.post("/admin/mirrors/hosted/change", {**values, "address": "https://evil.example.com"}).status_code == 422
    for verb in ("try", "pause"):
        assert root.post("/admin/mirrors/hosted/act", {"do": verb}).status_code == 302
    shown = text(root.get("/admin/mirrors/hosted"))
    assert "Web shop" in shown
    assert "Switched off since" in shown
    assert "on the way" in shown
    assert KEY not in shown + text(root.get("/admin/mirrors/hosted/change"))
    root.post("/admin/mirrors/hosted/act", {"do": "resume"})
    secret = root.post("/admin/mirrors/new", {**FORM, "name": "Own", "kind": "signed", "remote_page": ""})
    assert "whsec_" in text(secret)
    assert "whsec_" in text(root.post("/admin/mirrors/own/act", {"do": "renew"}))
    assert root.post("/admin/mirrors/own/act", {"do": "remove"}).status_code == 302
    assert "Own" not in text(root.get("/admin/mirrors")).partition("<table")[2]
    assert signed_in(there.ben).get("/admin/mirrors").status_code == 403


def test_the_review_names_where_it_goes_and_results_have_a_retry(there):
    signed_in(there.root).post("/admin/mirrors/new", {**FORM, "key": KEY})
    incident, ben = given.fixing(there), signed_in(there.ben)
    words = {"status": "investigating", "to_external": "1", "external_title": "Issues with Tickets", "external_body": "We look."}
    review = text(ben.post(f"/{incident.key}/update", {**words, "next": "in 30 min", "do": "review"}))
    assert "goes to Hosted, elsewhere" in review
    commands.post_update(
        there.actor("ben"), incident, status="investigating", external={"title": "Issues with Tickets", "body": "We look."},
        next_update_at=given.later(30), confirmation="c", now=given.later(5),
    )  # fmt: skip
    assert "1 on the way" in text(ben.get(f"/{incident.key}"))
    MirrorCopy.objects.update(work_state="failed", last_error="HTTP 401: no")
    assert "1 failed" in text(ben.get(f"/{incident.key}"))
    assert "1 failed" in text(ben.get(f"/{incident.key}/update"))
    shown = text(ben.get(f"/{incident.key}/mirrored"))
    copy = MirrorCopy.objects.get()
    assert "HTTP 401: no" in shown
    assert f'action="/{incident.key}/mirrored/{copy.id}/retry"' in shown
    assert "Retry" not in text(signed_in(there.sven).get(f"/{incident.key}/mirrored"))
    for wanted in ("is told again", "on its way already"):
        answer = ben.post(f"/{incident.key}/mirrored/{copy.id}/retry", follow=True)
        assert wanted in text(answer)
    left = MirroredEntry.objects.create(
        mirror=copy.mirror, entry=copy.update.entry, remote_id="p31zjtct2jer", status="investigating"
    )
    given.resolved(there, incident, final={})
    for path in ("", "/follow-up", "/mirrored"):
        assert "still s" in text(ben.get(f"/{incident.key}{path}"))
    ben.post(f"/{incident.key}/mirrored/{left.id}/closed")
    assert "a page elsewhere" not in text(ben.get(f"/{incident.key}/follow-up"))


def test_planned_work_says_what_pages_elsewhere_took_and_has_a_retry(there):
    root, ben = signed_in(there.root), signed_in(there.ben)
    root.post("/admin/mirrors/new", {**FORM, "key": KEY})
    work = planned(there)
    MirrorCopy.objects.update(work_state="failed", last_error="HTTP 401: no")
    copy = MirrorCopy.objects.get()
    shown = text(ben.get(f"/maintenance/{work.id}"))
    assert "HTTP 401: no" in shown
    assert f'action="/maintenance/{work.id}/mirrored/{copy.id}/retry"' in shown
    assert "Retry" not in text(signed_in(there.sven).get(f"/maintenance/{work.id}"))
    for wanted in ("is told again", "on its way already"):
        assert wanted in text(ben.post(f"/maintenance/{work.id}/mirrored/{copy.id}/retry", follow=True))
    assert f'<a href="/maintenance/{work.id}">New database</a>, planned' in text(root.get("/admin/mirrors/hosted"))
