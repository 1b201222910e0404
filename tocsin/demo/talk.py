"""What the people of Larkfield say in the room of the incident that is still open: answers, files, stars, words of others."""

from __future__ import annotations

import datetime as dt
import io
import math
from collections.abc import Callable

from tocsin.collab import commands as collab
from tocsin.collab.commands import NamedFile
from tocsin.collab.models import Message
from tocsin.core.actor import Actor
from tocsin.demo import pictures
from tocsin.demo.staff import Company
from tocsin.incidents import commands as incidents
from tocsin.incidents.models import Incident

_LOG = """22:10:02 import of operator feed started, 214 night trains
22:10:41 train 421 Zürich: carriage type SL7 is not known
22:10:41 import stopped, nothing was written
"""
_LIMIT = 1024 * 1024


class Talk:
    """One conversation; each method is one thing that somebody does at an instant."""

    def __init__(self, company: Company, actors: dict[str, Actor], find: Callable[[], Incident]) -> None:
        self._company, self._actors, self._find = company, actors, find
        self._said: dict[str, Message] = {}

    def steps(self) -> list[tuple[float, Callable[[dt.datetime], None]]]:
        """What is done, with the minutes after the impact began."""
        return [
            (10.0, self._log),
            (11.5, self._graph),
            (12.5, self._question),
            (13.0, self._answer),
            (14.0, self._marks),
            (22.0, self._plan),
            (23.0, self._agreed),
            (26.0, self._ask_robin),
        ]

    def _who(self, name: str) -> Actor:
        return self._actors[self._company.people[name].id]

    def _say(self, key: str, name: str, text: str, at: dt.datetime, *files: NamedFile, to: str = "") -> None:
        answered = self._said.get(to)
        self._said[key] = incidents.say(self._who(name), self._find(), text, reply_to=answered, files=files, now=at)

    def _log(self, at: dt.datetime) -> None:
        log = collab.keep_file(io.BytesIO(_LOG.encode()), "importer.log", limit=_LIMIT, now=at)
        text = "The importer stopped at carriage type `SL7`, which is not in our table. **Nothing was written since 22:10.**"
        self._say("log", "grace", text, at, log)

    def _graph(self, at: dt.datetime) -> None:
        values = [0.62 + 0.12 * math.sin(place / 5) if place < 62 else max(0.03, 0.6 - (place - 62) / 9) for place in range(96)]
        graph = collab.keep_file(io.BytesIO(pictures.graph(values, 61)), "seats-per-minute.png", limit=_LIMIT, now=at)
        self._say("graph", "diego", "Seats imported per minute, night trains. Day trains are fine.", at, graph)

    def _question(self, at: dt.datetime) -> None:
        self._say("question", "sara", "@grace-kim can customers still book by phone?", at)

    def _answer(self, at: dt.datetime) -> None:
        text = "Yes. The desk has its own list: https://wiki.larkfield.example/night-trains"
        self._say("answer", "grace", text, at, to="question")

    def _marks(self, at: dt.datetime) -> None:
        incident = self._find()
        incidents.star(self._who("diego"), incident, self._said["log"].id, now=at)
        for name, key, word in (("sara", "answer", "thanks"), ("diego", "log", "seen"), ("noah", "log", "seen")):
            incidents.react(self._who(name), incident, self._said[key].id, word, now=at)

    def _plan(self, at: dt.datetime) -> None:
        text = "I can let the importer skip types it does not know:\n\n1. one host\n2. compare seats with the operator\n3. the rest"
        self._say("plan", "noah", text, at)

    def _agreed(self, at: dt.datetime) -> None:
        incident, plan = self._find(), self._said["plan"]
        for name in ("diego", "grace"):
            incidents.react(self._who(name), incident, plan.id, "agree", now=at)
        words = plan.text.replace("one host", "one host, for ten minutes")
        incidents.edit(self._who("noah"), incident, plan.id, words, version=plan.version, now=at)

    def _ask_robin(self, at: dt.datetime) -> None:
        text = "@robin-adler the Zürich train leaves at 20:40. Can you tell the station that seats are given on board?"
        self._say("station", "sara", text, at)
