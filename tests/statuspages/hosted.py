"""A hosted Statuspage on loopback: it checks every request against the published API, keeps incidents, and fails on demand."""

from __future__ import annotations

import contextlib
import http.server
import json
import re
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tocsin.core.net import addresses
from tocsin.core.net.outbound import Guard

PAGE, KEY = "kctbh9vrtdwd", "89a229ce-1a8b-4f2e-key"
STATUSES = {"investigating", "identified", "monitoring", "resolved"}
PLANNED = {"scheduled", "in_progress", "verifying", "completed"}
STATES = {"operational", "degraded_performance", "partial_outage", "major_outage", "under_maintenance"}
FIELDS = {"name", "status", "body", "deliver_notifications", "metadata", "component_ids", "components"}
OF_WORK = {"scheduled_remind_prior", "scheduled_auto_in_progress", "scheduled_auto_completed"}
OF_WORK |= {"auto_transition_to_maintenance_state", "auto_transition_to_operational_state"}
TIMES = {"scheduled_for", "scheduled_until"}
LISTS = {
    "unresolved": STATUSES - {"resolved"},
    "scheduled": {"scheduled"},
    "upcoming": {"scheduled"},
    "active_maintenance": {"in_progress", "verifying"},
}
Answer = tuple[int, dict[str, str], bytes]


