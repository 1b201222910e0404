"""The API's state document: sections with versions, rows with what they lack, a file out and in."""

from __future__ import annotations

import pytest

from tests import company
from tests.api.caller import Api, refusal
from tests.web.walk import world
from tocsin.core import clock
from tocsin.core.actor import SYSTEM
from tocsin.incidents import commands as incidents

pytestmark = pytest.mark.django_db


def documented(**more) -> str:
    there = world()
    incident = incidents.declare(
        company.actor(there.ada), summary="Payments fail", severity=3, service=there.checkout, now=clock.now(), **more
    )
    incidents.set_up(SYSTEM, incident, now=clock.now())
    return f"incidents/{incident.key}/document"


@pytest.mark.req("OPN-08")
def test_a_section_is_written_kept_as_versions_and_restored() -> None:
    path, api = documented(), Api()
    section = f"{path}/sections/we_know"
    refusal(api.patch(section, {"text": "x"}), 428)
    for words in ("first", "second"):
        tag = api.get(section)["ETag"]
        assert api.patch(section, {"text": words}, If_Match=tag).json()["text"] == words
    assert refusal(api.patch(section, {"text": "third"}, If_Match=tag), 412)["current"]["text"] == "second"
    versions = api.get(f"{section}/versions").json()["items"]
    assert [(one["version"], one["text"]) for one in versions] == [(3, "second"), (2, "first")]
    assert [one["name"] for one in versions[0]["writers"]] == [api.person.name]
    restored = api.post(f"{section}/restore", {"version": 2}).json()
    assert (restored["text"], restored["version"]) == ("first", 4)
    refusal(api.post(f"{section}/restore", {"version": 77}), 404)
    refusal(api.get(f"{path}/sections/secrets"), 404)


@pytest.mark.req("OPN-07")
def test_a_row_of_the_timeline_is_added_and_changed() -> None:
    path, api = documented(), Api()
    made = api.post(f"{path}/rows", {"cells": {"who": "Ana", "what": "5xx rises"}})
    assert made.status_code == 201
    row = f"{path}/rows/{made.json()['id']}"
    changed = api.patch(row, {"cells": {"when": "02:14"}}, If_Match=api.get(row)["ETag"]).json()
    assert changed["cells"] == {"when": "02:14", "what": "5xx rises", "who": "Ana"}
    assert refusal(api.post(f"{path}/rows", {"cells": {"whom": "x"}}), 422)["field"] == "cells"
    refusal(api.post(f"{path}/rows", {"table": "changes", "cells": {"what": "x"}}), 422)
    assert [one["id"] for one in api.get(path).json()["rows"]] == [made.json()["id"]]


@pytest.mark.req("SYS-20")
@pytest.mark.parametrize("kind", ["markdown", "html"])
def test_a_file_goes_out_and_comes_back_without_loss(kind: str) -> None:
    path, api = documented(), Api()
    api.post(f"{path}/rows", {"table": "timeline", "cells": {"when": "02:14", "what": "a | b\n<br>"}})
    incident = path.removesuffix("/document")
    api.post(f"{incident}/log-change", {"what": "rolled | back", "who": "Rex", "revert": "deploy\n41"})
    api.post(f"{incident}/open-stream", {"title": "Rollback", "lead": api.person.email, "step": "- one\n- two"})
    file = api.get(f"{path}/export?format={kind}").json()
    before = api.get(path).json()
    assert api.post(f"{path}/import", file).json() == {"sections": 0, "rows_added": 0, "rows_changed": 0}
    assert api.get(path).json() == before
    assert [(one["who"], one["revert"]) for one in before["changes"]] == [("Rex", "deploy\n41")]
    assert [one["lead"]["name"] for one in before["streams"]] == [api.person.name]
    assert refusal(api.post(f"{path}/import", {"format": kind, "text": "## Other\n"}), 422)["field"] == "file"


def test_who_only_reads_writes_nothing_and_who_may_not_see_finds_nothing() -> None:
    path = documented(private=True)
    reader = Api(scopes=("read",))
    assert reader.get(path).status_code == 200
    refusal(reader.post(f"{path}/rows", {"cells": {"who": "x"}}), 403)
    stranger = Api(company.person("Cleo"))
    for asked in (path, f"{path}/export", f"{path}/sections/we_know", f"{path}/sections/we_know/versions"):
        refusal(stranger.get(asked), 404)
    refusal(stranger.post(f"{path}/import", {"text": "x"}), 404)
