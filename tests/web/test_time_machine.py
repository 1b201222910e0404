"""The time machine as a form that is its own address."""

from __future__ import annotations

import pytest

from tests import company
from tests.web.walk import signed_in, world

pytestmark = pytest.mark.django_db


def test_a_service_and_a_time_say_who_would_be_paged() -> None:
    world()
    client = signed_in(company.stakeholder())
    assert "Choose a service and a time" in client.get("/oncall/time-machine").content.decode()
    page = client.get("/oncall/time-machine?service=checkout-api&at=2026-12-25T03:00:00Z&urgency=low").content.decode()
    assert "Ada would be paged first" in page
    assert "low urgency" in page
    assert page.index("Ada</a>") < page.index("Bo</a>") < page.index("Last resort</td>") < page.index("Imogen</a>")
    assert "Ada would be paged first" in client.get("/oncall/time-machine?service=checkout-api&at=in+2+h").content.decode()


@pytest.mark.parametrize(
    "wrong", ["service=nonsense", "service=checkout-api&at=noonish", "service=checkout-api&at=9999-12-31+23:00"]
)
def test_what_cannot_be_understood_is_said_and_kept(wrong: str) -> None:
    world()
    answer = signed_in(company.stakeholder()).get(f"/oncall/time-machine?{wrong}")
    assert answer.status_code == 422
    assert 'class="err"' in answer.content.decode()
