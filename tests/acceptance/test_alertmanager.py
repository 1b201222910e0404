"""A real Alertmanager fires and resolves."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.installation import call, free_port
from tests.acceptance.rig import Rig
from tests.waiting import until

CONFIG = """
route:
  receiver: tocsin
  group_wait: 0s
  group_interval: 1s
  repeat_interval: 1h
  group_by: [alertname]
receivers:
  - name: tocsin
    webhook_configs:
      - url: {door}
        send_resolved: true
"""


class Alertmanager:
    """The program from Debian, on a port of its own."""

    def __init__(self, folder: Path, door: str) -> None:
        folder.mkdir()
        config = folder / "am.yml"
        config.write_text(CONFIG.format(door=door))
        self.url = f"http://127.0.0.1:{free_port()}"
        options = [f"--config.file={config}", f"--storage.path={folder}", f"--web.listen-address={self.url[7:]}"]
        self._log = (folder / "log").open("wb")
        self._process = subprocess.Popen(
            ["prometheus-alertmanager", *options, "--cluster.listen-address="], stdout=self._log, stderr=self._log
        )
        until(self._ready, 15, "Alertmanager does not start")

    def _ready(self) -> bool:
        try:
            return call("GET", self.url + "/-/ready").status == 200
        except OSError:
            return False

    def push(self, **fields: object) -> None:
        labels = {"alertname": "HighErrorRate", "severity": "critical", "instance": "pay-1"}
        alert = {"labels": labels, "annotations": {"summary": "Errors above 5 %"}, **fields}
        body = json.dumps([alert]).encode()
        answer = call("POST", self.url + "/api/v2/alerts", body, {"Content-Type": "application/json"})
        assert answer.status == 200, answer

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(10)


@pytest.fixture
def alertmanager(rig: Rig, tmp_path: Path) -> Iterator[Alertmanager]:
    made = Alertmanager(tmp_path / "alertmanager", rig.door("alertmanager"))
    yield made
    made.stop()


@pytest.mark.everywhere
@pytest.mark.needs("prometheus-alertmanager")
@pytest.mark.req("PAG-01", "PAG-06")
def test_a_real_alertmanager_fires_is_acknowledged_and_resolves(rig: Rig, alertmanager: Alertmanager) -> None:
    alertmanager.push()
    mail = rig.expect_mail("Ada", "Errors above 5 %", within=15)
    rig.fast_forward(minutes=2)
    rig.expect_call("Ada", "Errors above 5 %")
    rig.acknowledge(mail)
    (alert,) = rig.api("GET", "/alerts").json["items"]
    assert alert["status"] == "acknowledged"
    assert alert["labels"]["instance"] == "pay-1"
    alertmanager.push(endsAt="2020-01-01T00:00:00Z", startsAt="2019-12-31T00:00:00Z")
    resolved = until(lambda: rig.status_of(alert["id"]) == "resolved", 15, "the source's resolve did not arrive")
    assert resolved
    rig.expect_silence()


@pytest.mark.needs("prometheus-alertmanager")
def test_a_resolve_without_words_keeps_the_title(rig: Rig, alertmanager: Alertmanager) -> None:
    alertmanager.push()
    rig.acknowledge(rig.expect_mail("Ada", within=15))
    (alert,) = rig.api("GET", "/alerts").json["items"]
    alertmanager.push(annotations={}, endsAt="2020-01-01T00:00:00Z", startsAt="2019-12-31T00:00:00Z")
    until(lambda: rig.status_of(alert["id"]) == "resolved", 15, "the source's resolve did not arrive")
    assert rig.api("GET", f"/alerts/{alert['id']}").json["title"] == alert["title"]