class Hosted(http.server.ThreadingHTTPServer):
    """`incidents` newest first; `trouble` may answer in its place; `lose` takes the next changes and answers nothing."""

    daemon_threads = True

    def __init__(self, *components: str, key: str = KEY) -> None:
        super().__init__(("127.0.0.1", 0), _Request)
        self.key = key
        self.components = [
            {"id": f"c{number:011d}", "name": name, "status": "operational", "group": False}
            for number, name in enumerate(components)
        ]
        self.incidents: list[dict[str, Any]] = []
        self.asked: list[tuple[str, str]] = []
        self.wrong: list[str] = []
        """What a request had that the API does not take: a test looks that there is nothing."""
        self.lose = 0
        self.trouble: Callable[[str, str], Answer | None] = lambda method, path: None
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    @property
    def guard(self) -> Guard:
        return Guard(addresses.parse_allow(f"127.0.0.1:{self.server_port}"), only_allowed=True)

    @property
    def told(self) -> list[tuple[str, str]]:
        """The updates of the newest incident in order: status and body."""
        return [(one["status"], one["body"]) for one in reversed(self.incidents[0]["incident_updates"])]

    def state(self, name: str) -> str:
        return next(str(one["status"]) for one in self.components if one["name"] == name)

    def stop(self) -> None:
        self.shutdown()
        self.server_close()

    def answer(self, method: str, target: str, headers: dict[str, str], raw: bytes) -> Answer | None:
        """None: the request had its effect and the answer is lost."""
        parts = urlsplit(target)
        self.asked.append((method, parts.path))
        odd = self.trouble(method, parts.path)
        if odd is not None:
            return odd
        if headers.get("authorization") != f"OAuth {self.key}":
            return _json(401, {"error": "Could not authenticate"})
        found = re.fullmatch(rf"/v1/pages/{PAGE}(/.*)", parts.path)
        if not found:
            return _json(404, {"error": "not found"})
        body = None
        if raw:
            self._check(headers.get("content-type") == "application/json", f"{method} {target}: content-type")
            body = json.loads(raw)
        made = self._route(method, found.group(1), parse_qs(parts.query), body)
        if method != "GET" and self.lose:
            self.lose -= 1
            return None
        return made

    def _check(self, holds: bool, what: str) -> None:
        if not holds:
            self.wrong.append(what)

    def _route(self, method: str, path: str, query: dict[str, list[str]], body: Any) -> Answer:
        if (method, path) == ("GET", "/components"):
            self._check(set(query) <= {"page", "per_page"}, f"query of components {query}")
            size, page = int(query.get("per_page", ["100"])[0]), int(query.get("page", ["1"])[0])
            return _json(200, self.components[(page - 1) * size : page * size])
        listed = LISTS.get(path.removeprefix("/incidents/")) if method == "GET" else None
        if listed:
            return _json(200, [one for one in self.incidents if one["status"] in listed])
        if (method, path) == ("GET", "/incidents"):
            self._check(set(query) <= {"limit", "page", "q"}, f"query of incidents {query}")
            return _json(200, self.incidents[: int(query.get("limit", ["100"])[0])])
        if (method, path) == ("POST", "/incidents"):
            return self._create(body)
        one = re.fullmatch(r"/(incidents|components)/([a-z0-9]{12})", path)
        rows = self.incidents if one and one.group(1) == "incidents" else self.components
        thing = next((row for row in rows if one and row["id"] == one.group(2)), None)
        if thing is None or one is None:
            return _json(404, {"error": "not found"})
        if method == "GET":
            return _json(200, thing)
        self._check(method in {"PATCH", "PUT"}, f"{method} {path}")
        return self._change(thing, body) if one.group(1) == "incidents" else self._set(thing, body)

    def _create(self, body: Any) -> Answer:
        fields = self._fields(body)
        if not fields.get("name"):
            return _json(422, {"error": ["Name can't be blank"]})
        made = {"id": f"i{len(self.incidents):011d}", "incident_updates": [], "status": "investigating", "page_id": PAGE}
        made["shortlink"] = f"https://stspg.example/{made['id']}"
        self.incidents.insert(0, made)
        self._change(made, body)
        return _json(201, made)

    def _change(self, incident: dict[str, Any], body: Any) -> Answer:
        fields = self._fields(body)
        kept = ("name", "status", "metadata", "component_ids", "deliver_notifications", *TIMES)
        incident |= {name: fields[name] for name in kept if name in fields}
        if "body" in fields:
            said = {"status": incident["status"], "body": fields["body"], "id": f"u{len(incident['incident_updates']):011d}"}
            incident["incident_updates"].insert(0, said)
        for component, state in fields.get("components", {}).items():
            thing = next((one for one in self.components if one["id"] == component), None)
            if thing is None:
                return _json(422, {"error": ["Components is invalid"]})
            thing["status"] = state
        return _json(200, incident)

    def _set(self, component: dict[str, Any], body: Any) -> Answer:
        self._check(set(body) == {"component"} and set(body["component"]) <= {"status", "name"}, f"component {body}")
        component["status"] = body["component"]["status"]
        return _json(200, component)

    def _fields(self, body: Any) -> dict[str, Any]:
        self._check(isinstance(body, dict) and set(body) == {"incident"}, f"wrapped {body}")
        fields: dict[str, Any] = body["incident"]
        work = "scheduled_for" in fields
        known = FIELDS | OF_WORK | TIMES if work else FIELDS
        self._check(set(fields) <= known, f"fields {set(fields) - known}")
        self._check(fields.get("status") in (PLANNED if work else STATUSES), f"status {fields.get('status')}")
        self._check(not work or fields["scheduled_for"] < fields["scheduled_until"], f"times {fields}")
        self._check(all(isinstance(fields[name], bool) for name in OF_WORK & set(fields)), f"flags {fields}")
        self._check(isinstance(fields.get("deliver_notifications", True), bool), "deliver_notifications")
        self._check(all(isinstance(one, dict) for one in fields.get("metadata", {}).values()), "metadata has namespaces")
        states = fields.get("components", {})
        self._check(isinstance(states, dict) and set(states.values()) <= STATES, f"components {states}")
        named = fields.get("component_ids", [])
        self._check(set(named) <= {one["id"] for one in self.components}, f"component_ids {named}")
        self._check(list(states) == named or (work and not states), "component_ids")
        return fields


class _Request(http.server.BaseHTTPRequestHandler):
    server: Hosted

    def _any(self) -> None:
        raw = self.rfile.read(int(self.headers.get("content-length", 0)))
        answer = self.server.answer(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, raw)
        if answer is None:
            self.close_connection = True
            return
        status, headers, body = answer
        self.send_response(status)
        sent = {"content-type": "application/json; charset=utf-8", "content-length": str(len(body))} | headers
        for name, value in sent.items():
            self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(OSError):  # whoever asked may have read enough
            self.wfile.write(body)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _any

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


def _json(status: int, document: Any) -> Answer:
    return status, {}, json.dumps(document).encode()
