"""The company blog through the API."""

from __future__ import annotations

import pytest

from tests.api.caller import Api, refusal
from tests.incidents import given

pytestmark = pytest.mark.django_db
WORDS = {"title": "What the queue taught us", "text": "It was full."}


@pytest.mark.req("APP-08")
def test_a_post_is_drafted_edited_published_and_read():
    there = given.house()
    incident = given.fixing(there)
    ana, sven = Api(there.ana), Api(there.sven)
    assert refusal(ana.post("blog-posts", WORDS | {"title": " "}), 422)["field"] == "title"
    assert refusal(ana.post("blog-posts", WORDS | {"authors": ["nobody"]}), 422)["field"] == "authors"
    assert refusal(ana.post("blog-posts", WORDS | {"incident": "HOT-99"}), 422)["field"] == "incident"
    refusal(sven.post("blog-posts", WORDS), 403)
    made = ana.post("blog-posts", WORDS | {"incident": incident.key, "authors": ["ana@example.com", there.ben.pk]})
    assert (made.status_code, made.json()["state"], made.json()["incident"]) == (201, "draft", incident.key)
    path = f"blog-posts/{made.json()['slug']}"
    refusal(sven.get(path), 404)
    assert [one["slug"] for one in ana.get("blog-posts?state=draft").json()["items"]] == [made.json()["slug"]]
    tag = ana.get(path)["ETag"]
    assert ana.patch(path, {"text": "It was very full."}, If_Match=tag).json()["revision"] == 2
    refusal(ana.patch(path, {"text": "No."}, If_Match=tag), 412)
    refusal(ana.post(f"{path}/publish", {"revision": 1}), 412)
    assert ana.post(f"{path}/publish", {"revision": 2}).json()["state"] == "published"
    assert ana.post(f"{path}/publish").json()["state"] == "published"
    refusal(ana.post(f"{path}/take-back"), 409)
    (read,) = sven.get("blog-posts?q=very").json()["items"]
    assert (read["text"], [one["name"] for one in read["authors"]]) == ("It was very full.", ["Ana", "Ben"])
    assert sven.get("blog-posts?q=nothing").json()["items"] == []
    for below in ("revisions", "mailed"):
        refusal(sven.get(f"{path}/{below}"), 403)
    assert ana.get(f"{path}/mailed").json() == {"sent": 0, "waiting": 0, "refused": 0}
    assert [one["number"] for one in ana.get(f"{path}/revisions").json()["items"]] == [2, 1]


def test_people_subscribe_and_make_feeds_within_the_scopes_of_their_tokens():
    there = given.house()
    sven = Api(there.sven)
    assert sven.post("blog-posts/subscribe").json() == {"subscribed": True}
    assert sven.post("blog-posts/unsubscribe").json() == {"subscribed": False}
    made = sven.post("blog-posts/feeds")
    assert (made.status_code, made.json()["address"].endswith(".atom")) == (201, True)
    (kept,) = sven.get("blog-posts/feeds").json()["items"]
    assert kept["address"] is None
    assert Api(there.ana).get("blog-posts/feeds").json()["items"] == []
    assert sven.post(f"blog-posts/feeds/{kept['id']}/revoke").json()["revoked_at"]
    reads = Api(there.ana, scopes=("read",))
    for path in ("blog-posts", "blog-posts/subscribe", "blog-posts/feeds"):
        assert refusal(reads.post(path, WORDS if path == "blog-posts" else None), 403)["code"] == "scope_missing"
