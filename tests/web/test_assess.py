"""Assess an incident by forms, by the API and from the command line's point of view."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from tests import company
from tests.api.caller import Api, refusal
from tests.conftest import NOW
from tests.incidents.given import declared, house
from tocsin.incidents.models import Incident

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
    assert "Page the people for security" in shown
    assert 'value="12 %"' in shown
    fresh = Incident.objects.get(pk=incident.pk)
    assert (fresh.support_cases, fresh.impact_started_at is not None) == (4, True)
    assert client.post(f"{path}/assess", form | {"external_figure": "lots"}).status_code == 422
    assert client.post(f"{path}/assess", form | {"impact_started_at": "soonish"}).status_code == 422
    assert client.post(f"{path}/confirm", {"severity": "9"}).status_code == 422
    assert client.post(f"{path}/confirm", {"severity": "1"}).status_code == 302
    assert Incident.objects.get(pk=incident.pk).severity == 1


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
