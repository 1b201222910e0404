"""What incidents ask the rooms above. Filled in `wiring.py`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from tocsin.core.actor import Actor
from tocsin.incidents.iterating.models import Prompt
from tocsin.incidents.models import Incident


@dataclass(frozen=True, slots=True)
class Resolution:
    """What the person who resolves has said besides the times. `postmortem_owner` is a person's id.

    `closes` says that the status pages get their last words, `leave_open` why one of them (by its short name) does not.
    """

    postmortem_owner: str | None = None
    closes: bool = False
    leave_open: Mapping[str, str] = field(default_factory=dict)


class ResolveCheck(Protocol):
    """Raises Invalid or Conflict when the incident may not be resolved like this; changes nothing."""

    def __call__(self, incident: Incident, resolution: Resolution) -> None: ...


class VideoRooms(Protocol):
    """Where people on an incident see each other."""

    def room(self, key: str, incident_id: str) -> str:
        """The address of the call of this incident, the same each time; empty: somebody types one in."""

    def enter(self, address: str, guest: Mapping[str, str], now: dt.datetime) -> str:
        """Where this person (`id`, `name`) goes in: what `room` gave, perhaps with a secret that is theirs for a while."""


_video: list[VideoRooms] = []


def fill_video(rooms: VideoRooms) -> None:
    """Replace who makes video calls; called once by `wiring.py`."""
    _video[:] = [rooms]


def video_room(incident: Incident) -> str:
    """The address of an incident's video call, or nothing."""
    return _video[0].room(incident.key, incident.id) if _video else ""


def video_entrance(incident: Incident, guest: Mapping[str, str], now: dt.datetime) -> str:
    """Where a person enters an incident's video call; empty without one. Only the incident's own room gets a secret."""
    if incident.video_link and _video and incident.video_url == video_room(incident):
        return _video[0].enter(incident.video_url, guest, now)
    return incident.video_link


_resolve_checks: list[ResolveCheck] = []


def fill_resolve_checks(checks: Iterable[ResolveCheck]) -> None:
    """Replace all checks; called once by `wiring.py`."""
    _resolve_checks[:] = checks


def check_resolve(incident: Incident, resolution: Resolution) -> None:
    """Ask every room above; the first that objects decides."""
    for check in _resolve_checks:
        check(incident, resolution)


class PromptAsker(Protocol):
    """Puts a question of a room above when its time has come, inside the transaction that marks it as put."""

    def __call__(self, prompt: Prompt, incident: Incident, now: dt.datetime) -> None: ...


_askers: dict[str, PromptAsker] = {}


def fill_prompt_askers(askers: Mapping[str, PromptAsker]) -> None:
    """Replace who puts which kind of question; called once by `wiring.py`."""
    _askers.clear()
    _askers.update(askers)


def prompt_asker(kind: str) -> PromptAsker:
    """Raises KeyError for a kind that nobody puts."""
    return _askers[kind]


Mailed = Callable[[str], Collection[str]]
"""By the id of an update, the addresses that hear of it without following its incident."""

_mailed: list[Mailed] = []


def fill_mailed(mailed: Mailed) -> None:
    """Say who does; called once by `wiring.py`."""
    _mailed[:] = [mailed]


def mailed(update: str) -> Collection[str]:
    """The addresses, in small letters, that have a mail of this update already."""
    return _mailed[0](update) if _mailed else ()


@dataclass(frozen=True, slots=True)
class Linked:
    """Something that an incident can be linked with: its typed id, its words, its page, the id of the incident it belongs to."""

    id: str
    words: str
    path: str
    incident: str


class Things(Protocol):
    """What the rooms above have that incidents are linked with. Each answers within what the actor may know of."""

    def find(self, actor: Actor, kind: str, wanted: str) -> Linked | None:
        """What somebody named, for a kind of link. Raises NotFound; None when it is no such thing."""

    def known(self, actor: Actor, ids: Iterable[str]) -> list[Linked]: ...

    def own(self, actor: Actor, incident: Incident) -> list[tuple[str, Linked]]:
        """What belongs to the incident by itself, each with its kind of link."""


_things: list[Things] = []


def fill_things(things: Iterable[Things]) -> None:
    """Replace them all; called once by `wiring.py`."""
    _things[:] = things


def linkable(actor: Actor, kind: str, wanted: str) -> Linked | None:
    """The first that a room above finds. Raises NotFound."""
    return next((found for room in _things if (found := room.find(actor, kind, wanted))), None)


def linked_things(actor: Actor, ids: Iterable[str]) -> dict[str, Linked]:
    """By typed id, what of these the actor may know of."""
    ids = list(ids)
    return {one.id: one for room in _things for one in room.known(actor, ids)} if ids else {}


def things_of(actor: Actor, incident: Incident) -> list[tuple[str, Linked]]:
    """What belongs to an incident by itself, in every room above."""
    return [one for room in _things for one in room.own(actor, incident)]
