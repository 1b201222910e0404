"""The demo company as a site, and one visit to it with a browser."""

from __future__ import annotations

import contextlib
import datetime as dt
import html
import json
import re
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Request, Response

from tests import tables
from tests.acceptance.installation import Answer, Installation, call
from tests.waiting import Stuck, at_most, until

DESK, PHONE = (1440, 900), (390, 844)


class Site:
    """A server that holds the demo company. `kept` remembers who is signed in, so that it happens once.

    `for_pictures`: without test mode and its ribbon, as users see it. `settings` are the installation's own.
    """

    def __init__(self, folder: Path, *, for_pictures: bool = False, **settings: str) -> None:
        url, said = tables.fill(folder / "data", tables.DEMO, f"demo_{uuid.uuid4().hex[:12]}")
        self.tocsin = Installation(folder, database_url=url, **settings)
        if for_pictures:
            for name in ("TOCSIN_TEST", "TOCSIN_TEST_CLOCK"):
                self.tocsin.environment.pop(name)
        self.demo: dict[str, Any] = json.loads(said)
        self.tocsin.start()
        self.url = self.tocsin.url
        self.kept: Any = None

    def api(self, method: str, path: str, document: Any = None, **headers: str) -> Answer:
        return self.tocsin.api(self.demo["api_token"], method, path, document, **headers)

    def send_alertmanager(self, name: str, fingerprint: str, status: str = "firing") -> None:
        """The webhook that the README shows."""
        alert = {
            "status": status,
            "labels": {"alertname": name, "severity": "critical"},
            "annotations": {"summary": name},
            "startsAt": dt.datetime.now(dt.UTC).isoformat(),
            "endsAt": "0001-01-01T00:00:00Z",
            "fingerprint": fingerprint,
        }
        self.send_alerts([alert])

    def send_alerts(self, alerts: list[dict[str, Any]]) -> None:
        """Alerts of one group, as Alertmanager sends them."""
        document = {"version": "4", "status": alerts[0]["status"], "receiver": "tocsin", "alerts": alerts}
        key = self.demo["keys"]["alertmanager"]
        answer = call(
            "POST", f"{self.url}/in/{key}/alertmanager", json.dumps(document).encode(), {"Content-Type": "application/json"}
        )
        assert answer.status == 202, answer

    def mails(self) -> list[tuple[str, str]]:
        """Subject and text of each mail in the built-in mailbox, newest first, as a signed-in browser sees them."""
        page = self._read("/mailbox")
        paths = re.findall(r'href="(/mailbox/mbx_[0-9a-z]+)"', page)
        return [(path, html.unescape(self._read(path))) for path in dict.fromkeys(paths)][:20]

    def acknowledge_path(self, words: str) -> str:
        """The path of the acknowledge link in the newest mail that holds these words; empty while there is none."""
        for _, text in self.mails():
            found = re.search(r"/ack/[\w-]+", text)
            if words in text and found:
                return found.group(0)
        return ""

    def publishes(self, words: str) -> None:
        """The page for customers holds these words, after the five seconds in which they can be taken back."""
        until(lambda: words in html.unescape(call("GET", self.url + "/status").text), 20, f"customers do not read {words!r}")

    def weight(self, path: str) -> int:
        """Bytes of a page's answer as it travels, headers included."""
        answer = call("GET", self.url + path, headers={"Accept-Encoding": "gzip, br"})
        return len(answer.body) + sum(len(name) + len(value) + 4 for name, value in answer.headers.items())

    def size(self, path: str) -> int:
        """Bytes of an answer's body as it is."""
        return len(call("GET", self.url + path).body)

    def _read(self, path: str) -> str:
        cookies = "; ".join(f"{one['name']}={one['value']}" for one in self.signed_in()["cookies"])
        return call("GET", self.url + path, headers={"Cookie": cookies}).text

    def signed_in(self) -> Any:
        assert self.kept is not None, "nobody has signed in yet"
        return self.kept

    def stop(self) -> None:
        self.tocsin.stop()


class Visit:
    """One browser window. `close` fails for console errors, server errors and requests to other hosts."""

    def __init__(
        self,
        browser: Browser,
        site: Site,
        *,
        signed_in: bool = False,
        javascript: bool = True,
        size: tuple[int, int] = DESK,
        theme: str = "light",
        somebody: Any = None,
    ) -> None:
        """`somebody`: what `sign_in_as` gave, for another person than the administrator."""
        self.site = site
        self.javascript = javascript
        self.faults: list[str] = []
        self.expected_faults: list[str] = []
        if site.kept is None:
            site.kept = _sign_in(browser, site)
        self.context = browser.new_context(
            base_url=site.url,
            java_script_enabled=javascript,
            viewport={"width": size[0], "height": size[1]},
            color_scheme=theme,
            storage_state=(somebody or site.kept) if signed_in else None,
            reduced_motion="reduce",
        )
        self.context.set_default_timeout(30_000)
        self.page: Page = self.context.new_page()
        self._watch(self.page)

    def shown(self) -> str:
        """What stands in each of its pages now, for whoever reads why a test failed."""
        return "\n\n".join(f"{page.url}\n{_text(page)[:3000]}" for page in self.context.pages)

    def _watch(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(f"script error: {error}"))
        page.on("request", self._request)
        page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.faults.append(f"console on {self.page.url}: {message.text}")

    def _request(self, request: Request) -> None:
        host = urlsplit(request.url).netloc
        if request.url.startswith("http") and host != urlsplit(self.site.url).netloc:
            self.faults.append(f"request to a third party: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.faults.append(f"{response.status} from {response.url}")

    def go(self, path: str) -> Page:
        """Open a path; fails when the answer is not a page."""
        answer = self.page.goto(path)
        assert answer is not None
        assert answer.status < 400, f"{answer.status} at {path}"
        return self.page

    def judge(self) -> None:
        """Fails for what went wrong since the last time."""
        unexpected = [fault for fault in self.faults if not any(words in fault for words in self.expected_faults)]
        self.faults.clear()
        assert unexpected == []

    def close(self) -> None:
        """A browser that does not close a window (it happens, rarely, while a page is still on its way) fails no test."""
        with contextlib.suppress(Stuck), at_most(20):
            self.context.close()
        self.judge()


def sign_in_as(browser: Browser, site: Site, name: str) -> Any:
    """A person of the demo takes an invitation and is signed in from then on."""
    person = site.api("GET", f"/people?q={name}&limit=1").json["items"][0]
    invited = site.api("POST", f"/people/{person['id']}/invite", {})
    assert invited.status == 200, invited
    context = browser.new_context()
    page = context.new_page()
    page.goto(invited.json["link"])
    for field in page.locator("input[type=password]").all():
        field.fill("seven green lanterns")
    page.locator("main form button").first.click()
    page.wait_for_url(lambda url: "invite" not in url)
    if "login" in page.url:
        page.fill("input[name=login]", person["email"])
        page.fill("input[name=password]", "seven green lanterns")
        page.press("input[name=password]", "Enter")
        page.wait_for_url(lambda url: "login" not in url)
    state = context.storage_state()
    context.close()
    return state


def _sign_in(browser: Browser, site: Site) -> Any:
    context = browser.new_context(base_url=site.url)
    page = context.new_page()
    page.goto("/account/login/")
    page.fill("input[name=login]", site.demo["admin"]["email"])
    page.fill("input[name=password]", site.demo["admin"]["password"])
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "login" not in url)
    state = context.storage_state()
    context.close()
    return state


def _text(page: Page) -> str:
    try:
        return page.locator("body").inner_text(timeout=2_000)
    except Error as error:
        return f"nothing that can be read: {error.message}"
