"""How Larkfield looks for the cause in the incident that is still open: the board, streams of work, pace and relief."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from tocsin.core.actor import Actor
from tocsin.demo.staff import Company
from tocsin.incidents import commands as incidents
from tocsin.incidents.iterating.models import Finding
from tocsin.incidents.models import Incident


class Loop:
    """One search; each method is one thing that somebody does at an instant."""

    def __init__(self, company: Company, actors: dict[str, Actor], find: Callable[[], Incident]) -> None:
        self._company, self._actors, self._find = company, actors, find
        self._found: dict[str, Finding] = {}

    def steps(self) -> list[tuple[float, Callable[[dt.datetime], None]]]:
        """What is done, with the minutes after the impact began."""
        return [(12.0, self._seen), (14.5, self._thought), (18.0, self._tried), (21.0, self._streams), (24.0, self._pace)]

    def _who(self, name: str) -> Actor:
        return self._actors[self._company.people[name].id]

    def _find_out(self, key: str, name: str, kind: str, text: str, at: dt.datetime, about: str = "") -> None:
        subject = self._found.get(about)
        self._found[key] = incidents.add_finding(self._who(name), self._find(), kind, text, about=subject, now=at)

    def _seen(self, at: dt.datetime) -> None:
        text = "Importer stopped at train 421, nothing written since 22:10"
        self._find_out("stop", "grace", "observation", text, at)
        observed, expected = (
            "Night trains to Zürich and Milano show no seats.",
            "Seats of every train that runs.",
        )
        incidents.describe_behaviour(self._who("grace"), self._find(), observed=observed, expected=expected, now=at)

    def _thought(self, at: dt.datetime) -> None:
        self._find_out("type", "noah", "theory", "One unknown carriage type stops the whole feed", at, "stop")
        self._find_out("feed", "diego", "theory", "The operator sent half a feed", at, "stop")

    def _tried(self, at: dt.datetime) -> None:
        self._find_out("size", "diego", "experiment", "Compare the feed's size with yesterday's", at, "feed")
        incidents.conclude(self._who("diego"), self._found["size"], "refutes", outcome="it is larger, not smaller", now=at)
        self._find_out("skip", "noah", "experiment", "Let one host skip types it does not know", at, "type")

    def _streams(self, at: dt.datetime) -> None:
        people, incident = self._company.people, self._find()
        given = {"step": "one host skips unknown types", "next_steps": "compare seats with the operator, then the other hosts"}
        towards = "Seats are back for every train but carriage SL7."
        incidents.open_stream(self._who("noah"), incident, "Importer", lead=people["noah"], towards=towards, **given, now=at)
        step = "phone desk sells from its own list"
        incidents.open_stream(self._who("grace"), incident, "Bookings by phone", lead=people["diego"], step=step, now=at)
        incidents.log_change(self._who("noah"), incident, "skip rule switched on at import-2", why="try theory 2", now=at)

    def _pace(self, at: dt.datetime) -> None:
        incident = self._find()
        incidents.declare_awake(self._who("noah"), incident, dt.timedelta(hours=17), now=at)
        later = at + dt.timedelta(hours=3)
        incidents.plan_relief(self._who("grace"), incident, "incident_manager", self._company.people["diego"], at=later, now=at)
        incidents.check(self._who("grace"), incident, ["overview", "changes"], now=at)
