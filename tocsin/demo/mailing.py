"""Who at Larkfield hears of incidents by mail, what two of them asked, words kept for the next one, and what the public says."""

from __future__ import annotations

import dataclasses
import datetime as dt

from tocsin.core.actor import SYSTEM
from tocsin.demo import cast, letters
from tocsin.directory.models import Person
from tocsin.directory.queries import actor_for
from tocsin.incidents.commands import attending
from tocsin.incidents.models import Incident
from tocsin.statuspages.arriving import commands as arriving
from tocsin.statuspages.arriving import jobs
from tocsin.statuspages.lists import commands as lists
from tocsin.statuspages.lists.mailing import mail_update
from tocsin.statuspages.lists.models import DistributionList, ListThread
from tocsin.statuspages.messages import commands as messages
from tocsin.statuspages.models import Update
from tocsin.statuspages.questions import commands as questions
from tocsin.statuspages.questions.commands import Asked
from tocsin.statuspages.second_reading import commands as second_reading

_MINUTE = dt.timedelta(minutes=1)


def fill(now: dt.datetime) -> None:
    """Three lists; what they were told of the major incident that is open, and two questions, one of them answered."""
    made = [_list(line, now - dt.timedelta(days=30)) for line in letters.LISTS]
    for words in letters.MESSAGES:
        messages.create_template(SYSTEM, **dataclasses.asdict(words), now=now - dt.timedelta(days=60))
    incident = Incident.objects.filter(state=Incident.FIXING, is_drill=False, severity__lt=3).first()
    if incident is None:
        return
    for update in Update.objects.filter(entry__incident=incident, entry__page__audience="internal").order_by("at"):
        told = [one for one in made if incident.severity in one.severities]
        mail_update(incident, update, told, now=update.at)
    thread = ListThread.objects.filter(incident=incident, list__slug="interested").first()
    for number, line in enumerate(letters.QUESTIONS):
        _ask(incident, thread, number, line, now - (9 - 3 * number) * _MINUTE)
    _stranger(thread, now - 4 * _MINUTE)
    _draft(incident, now)
    for url, author, text, ago in letters.POSTS:
        said_at = now - ago * _MINUTE
        attending.add_post(actor_for(_person("olga")), incident, url, text=text, author=author, said_at=said_at, now=said_at)


def _stranger(thread: ListThread | None, at: dt.datetime) -> None:
    """Somebody to whom one of the mails was forwarded, and whom nobody here knows: it waits for an administrator."""
    first = thread.letters.first() if thread else None
    lines = [f"{name}: {words}" for name, words in letters.STRANGER.items() if name != "text"]
    lines += [f"In-Reply-To: {first.message_id}"] if first else []
    raw = "\r\n".join([*lines, "", letters.STRANGER["text"]]).encode()
    arriving.keep(raw, envelope_from="carla@alpenbus.example", envelope_to=[f"incidents@{cast.DOMAIN}"], now=at)
    jobs.understand(at)


def _draft(incident: Incident, now: dt.datetime) -> None:
    """Words for customers that wait for the eyes of the one who tries the demo."""
    author = incident.manager
    if author is None:
        return
    second_reading.ask_reader(
        actor_for(author),
        incident,
        _person(cast.ADMINISTRATOR[1]),
        status="identified",
        external={"title": "", "body": letters.DRAFT},
        next_update_at=now + dt.timedelta(hours=1),
        note=letters.DRAFT_NOTE,
        confirmation="demo-draft",
        now=now - 3 * _MINUTE,
    )


def _person(name: str) -> Person:
    return Person.objects.get(email=f"{name}@{cast.DOMAIN}")


def _list(line: letters.ListLine, now: dt.datetime) -> DistributionList:
    made = lists.create_list(
        SYSTEM, name=line.name, purpose=line.purpose, severities=line.severities, is_open=line.is_open, now=now
    )
    for name in line.people:
        if line.is_open:
            lists.subscribe(actor_for(_person(name)), made, now=now)
        else:
            lists.add_member(SYSTEM, made, person=_person(name), now=now)
    for address, called in line.addresses:
        lists.add_member(SYSTEM, made, address=f"{address}@{cast.DOMAIN}", name=called, now=now)
    return made


def _ask(incident: Incident, thread: ListThread | None, number: int, line: letters.QuestionLine, at: dt.datetime) -> None:
    person = _person(line.person)
    letters = list(thread.letters.all()) if thread else []
    asked = Asked(
        person.name,
        person.email,
        line.text,
        f"Re: {letters[0].subject}" if letters else f"Re: {incident.key}",
        f"<question-{number}.{incident.key}@{cast.DOMAIN}>",
        tuple(one.message_id for one in letters),
        person,
        thread,
    )
    question, _ = questions.ask(incident, asked, now=at)
    if line.answer:
        by = actor_for(incident.manager) if incident.manager else SYSTEM
        questions.answer(by, question, line.answer, now=at + 2 * _MINUTE)
