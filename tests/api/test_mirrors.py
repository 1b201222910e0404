"""Pages elsewhere through the API: registered with a key that is never shown, tried, and what each took of an incident."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.api.caller import Api, refusal
from tests.incidents import given
from tests.statuspages.hosted import KEY, PAGE
from tocsin.core import clock
from tocsin.statuspages import commands
from tocsin.statuspages.mirrors.models import MirrorCopy, MirroredEntry

pytestmark = pytest.mark.django_db
HOSTED = {
    "name": "Hosted",
    "kind": "statuspage",
    "audience": "external",
    "address": "https://api.example.com/v1",
    "remote_page": PAGE,
}


def test_a_page_elsewhere_is_registered_changed_tried_and_removed_and_its_key_is_never_shown():
    caller = Api()
    made = caller.post("mirrors", {**HOSTED, "key": KEY})
    assert (made.status_code, made.json()["slug"], made.json()["secret"]) == (201, "hosted", None)
    read = caller.get("mirrors/hosted")
    assert KEY.encode() not in made.content + read.content + caller.get("mirrors").content
    changed = caller.patch("mirrors/hosted", {"name": "Theirs", "notifies": False}, If_Match=read["ETag"])
    assert (changed.json()["name"], changed.json()["notifies"], changed.json()["remote_page"]) == ("Theirs", False, PAGE)
    refusal(caller.patch("mirrors/hosted", {"name": "Late"}, If_Match=read["ETag"]), 412)
    refusal(caller.post("mirrors/hosted/renew-secret"), 409)
    assert caller.post("mirrors/hosted/pause").json()["paused_at"]
    assert caller.post("mirrors/hosted/resume").json()["paused_at"] is None
    tried = caller.post("mirrors/hosted/try")
    assert (tried.status_code, tried.json()["state"], tried.json()["update"]) == (202, "due", None)
    assert [one["id"] for one in caller.get("mirrors/hosted/copies").json()["items"]] == [tried.json()["id"]]
    assert caller.post("mirrors/hosted/remove").status_code == 204
    refusal(caller.get("mirrors/hosted"), 404)
    signed = caller.post(
        "mirrors", {"name": "Own", "kind": "signed", "audience": "internal", "address": "https://own.example.com/x"}
    )
    assert signed.json()["secret"].startswith("whsec_")
    assert caller.get("mirrors/own").json()["secret"] is None
    assert caller.post("mirrors/own/renew-secret").json()["secret"] != signed.json()["secret"]


@pytest.mark.parametrize(
    ("field", "body"),
    [
        ("key", {}),
        ("address", {"key": KEY, "address": "http://169.254.169.254/v1"}),
        ("kind", {"key": KEY, "kind": "x"}),
        ("parts", {"key": KEY, "parts": {"Nothing": "API"}}),
    ],
)
def test_what_is_wrong_is_a_422_that_names_it(field, body):
    assert refusal(Api().post("mirrors", {**HOSTED, **body}), 422)["field"].startswith(field)


def test_they_are_for_administrators():
    there = given.house()
    Api(there.root).post("mirrors", {**HOSTED, "key": KEY})
    ben = Api(there.ben)
    for answer in (ben.get("mirrors"), ben.get("mirrors/hosted"), ben.post("mirrors/hosted/try"), ben.get("mirrors/hosted/copies")):
        refusal(answer, 403)


def test_what_came_of_an_update_is_read_and_tried_again_and_what_is_left_open_is_told():
    there = given.house()
    Api(there.root).post("mirrors", {**HOSTED, "key": KEY})
    incident = given.fixing(there)
    words = {"title": "Issues with Tickets", "body": "We look into it."}
    commands.post_update(
        there.actor("ben"), incident, status="investigating", external=words, next_update_at=given.later(30), confirmation="c",
        now=given.later(5),
    )  # fmt: skip
    MirrorCopy.objects.update(work_state="failed", last_error="HTTP 401")
    ben, path = Api(there.ben), f"incidents/{incident.key}/mirrored"
    (told,) = ben.get(path).json()["results"]
    assert (told["done"], told["failed"], told["copies"][0]["answer"]) == (0, 1, "HTTP 401")
    again = f"{path}/{told['copies'][0]['id']}/retry"
    refusal(Api(there.sven).post(again), 403)
    assert ben.post(again).json()["state"] == "due"
    refusal(ben.post(again), 409)
    refusal(ben.post(f"{path}/mrc_00000000000000000000000000/retry"), 404)
    copy = MirrorCopy.objects.get()
    MirroredEntry.objects.create(mirror=copy.mirror, entry=copy.update.entry, remote_id="p31zjtct2jer", status="investigating")
    refusal(ben.post(f"{path}/{MirroredEntry.objects.get().id}/closed"), 409)
    given.resolved(there, incident, final={})
    (left,) = ben.get(f"incidents/{incident.key}/follow-up").json()["mirrored"]
    assert (left["mirror"], left["remote_id"]) == ("hosted", "p31zjtct2jer")
    assert ben.post(f"{path}/{left['id']}/closed").json()["closed_at"]
    assert ben.get(f"incidents/{incident.key}/follow-up").json()["mirrored"] == []


def test_what_came_of_planned_work_is_read_and_tried_again():
    caller = Api()
    caller.post("mirrors", {**HOSTED, "key": KEY})
    tomorrow = clock.now() + dt.timedelta(days=1)
    times = {"starts_at": clock.rfc3339(tomorrow), "ends_at": clock.rfc3339(tomorrow + dt.timedelta(hours=1))}
    work = caller.post("maintenances", {"title": "New database", "body": "Short pauses.", **times}).json()
    (copy,) = caller.get(f"maintenances/{work['id']}/mirrored").json()["items"]
    assert (copy["mirror"], copy["state"], copy["update"]) == ("hosted", "due", work["updates"][0]["id"])
    refusal(caller.post(f"maintenances/{work['id']}/mirrored/{copy['id']}/retry"), 409)
    MirrorCopy.objects.update(work_state="failed", last_error="HTTP 401: no")
    assert caller.post(f"maintenances/{work['id']}/mirrored/{copy['id']}/retry").status_code == 202
    assert [one["state"] for one in caller.get("mirrors/hosted/copies").json()["items"]] == ["due"]
    refusal(caller.post(f"maintenances/{work['id']}/mirrored/mrc_{'0' * 26}/retry"), 404)
