"""The gate before every view: who may come in, what those hear who may not, and how a no looks."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import path

from tests import company
from tests.web.walk import signed_in
from tocsin.core.errors import Conflict, Invalid, NotFound, Stale
from tocsin.web.gate import policy

pytestmark = pytest.mark.django_db


@policy.allow(policy.PUBLIC)
def refusing(request: HttpRequest, kind: str) -> HttpResponse:
    raise {
        "invalid": Invalid("Say what is wrong.", field="title"),
        "missing": NotFound("There is no such thing."),
        "taken": Conflict("Ben has it already."),
        "old": Stale("It changed."),
    }[kind]


def undecorated(request: HttpRequest) -> HttpResponse:
    return HttpResponse("nobody should read this")


urlpatterns = [path("refuse/<str:kind>", refusing)]
handler404 = "tocsin.web.errors.not_found"


class Unguarded:
    urlpatterns = (path("open/<int:number>", undecorated),)


def test_the_start_fails_and_names_the_route_that_has_no_policy() -> None:
    with override_settings(ROOT_URLCONF=Unguarded), pytest.raises(policy.UnguardedRoutes, match="open/<int:number>"):
        Client().get("/open/4821")


def test_every_route_of_the_house_has_a_policy() -> None:
    policy.require_all()
    assert len(policy.routes()) > 50


def test_a_view_without_policy_is_refused_even_when_it_is_reached() -> None:
    gate = policy.DenyByDefault(lambda request: HttpResponse())
    request = RequestFactory().get("/anything")
    gate(request)
    answer = gate.process_view(request, undecorated, (), {})
    assert answer is not None
    assert answer.status_code == 403


def test_whoever_is_signed_out_is_sent_to_sign_in_and_back_again() -> None:
    answer = Client().get("/alerts?status=all")
    assert answer.status_code == 302
    assert answer["Location"] == "/account/login/?next=%2Falerts%3Fstatus%3Dall"


def test_a_form_sent_after_the_session_ended_leads_back_to_its_own_page() -> None:
    answer = Client().post("/alerts/acknowledge", HTTP_REFERER="http://testserver/alerts?status=open")
    assert answer["Location"] == "/account/login/?next=%2Falerts"


def test_the_role_is_read_at_every_request() -> None:
    ada = company.administrator("Ada")
    client = signed_in(ada)
    assert client.get("/people/new").status_code == 200
    type(ada).objects.filter(pk=ada.pk).update(role="stakeholder")
    assert client.get("/people/new").status_code == 403


def test_a_deactivated_person_is_out_at_the_next_request() -> None:
    ada = company.person("Ada")
    client = signed_in(ada)
    type(ada).objects.filter(pk=ada.pk).update(is_active=False)
    assert client.get("/alerts").status_code == 302


@override_settings(ROOT_URLCONF="tests.web.test_policy")
@pytest.mark.parametrize(
    ("kind", "status", "words"),
    [
        ("invalid", 422, "Say what is wrong."),
        ("missing", 404, "There is no such thing."),
        ("taken", 409, "Ben has it already."),
        ("old", 412, "It changed."),
    ],
)
def test_a_refusal_is_a_calm_page_with_its_status_and_a_next_step(kind: str, status: int, words: str) -> None:
    answer = Client().get(f"/refuse/{kind}")
    assert answer.status_code == status
    assert words in answer.content.decode()
    assert 'class="btn go"' in answer.content.decode()


@override_settings(ROOT_URLCONF="tests.web.test_policy")
def test_a_program_hears_the_same_no_as_problem_json_with_the_field() -> None:
    answer = Client().get("/refuse/invalid", HTTP_ACCEPT="application/json")
    assert answer["Content-Type"] == "application/problem+json"
    said = answer.json()
    assert said["status"] == 422
    assert said["field"] == "title"
    assert said["detail"] == "Say what is wrong."


def test_an_unknown_address_offers_a_next_step_to_everybody() -> None:
    for client in (Client(), signed_in(company.person("Ada"))):
        answer = client.get("/no/such/page")
        assert answer.status_code == 404
        assert "No page has this address" in answer.content.decode()


def test_a_form_without_proof_of_origin_changes_nothing() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(company.person("Ada"), backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.post("/alerts/acknowledge", {"alert": "1"})
    assert answer.status_code == 403
    assert "nothing was done" in answer.content.decode()
