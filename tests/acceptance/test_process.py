"""The contract of the process: how it starts, stops, refuses and keeps what it was given."""

from __future__ import annotations

import json
import signal
import time
import uuid
from pathlib import Path

import pytest

from tests import tables
from tests.acceptance.installation import Installation, call
from tests.acceptance.rig import Rig


def test_it_ends_with_0_within_ten_seconds_of_sigterm(rig: Rig) -> None:
    begun = time.monotonic()
    assert rig.tocsin.terminate(within=10) == 0
    assert time.monotonic() - begun < 10


def test_control_c_ends_it_cleanly_too(rig: Rig) -> None:
    rig.tocsin.send_signal(signal.SIGINT)
    assert rig.tocsin.wait(10) == 0


def test_it_says_that_it_lives_and_that_it_is_ready(rig: Rig) -> None:
    assert call("GET", rig.tocsin.url + "/healthz").status == 200
    ready = rig.until_ready()
    assert ready.status == 200, ready


@pytest.mark.store("sqlite")
@pytest.mark.parametrize("verb", [("demo", "--json"), ("user", "add", "x@example.com"), ("serve", "--port", "8999")])
def test_writers_exit_3_while_a_server_holds_the_folder(rig: Rig, verb: tuple[str, ...]) -> None:
    done = rig.tocsin.run(*verb)
    assert done.returncode in (2, 3), (done.returncode, done.stderr)
    assert done.returncode == 3 or verb[0] == "user", done.stderr


@pytest.mark.store("sqlite")
@pytest.mark.parametrize("verb", ["web", "engine"])
def test_the_halves_alone_need_postgresql(tmp_path: Path, verb: str) -> None:
    done = Installation(tmp_path).run(verb)
    assert done.returncode == 2, done.stderr


def test_an_unknown_setting_stops_the_start_and_names_the_nearest(tmp_path: Path) -> None:
    done = Installation(tmp_path, TOCSIN_SMTP_ULR="smtp://127.0.0.1").run("serve", "--port", "8999")
    assert done.returncode == 2, done.stderr
    assert "TOCSIN_SMTP_URL" in done.stderr + done.stdout


def test_test_mode_refuses_to_listen_beyond_this_machine(tmp_path: Path) -> None:
    done = Installation(tmp_path).run("serve", "--host", "0.0.0.0", "--port", "8999")
    assert done.returncode == 2, done.stderr


@pytest.mark.store("sqlite")
def test_a_backup_is_restored_into_hold_and_pages_nobody_until_released(rig: Rig, tmp_path: Path) -> None:
    rig.send_alert()
    rig.expect_mail("Ada")
    kept = tmp_path / "kept.backup"
    made = rig.tocsin.run("backup", "create", str(kept))
    assert made.returncode == 0, made.stderr
    assert rig.tocsin.run("backup", "verify", str(kept)).returncode == 0
    rig.tocsin.stop()
    restored = rig.elsewhere(tmp_path / "second")
    back = restored.tocsin.run("backup", "restore", str(kept))
    assert back.returncode == 0, back.stderr
    restored.start()
    restored.fast_forward(minutes=30)
    rig.expect_silence()
    restored.tocsin.stop()
    assert restored.tocsin.run("release").returncode == 0
    restored.start()
    rig.expect_call("Ada")
    restored.tocsin.stop()
    rig.take_all()


@pytest.mark.store("postgresql")
def test_backup_on_postgresql_names_pg_dump(rig: Rig, tmp_path: Path) -> None:
    done = rig.tocsin.run("backup", "create", str(tmp_path / "x"))
    assert done.returncode == 2
    assert "pg_dump" in done.stderr + done.stdout


@pytest.mark.everywhere
def test_the_demo_is_made_once_and_issues_fresh_keys_each_time(tmp_path: Path) -> None:
    url, said = tables.fill(tmp_path / "data", tables.DEMO, f"again_{uuid.uuid4().hex[:12]}")
    tocsin = Installation(tmp_path, database_url=url)
    again = tocsin.run("demo", "--json", within=240)
    assert again.returncode == 0, again.stderr
    one, two = json.loads(said), json.loads(again.stdout)
    assert set(one) == {"base_url", "admin", "api_token", "service", "keys", "status_pages"}
    assert one["service"] == two["service"]
    assert one["api_token"] != two["api_token"]
    tocsin.start()
    try:
        assert tocsin.api(two["api_token"], "GET", "/services").status == 200
        assert tocsin.run("doctor", "--json").returncode == 0
    finally:
        tocsin.stop()


def test_the_demo_never_mixes_with_other_data(rig: Rig) -> None:
    rig.tocsin.stop()
    assert rig.tocsin.run("demo", "--json").returncode == 3
