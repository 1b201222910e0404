"""The status page of a real process whose database stops, and of one that starts while it is away."""

from __future__ import annotations

import contextlib
import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.installation import Answer, Installation, call
from tests.postgres import Postgres
from tests.waiting import until

COMPANY = {
    "people": [{"name": "Root", "role": "administrator"}, {"name": "Ada"}],
    "services": [{"name": "Checkout API", "steps": [["Ada"]], "wait": 600}],
    "last_resort": ["Ada"],
    "gateway": "http://127.0.0.1:9/none",
}


@pytest.fixture
def database() -> Iterator[Postgres]:
    server = Postgres().start()
    yield server
    with contextlib.suppress(subprocess.CalledProcessError):  # a test that failed may have left it stopped
        server.stop()


HOST = "status.partner.example"


def hosted(tocsin: Installation, path: str = "/") -> Answer:
    """What a reader finds at the host that a further page has of its own."""
    return call("GET", tocsin.url + path, headers={"Host": HOST}, within=5)


def text(tocsin: Installation) -> str:
    return call("GET", tocsin.url + "/status", within=5).text


@pytest.mark.store("postgresql")
@pytest.mark.req("ICO-01")
def test_the_page_is_fresh_with_its_database_and_stands_without_it(tmp_path: Path, database: Postgres) -> None:
    tocsin = Installation(tmp_path, database_url=database.url("tocsin"))
    tokens = tocsin.seed(COMPANY)["tokens"]
    token = tokens["Ada"]
    tocsin.start()
    try:
        until(lambda: "Everything works" in text(tocsin), 20, "no page")
        further = {"name": "Partner", "language": "de", "zone": "Europe/Vienna", "host": HOST}
        assert tocsin.api(tokens["Root"], "POST", "/status-pages", further).status == 201
        until(lambda: "Alles in Ordnung" in hosted(tocsin).text, 5, "the page is not at its host")
        assert hosted(tocsin, "/account/login/").status == 404, "nothing else of the house is there"
        assert "Benachrichtigt" in hosted(tocsin, "/subscribe").text
        made = tocsin.api(token, "POST", "/incidents", {"summary": "Vault", "severity": 2, "service": "checkout-api"}).json
        words = {"status": "investigating", "external": {"body": "Paying fails"}, "next_update_at": "2099-01-01T00:00:00Z"}
        assert tocsin.api(token, "POST", f"/incidents/{made['key']}/post-update", words).status == 200
        published = time.monotonic()
        until(lambda: "Paying fails" in text(tocsin), 5, "the update is not on the page")
        assert time.monotonic() - published < 2.0, "one second, and one for a busy machine"

        database.crash()
        tocsin.forward(minutes=3)
        until(lambda: "3 minutes old" in text(tocsin), 5, "the page does not say its age")
        assert "Paying fails" in text(tocsin)
        summary = json.loads(call("GET", tocsin.url + "/api/v2/summary.json").body)
        assert len(summary["incidents"]) == 1
        assert "3 Minuten alt" in hosted(tocsin).text
        assert "Paying fails" not in hosted(tocsin).text, "what was said elsewhere"

        copied = tocsin.run("status", "export", str(tmp_path / "copy"), "--json")
        assert copied.returncode == 0, copied.stderr
        assert json.loads(copied.stdout)["live"] is False
        assert "Paying fails" in (tmp_path / "copy" / "index.html").read_text()

        tocsin.kill9()
        tocsin.spawn()
        until(lambda: _answers(tocsin), 30, "no page after a restart without the database")
        assert "Paying fails" in text(tocsin)
        assert "Alles in Ordnung" in hosted(tocsin).text
        until(lambda: "3 minutes old" in text(tocsin), 20, "the restarted process does not say the age")
        until(lambda: call("GET", tocsin.url + "/").status == 503, 30, "others are kept waiting")
        assert "does not answer" in call("GET", tocsin.url + "/readyz").text

        database.start()
        until(lambda: "minutes old" not in text(tocsin), 60, "the page does not recover")
        assert "Paying fails" in text(tocsin)
    finally:
        tocsin.stop()


def _answers(tocsin: Installation) -> bool:
    try:
        return call("GET", tocsin.url + "/status", within=1).status == 200
    except OSError:
        return False
