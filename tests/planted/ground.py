"""What an operation needs beside the words that are planted: things that are there, and a body that is otherwise right."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Callable
from typing import Any

from tests.browser.site import Site
from tests.planted.fields import Operation

Body = dict[str, Any]
_number = itertools.count(1)

_SLOT = re.compile(r"\{(\w+)\}")


class Ground:
    """The demo in one round of planting: `incident` is this round's own, `turn` chooses among things of a kind."""

    def __init__(self, site: Site, turn: int) -> None:
        self.site, self.turn = site, turn
        self._known: dict[str, list[Any]] = {}
        self._declared: list[str] = []
        self.incident = self.declared(severity=2, service="checkout")
        self.spoken = self.said()
        self.finished = self.resolved()

    def go_on(self, turn: int) -> None:
        """Other things of each kind from now on, those among them that were made meanwhile."""
        self.turn = turn
        self._known.clear()

    def settle(self) -> None:
        """Incidents that only served one operation are over, so that lists show others too."""
        for key in set(self._declared) - {self.incident, self.spoken}:
            self.site.api("POST", f"/incidents/{key}/resolve", {**RESOLVE, "leave_open": LEFT})

    def made(self, path: str, body: Body | None = None) -> Any:
        """What a POST answers. Fails when it is refused."""
        answer = self.site.api("POST", path, body or {})
        assert answer.status < 300, (path, answer)
        return answer.json if answer.body else None

    def declared(self, **more: Any) -> str:
        """The key of an incident that nobody has spoken of."""
        key = str(self.made("/incidents", {"summary": f"Planted {next(_number)}", "severity": 3, **more})["key"])
        self._declared.append(key)
        for verb in ("take-command", "set-up"):
            self.made(f"/incidents/{key}/{verb}")
        return key

    def said(self) -> str:
        """That of one with first words on both pages."""
        key = self.declared()
        self.made(f"/incidents/{key}/post-update", first_words())
        return key

    def resolved(self) -> str:
        """That of one whose entries are still open."""
        key = self.said()
        self.made(f"/incidents/{key}/resolve", {**RESOLVE, "leave_open": LEFT})
        return key

    def items(self, path: str) -> list[Any]:
        """What a list has."""
        answer = self.site.api("GET", path)
        assert answer.status == 200, (path, answer)
        found = answer.json
        return list(found["items"] if isinstance(found, dict) and "items" in found else found)

    def one(self, path: str, word: str = "id") -> str:
        """A thing of a kind, another in the next round."""
        if path not in self._known:
            self._known[path] = self.items(path)
        every = self._known[path]
        found = [one for one in every if one.get("state") not in _OVER] or every
        assert found, f"nothing at {path}"
        return str(found[self.turn % len(found)][word])

    def path(self, operation: Operation) -> str:
        """A real path for an operation. Fails when nothing stands for a word of it."""
        path = operation.path
        if "{wanted}" in path:
            path = path.replace("{wanted}", self._wanted(operation))
        return _SLOT.sub(lambda slot: self._stands_for(slot.group(1), path), path)

    def _wanted(self, operation: Operation) -> str:
        noun, template = operation.path.split("/")[1], operation.path
        own = OWN.get(operation.name) or OWN.get(f"{operation.method} {template.rpartition('/')[0]}/*")
        if own:
            return own(self)
        if noun != "incidents":
            return self.one(f"/{noun}", _WORDS.get(noun, "id"))
        return self.told() if any(word in template for word in ("{offer}", "{reading}", "{question}")) else self.incident

    def told(self) -> str:
        """The demo's incident that people asked about."""
        return str(
            next(one["key"] for one in self.items("/incidents?state=fixing&limit=200") if one["summary"].startswith("Seat maps"))
        )

    def _stands_for(self, slot: str, path: str) -> str:
        parent = "/".join(path.split("/")[:3])
        if slot in _LISTS:
            where, word = _LISTS[slot]
            return self.one(f"{parent}{where}" if where.startswith("/") else f"/{where}", word)
        return str(_FOUND[slot](self, parent))


_OVER = {"published", "completed", "answered", "refuted"}
_WORDS = dict.fromkeys(
    ("lists", "dashboards", "policies", "status-pages", "message-templates", "incident-templates", "mirrors"), "slug"
)
_LISTS = {
    "offer": ("/offers", "id"),
    "reading": ("/readings", "id"),
    "question": ("/questions", "id"),
    "draft": ("/drill-drafts", "id"),
    "stream_number": ("/streams", "number"),
    "change_number": ("/changes", "number"),
    "message_id": ("/messages", "id"),
    "method_id": ("/contact-methods", "id"),
    "rotation": ("/rotations", "id"),
    "number": ("severities", "number"),
    "stage": ("values", "stage"),
    "name": ("short-links", "name"),
    "kind": ("backup-systems", "kind"),
}
"""Where the things that a path names are found, below what stands before them or by themselves, and by which word."""


def _sheet(ground: Ground) -> list[Any]:
    return list(ground.site.api("GET", "/cheat-sheet").json["sections"])


def _document(ground: Ground, parent: str) -> Any:
    return ground.site.api("GET", f"{parent}/document").json


