"""The world as a test sees it: start it, set its mood, read what reached it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.acceptance.ledger import LedgerReader

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Message:
    """A mail or a templated call that arrived. `link` is the acknowledge link in it, empty if there is none."""

    kind: str
    to: str
    text: str
    line: dict[str, Any] = field(repr=False)

    @property
    def link(self) -> str:
        found = re.search(r"https?://\S+/ack/[A-Za-z0-9_-]+", self.text)
        return found.group(0) if found else ""

    @property
    def links(self) -> list[str]:
        return re.findall(r"https?://[^\s\"'<>]+", self.text)


class World:
    """The other process and its ledger. Stops when its standard input is closed, so it never outlives the test run."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "tests.acceptance.world", str(folder)]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._process.stdout
        ports = json.loads(self._process.stdout.readline())
        self.smtp_port, self.http_port = ports["smtp"], ports["http"]
        self._ledger = LedgerReader(folder / "ledger.jsonl")

    @property
    def smtp_url(self) -> str:
        return f"smtp://127.0.0.1:{self.smtp_port}"

    @property
    def http_url(self) -> str:
        return f"http://127.0.0.1:{self.http_port}"

    def mood(self, **document: Any) -> None:
        """`mood(mail="550", to="ada@example.com")`, `mood(calls=500)`, `mood(mail="normal")`."""
        request = urllib.request.Request(f"{self.http_url}/mood", json.dumps(document).encode(), method="POST")
        urllib.request.urlopen(request, timeout=5).read()

    def lines(self) -> list[dict[str, Any]]:
        return self._ledger.lines()

    def messages(self) -> list[Message]:
        return [as_message(line) for line in self.lines()]

    def stop(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        try:
            self._process.wait(3)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(5)


def as_message(line: dict[str, Any]) -> Message:
    if line["kind"] == "mail":
        return Message("mail", line["to"][0], f"{line['subject']}\n{line['body']}", line)
    try:
        to = str(json.loads(line["body"]).get("to") or line["path"])
    except (ValueError, AttributeError):
        to = line["path"]
    return Message("call", to, line["body"], line)
