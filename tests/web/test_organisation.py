"""People, teams, services, schedules, policies, products, gateways, severities: the plain pages on top of the commands."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client

from tests import company
from tocsin.alerts.models import IntegrationKey
from tocsin.core.actor import SYSTEM
from tocsin.core.models import OutboxMail
from tocsin.directory import commands, queries
from tocsin.directory.models import Gateway, Membership, Person, Product, Service, Team
from tocsin.oncall import queries as oncall
from tocsin.oncall.models import Policy, Schedule
from tocsin.web.forms import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def root() -> Person:
    return company.administrator()


@pytest.fixture
def admin(root: Person) -> Client:
    return entered(root)


def entered(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_an_administrator_invites_somebody_who_sets_a_password(admin: Client) -> None:
    page = admin.post("/people/new", {"email": "ana@example.com", "role": "responder", "zone": "Europe/Vienna"})
    link = re.search(r"/invite/[\w-]+", page.text)
    assert link
    assert Client().post(link.group(), {"password": "a long enough one"}).status_code == 302
    assert queries.person_by_email("ana@example.com").has_usable_password()


def test_a_mistake_in_the_form_is_shown_at_its_field_and_nothing_is_lost(admin: Client) -> None:
    page = admin.post("/people/new", {"email": "ana", "name": "Ana <b>", "role": "responder", "zone": "Nowhere"})
    assert page.status_code == 422
    assert "is not a mail address" in page.text
    assert 'value="Ana &lt;b&gt;"' in page.text


def test_a_person_is_given_a_role_deactivated_and_let_in_again(admin: Client) -> None:
    ana = company.person("Ana")
    for verb, form in (("role", {"role": "stakeholder"}), ("deactivate", {}), ("reactivate", {}), ("second-factor/reset", {})):
        assert admin.post(f"/people/{ana.id}/{verb}", form).status_code == 302, verb
    assert "Ana" in admin.get("/people").text
    assert "Stakeholder" in admin.get(f"/people/{ana.id}").text


def test_a_key_at_a_gateway_is_shown_to_its_person_and_administrators_only(admin: Client, now: dt.datetime) -> None:
    ana, ben = company.person("Ana"), company.person("Ben")
    gateway = commands.create_gateway(SYSTEM, name="ntfy", url="https://ntfy.example.com/{{ to }}", now=now)
    company.method(ana, "secret-topic-of-ana", gateway=gateway)
    assert "secret-topic-of-ana" in admin.get(f"/people/{ana.id}").text
    assert "secret-topic-of-ana" in entered(ana).get(f"/people/{ana.id}").text
    assert "secret-topic-of-ana" not in entered(ben).get(f"/people/{ana.id}").text


def test_a_responder_reads_everything_and_changes_nothing() -> None:
    ana, ben = company.person("Ana"), company.person("Ben")
    team = company.team("Payments", ben)
    service = company.service("Checkout API", team)
    client = entered(ana)
    for path in ("/people", "/teams", f"/t/{team.slug}", "/services", f"/s/{service.slug}", "/products", f"/people/{ben.id}"):
        assert client.get(path).status_code == 200, path
    for path, form in (
        ("/people/new", {"email": "x@example.com"}),
        (f"/people/{ben.id}/deactivate", {}),
        ("/teams/new", {"name": "X"}),
        (f"/t/{team.slug}/members", {"person": ana.id, "is_manager": "1"}),
        (f"/t/{team.slug}/change", {"name": "X"}),
        ("/services/new", {"name": "X", "team": team.slug}),
        (f"/s/{service.slug}/change", {"name": "X", "team": team.slug}),
        (f"/s/{service.slug}/keys", {"kind": "alertmanager", "name": "x"}),
        (f"/t/{team.slug}/schedules/new", {"title": "X"}),
        ("/products/new", {"name": "X"}),
        ("/gateways/new", {"name": "X"}),
        ("/admin/severities", {"number": "1", "name": "X", "meaning": "X"}),
    ):
        assert client.post(path, form).status_code in {403, 422}, path
    assert not Membership.objects.filter(person=ana).exists()
    assert not IntegrationKey.objects.exists()


def test_from_nothing_to_a_covered_service_with_a_key_by_forms_alone(admin: Client, root: Person) -> None:
    assert admin.post("/teams/new", {"name": "Payments", "zone": "Europe/Vienna"}).status_code == 302
    assert admin.post("/t/payments/members", {"person": root.id, "is_manager": "1"}).status_code == 302
    turns = {"title": "Payments on call", "name": "Weekly", "zone": "Europe/Vienna", "starts_on": "2026-01-05"}
    answer = admin.post("/t/payments/schedules/new", turns | {"handover_time": "09:00", "lengths": "1", "members": [root.id, ""]})
    assert answer.status_code == 302
    schedule = Schedule.objects.get()
    assert "Root" in admin.get(f"/schedules/{schedule.slug}").text
    assert "Root" in admin.get(f"/oncall/{schedule.slug}").text
    assert "Shifts" not in admin.get("/oncall/print").text
    steps = {"name": "Payments policy", "repeats": "1", "target-0": schedule.id, "wait-0": "5", "target-1": root.id, "wait-1": "10"}
    assert admin.post("/t/payments/policies/new", steps).status_code == 302
    policy = Policy.objects.get()
    assert "10 min" in admin.get(f"/policies/{policy.slug}").text
    form = admin.get(f"/policies/{policy.slug}/change").text
    assert form.count(" selected") == 2
    changed = {"name": "Payments policy", "repeats": "0", "target-0": [schedule.id, root.id], "wait-0": "7"}
    assert admin.post(f"/policies/{policy.slug}/change", changed).status_code == 302
    assert [len(step.targets.all()) for step in policy.steps.all()] == [2]
    hours = {"days-0": ["0"], "from-0": "08:00", "to-0": "12:00", "days-0-2": ["5", "6"], "from-0-2": "10:00", "to-0-2": "11:00"}
    assert admin.post(f"/policies/{policy.slug}/change", changed | hours).status_code == 302
    assert [(one["days"], one["from"]) for one in policy.steps.get().windows] == [([0], "08:00"), ([5, 6], "10:00")]
    assert admin.get(f"/policies/{policy.slug}/change").text.count('name="days-0-3"') == 7
    always = {"days-0-2": list("0123456"), "from-0-2": "", "to-0-2": ""}
    assert admin.post(f"/policies/{policy.slug}/change", changed | hours | always).status_code == 302
    assert policy.steps.get().windows == [], "some hours and all hours are all hours"
    assert admin.post(f"/policies/{policy.slug}/change", changed | {"target-0": []}).status_code == 422
    admin.post("/products/new", {"name": "Checkout"})
    form = {"name": "Checkout API", "team": "payments", "policy": policy.id, "roster": "", "products": [Product.objects.get().id]}
    assert admin.post("/services/new", form).status_code == 302
    service = Service.objects.get()
    assert oncall.policy_for(service) == policy
    page = admin.post(f"/s/{service.slug}/keys", {"kind": "alertmanager", "name": "Prometheus"})
    plain = re.search(r"/in/([\w-]+)/alertmanager", page.text).group(1)
    assert "webhook_configs" in page.text
    assert plain not in admin.get(f"/s/{service.slug}").text
    key = IntegrationKey.objects.get()
    assert admin.post(f"/s/{service.slug}/keys/{key.id}/revoke").status_code == 302
    assert "Revoked" in admin.get(f"/s/{service.slug}").text
    assert admin.get(f"/s/{service.slug}/change").status_code == 200
    assert admin.post(f"/s/{service.slug}/change", form | {"name": "Checkout", "policy": ""}).status_code == 302
    assert oncall.policy_for(Service.objects.get()) is None


def test_a_key_that_sends_what_nobody_can_read_is_shown_red(admin: Client, now: dt.datetime) -> None:
    service = company.service("Checkout API")
    IntegrationKey.objects.create(
        service=service, kind="alertmanager", name="Prometheus", digest="d", hint="abcd", created_at=now, unreadable_at=now,
        unreadable_reason="not JSON",
    )  # fmt: skip
    assert "Unreadable" in admin.get("/services").text
    assert "not JSON" in admin.get(f"/s/{service.slug}").text


def test_overrides_and_rotations_are_added_and_taken_out(admin: Client) -> None:
    ana, ben = company.person("Ana"), company.person("Ben")
    schedule = company.schedule(company.team("Payments", ana, ben), ana)
    path = f"/schedules/{schedule.slug}"
    form = {"person": ben.id, "starts_at": "2030-01-05 09:00", "ends_at": "2030-01-06 09:00", "reason": "swap"}
    assert admin.post(f"{path}/overrides", form).status_code == 302
    override = schedule.overrides.get()
    assert override.person == ben
    assert "swap" in admin.get(path).text
    assert admin.post(f"{path}/overrides", form | {"ends_at": "nonsense"}).status_code == 422
    assert admin.post(f"{path}/overrides/{override.id}/remove").status_code == 302
    rotation = {
        "name": "Nights",
        "zone": "UTC",
        "starts_on": "2026-01-05",
        "handover_time": "21:00",
        "lengths": "2",
        "members": [ben.id],
    }
    looked = admin.post(f"{path}/layers/new", rotation | {"look": "yes"})
    assert "What changes for whom" in looked.text
    assert "Ben" in looked.text
    assert schedule.rotations.count() == 1, "nothing is saved by looking"
    assert admin.post(f"{path}/layers/new", rotation).status_code == 302
    assert admin.post(f"{path}/layers/new", rotation | {"members": [""], "lengths": "0"}).status_code == 422
    assert "Nobody here is called Bem" in admin.post(f"{path}/layers/new", rotation | {"members": ["Bem"]}).text
    nights = schedule.rotations.get(name="Nights")
    hours = {"days": ["0", "4"], "from": "21:00", "to": "06:00", "unit": "days"}
    assert admin.post(f"{path}/layers/{nights.id}", rotation | hours).status_code == 302
    changed = schedule.rotations.get(name="Nights", ends_at=None)
    assert changed.windows == [{"days": [0, 4], "from": "21:00", "to": "06:00"}]
    twice = {"days-2": ["5"], "from-2": "10:00", "to-2": "12:00", "members": ["ana + Ben", "nobody", ana.email]}
    assert admin.post(f"{path}/layers/{changed.id}", rotation | hours | twice).status_code == 302
    changed = schedule.rotations.get(name="Nights", ends_at=None)
    assert [(one["days"], one["from"]) for one in changed.windows] == [([0, 4], "21:00"), ([5], "10:00")]
    assert oncall.turns_of(changed) == [[ana, ben], [], [ana]]
    shown = admin.get(f"{path}/layers/{changed.id}").text
    assert 'value="Ana + Ben"' in shown
    assert shown.count('name="days-3"') == 7, "room for another stretch"
    members = {"members": [ana.id, ben.id], "since": "2100-01-01"}
    assert admin.post(f"{path}/layers/{changed.id}/members", members).status_code == 302
    assert admin.post(f"{path}/layers/{changed.id}/members", members | {"since": "2001-01-01"}).status_code == 422
    assert admin.post(f"{path}/layers/{schedule.rotations.get(name='weekly').id}/raise").status_code == 302
    for query in ("?show=month", "?zone=utc", "?zone=mine&from=2026-03-25", "?from=9999-12-31", "?from=x&zone=x&show=x"):
        assert "who is really called" in admin.get(path + query).text
    assert admin.post(f"{path}/layers/{changed.id}/remove").status_code == 302
    assert admin.post(f"{path}/last-resort").status_code == 302
    schedule.refresh_from_db()
    assert schedule.is_last_resort


@pytest.mark.req("PAG-08")
def test_a_swap_is_asked_and_accepted_in_two_forms(client: Client) -> None:
    ana, ben = company.person("Ana"), company.person("Ben")
    schedule = company.schedule(company.team("Payments", ana, ben), ana)
    client.force_login(ana)
    time = {"cover_from": "2030-01-07 10:00", "cover_until": "2030-01-08 10:00"}
    assert client.post(f"/schedules/{schedule.slug}/covers", time | {"back_from": "2030-01-09 10:00"}).status_code == 422
    assert client.post(f"/schedules/{schedule.slug}/covers", time | {"asked": ben.id, "note": "wedding"}).status_code == 302
    client.force_login(ben)
    inbox = client.get("/oncall/swaps").text
    assert "wedding" in inbox
    path = re.search(r'action="(/covers/[^"]+/accept)"', inbox)
    assert path is not None
    assert client.post(path[1]).status_code == 302
    assert client.post(path[1]).status_code == 409
    assert oncall.people_on_call(schedule, dt.datetime(2030, 1, 7, 12, tzinfo=dt.UTC)) == [ben]


def test_a_gateway_keeps_its_headers_to_itself(admin: Client) -> None:
    form = {
        "name": "ntfy",
        "method": "POST",
        "url": "https://ntfy.example/{{ to }}",
        "headers": "Authorization: Bearer hush",
        "body": "{{ text }}",
    }
    assert admin.post("/gateways/new", form).status_code == 302
    gateway = Gateway.objects.get()
    assert "hush" not in gateway.headers_encrypted
    assert queries.gateway_headers(gateway) == {"Authorization": "Bearer hush"}
    assert "hush" not in admin.get(f"/gateways/{gateway.id}").text
    assert admin.post(f"/gateways/{gateway.id}", form | {"headers": "", "body": "{{ link }}"}).status_code == 302
    gateway.refresh_from_db()
    assert queries.gateway_headers(gateway) == {"Authorization": "Bearer hush"}
    for field, value in (("url", "file:///etc/passwd"), ("headers", "no colon"), ("body", "{{ password }}"), ("method", "BREW")):
        page = admin.post("/gateways/new", form | {"name": "other", field: value})
        assert page.status_code == 422, field


def test_the_meaning_of_a_severity_is_edited(admin: Client) -> None:
    assert admin.post("/admin/severities", {"number": "2", "name": "Major", "meaning": "Half of it is down."}).status_code == 302
    assert "Half of it is down." in admin.get("/admin/severities").text
    assert admin.post("/admin/severities", {"number": "2", "name": "", "meaning": "x"}).status_code == 422


def test_a_person_proves_an_address_and_orders_what_is_used() -> None:
    ana = company.person("Ana", reach=False)
    client = entered(ana)
    assert "by sign-in mail only" in client.get("/me").text
    assert client.post("/me/methods", {"via": "email", "address": "ana@home.example"}).status_code == 302
    method = ana.contact_methods.get()
    code = re.search(r"\d{6}", OutboxMail.objects.get().body).group()
    wrong = "000000" if code != "000000" else "111111"
    assert client.post(f"/me/methods/{method.id}/verify", {"code": wrong}).status_code == 422
    assert client.post(f"/me/methods/{method.id}/verify", {"code": code}).status_code == 302
    assert client.post("/me/order/high", {f"delay-{method.id}": "3"}).status_code == 302
    assert [(step.address, step.delay_minutes) for step in queries.notify_plan(ana, "high")] == [("ana@home.example", 3)]
    assert client.post("/me/order/high", {f"delay-{method.id}": "999"}).status_code == 422
    assert "after 3 min" in client.get("/me").text
    assert client.post(f"/me/methods/{method.id}/remove").status_code == 302


def test_zone_and_theme_are_kept_and_the_theme_is_in_the_first_byte() -> None:
    ana = company.person("Ana")
    client = entered(ana)
    assert client.post("/me/change", {"name": "Ana", "zone": "Asia/Tokyo", "theme": "night", "shortcuts": "on"}).status_code == 302
    page = client.get("/me")
    assert 'data-theme="night"' in page.text[:120]
    assert client.cookies["theme"].value == "night"
    assert client.post("/me/change", {"name": "Ana", "zone": "Asia/Nowhere", "theme": "night"}).status_code == 422


def test_a_token_is_shown_once_and_revoked() -> None:
    ana = company.person("Ana")
    client = entered(ana)
    page = client.post("/me/tokens", {"token_name": "ci", "scopes": ["read"]})
    plain = re.search(r"tcs_[\w-]+", page.text).group()
    assert plain not in client.get("/me").text
    token = ana.tokens.get()
    assert client.post("/me/tokens", {"token_name": "ci", "scopes": ["everything"]}).status_code == 422
    assert client.post(f"/me/tokens/{token.id}/revoke").status_code == 302
    assert not queries.tokens(ana).exists()


def test_what_belongs_to_somebody_else_does_not_exist_on_my_profile() -> None:
    ana, ben = company.person("Ana"), company.person("Ben")
    method = ben.contact_methods.get()
    client = entered(ana)
    for verb in ("verify", "code", "remove"):
        assert client.post(f"/me/methods/{method.id}/{verb}", {"code": "123456"}).status_code == 404
    assert Person.objects.get(pk=ben.pk).contact_methods.exists()
    assert Team.objects.count() == 0


def test_in_a_large_company_a_form_lists_who_is_near_and_takes_anybody_by_name(admin: Client, root: Person) -> None:
    ana, zoe = company.person("Ana"), company.person("Zoe Far")
    crowd = [company.person(f"Person {number:03}", reach=False) for number in range(people.LISTED)]
    schedule = company.schedule(company.team("Payments", ana), zoe)
    path = f"/schedules/{schedule.slug}"
    shown = admin.get(path).text
    assert all(f'<option value="{one.id}"' in shown for one in (ana, zoe, root))
    assert f'<option value="{crowd[30].id}"' not in shown
    form = {"person": root.id, "starts_at": "2030-01-05 09:00", "ends_at": "2030-01-06 09:00"}
    assert admin.post(f"{path}/overrides", form | {"person_named": "person 030"}).status_code == 302
    assert schedule.overrides.get().person == crowd[30]
    Person.objects.filter(pk=company.person("Twin").pk).update(name="Person 030")
    steps = {"name": "Crowd", "repeats": "0", "wait-0": "5", "person-0_named": crowd[40].email}
    assert admin.post("/t/payments/policies/new", steps).status_code == 302
    assert [one.person for one in Policy.objects.get(name="Crowd").steps.get().targets.all()] == [crowd[40]]
    assert admin.post("/t/payments/policies/new", steps | {"person-0_named": "Nemo"}).status_code == 422
    refused = admin.post(f"{path}/overrides", form | {"person_named": "Person 030"})
    assert refused.status_code == 422
    assert "write the e-mail address" in refused.text
