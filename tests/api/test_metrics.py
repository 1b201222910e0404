"""Who may read the numbers of the process."""

from __future__ import annotations

import pytest
from django.test import Client

from tests import company
from tests.api.caller import Api, refusal

pytestmark = pytest.mark.django_db
FAR = "192.0.2.7"


def test_a_scraper_on_this_machine_reads_the_numbers() -> None:
    answer = Client().get("/metrics")
    assert answer.status_code == 200
    assert b"tocsin_" in answer.content


def test_what_a_proxy_passes_on_is_not_from_this_machine() -> None:
    scope = {"headers": [(b"x-forwarded-for", b"192.0.2.7")]}
    refusal(Client(**{"asgi.scope": scope}).get("/metrics"), 401)


def test_from_elsewhere_only_administrators_read_them() -> None:
    far = {"REMOTE_ADDR": FAR}
    refusal(Client(**far).get("/metrics"), 401)
    bo, root = Api(company.person("Bo")), Api(company.administrator())
    refusal(Client(**far).get("/metrics", headers={"Authorization": f"Bearer {bo.token}"}), 403)
    assert Client(**far).get("/metrics", headers={"Authorization": f"Bearer {root.token}"}).status_code == 200
    browser = Client(**far)
    browser.force_login(root.person)
    assert browser.get("/metrics").status_code == 200
