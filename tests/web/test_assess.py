"""Assess an incident by forms, by the API and from the command line's point of view."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from tests import company
from tests.api.caller import Api, refusal
from tests.conftest import NOW
from tests.incidents.given import declared, house
from tests.paging.conftest import mail
from tests.paging.world import HandEngine
from tocsin.alerts import commands as alerts
from tocsin.core import clock
from tocsin.directory import commands as directory
from tocsin.incidents.models import Incident
from tocsin.paging.models import Page

__all__ = ("mail",)

pytestmark = pytest.mark.django_db


@pytest.mark.req("ASS-01", "ASS-04", "ASS-05", "ASS-08")
def test_the_six_questions_are_one_form_and_the_severity_another(client: Client) -> None:
    there = house()
    incident = declared(there, severity=2)
    client.force_login(there.ben)
    path = f"/{incident.key}"
    assert "Not known yet" in client.get(f"{path}/assess").text
    form = {"customers": "external", "seen": "Cards are refused", "external_extent": "some", "external_figure": "12 %"}
    form |= {
        "impact_started_at": f"{NOW - dt.timedelta(minutes=20):%Y-%m-%d %H:%M} UTC",
        "support_cases": "4",
        "factors": ["security"],
    }
    assert client.post(f"{path}/assess", form).status_code == 302
    shown = client.get(f"{path}/assess").text
    assert "The answers speak for Sev 1" in shown
    assert "Page the security team" in shown
    assert 'value="12 %"' in shown
    fresh = Incident.objects.get(pk=incident.pk)
    assert (fresh.support_cases, fresh.impact_started_at is not None) == (4, True)
    assert client.post(f"{path}/assess", form | {"external_figure": "lots"}).status_code == 422
    assert client.post(f"{path}/assess", form | {"impact_started_at": "soonish"}).status_code == 422
    assert client.post(f"{path}/confirm", {"severity": "9"}).status_code == 422
    assert client.post(f"{path}/confirm", {"severity": "1"}).status_code == 302
    assert Incident.objects.get(pk=incident.pk).severity == 1


@pytest.mark.req("ASS-05", "ESC-01")
def test_one_press_in_the_form_keeps_the_answers_and_wakes_security_with_the_key(client: Client, mail: object) -> None:
    there = house()
    incident, eve = declared(there, severity=2), company.person("Eve")
    client.force_login(there.ben)
    path = f"/{incident.key}/assess"
    form = {"customers": "both", "factors": ["security"], "external_figure": "12 %"}
    assert client.post(f"{path}/security", form).status_code == 422
    assert "No security team is named" in client.get(path).text
    team = company.team("Security", eve)
    company.schedule(team, eve)
    directory.set_organisation(company.actor(there.root), security_team=team, now=NOW)
    button = f'formaction="/{incident.key}/assess/security"'
    assert button in client.get(path).text
    assert client.post(f"{path}/security", form | {"external_figure": "lots"}).status_code == 422
    assert client.post(f"{path}/security", form).status_code == 302
    HandEngine().run(clock.now())
    page = Page.objects.select_related("escalation").get(subject=incident.id, person=eve)
    assert (page.escalation.card["key"], page.escalation.card["path"]) == (incident.key, f"/{incident.key}")
    shown = client.get(path).text
    assert "The security team, Security, was paged" in shown
    assert button not in shown
    assert incident.assessment.external_figure == "12 %"


@pytest.mark.req("ASS-11")
def test_changes_near_the_start_are_listed_and_one_is_suspected_by_forms(client: Client) -> None:
    there = house()
    start = NOW - dt.timedelta(minutes=20)
    incident = declared(there, impact_started_at=start)
    change = alerts.record_change(
        company.actor(there.ana), "Checkout 412", service=there.service, at=start - dt.timedelta(minutes=3), now=NOW
    )
    client.force_login(there.ben)
    path = f"/{incident.key}/assess"
    assert "3 min before</b> Checkout 412" in client.get(path).text
    assert client.post(f"{path}/change", {"do": "suspect"}).status_code == 422
    assert client.post(f"{path}/change", {"do": "suspect", "change": "chg_none"}).status_code == 422
    assert client.post(f"{path}/change", {"do": "none"}).status_code == 302
    assert "It began with none of these" in client.get(path).text
    given = {"do": "suspect", "change": change.id, "rollback": "deploy 411 again"}
    assert client.post(f"{path}/change", given | {"rollback": "x" * 1_001}).status_code == 422
    assert client.post(f"{path}/change", given).status_code == 302
    for page in (path, f"/{incident.key}/fix", f"/{incident.key}"):
        shown = client.get(page).text
        assert "Checkout 412" in shown
        assert "Roll back: deploy 411 again" in shown
    assert client.post(f"{path}/change", {"do": "none"}).status_code == 422
    assert client.post(f"{path}/change", {"clear": change.id}).status_code == 302
    assert "Suspected cause:" not in client.get(path).text


@pytest.mark.req("ASS-11")
def test_the_api_lists_suspects_and_clears_changes() -> None:
    there = house()
    incident = declared(there, impact_started_at=NOW - dt.timedelta(minutes=20))
    ben, base = Api(there.ben), f"incidents/{incident.key}"
    body = {"summary": "Checkout 412", "service": "checkout-api", "source": "deploy"}
    at = f"{NOW - dt.timedelta(minutes=23):%Y-%m-%dT%H:%M:%SZ}"
    change = ben.post("changes", body | {"at": at}).json()["id"]
    (line,) = ben.get(f"{base}/near-changes").json()["items"]
    assert (line["change"], line["minutes_before"], line["suspected"]) == (change, 3.0, False)
    assert ben.post(f"{base}/assess", {"coincides": "no"}).json()["coincides"] == "no"
    refusal(ben.post(f"{base}/assess", {"coincides": "yes"}), 422)
    done = ben.post(f"{base}/suspect-change", {"change": change, "rollback": "deploy 411"}).json()
    assert (done["coincides"], done["suspected_causes"][0]["rollback"]) == ("yes", "deploy 411")
    assert ben.get(f"{base}/near-changes").json()["items"][0]["suspected"] is True
    assert refusal(ben.post(f"{base}/assess", {"coincides": "no"}), 409)["field"] == "coincides"
    assert ben.post(f"{base}/clear-suspect", {"change": change}).json()["suspected_causes"] == []
    refusal(ben.post(f"{base}/suspect-change", {"change": "chg_none"}), 404)


@pytest.mark.req("DET-12", "RES-10")
def test_cases_are_labelled_followed_up_and_taken_away_by_forms(client: Client) -> None:
    there = house()
    incident = declared(there)
    client.force_login(there.sven)
    path = f"/{incident.key}/cases"
    assert client.post(f"{path}/label", {"reference": "CS-1", "customer": "Nordbahn"}).status_code == 302
    assert client.post(f"{path}/label", {"reference": ""}).status_code == 422
    assert client.post(f"{path}/label", {"reference": "CS-2", "url": "ftp://x"}).status_code == 422
    case = incident.cases.get()
    assert client.post(f"{path}/{case.id}", {"do": "done"}).status_code == 302
    assert "Nordbahn" in client.get(path).text
    assert client.post(f"{path}/{case.id}", {"do": "remove"}).status_code == 403
    client.force_login(there.ben)
    assert client.post(f"{path}/{case.id}", {"do": "remove"}).status_code == 302
    assert not incident.cases.exists()


@pytest.mark.req("ASS-02", "DET-12", "SYS-17")
def test_the_api_answers_labels_and_refuses_with_the_field() -> None:
    there = house()
    incident = declared(there)
    ben = Api(there.ben)
    base = f"incidents/{incident.key}"
    made = ben.post(f"{base}/assess", {"external_extent": "some", "external_figure": "12 %", "internal_figure": "40"}).json()
    assert (made["external_figure"], made["internal_figure"], made["suggested_severity"]) == ("12 %", "40", 2)
    assert refusal(ben.post(f"{base}/assess", {"external_figure": "lots"}), 422)["field"] == "external_figure"
    assert refusal(ben.post(f"{base}/assess", {"customers": "x"}), 422)["field"] == "customers"
    for number in range(3):
        assert ben.post(f"{base}/label-case", {"reference": f"CS-{number}"}).status_code == 201
    assert ben.get(base).json()["support_cases"] == 3
    assert ben.get(f"{base}/assessment").json()["labelled_cases"] == 3
    assert ben.post(f"{base}/cases/CS-0/follow-up").json()["followed_up_at"]
    assert ben.post(f"{base}/cases/CS-0/unlabel").status_code == 204
    assert len(ben.get(f"{base}/cases").json()["items"]) == 2
    assert ben.post(f"{base}/confirm-assessment", {"severity": 2}).json()["severity"] == 2
    refusal(Api(company.person("Otto"), scopes=("read",)).post(f"{base}/label-case", {"reference": "CS-7"}), 403)
