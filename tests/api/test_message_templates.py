"""Message templates over the API: kept, filled in from an incident, refused with the place."""

from __future__ import annotations

import pytest

from tests.api.caller import Api, refusal
from tests.web.walk import world

pytestmark = pytest.mark.django_db
WORDS = {"name": "Looking", "audience": "external", "stage": "first", "body": "{{ products }} fail since {{ started }}."}


@pytest.mark.req("ICO-11")
def test_a_template_is_kept_filled_in_and_removed() -> None:
    world()
    api = Api()
    made = api.post("message-templates", WORDS).json()
    assert (made["slug"], made["title"]) == ("looking", "")
    key = api.post("incidents", {"summary": "Cards fail", "severity": 3, "products": ["tickets"]}).json()["key"]
    said = api.get(f"incidents/{key}/fill-template/looking?next_update_at=2030-01-01T10:00:00Z").json()
    assert (said["body"], said["unknown"]) == ("Tickets fail since currently unknown.", ["started"])
    etag = api.get("message-templates/looking")["ETag"]
    assert api.patch("message-templates/looking", {"title": "{{ products }}"}, If_Match=etag).json()["title"] == "{{ products }}"
    assert [one["slug"] for one in api.get("message-templates").json()["items"]] == ["looking"]
    assert api.post("message-templates/looking/remove").status_code == 204
    refusal(api.get(f"incidents/{key}/fill-template/looking"), 404)


def test_what_is_wrong_is_named() -> None:
    api = Api()
    assert refusal(api.post("message-templates", WORDS | {"body": "{{ key }}"}), 422)["field"] == "body"
    assert refusal(api.post("message-templates", WORDS | {"title": "{{ x }}"}), 422)["field"] == "title"
    assert refusal(api.post("message-templates", WORDS | {"slug": "Not one"}), 422)["field"] == "slug"
    refusal(api.post("message-templates", WORDS | {"stage": "middle"}), 422)
