"""The catalogue in the browser: owner, roster, needs and vendors of a service; the coverage report; whom to ask to approve."""

from __future__ import annotations

import re

import pytest

from tests import company
from tests.web.walk import signed_in, world
from tocsin.alerts import commands as alerts
from tocsin.core import clock
from tocsin.core.actor import SYSTEM
from tocsin.directory import commands as directory
from tocsin.directory.models import Service
from tocsin.incidents import commands as incidents
from tocsin.incidents.models import Incident
from tocsin.oncall import commands as oncall
from tocsin.paging.models import Escalation
from tocsin.postmortems import commands as postmortems

pytestmark = pytest.mark.django_db


def words(answer: object) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))  # type: ignore[attr-defined]


@pytest.mark.req("TRK-09")
def test_a_service_with_owner_and_roster_is_selectable_routes_pages_and_suggests_the_approver() -> None:
    there, admin = world(), signed_in(company.administrator())
    managers = company.schedule(company.team("Managers", there.bo), there.bo)
    cloud = directory.create_vendor(SYSTEM, name="Stratus Cloud", phone="+43 1 555", now=clock.now())
    form = {"name": "Refunds", "team": "payments", "owner": there.ada.id, "roster": managers.id, "policy": ""}
    form |= {"needs": [there.checkout.id], "vendors": [cloud.id], "products": [there.tickets.id]}
    assert admin.post("/services/new", form).status_code == 302
    client = signed_in(there.bo)
    page = words(client.get("/s/refunds"))
    for part in ("Ada approves its postmortems", "Checkout API", "Stratus Cloud +43 1 555", "Managers on call"):
        assert part in page, part
    assert 'value="refunds"' in client.get("/declare").text
    sent = {"summary": "Refunds stop", "severity": "1", "service": "refunds", "source": "own_observation"}
    assert client.post("/declare", sent).status_code == 302
    incident = Incident.objects.get()
    rosters = {target["name"] for row in Escalation.objects.all() for step in row.snapshot["steps"] for target in step["targets"]}
    assert "Managers on call" in rosters
    assert "Service owner Ada" in words(client.get(f"/{incident.key}"))
    postmortems.start(SYSTEM, incident, owner=there.bo, now=clock.now())
    assert "Approver Ada suggested" in words(client.get(f"/{incident.key}/postmortem"))


def test_nobody_is_asked_to_approve_their_own_postmortem() -> None:
    there = world()
    directory.change_service(SYSTEM, there.checkout, owner=there.ada, now=clock.now())
    mia = company.person("Mia")
    directory.add_member(SYSTEM, there.checkout.team, mia, is_manager=True, now=clock.now())
    incident = incidents.declare(SYSTEM, summary="Cards fail", severity=3, service=there.checkout, now=clock.now())
    made = postmortems.start(SYSTEM, incident, owner=there.ada, now=clock.now())
    page = f"/{incident.key}/postmortem"
    assert "Approver Mia suggested" in words(signed_in(there.bo).get(page))
    postmortems.set_owner(SYSTEM, made, there.bo, now=clock.now())
    assert "Approver Ada suggested" in words(signed_in(there.bo).get(page))
    directory.deactivate(SYSTEM, there.ada, now=clock.now())
    assert "Approver Mia suggested" in words(signed_in(there.bo).get(page))


def test_what_the_form_cannot_read_is_said_at_its_field() -> None:
    there, admin = world(), signed_in(company.administrator())
    page = admin.post("/services/new", {"name": "Refunds", "team": "payments", "owner": "per_nobody"})
    assert page.status_code == 422
    assert "Choose the owner from the list." in page.text
    itself = {"name": "Checkout API", "team": "payments", "needs": [there.checkout.id]}
    page = admin.post(f"/s/{there.checkout.slug}/change", itself)
    assert page.status_code == 422
    assert "cannot need itself" in page.text
    assert Service.objects.count() == 1


def test_an_owner_who_left_and_a_service_that_is_archived_stay_chosen_in_the_form() -> None:
    there, admin = world(), signed_in(company.administrator())
    old = company.service("Old ledger", there.checkout.team)
    directory.change_service(SYSTEM, there.checkout, owner=there.bo, needs=[old], now=clock.now())
    directory.change_service(SYSTEM, old, archived=True, now=clock.now())
    directory.deactivate(SYSTEM, there.bo, now=clock.now())
    form = admin.get(f"/s/{there.checkout.slug}/change").text
    assert re.search(rf'value="{there.bo.id}" selected', form)
    assert re.search(rf'value="{old.id}" checked', form)


def test_vendors_are_listed_shown_and_changed() -> None:
    admin, reader = signed_in(company.administrator()), signed_in(company.stakeholder())
    bad = admin.post("/vendors/new", {"name": "Nordpay", "support_url": "nordpay"})
    assert bad.status_code == 422
    assert "starts with https://" in bad.text
    good = {"name": "Nordpay", "phone": "+46 8 555", "support_url": "https://x.example", "procedure": "Ask for *Ida*.\n\n- twice"}
    assert admin.post("/vendors/new", good)["Location"] == "/v/nordpay"
    page = reader.get("/v/nordpay").text
    assert "<em>Ida</em>" in page
    assert "+46 8 555" in page
    assert "Nordpay" in reader.get("/vendors").text
    assert admin.post("/v/nordpay/change", good | {"phone": "112"}).status_code == 302
    assert "112" in reader.get("/v/nordpay").text
    assert reader.post("/v/nordpay/change", good).status_code == 403
    assert reader.get("/v/gone").status_code == 404


@pytest.mark.req("DET-13")
def test_the_coverage_report_says_what_is_missing_with_a_link_to_mend_it() -> None:
    there = world()
    mia = company.person("Mia")
    directory.add_member(SYSTEM, there.checkout.team, mia, is_manager=True, now=clock.now())
    reader, manager = signed_in(there.bo), signed_in(mia)
    page = reader.get("/services/coverage")
    assert "One service lacks something" in words(page)
    for part in ("No integration key", "No roster of incident managers"):
        assert part in words(page), part
    assert "Mend" not in words(page)
    mend = manager.get("/services/coverage").text
    assert 'href="/s/checkout-api#h-keys"' in mend
    assert 'href="/s/checkout-api/change"' in mend
    alerts.create_key(SYSTEM, there.checkout, kind="generic", name="x", now=clock.now())
    cover = there.checkout.cover
    oncall.cover_service(SYSTEM, there.checkout, policy=cover.policy, roster=there.checkout.team.schedules.get(), now=clock.now())
    done = words(reader.get("/services/coverage"))
    assert "Every service is watched" in done
    assert "Its key waits for a first event." in done
