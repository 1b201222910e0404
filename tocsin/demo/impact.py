"""How Larkfield learns what the open incident does to whom: the assessment, cases, the suspected change, who came and took what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from tocsin.alerts import commands as alerts
from tocsin.core.actor import SYSTEM, Actor
from tocsin.demo import cast, messages
from tocsin.demo.history import Watch
from tocsin.demo.staff import Company
from tocsin.incidents import commands as incidents
from tocsin.incidents.models import Incident, RoleOffer
from tocsin.paging import commands as paging

_MINUTE = dt.timedelta(minutes=1)


class Impact:
    """One assessment; each method is one thing that somebody does at an instant."""

    def __init__(self, company: Company, watch: Watch, find: Callable[[], Incident]) -> None:
        self._company, self._watch, self._find = company, watch, find
        self._change, self._lead = "", RoleOffer()

    def steps(self) -> list[tuple[float, Callable[[dt.datetime], None]]]:
        """What is done, with the minutes after the impact began."""
        return [
            (8.0, self._released),
            (10.2, self._assessed),
            (11.0, self._labelled),
            (12.2, self._suspected),
            (13.2, self._called_in),
            (15.0, lambda at: self._came(cast.CALLED_IN, at)),
            (15.5, self._offered),
            (16.4, lambda at: self._came(cast.NOT_NEEDED, at)),
            (16.6, self._accepted),
            (20.0, self._thanked),
            (28.0, self._handing_over),
        ]

    def _who(self, name: str) -> Actor:
        return self._watch.actors[self._company.people[name].id]

    def _released(self, at: dt.datetime) -> None:
        words, service = "Importer 88: carriage types of the winter timetable", self._company.services["Seat maps"]
        made = alerts.record_change(SYSTEM, words, service=service, source="Release train", at=at - 11 * _MINUTE, now=at)
        words = "Flag new-seat-colours: on for everybody"
        alerts.record_change(SYSTEM, words, service=service, source="Switchboard", at=at - 25 * _MINUTE, now=at)
        self._change = made.id

    def _assessed(self, at: dt.datetime) -> None:
        answers = {"customers": "both", "factors": ["public"], "external_extent": "some", "external_figure": "8 %"}
        seen = "Night trains to Zürich and Milano show no seats, and cannot be booked"
        answers |= {"seen": seen, "internal_extent": "some", "internal_figure": "40", "other": "Stations ask on every channel."}
        incidents.assess(self._who("grace"), self._find(), **answers, now=at)

    def _labelled(self, at: dt.datetime) -> None:
        for place, (reference, customer) in enumerate(cast.CASES):
            address, when = f"https://desk.{cast.DOMAIN}/{reference}", at + place * _MINUTE / 6
            incidents.label_case(self._who("sara"), self._find(), reference, url=address, customer=customer, now=when)

    def _suspected(self, at: dt.datetime) -> None:
        rollback = "deploy importer 87; nobody has booked by the new types yet"
        incidents.suspect_change(self._who("noah"), self._find(), self._change, rollback=rollback, now=at)

    def _called_in(self, at: dt.datetime) -> None:
        for team in (cast.CALLED_IN, cast.NOT_NEEDED):
            incidents.page_team(self._who("grace"), self._find(), self._company.teams[team], now=at)
        messages.send_due(at)

    def _came(self, team: str, at: dt.datetime) -> None:
        someone = self._watch.on_call(team, at)
        paging.acknowledge_subject(someone, self._find().id, now=at)
        incidents.be_here(someone, self._find(), now=at + 1.2 * _MINUTE)

    def _thanked(self, at: dt.datetime) -> None:
        gone = self._watch.on_call(cast.NOT_NEEDED, at)
        person = next(one for one in self._company.people.values() if one.id == gone.id)
        incidents.release_responder(self._who("grace"), self._find(), person, now=at)

    def _offered(self, at: dt.datetime) -> None:
        noah = self._company.people["noah"]
        self._lead = incidents.offer_role(self._who("grace"), self._find(), "tech_lead", noah, about="Importer", now=at)

    def _accepted(self, at: dt.datetime) -> None:
        incidents.accept_offer(self._who("noah"), self._lead, now=at)

    def _handing_over(self, at: dt.datetime) -> None:
        """To somebody who is not the incident manager; the offer waits for an answer."""
        incident = self._find()
        incident.refresh_from_db()
        people = [self._company.people[name] for name in cast.TAKERS]
        taker = next(person for person in people if person.id != incident.manager_id)
        brief = {
            "called": True,
            "roles": "Noah leads the importer and stays. Whoever manages now goes home.",
            "work": "Theory 2: one unknown carriage type stops the feed\nImporter: one host skips unknown types, then the others",
            "next_at": at + dt.timedelta(hours=8),
            "next_to": "not known yet",
        }
        manager = self._watch.actors[incident.manager_id] if incident.manager_id else self._who("grace")
        offer = incidents.offer_role(manager, incident, "incident_manager", taker, brief=brief, now=at)
        incidents.ask_about_offer(self._watch.actors[taker.id], offer, "Has the station been told about 20:40?", now=at + _MINUTE)