def _section(ground: Ground, parent: str) -> str:
    sections = _document(ground, parent)["sections"] if parent.startswith("/incidents") else _sheet(ground)
    return str(sections[ground.turn % len(sections)]["slug"])


def _page(ground: Ground) -> Any:
    return ground.site.api("GET", "/status-pages/external").json


_FOUND: dict[str, Callable[[Ground, str], Any]] = {
    "section": _section,
    "row_id": lambda ground, parent: _document(ground, parent)["rows"][0]["id"],
    "item": lambda ground, _: _sheet(ground)[0]["items"][0]["id"],
    "group": lambda ground, _: ground.made("/status-pages/external/groups", {"name": f"Group {next(_number)}"})["id"],
    "component": lambda ground, _: _page(ground)["components"][ground.turn % 3]["id"],
    "finding_number": lambda ground, parent: _experiment(ground, parent),
    "calendar_id": lambda ground, parent: _calendar(ground, parent),
}


def _calendar(ground: Ground, parent: str) -> str:
    return str(ground.made(f"{parent}/away-calendars", {"name": f"Away {next(_number)}", "file": LEAVE})["id"])


def _experiment(ground: Ground, parent: str) -> int:
    """A new one, of a new theory."""
    theory = ground.made(f"{parent}/add-finding", {"kind": "theory", "text": "Words"})
    return int(ground.made(f"{parent}/add-finding", {"kind": "experiment", "text": "Words", "about": theory["number"]})["number"])


LEAVE = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//x//EN\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20261101T000000Z\r\n"
    "DTSTART;VALUE=DATE:20261201\r\nDTEND;VALUE=DATE:20261202\r\nSUMMARY:Leave\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
TIMES = ["impact_started_at", "detected_at", "impact_ended_at"]
LEFT = {"internal": "Banks", "external": "Banks"}
RESOLVE: Body = {"impact_over": True, "none_about_to_follow": True, "unknown": TIMES, "final": {}}


def ahead(**distance: float) -> str:
    """An instant that is to come."""
    return (dt.datetime.now(dt.UTC) + dt.timedelta(**distance)).isoformat()


def someone(ground: Ground) -> str:
    return ground.one("/people")


def anew() -> int:
    """A number that was not given before."""
    return next(_number)


def first_words() -> Body:
    """An update to everybody, of whom nobody was told before."""
    letter = {"body": "Words", "title": "Words"}
    return {"status": "investigating", "internal": letter, "external": letter, **_promised()}


def following_words() -> Body:
    """The next one."""
    lines = ["First words", "Second words"]
    parts = {"opening": "Words.", "current_status": lines, "next_steps": lines, "place": "Here", "accepted": ACCEPTED}
    answers = dict.fromkeys(QUESTIONS, "Words")
    return {"status": "identified", "internal": {**parts, "answers": answers}, "external": {"body": "Words"}, **_promised()}


def _promised() -> Body:
    return {"next_update_at": ahead(hours=1), "confirmation": f"planted {next(_number)}"}


ACCEPTED = ["opening", "current_status", "next_steps"]
QUESTIONS = ("impact", "affected", "root_cause", "eta")


def _planned_work(ground: Ground) -> str:
    plan = {"title": f"Work {next(_number)}", "body": "Words", "starts_at": ahead(days=2), "ends_at": ahead(days=3)}
    return str(ground.made("/maintenances", plan)["id"])


def _begun(ground: Ground) -> str:
    work = _planned_work(ground)
    ground.made(f"/maintenances/{work}/begin")
    return work


def _review(ground: Ground) -> str:
    """One that is running; begun when there is none."""
    running = [one for one in ground.items("/communications-reviews") if one["state"] == "running"]
    return str((running or [ground.made("/communications-reviews", {"incident": "HOT-37", "scribe": someone(ground)})])[0]["id"])


OWN: dict[str, Callable[[Ground], str]] = {
    "POST /maintenances/{wanted}/*": _planned_work,
    "POST /maintenances/{wanted}/verify": _begun,
    "POST /maintenances/{wanted}/complete": _begun,
    "POST /communications-reviews/{wanted}/*": _review,
    "POST /schedules/{wanted}/ask-cover": lambda _: "payments",
    "POST /schedules/{wanted}/rotations/{rotation}/change": lambda _: "booking",
    "POST /incidents/{wanted}/keep-draft": lambda _: "DRILL-1",
    "POST /incidents/{wanted}/drill-drafts/{draft}/feedback": lambda _: "DRILL-1",
    "POST /incidents/{wanted}/post-update (first)": Ground.declared,
    "POST /incidents/{wanted}/ask-reader (first)": lambda ground: ground.incident,
    "POST /incidents/{wanted}/hold-update (first)": Ground.declared,
    "POST /incidents/{wanted}/post-update": lambda ground: ground.spoken,
    "POST /incidents/{wanted}/ask-reader": lambda ground: ground.spoken,
    "POST /incidents/{wanted}/hold-update": lambda ground: ground.spoken,
    "POST /incidents/{wanted}/close-updates": Ground.resolved,
    "POST /incidents/{wanted}/resolve": Ground.said,
    "POST /incidents/{wanted}/link-task": lambda ground: ground.finished,
}
"""Operations that want a thing of their own: one that nobody has used up."""
