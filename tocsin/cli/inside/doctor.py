"""`doctor`: what works, what is missing and what is wrong, in words."""

from __future__ import annotations

import importlib.metadata
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

from django.conf import settings
from django.db import DatabaseError

from tocsin.cli import lock
from tocsin.cli.answers import NO, say, show_json
from tocsin.cli.inside import schema
from tocsin.core import clock
from tocsin.core.eventlog import sealing
from tocsin.core.net import greeting
from tocsin.core.settings import smtp
from tocsin.core.store import db, facts
from tocsin.directory import queries as directory
from tocsin.directory.models import ContactMethod, Gateway
from tocsin.oncall import queries as oncall
from tocsin.paging import queries as paging

GOOD, NOTE, RED = "good", "note", "red"
TZDATA_DAYS = 548


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: `good`, `note` (worth knowing) or `red` (somebody may not be paged or heard)."""

    subject: str
    state: str
    words: str


def run(*, as_json: bool) -> None:
    """Print every finding; leaves with 1 when one is red."""
    findings = list(_findings())
    red = any(finding.state == RED for finding in findings)
    if as_json:
        show_json({"ok": not red, "findings": [asdict(finding) for finding in findings]})
    else:
        for finding in findings:
            say(f"{finding.state.upper() if finding.state == RED else finding.state:<5} {finding.subject}: {finding.words}")
    if red:
        raise SystemExit(NO)


def _findings() -> Iterator[Finding]:
    """The store first: without it nothing else can be said."""
    yield _zones()
    try:
        yield Finding("store", GOOD, db.server_words())
        pending = schema.pending()
    except DatabaseError as error:
        yield Finding("store", RED, f"does not answer: {str(error).splitlines()[0]}")
        return
    if pending:
        yield Finding("tables", RED, f"{len(pending)} migrations are missing; `tocsin serve` or `tocsin migrate` applies them.")
        return
    for check in _CHECKS:
        yield check()


def _zones() -> Finding:
    """Rules of time zones change a few times a year; they come with the `tzdata` package alone."""
    version = importlib.metadata.version("tzdata")
    year = re.match(r"(\d{4})\.", version)
    age = clock.now().year - int(year[1]) if year else 0
    if age > TZDATA_DAYS // 365:
        return Finding("time zones", NOTE, f"tzdata {version} is old; update it so that clock changes are right.")
    return Finding("time zones", GOOD, f"tzdata {version}")


def _administrator() -> Finding:
    if directory.has_administrator():
        return Finding("administrator", GOOD, "there is one.")
    return Finding("administrator", RED, "nobody administers this installation; `tocsin serve` prints the link for the set-up.")


def _process() -> Finding:
    if settings.TOCSIN.on_postgresql:
        return Finding("process", NOTE, "on PostgreSQL ask /readyz of each node.")
    if lock.is_held(settings.TOCSIN.data):
        return Finding("process", GOOD, "a server runs on this folder.")
    return Finding("process", NOTE, "no server runs on this folder now; nothing is sent until one does.")


def _mail() -> Finding:
    if settings.TOCSIN.smtp_url:
        where = smtp(settings.TOCSIN)
        return Finding("mail", GOOD, f"through {where.host}:{where.port}.")
    if facts.get("demo"):
        return Finding("mail", NOTE, "the demo keeps mails in its built-in mailbox; set TOCSIN_SMTP_URL to send them.")
    return Finding("mail", RED, "TOCSIN_SMTP_URL is not set: no mail leaves this house.")


def _mail_in() -> Finding:
    place = settings.TOCSIN.mail_in
    if not place:
        return Finding("mail in", NOTE, "nothing listens for replies; set TOCSIN_MAIL_IN to let questions and refusals come back.")
    if not settings.TOCSIN.on_postgresql and not lock.is_held(settings.TOCSIN.data):
        return Finding("mail in", NOTE, f"asked for at {place} once a server runs.")
    wrong = greeting.fault(*settings.TOCSIN.mail_in_place)
    if wrong:
        fix = "free the place or change TOCSIN_MAIL_IN, then restart the server"
        return Finding("mail in", RED, f"nobody takes mail at {place} ({wrong}): replies and refusals are lost; {fix}.")
    return Finding("mail in", GOOD, f"answers at {place}.")


def _channels() -> Finding:
    gateways = Gateway.objects.filter(contact_methods__verified_at__isnull=False).exists()
    mails = ContactMethod.objects.filter(kind=ContactMethod.EMAIL, verified_at__isnull=False).exists()
    if gateways and mails:
        return Finding("channels", GOOD, "mail and a gateway are in use.")
    if not (gateways or mails):
        return Finding("channels", RED, "nobody has a proven way to be reached; each person verifies one in their profile.")
    only = "a gateway" if gateways else "mail"
    return Finding("channels", NOTE, f"people are reached by {only} only; when it fails nothing else wakes them. Add a second way.")


def _last_resort() -> Finding:
    roster = oncall.last_resort()
    if roster is None:
        return Finding("last resort", RED, "no schedule is the last resort; alerts that nobody covers reach administrators only.")
    people = oncall.last_resort_people(clock.now())
    deaf = [person.name for person in people if not directory.reachable(person)]
    if deaf and len(deaf) == len(people):
        return Finding("last resort", RED, f"nobody in {roster.name} can be reached now ({', '.join(deaf[:3])}).")
    return Finding("last resort", GOOD, f"{roster.name}, now {', '.join(person.name for person in people[:3])}.")


def _hold() -> Finding:
    if facts.on_hold():
        return Finding("hold", RED, "restored from a backup: nobody is paged until `tocsin release` or the button.")
    return Finding("hold", GOOD, "pages go out.")


def _log() -> Finding:
    waited = sealing.late(clock.now())
    if waited and lock.is_held(settings.TOCSIN.data):
        return Finding("event log", RED, f"an event has waited {waited.total_seconds():.0f} s to be sealed.")
    return Finding("event log", GOOD, "sealed.")


def _proof() -> Finding:
    proof = paging.prove(clock.now())
    if proof.ok:
        return Finding("paging", GOOD, "for everything open somebody is paged next, and can be.")
    more = f" (and {len(proof.problems) - 3} more)" if len(proof.problems) > 3 else ""
    return Finding("paging", RED, "; ".join(proof.problems[:3]) + more)


def _watcher() -> Finding:
    return Finding("outside watcher", NOTE, "nothing outside this machine notices when it dies; let a monitor ask /readyz.")


_CHECKS: tuple[Callable[[], Finding], ...] = (
    _administrator,
    _process,
    _mail,
    _mail_in,
    _channels,
    _last_resort,
    _hold,
    _log,
    _proof,
    _watcher,
)
