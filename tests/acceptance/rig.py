"""The verbs of an acceptance test: send an alert, expect a mail, acknowledge, fast-forward, expect silence."""

from __future__ import annotations

import html
import itertools
import json
import re
import time
import urllib.parse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.acceptance.installation import Answer, Installation, call
from tests.acceptance.outside import Message, World
from tests.waiting import throughout, until

SERVICE = "checkout-api"
LEASE_SECONDS = 31
"""After these, what a killed process had in its hands is anybody's again."""
COMPANY: dict[str, Any] = {
    "people": [
        {"name": "Root", "role": "administrator"},
        {"name": "Ada", "by": [["mail", 0], ["call", 2]], "low": [["mail", 0]]},
        {"name": "Bo", "by": [["call", 0]], "low": [["call", 0]]},
        {"name": "Imogen"},
        {"name": "Max"},
        {"name": "Sven", "role": "stakeholder"},
    ],
    "services": [{"name": "Checkout API", "steps": [["Ada"], ["Bo"]], "wait": 5, "repeats": 0, "roster": ["Max"]}],
    "last_resort": ["Imogen"],
}


def address(name: str) -> str:
    return f"{name.lower()}@example.com"


class Rig:
    """One installation in one world. A message that no `expect` asked for fails the test at its end."""

    def __init__(self, tocsin: Installation, world: World, made: dict[str, Any]) -> None:
        self.tocsin, self.world, self.made = tocsin, world, made
        self._before = len(world.lines())
        self._taken: set[int] = set()
        self._names = itertools.count(1)

    def start(self) -> Rig:
        self.tocsin.start()
        return self

    def close(self) -> None:
        """Stop and fail for each message that nobody expected."""
        try:
            surprises = self.unexpected()
        finally:
            self.tocsin.stop()
        assert not surprises, f"messages that nobody expected: {surprises}"

    # what monitoring does

    def send_alert(self, title: str = "Checkout answers 500", *, key: str = "", service: str = SERVICE, **fields: Any) -> str:
        """One event at the generic door; returns its dedup key. The door must answer 202."""
        key = key or f"event-{next(self._names)}"
        document = {"title": title, "dedup_key": key, **fields}
        answer = self.at_door("generic", document, service=service)
        assert answer.status == 202, answer
        assert re.fullmatch(r"evt_[0-9a-z]{26}", answer.json["event"]), answer
        return key

    def at_door(self, kind: str, document: Any, *, service: str = SERVICE) -> Answer:
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        return call("POST", self.door(kind, service), body, {"Content-Type": "application/json"})

    def door(self, kind: str, service: str = SERVICE) -> str:
        return f"{self.tocsin.url}/in/{self.made['keys'][service][kind]}/{kind}"

    # what people see

    def expect_mail(self, to: str, containing: str = "", *, within: float = 20) -> Message:
        return self._expect("mail", address(to), containing, within)

    def expect_call(self, to: str, containing: str = "", *, within: float = 20) -> Message:
        """A templated HTTP call to this person."""
        return self._expect("call", f"+43-{to.lower()}", containing, within)

    def _expect(self, kind: str, to: str, containing: str, within: float) -> Message:
        def find() -> Message | None:
            for position, message in enumerate(self.messages()):
                fits = message.kind == kind and message.to == to and containing in message.text
                if position not in self._taken and fits:
                    self._taken.add(position)
                    return message
            return None

        found = until(find, within, f"no {kind} to {to} containing {containing!r}; unexpected: {self.unexpected()}")
        assert found is not None
        return found

    def messages(self) -> list[Message]:
        """Everything that reached the world since this rig was set up, but notices about shifts: those come by the calendar."""
        return [message for message in self.world.messages()[self._before :] if "/oncall/mine" not in message.text]

    def unexpected(self) -> list[Message]:
        return [message for position, message in enumerate(self.messages()) if position not in self._taken]

    def expect_silence(self, seconds: float = 2.5) -> None:
        """Nothing more reaches the world. The engine polls every second, so two polls pass."""
        throughout(lambda: not self.unexpected(), seconds, "silence was expected")

    def expect_no_more_than_now(self, seconds: float = 2.5) -> None:
        """What has come has come, and nothing follows, expected or not. For a flood that is judged as a whole."""
        count = len(until(self._calm(seconds), 150, "messages do not stop"))
        assert count == len(self.messages())

    def _calm(self, seconds: float) -> Callable[[], list[Message]]:
        state = {"count": -1, "since": time.monotonic()}

        def calm() -> list[Message]:
            found = self.messages()
            if len(found) != state["count"]:
                state.update(count=len(found), since=time.monotonic())
            return found if time.monotonic() - state["since"] > seconds else []

        return calm

    def take_all_when_calm(self, seconds: float = 2.5) -> None:
        """Whatever still comes is not what this test is about."""
        until(self._calm(seconds), 150, "messages do not stop")
        self.take_all()

    def take_all(self) -> None:
        """Everything that came was judged elsewhere."""
        self._taken = set(range(len(self.messages())))

    def fast_forward(self, **distance: float) -> None:
        self.tocsin.forward(**distance)

    def kill_and_restart(self) -> None:
        """Kill -9, and start once the leases of the dead have run out."""
        self.tocsin.kill9()
        self.fast_forward(seconds=LEASE_SECONDS)
        self.tocsin.start()

    # what people do

    def acknowledge(self, message: Message) -> Answer:
        """Follow the link as a person does: look at the page, press its button."""
        assert message.link, f"no acknowledge link in {message}"
        page = call("GET", message.link)
        assert page.status == 200, page
        return self.press(message.link, page, "acknowledge")

    def press(self, address: str, page: Answer, word: str) -> Answer:
        """Submit the first form on the page whose text contains this word."""
        for form in re.findall(r"<form\b.*?</form>", page.text, re.DOTALL):
            if word in form.lower():
                return self._submit(address, form)
        raise AssertionError(f"no form with {word!r} on {address}\n{page.text[:3000]}")

    def _submit(self, address: str, form: str) -> Answer:
        action = re.search(r'<form[^>]*\baction="([^"]*)"', form)
        target = urllib.parse.urljoin(address, html.unescape(action.group(1)) if action else address)
        fields = {}
        for tag in re.findall(r"<input[^>]*>", form):
            name, value = (re.search(rf'\b{part}="([^"]*)"', tag) for part in ("name", "value"))
            if name:
                fields[name.group(1)] = html.unescape(value.group(1)) if value else ""
        body = urllib.parse.urlencode(fields).encode()
        return call("POST", target, body, {"Content-Type": "application/x-www-form-urlencoded"})

    # what the API says

    def api(self, method: str, path: str, document: Any = None, *, by: str = "Root", **headers: str) -> Answer:
        return self.tocsin.api(self.made["tokens"][by], method, path, document, **headers)

    def alert(self, key: str) -> dict[str, Any]:
        """The newest alert with this dedup key, once it is there."""

        def find() -> dict[str, Any] | None:
            answer = self.api("GET", "/alerts?limit=200")
            assert answer.status == 200, answer
            return next((one for one in answer.json["items"] if one["dedup_key"] == key), None)

        found = until(find, 10, f"no alert with dedup key {key}")
        assert found is not None
        return found

    def expect_status(self, key: str, status: str, *, within: float = 10) -> dict[str, Any]:
        return until(
            lambda: alert if (alert := self.alert(key))["status"] == status else {}, within, f"alert {key} is not {status}"
        )

    def status_of(self, alert_id: str) -> str:
        return str(self.api("GET", f"/alerts/{alert_id}").json["status"])

    def declare(
        self, *, severity: int, summary: str = "Payments fail", service: str | None = SERVICE, by: str = "Root"
    ) -> dict[str, Any]:
        document = {"summary": summary, "severity": severity, "service": service}
        answer = self.api("POST", "/incidents", document, by=by)
        assert answer.status == 201, answer
        return dict(answer.json)

    def resolve(self, key: str, *, by: str = "Max") -> Answer:
        """Resolve with everything unknown that may be unknown."""
        document = {"impact_over": True, "none_about_to_follow": True, "unknown": ["impact_started_at", "impact_ended_at"]}
        return self.api("POST", f"/incidents/{key}/resolve", {**document, "postmortem_owner": self.made["people"][by]}, by=by)

    def until_ready(self) -> Answer:
        """`/readyz`, once it says yes."""

        def ready() -> Answer | None:
            answer = call("GET", self.tocsin.url + "/readyz")
            return answer if answer.status == 200 else None

        found = until(ready, 30, "readyz stays red")
        assert found is not None
        return found

    def elsewhere(self, folder: Path) -> Rig:
        """A second, empty installation in the same world, with the same keys."""
        environment = {
            name: value for name, value in self.tocsin.environment.items() if name.startswith(("TOCSIN_SMTP", "TOCSIN_OUT"))
        }
        return Rig(Installation(folder, **environment), self.world, self.made)
