"""`tocsin web` and `tocsin engine` as two processes on one PostgreSQL."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import urllib.request
from pathlib import Path

import pytest

from tests import tables
from tests.cli.process import TOCSIN, Server, answer, environment, free_port, tocsin
from tests.waiting import until


@pytest.mark.store("postgresql")
def test_the_door_hears_and_the_engine_pages(tmp_path: Path) -> None:
    data = tmp_path / "data"
    url, said = tables.fill(data, tables.DEMO, f"halves_{os.getpid()}")
    settings, company = {"TOCSIN_DATABASE_URL": url, "TOCSIN_DATA": str(data)}, json.loads(said)
    assert tocsin("backup", "create", tmp_path / "x", **settings).returncode == 2
    engine_log = (tmp_path / "engine.log").open("w")
    engine = subprocess.Popen([TOCSIN, "engine"], env=environment(**settings), stdout=engine_log, stderr=subprocess.STDOUT)
    web = Server(data, port=free_port(), log=tmp_path / "web.log", verb="web", **settings)
    try:
        web.ready()
        until(lambda: web.answers("/readyz"), 90, "not ready")
        event = {"title": "Checkout is down", "dedup_key": "halves"}
        key = company["keys"]["generic"]
        request = urllib.request.Request(f"{web.url}/in/{key}/generic", data=json.dumps(event).encode(), method="POST")
        with urllib.request.urlopen(request, timeout=30) as accepted:
            assert accepted.status == 202

        def paged() -> bool:
            pages = answer("page", "list", "--limit", "1", TOCSIN_URL=web.url, TOCSIN_TOKEN=company["api_token"])["items"]
            return bool(pages) and pages[0]["card"]["title"] == "Checkout is down" and pages[0]["status"] == "sent"

        until(paged, 60, "nobody was paged", every=0.5)
        assert web.stop() == 0
        engine.send_signal(signal.SIGTERM)
        assert engine.wait(10) == 0
    finally:
        for process in (engine, web.process):
            if process.poll() is None:
                process.kill()
                process.wait()
        engine_log.close()
