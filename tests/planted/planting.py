"""Stores words of every class in every field that takes words, through the API."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from tests.acceptance.installation import Answer
from tests.planted import corpus
from tests.planted.bodies import BODIES
from tests.planted.doors import knock
from tests.planted.fields import Field, Operation
from tests.planted.ground import Ground, anew

_NAMED = """
service services product products team teams schedule policy roster person owner authors scribe lead manager member members
reader role rotation alert alerts incident change message template item kind draft group section vendor vendors needs asked
security_team postmortem_owner page pages parts lists remote_page channel gateway webhook text_gateway id key slug state status
urgency events origins rule reported_at detected_at fixing_at impact_started_at impact_ended_at resolved_at at tested_on
language zone host theme email code file reply_to client_key confirmation
"""
POINTERS = frozenset(_NAMED.split())
"""Fields that name a thing, an instant or a key: what they do not know they refuse. They get words of one class a round."""
ADDRESSES = frozenset(["address", "url", "runbook_url", "support_url", "status_feed", "video_url", "link", "target"])
"""Fields that take addresses alone."""


@dataclass
class Planted:
    """What became of it: classes that each field has taken, fields that refused some, and what should not have happened."""

    taken: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    asked: set[str] = field(default_factory=set)
    stored: int = 0
    refused: int = 0
    doors: int = 0
    """Alerts and files that were taken."""
    faults: list[str] = field(default_factory=list)
    read: int = 0
    reasons: dict[str, str] = field(default_factory=dict)
    """Why a field refused what it was given last."""


class Planter:
    """One round. `kinds` are the classes of this round; `turn` chooses the payloads of each."""

    def __init__(self, ground: Ground, kinds: tuple[str, ...], turn: int, planted: Planted) -> None:
        self.ground, self.kinds, self.turn, self.planted = ground, kinds, turn, planted
        self._refused = ""

    def plant(self, operation: Operation) -> None:
        """Every class of this round into every field of an operation."""
        words = [one for one in operation.fields if one.name not in POINTERS]
        self.planted.asked |= {_title(operation, one) for one in words}
        for step, kind in enumerate(self.kinds):
            self.ground.go_on(self.turn + step)
            self._together(operation, words, kind, step)
        for one in operation.fields if self.turn == 0 else ():
            if one.name in POINTERS and not one.required:
                self._alone(operation, one, self.kinds[0], corpus.pick(self.kinds[0], self.turn))

    def knock(self) -> None:
        """Every class of this round at the other doors."""
        for step, kind in enumerate(self.kinds):
            for answer in knock(self.ground.site, self.ground.incident, corpus.pick(kind, self.turn + step)):
                self.planted.doors += answer.status < 300
                if answer.status >= 500:
                    self.planted.faults.append(f"a door and {kind}: {answer}")

    def _together(self, operation: Operation, words: list[Field], kind: str, step: int) -> None:
        """All fields at once; whoever a refusal names is tried alone afterwards."""
        chosen = {one: self._value(kind, self.turn + step + place, one) for place, one in enumerate(words)}
        left, odd = dict(chosen), []
        while left and not self._accepted(operation, left):
            named = [one for one in left if one.name == self._refused or ".".join(one.place) == self._refused]
            odd += named or list(left)
            left = {one: value for one, value in left.items() if one not in odd}
        for one in left:
            self._took(operation, one, kind)
        for one in odd:
            self._alone(operation, one, kind, chosen[one])

    def _took(self, operation: Operation, one: Field, kind: str) -> None:
        self.planted.taken[_title(operation, one)].add(kind)
        self.planted.stored += 1

    @staticmethod
    def _value(kind: str, turn: int, one: Field) -> str:
        """A payload of a class; a line of a room that is carried out begins with a verb."""
        value = corpus.pick(kind, turn)
        if one.name == "name":
            value = f"{value[:40]} {anew()}"  # most names are taken once
        return f"/observe {value}" if one.name == "line" else value

    def _alone(self, operation: Operation, one: Field, kind: str, value: str) -> None:
        """In one field, beside plain words; an address gets it behind a host when it is none itself."""
        for tried in (value, *([f"https://ok.example/{value}"] if one.name in ADDRESSES else [])):
            if self._accepted(operation, {one: tried}):
                self._took(operation, one, kind)
                return
        self.planted.refused += 1

    def _accepted(self, operation: Operation, chosen: dict[Field, str]) -> bool:
        body = BODIES.get(operation.name, lambda _: {})(self.ground)
        for one in operation.fields:
            if one in chosen:
                one.into(body, chosen[one])
            elif one.required and one.name not in POINTERS and one.place[0] not in body:
                one.into(body, f"Plain words {anew()}")
        answer = self._asked(operation, body)
        self._refused = ""
        if answer.status >= 300:
            self._refused = str(answer.json.get("field", "")) if "json" in header(answer, "Content-Type") else ""
            self.planted.reasons |= {_title(operation, one): str(answer) for one in chosen}
        if answer.status >= 500 or (answer.status >= 300 and "problem" not in header(answer, "Content-Type")):
            self.planted.faults.append(f"{operation.name} {sorted(_title(operation, one) for one in chosen)} {answer}")
        return answer.status < 300

    def _asked(self, operation: Operation, body: dict[str, object]) -> Answer:
        path, api = self.ground.path(operation), self.ground.site.api
        if operation.method != "PATCH":
            return api(operation.method, path, body)
        return api(operation.method, path, body, If_Match=header(api("GET", path), "ETag") or "*")


def header(answer: Answer, name: str) -> str:
    """A header of an answer, however it is spelled; empty when it is not there."""
    return next((value for one, value in answer.headers.items() if one.lower() == name.lower()), "")


def _title(operation: Operation, one: Field) -> str:
    return f"{operation.name} {'.'.join(one.place)}"
