"""Lists, questions and mail that arrived, through the API."""

from __future__ import annotations

import pytest

from tests.api.caller import Api, refusal
from tests.incidents import given
from tests.statuspages import post
from tocsin.statuspages.questions.models import Question

pytestmark = pytest.mark.django_db


@pytest.fixture
def there(settings):
    post.arrives(settings)
    return given.house()


@pytest.mark.req("ICO-07")
def test_a_list_is_made_filled_changed_and_removed(there):
    root, sven = Api(there.root), Api(there.sven)
    made = root.post("lists", {"name": "Interested", "severities": [3], "is_open": True})
    assert (made.status_code, made.json()["slug"]) == (201, "interested")
    assert root.post("lists/interested/add-member", {"person": "ben@example.com"}).json()["name"] == "Ben"
    assert (
        root.post("lists/interested/add-member", {"address": "noc@example.com", "name": "NOC"}).json()["address"]
        == "noc@example.com"
    )
    assert sven.post("lists/interested/subscribe").json()["members"] == 3
    assert [one["name"] for one in sven.get("lists/interested/members").json()["items"]] == ["Sven"]
    assert sven.post("lists/interested/unsubscribe").json()["subscribed"] is False
    assert refusal(root.post("lists/interested/add-member", {"person": "nobody"}), 422)["field"] == "person"
    assert refusal(root.post("lists/interested/add-member", {"address": "nobody"}), 422)["field"] == "address"
    assert refusal(root.post("lists", {"name": "x", "severities": [7]}), 422)["field"] == "severities"
    assert root.post("lists/interested/remove-member", {"member": "noc@example.com"}).status_code == 204
    assert root.post("lists/interested/remove").status_code == 204
    assert root.get("lists").json()["items"] == []


@pytest.mark.req("ICO-06", "ICO-08")
def test_words_are_mailed_and_what_is_asked_is_answered(there):
    root, ana = Api(there.root), Api(there.ana)
    incident = given.fixing(there)
    post.a_list("Leadership", there.sven)
    post.a_list("Few", there.imogen, severities=())
    words = {"status": "investigating", "internal": {"body": "We look."}, "next_update_at": "2099-01-01T00:00:00Z"}
    refused = ana.post(f"incidents/{incident.key}/post-update", words | {"lists": ["nobody"]})
    assert refusal(refused, 422)["field"] == "lists"
    assert ana.post(f"incidents/{incident.key}/post-update", words).status_code == 200
    (mailed,) = ana.get(f"incidents/{incident.key}/mails").json()["items"]
    assert (mailed["list"], mailed["readers"], mailed["copies"][0]["to"]) == ("leadership", 1, "sven@example.com")
    (seen,) = Api(there.sven).get(f"incidents/{incident.key}/mails").json()["items"]
    assert (seen["readers"], seen["copies"]) == (1, [])
    post.reply("Hit?", by="sven@example.com", answers=mailed["message_id"])
    (asked,) = ana.get(f"incidents/{incident.key}/questions").json()["items"]
    path = f"incidents/{incident.key}/questions/{asked['id']}"
    assert refusal(ana.post(f"{path}/answer", {"text": " "}), 422)["field"] == "text"
    assert ana.post(f"{path}/answer", {"text": "No."}).json()["state"] == "answered"
    assert refusal(ana.post(f"{path}/set-aside"), 409)["code"] == "settled"
    post.reply("Hit?", by="eve@evil.example", answers=mailed["message_id"], message_id="<e@x>")
    (held,) = root.get("mail-in?outcome=held").json()["items"]
    assert refusal(root.post(f"mail-in/{held['id']}/admit", {"incident": "HOT-99"}), 422)["field"] == "incident"
    assert root.post(f"mail-in/{held['id']}/admit", {"incident": incident.key}).json()["outcome"] == "question"
    assert Question.objects.count() == 2
    assert refusal(ana.get("mail-in"), 403)
