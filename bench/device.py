"""A slow device: Chromium by its own protocol, with nothing put into its pages.

What drives browsers in the tests adds two worlds of scripts to every page. A slow device pays for them before the first paint,
and no reader's browser does.
"""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urljoin

from websockets.sync.client import ClientConnection, connect

from tests.browser.chromium import FLAGS
from tests.waiting import until

WIDTH, HEIGHT = 1440, 900
SECONDS = 60.0
SETTLED = 0.7
"""Seconds after the first paint and the load, until which the largest paint has come."""
_SEEN = """new Promise((done) => { const seen = {painted: 0, jumped: 0};
    const read = (type, take) => new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({type, buffered: true});
    read('largest-contentful-paint', (one) => { seen.painted = one.startTime; });
    read('layout-shift', (one) => { if (!one.hadRecentInput) seen.jumped += one.value; });
    setTimeout(() => done(JSON.stringify(seen)), 100); })"""


class Load(NamedTuple):
    """Milliseconds until the largest paint, counted from the tap, and the sum of all layout shifts."""

    painted: float
    jumped: float


class Device:
    """One browser; every page opens in a window of its own that has seen nothing yet."""

    def __init__(self, line: ClientConnection) -> None:
        self._line = line
        self._numbers = itertools.count(1)

    def load(self, url: str, *, slower: int, cookies: Mapping[str, str]) -> Load:
        """Open a page with the processor so many times slower, in a window that has shown a line of text from the same house: its
        process is there, and nothing of the page.
        """
        context = self._ask("Target.createBrowserContext")["browserContextId"]
        made = {"url": "about:blank", "browserContextId": context, "width": WIDTH, "height": HEIGHT}
        target = self._ask("Target.createTarget", **made)["targetId"]
        session = self._ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        jar = [{"name": name, "value": value, "url": url} for name, value in cookies.items()]
        self._ask("Storage.setCookies", cookies=jar, browserContextId=context)
        self._ask("Page.enable", session)
        self._ask("Page.setLifecycleEventsEnabled", session, enabled=True)
        self._ask("Emulation.setCPUThrottlingRate", session, rate=slower)
        self._go(session, urljoin(url, "/healthz"))
        self._go(session, url)
        said = self._ask("Runtime.evaluate", session, expression=_SEEN, awaitPromise=True, returnByValue=True)
        self._ask("Target.disposeBrowserContext", browserContextId=context)
        return Load(**json.loads(said["result"]["value"]))

    def _go(self, session: str, url: str) -> None:
        """Open a page and leave it in peace until nothing more is painted."""
        answer = self._ask("Page.navigate", session, url=url)
        assert not answer.get("errorText"), answer
        awaited = {"load", "firstContentfulPaint"}
        while awaited:
            said = self._read()
            event = said.get("params", {})
            if said.get("sessionId") == session and event.get("loaderId") == answer["loaderId"]:
                awaited.discard(event.get("name", ""))
        time.sleep(SETTLED)

    def _ask(self, method: str, session: str = "", **params: Any) -> dict[str, Any]:
        number = next(self._numbers)
        self._line.send(
            json.dumps({"id": number, "method": method, "params": params, **({"sessionId": session} if session else {})})
        )
        while (said := self._read()).get("id") != number:
            pass
        assert "error" not in said, (method, said["error"])
        return dict(said["result"])

    def _read(self) -> dict[str, Any]:
        return dict(json.loads(self._line.recv(timeout=SECONDS)))


@contextmanager
def slow_device(folder: Path) -> Iterator[Device]:
    """A browser until the block ends; its profile lies in this folder."""
    chromium = shutil.which("chromium")
    assert chromium is not None, "install chromium"
    command = [chromium, *FLAGS, "--headless=new", "--remote-debugging-port=0", f"--user-data-dir={folder}", "about:blank"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as browser:
        try:
            address = until(lambda: _address(folder / "DevToolsActivePort"), 30, "the browser does not start")
            with connect(address, max_size=None) as line:
                yield Device(line)
        finally:
            browser.terminate()


def _address(told: Path) -> str:
    """Where its protocol is spoken; empty while it has not said so."""
    words = told.read_text().split() if told.exists() else []
    return f"ws://127.0.0.1:{words[0]}{words[1]}" if len(words) == 2 else ""
