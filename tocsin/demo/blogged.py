"""What Larkfield wrote down for its own people: two posts of the company blog, who gets them by mail, and one that is not done."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from tocsin.demo import cast
from tocsin.directory.models import Person
from tocsin.directory.queries import actor_for
from tocsin.incidents.models import Incident
from tocsin.statuspages.blog import commands
from tocsin.statuspages.blog.commands import publishing

_DAY = dt.timedelta(days=1)
_HELD = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class PostLine:
    """A post: its authors by mail name, the summary of the incident it is about, the days since it was published."""

    title: str
    authors: tuple[str, ...]
    about: str
    ago: int
    text: str


POSTS = (
    PostLine(
        "Ten fares before breakfast",
        ("hana", "mei"),
        "Prices are wrong for connections with a change",
        19,
        """A fare table came to us cut in half, and every machine on the way said that all was well. The file was valid. It \
was only too short, and our loader had never been told that a table can be too short.

We now ask two plain questions each morning, before anybody buys:

- Is the table smaller than yesterday's by more than one part in twenty? Then it is refused, and yesterday's stays.
- Do ten fares that we know by heart still cost what the operator says? A small job compares them and prints the ten lines.

The second one is not clever, and that is why we like it. In its first week it found a fare that was wrong **before** any \
customer saw it: a holiday tariff that began a day early.

If your team takes in files of somebody else: which ten lines of them do you know by heart? Write them down today. It takes \
a quarter of an hour, and we are glad to show you ours.""",
    ),
    PostLine(
        "Eleven stations in the dark, and a job that nobody owned",
        ("tomasz", "ben"),
        "Departures dark at eleven stations",
        5,
        """One morning the departure boards of eleven stations were black. Staff announced trains by voice, and did it so well \
that most travellers only noticed how friendly we were.

The boards had lost their certificate at midnight. Renewing it by hand was quick. The better question was why nobody had \
known that it would end. The renewal ran from a machine that was switched off in spring, correctly and with a ticket. \
Its list of jobs was in nobody's hands, so nobody missed them.

What is different now:

- A certificate with less than ten days left pages us. Better woken too early by a clock than too late by a station.
- Renewals run where everybody sees them, beside the jobs that we look at anyway.
- Before a machine is switched off we ask it what it still does: `crontab -l`, and a second pair of eyes on the answer.

What went well: the stations knew whom to call, and the first words to travellers were out before most of us were awake. Thank \
you to the desk in the south.

Do you have a job that runs on a machine with a nickname? Tell us. We will help you to move it, and bring coffee.""",
    ),
)
UNDONE = (
    "Why we practise on Tuesdays",
    "sara",
    "Every second Tuesday one of us breaks something on purpose, in a drill. Notes so far:\n\n- who plays the customer\n- what we "
    "measure, and what we do not\n- the one rule: nobody is asked who did it",
)
BY_MAIL = ("olga", "ana", "grace")


def fill(now: dt.datetime) -> None:
    """The readers first, so that the posts have gone to them; the draft last."""
    for name in BY_MAIL:
        commands.subscribe(actor_for(_person(name)), now=now - 30 * _DAY)
    for line in POSTS:
        _publish(line, (now - line.ago * _DAY).replace(hour=9, minute=12))
    title, author, text = UNDONE
    commands.draft(actor_for(_person(author)), title=title, text=text, now=now - dt.timedelta(hours=3))


def _publish(line: PostLine, at: dt.datetime) -> None:
    rows = Incident.objects.filter(summary=line.about, state=Incident.RESOLVED, resolved_at__lt=at, is_private=False)
    authors = [_person(name) for name in line.authors]
    by, about = actor_for(authors[0]), rows.order_by("-resolved_at").first()
    post = commands.draft(by, title=line.title, text=line.text, incident=about, authors=authors, now=at - _DAY)
    commands.publish(by, post, now=at)
    publishing.release(post, now=at + _HELD)


def _person(name: str) -> Person:
    return Person.objects.get(email=f"{name}@{cast.DOMAIN}")
