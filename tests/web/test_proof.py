"""The proof as a page: red ones first with their words, the proven ones folded away."""

from __future__ import annotations

import pytest

from tests import company
from tests.web.walk import signed_in, world
from tocsin.core import clock
from tocsin.core.actor import SYSTEM
from tocsin.directory.models import ContactMethod, Service
from tocsin.oncall import commands, proving

pytestmark = pytest.mark.django_db


@pytest.mark.req("PAG-13")
def test_services_that_page_nobody_come_first_and_say_why() -> None:
    there = world()
    commands.keep_proof(SYSTEM, now=clock.now())
    page = signed_in(company.stakeholder()).get("/oncall/proof").content.decode()
    assert "Every alert of 400 days ends at somebody" in page
    assert "One service is proven" in page
    assert "Prove again" not in page

    ContactMethod.objects.update(verified_at=None)
    Service.objects.filter(pk=company.service("Search").pk).update(updated_at=clock.now())
    client = signed_in(there.ada)
    assert "One service is proven" in client.get("/oncall/proof").content.decode(), "what was kept"
    page = client.post("/oncall/proof/again", follow=True).content.decode()
    assert "Two services page nobody at some time" in page
    assert "Checkout API: step 1 reaches Ada, whose mail address is not verified; step 2 reaches Bo" in page
    assert "/oncall/time-machine?service=checkout-api&amp;urgency=high&amp;at=" in page


def test_before_the_engine_looked_the_page_looks_itself() -> None:
    world()
    assert proving.stored() is None
    page = signed_in(company.stakeholder()).get("/oncall/proof")
    assert page.status_code == 200
    assert "One service is proven" in page.content.decode()
