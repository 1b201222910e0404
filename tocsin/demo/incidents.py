"""The incidents of six months at Larkfield, from report to the actions that followed."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import asdict, dataclass, field

from tocsin.collab.documents import commands as writing
from tocsin.collab.documents import queries as documents
from tocsin.core.actor import Actor
from tocsin.demo import cast, messages
from tocsin.demo.history import DAYS, Happening, Watch
from tocsin.demo.impact import Impact
from tocsin.demo.loop import Loop
from tocsin.demo.staff import Company
from tocsin.demo.stories import STORIES, ActionLine, Story
from tocsin.demo.talk import Talk
from tocsin.directory.models import Person
from tocsin.incidents import commands as incidents
from tocsin.incidents.models import Incident
from tocsin.paging import commands as paging
from tocsin.postmortems import commands as postmortems
from tocsin.postmortems.models import Postmortem
from tocsin.statuspages import commands as statuspages
from tocsin.statuspages import rules as words
from tocsin.statuspages.briefs import rules as briefs
from tocsin.statuspages.held import commands as held

INCIDENT_COUNT = 40
TALKED = 99
"""The place of the first incident that is still open; people talk in its room."""
MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)


@dataclass
class Course:
    """How one incident went: minutes after the start of its impact."""

    story: Story
    start: dt.datetime
    detect: float
    command: float
    first_word: float
    recover: float
    ends: bool
    incident: Incident | None = None
    manager: Actor | None = None
    postmortem: Postmortem | None = None
    notes: dict[str, float] = field(default_factory=dict)

    def at(self, minutes: float) -> dt.datetime:
        return self.start + minutes * MINUTE

    @property
    def there(self) -> Incident:
        assert self.incident is not None
        return self.incident


def incident_happenings(company: Company, watch: Watch, now: dt.datetime, dice: random.Random) -> list[Happening]:
    """About forty incidents; the last two are still open."""
    happenings: list[Happening] = []
    days = sorted((dice.uniform(3, DAYS - 2) for _ in range(INCIDENT_COUNT - 2)), reverse=True)
    for place, day in enumerate(days):
        story = dice.choice(STORIES)
        start = now - dt.timedelta(days=day, minutes=dice.randrange(600))
        happenings += _happenings(company, watch, _course(story, start, dice), place, now, dice)
    for number, (story, ago) in enumerate(((STORIES[1], 34), (STORIES[8], 190))):
        course = _course(story, now - ago * MINUTE, dice)
        course.detect, course.command, course.first_word, course.recover, course.ends = 4.0, 7.0, 19.0, 39.0, False
        happenings += _happenings(company, watch, course, TALKED + number, now, dice)
    return happenings


def _course(story: Story, start: dt.datetime, dice: random.Random) -> Course:
    detect = min(dice.lognormvariate(1.9, 0.8), 90.0)
    command = detect + dice.uniform(2, 9)
    first_word = command + dice.uniform(4, 24)
    recover = first_word + dice.lognormvariate(3.6, 0.8)
    return Course(story, start, detect, command, first_word, recover, ends=True)


def _happenings(
    company: Company, watch: Watch, course: Course, place: int, now: dt.datetime, dice: random.Random
) -> list[Happening]:
    team = next(line.team for line in cast.SERVICES if line.name == course.story.service)
    acts = _Acts(company, watch, course, team, place, now)
    worked = course.recover - course.first_word
    steps: list[tuple[float, Callable[[dt.datetime], None]]] = [(course.detect, acts.declare)]
    if course.story.severity < 3:
        steps += [(course.command, acts.take_command), (course.command + 2, acts.confirm), (course.first_word, acts.first_update)]
    elif course.ends:
        steps += [(course.command, acts.take_command)]
    if course.ends or course.story.severity < 3:
        steps += [(course.first_word + 0.2 * worked, acts.observe), (course.first_word + 0.4 * worked, acts.decide)]
        steps += [(course.first_word + 0.5 * worked, acts.change)]
    if course.ends:
        steps += [(course.recover + dice.uniform(8, 30), acts.resolve), (course.recover + 60, acts.follow_up)]
        steps += [(course.recover + dice.uniform(3, 12) * 1440, acts.publish)]
        steps += [(course.recover + dice.uniform(9, 50) * 1440, acts.finish)]
    if place == TALKED:
        steps += [(course.first_word + 12, acts.next_update)]
        steps += Talk(company, watch.actors, lambda: course.there).steps()
        steps += Impact(company, watch, lambda: course.there).steps()
        steps += Loop(company, watch.actors, lambda: course.there).steps()
    return [Happening(course.at(minutes), act) for minutes, act in steps if course.at(minutes) < now]


class _Acts:
    """What is done in one incident; each method takes the instant at which it happens."""

    def __init__(self, company: Company, watch: Watch, course: Course, team: str, place: int, now: dt.datetime) -> None:
        self.company, self.watch, self.course, self.team, self.place, self.today = company, watch, course, team, place, now

    def declare(self, at: dt.datetime) -> None:
        story = self.course.story
        self.course.incident = incidents.declare(
            self.watch.on_call(self.team, at),
            summary=story.summary,
            severity=story.severity,
            service=self.company.services[story.service],
            products=[self.company.products[name] for name in story.products],
            description=story.description,
            source="customer_report" if self.place % 5 == 0 else "monitoring",
            detected_at=at,
            impact_started_at=self.course.start,
            now=at,
        )
        messages.send_due(at)

    def take_command(self, at: dt.datetime) -> None:
        self.course.manager = self.watch.on_call(cast.MANAGERS_TEAM, at)
        self.course.incident = incidents.take_command(self.course.manager, self.course.there, now=at)
        responder = self.watch.on_call(self.team, at)
        paging.acknowledge_subject(responder, self.course.there.id, now=at)
        lead = self._person(responder)
        if lead.id != self.course.manager.id:
            incidents.assign_role(self.course.manager, self.course.there, "tech_lead", lead, now=at)
        if not self.course.ends:
            speaker = self.company.administrator
            incidents.assign_role(self.course.manager, self.course.there, "communications_manager", speaker, now=at)

    def confirm(self, at: dt.datetime) -> None:
        incidents.set_severity(self._manager(at), self.course.there, self.course.story.severity, now=at)

    def first_update(self, at: dt.datetime) -> None:
        incident, products = self.course.there, self.course.story.products
        facts = statuspages.facts_of(incident)
        hit = self.company.components.filter(product__name__in=products)
        statuspages.post_update(
            self._manager(at),
            incident,
            status="investigating",
            internal=asdict(words.first_internal(facts)),
            external=asdict(words.first_external(facts)) if products else None,
            next_update_at=at + self._until_next_words(),
            confirmation=f"demo-{incident.id}",
            components={part.id: "partial_outage" for part in hit if products},
            now=at,
        )
        self._write("customers_see", self.course.story.description.partition(". ")[0].rstrip(".") + ".", at)

    def _until_next_words(self) -> dt.timedelta:
        """What is promised; now and then it is too much, and the truth report says so."""
        hasty = not self.course.ends or int(self.course.first_word) % 4 == 0
        return 30 * MINUTE if hasty else 90 * MINUTE

    def next_update(self, at: dt.datetime) -> None:
        """A follow-up to the company; customers wait for theirs, and their clock says so."""
        statuspages.post_update(
            self._manager(at),
            self.course.there,
            status="investigating",
            internal={
                "opening": self.course.story.description.partition(". ")[0].rstrip(".") + ".",
                "current_status": [_capital(self.course.story.observation), "What still works has been checked"],
                "next_steps": ["Take the change back where it can be taken back", "Watch the numbers for half an hour"],
                "place": briefs.PLACE,
                "answers": {
                    "impact": briefs.IN_OPENING,
                    "affected": "8 % of customers and 40 colleagues",
                    "root_cause": "unknown",
                    "eta": "unknown",
                },
            },
            next_update_at=at + 30 * MINUTE,
            confirmation=f"demo-{self.course.there.id}-2",
            now=at,
        )
        if not self.course.ends:
            self._say_later(at)

    def _say_later(self, at: dt.datetime) -> None:
        """Words that are confirmed and wait for their time."""
        held.hold(
            self._manager(at),
            self.course.there,
            status="investigating",
            external={
                "title": "",
                "body": "Seat maps of night trains are still missing. Tickets can be bought without one.",
            },
            next_update_at=at + 6 * HOUR,
            confirmation=f"demo-{self.course.there.id}-later",
            at=at + 3 * HOUR,
            now=at,
        )

    def observe(self, at: dt.datetime) -> None:
        if self.place != TALKED:
            incidents.say(self.watch.on_call(self.team, at), self.course.there, "I am here and looking at it.", now=at)
        incidents.note(
            self.watch.on_call(self.team, at), self.course.there, kind="observation", text=self.course.story.observation, now=at
        )
        self._write("we_know", f"- {_capital(self.course.story.observation)}", at)
        self._happened(_capital(self.course.story.observation), at)

    def decide(self, at: dt.datetime) -> None:
        incidents.note(self._manager(at), self.course.there, kind="decision", text=self.course.story.decision, now=at)
        self._write("decisions", f"- {_capital(self.course.story.decision)}", at)

    def change(self, at: dt.datetime) -> None:
        story = self.course.story
        incidents.log_change(
            self.watch.on_call(self.team, at),
            self.course.there,
            _capital(story.change),
            how="By hand, with a second pair of eyes",
            why=_capital(story.observation),
            revert=_capital(story.revert),
            now=at,
        )
        self._write("we_try", f"- {_capital(story.change)}", at)

    def _write(self, slug: str, text: str, at: dt.datetime) -> None:
        """One section of the state document, where there is one."""
        section = documents.section(self.course.there.id, slug)
        if section is not None:
            writing.save_section(self.watch.on_call(self.team, at), section, text, version=section.version, now=at)

    def _happened(self, what: str, at: dt.datetime) -> None:
        """A row of the extended timeline, where there is a document."""
        document = documents.document(self.course.there.id)
        if document is not None:
            who = self.watch.on_call(self.team, at)
            writing.add_row(who, document, "timeline", {"when": f"{at:%H:%M} UTC", "what": what, "who": who.name}, now=at)

    def resolve(self, at: dt.datetime) -> None:
        major = self.course.story.severity < 3
        owner = self._person(self.watch.on_call(self.team, at))
        self.course.incident = incidents.resolve(
            self._manager(at),
            self.course.there,
            impact_over=True,
            none_about_to_follow=True,
            impact_started_at=self.course.start,
            detected_at=self.course.at(self.course.detect),
            impact_ended_at=self.course.at(self.course.recover),
            support_cases=(self.place * 7) % 23,
            postmortem_owner=owner if major else None,
            final={},
            now=at,
        )

    def follow_up(self, at: dt.datetime) -> None:
        story = self.course.story
        if story.severity == 3 and self.place % 2:
            return
        self.course.postmortem = Postmortem.objects.filter(incident=self.course.there).first()
        for line, weeks in ((story.action, 4), (story.second, 8)):
            self._promise(line, at, weeks)
        if story.severity < 3:
            self._elsewhere(at)

    def _elsewhere(self, at: dt.datetime) -> None:
        """What is tidied up in the team's own tracker; half of it is done."""
        address = f"https://tracker.{cast.DOMAIN}/OPS-{300 + self.place}"
        title = f"Take the workaround of {self.course.there.key} out again"
        task = incidents.link_task(self._manager(at), self.course.there, address, title=title, now=at)
        if self.place % 2:
            incidents.complete_task(self._manager(at), task, now=at)

    def _promise(self, line: ActionLine, at: dt.datetime, weeks: int) -> None:
        postmortems.add_action(
            self._manager(at),
            self.course.there,
            postmortem=self.course.postmortem,
            title=line.title,
            category=line.category,
            link_type=line.link_type,
            owner=self._promiser(line, at),
            due_on=at.date() + dt.timedelta(weeks=weeks),
            now=at,
        )

    def _promiser(self, line: ActionLine, at: dt.datetime) -> Person:
        """Whoever is on call; the administrator keeps an improvement of the last incidents, to have something to do."""
        if self.place >= INCIDENT_COUNT - 6 and line is self.course.story.second:
            return self.company.administrator
        return self._person(self.watch.on_call(self.team, at))

    def publish(self, at: dt.datetime) -> None:
        written = self.course.postmortem
        if written is None or self.place % 6 == 5:
            return
        owner = self.watch.actors[written.owner_id]
        written = postmortems.change(owner, written, version=written.version, causes=self.course.story.cause, now=at)
        written = postmortems.request_approval(owner, written, now=at)
        if self.place % 4 == 3:
            return
        manager = self.watch.actors[self.company.administrator.id]
        written = postmortems.approve(manager, written, now=at)
        self.course.postmortem = postmortems.publish(manager, written, now=at)

    def finish(self, at: dt.datetime) -> None:
        """The priority action is done, as a rule; of the improvements most."""
        for place, action in enumerate(self.course.there.actions.order_by("number")):
            if (self.place + place) % 5 != 4 and action.owner_id != self.company.administrator.id:
                postmortems.complete_action(self.watch.actors[action.owner_id], action, now=at)

    def _manager(self, at: dt.datetime) -> Actor:
        return self.course.manager or self.watch.on_call(cast.MANAGERS_TEAM, at)

    def _person(self, actor: Actor) -> Person:
        return next(person for person in self.company.people.values() if person.id == actor.id)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
