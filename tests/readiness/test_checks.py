"""Four pillars, and of each what is set up and what is missing."""

from __future__ import annotations

import contextlib
import json
import socket
import threading

import pytest

from tests import company
from tests.acceptance.installation import free_port
from tests.conftest import NOW
from tests.incidents import given
from tocsin.alerts import commands as alerts
from tocsin.cli import lock
from tocsin.cli.inside import doctor
from tocsin.core.actor import SYSTEM
from tocsin.directory import agreed
from tocsin.directory import commands as directory
from tocsin.readiness import checks, commands

pytestmark = pytest.mark.django_db


def state(actor):
    return {check.what: check.ok for pillar in checks.pillars(actor, NOW) for check in pillar.checks}


@pytest.mark.req("VAL-12")
def test_the_four_pillars_say_what_is_missing_in_an_empty_house():
    actor = company.actor(company.administrator())
    pillars = checks.pillars(actor, NOW)
    assert [pillar.name for pillar in pillars] == ["Respond", "Communicate", "Collaborate", "Improve continuously"]
    missing = {check.what: check.words for pillar in pillars for check in pillar.checks if not check.ok}
    assert missing["Alerts come in"] == "There is no service yet."
    assert missing["Offline kit"] == "None was made yet."
    assert missing["Backup: chat"] == "The backup is not named."
    assert all(check.words for pillar in pillars for check in pillar.checks)


@pytest.mark.req("VAL-12")
def test_what_is_set_up_is_ticked(settings, tmp_path):
    settings.TOCSIN = settings.TOCSIN.model_copy(update={"data": tmp_path})
    there = given.house()
    root = there.actor("root")
    before = state(root)
    alerts.create_key(SYSTEM, there.service, kind="generic", name="x", now=NOW)
    directory.set_organisation(root, name="Larkfield", security_team=there.team, now=NOW)
    for kind in ("chat", "video"):
        link = f"https://{kind}.example.com"
        directory.set_backup_system(root, agreed.backup_system(kind), link=link, tested_on=NOW.date(), now=NOW)
    commands.make_kit(root, now=NOW)
    given.declared(there, drill=True)
    gained = {what for what, ok in state(root).items() if ok and not before[what]}
    assert gained == {
        "Alerts come in",
        "Name of the organisation",
        "Security team",
        "Backup: chat",
        "Backup: video call",
        "Offline kit",
        "Drills",
    }
    assert before["Services page somebody"]
    assert before["Last resort"]


def test_a_door_for_mail_that_is_switched_on_and_not_there_is_missing_with_what_mends_it(settings):
    root = company.actor(company.administrator())
    assert "Replies come in" not in state(root)
    place = f"127.0.0.1:{free_port()}"
    settings.TOCSIN = settings.TOCSIN.model_copy(update={"mail_in": place})
    found = next(check for pillar in checks.pillars(root, NOW) for check in pillar.checks if check.what == "Replies come in")
    assert not found.ok
    assert place in found.words
    assert "TOCSIN_MAIL_IN" in found.words
    port = int(place.rpartition(":")[2])
    with socket.create_server(("127.0.0.1", port)) as door:
        answering = threading.Thread(target=lambda: door.accept()[0].sendall(b"220 tocsin\r\n"), daemon=True)
        answering.start()
        assert state(root)["Replies come in"]


def test_doctor_is_red_while_a_server_runs_without_its_door_for_mail(settings, tmp_path, capsys):
    place = f"127.0.0.1:{free_port()}"
    settings.TOCSIN = settings.TOCSIN.model_copy(update={"mail_in": place, "data": tmp_path, "database_url": ""})
    assert told(capsys)["state"] == "note"
    with lock.hold(tmp_path):
        red = told(capsys)
    assert (red["state"], place in red["words"], "TOCSIN_MAIL_IN" in red["words"]) == ("red", True, True)


def told(capsys):
    with contextlib.suppress(SystemExit):
        doctor.run(as_json=True)
    return next(one for one in json.loads(capsys.readouterr().out)["findings"] if one["subject"] == "mail in")
