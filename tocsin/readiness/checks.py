"""Are we prepared? Four pillars, and of each what is set up and what is missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings

from tocsin.alerts.models import IntegrationKey
from tocsin.collab.models import ShortLink
from tocsin.core.actor import Actor
from tocsin.core.net import greeting
from tocsin.directory import agreed
from tocsin.directory import queries as directory
from tocsin.directory import rules as directory_rules
from tocsin.directory.models import Service
from tocsin.incidents.models import Incident
from tocsin.oncall import queries as oncall
from tocsin.paging import queries as paging
from tocsin.postmortems import queries as postmortems
from tocsin.postmortems.models import Action
from tocsin.readiness import queries, rules
from tocsin.statuspages import queries as statuspages
from tocsin.statuspages import rules as words

DRILL_EVERY = dt.timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is there or not: what, in words; how it stands; the page that mends it."""

    what: str
    ok: bool
    words: str
    path: str


@dataclass(frozen=True, slots=True)
class Pillar:
    """A pillar of the plan with its checks."""

    slug: str
    name: str
    purpose: str
    checks: tuple[Check, ...]

    @property
    def missing(self) -> int:
        return sum(not check.ok for check in self.checks)


def pillars(actor: Actor, now: dt.datetime) -> list[Pillar]:
    """The four pillars. What the actor may not know of is in none of the sentences."""
    makers = {"respond": _respond, "communicate": _communicate, "collaborate": _collaborate, "improve": _improve}
    return [Pillar(slug, name, purpose, tuple(makers[slug](actor, now))) for slug, (name, purpose) in rules.PILLARS.items()]


def _respond(actor: Actor, now: dt.datetime) -> Iterator[Check]:
    services = list(Service.objects.filter(archived_at=None))
    keyed = set(IntegrationKey.objects.filter(revoked_at=None).values_list("service", flat=True))
    deaf = [one.name for one in services if one.pk not in keyed]
    yield _all(
        "Alerts come in",
        "Every service has an integration key.",
        deaf,
        "lacks an integration key",
        "/services/coverage",
        bool(services),
    )
    covers = oncall.covers_of(services)
    alone = [one.name for one in services if not covers.get(one.pk, (None, None))[0]]
    yield _all(
        "Services page somebody", "Every service has a policy.", alone, "has no policy", "/services/coverage", bool(services)
    )
    reach = directory.reachable_ids()
    resort = [one.name for one in oncall.last_resort_people(now) if one.pk in reach]
    named = f"{resort[0]} can be reached now." if resort else "Nobody of it can be reached by a proven method."
    yield Check("Last resort", bool(resort), named, "/oncall")
    proof = paging.proof(now)
    yield Check("Proof", proof.ok, "The pager proves that it reaches somebody." if proof.ok else proof.problems[0], "/oncall/proof")


def _communicate(actor: Actor, now: dt.datetime) -> Iterator[Check]:
    way = directory.mails()
    told = {"": "No mail server is set.", "mailbox": "Mails stay in the mailbox of the demo."}.get(way, "A mail server is set.")
    yield Check("Mail leaves the house", way in {"environment", "entered"}, told, "/start/mail" if actor.is_administrator else "")
    if settings.TOCSIN.mail_in:
        yield _mail_comes_in(actor)
    for audience, whom in ((words.INTERNAL, "colleagues"), (words.EXTERNAL, "customers")):
        count = statuspages.components(audience).count()
        said = (
            f"The page for {whom} has {count} parts."
            if count
            else f"The page for {whom} lists no part: readers cannot say what is hit."
        )
        yield Check(f"Status page for {whom}", bool(count), said, "/status/internal" if audience == words.INTERNAL else "/status")
    organisation = agreed.organisation()
    said = f"{organisation.name}." if organisation.name else "Nobody has said it yet."
    yield Check("Name of the organisation", bool(organisation.name), said, "/admin/organisation")


def _mail_comes_in(actor: Actor) -> Check:
    """Asked over a connection: a door that was switched on and is not there loses questions and refusals in silence."""
    place, wrong = settings.TOCSIN.mail_in, greeting.fault(*settings.TOCSIN.mail_in_place)
    said = f"Nobody takes mail at {place} ({wrong}). Free the place or change TOCSIN_MAIL_IN, then restart."
    good = f"The door for mail answers at {place}."
    return Check("Replies come in", not wrong, said if wrong else good, "/admin/mail-in" if actor.is_administrator else "")


def _collaborate(actor: Actor, now: dt.datetime) -> Iterator[Check]:
    for backup in agreed.backup_systems():
        proven = directory_rules.backup_is_proven(backup.link, backup.tested_on, now.date())
        stale = "is named, but was not tried for half a year." if backup.link else "is not named."
        said = f"{backup.name or 'The backup'}, tried on {backup.tested_on}." if proven else f"The backup {stale}"
        yield Check(f"Backup: {directory_rules.BACKUP_KINDS[backup.kind].lower()}", proven, said, "/backups")
    made = queries.latest()
    fresh = made is not None and now - made < queries.STALE
    said = f"Made {made:%d %b %Y, %H:%M} UTC." if made else "None was made yet."
    yield Check("Offline kit", fresh, said, "/kit")
    count = ShortLink.objects.count()
    yield Check("Short links", bool(count), f"{count} names lead somewhere." if count else "There is none.", "/go")
    team = organisation_team()
    yield Check(
        "Security team", bool(team), f"{team} is woken." if team else "None is named: the last resort is woken.", "/page-security"
    )


def organisation_team() -> str:
    """The name of the security team, or nothing."""
    team = agreed.organisation().security_team
    return team.name if team else ""


def _improve(actor: Actor, now: dt.datetime) -> Iterator[Check]:
    owed = list(postmortems.missing(actor))
    said = f"{len(owed)} major incidents have none." if owed else "Every major incident that is over has one."
    yield Check("Postmortems", not owed, said, "/postmortems")
    late = Action.objects.filter(state=Action.OPEN, due_on__lt=now.date()).count()
    yield Check("Actions are on time", not late, f"{late} are overdue." if late else "None is overdue.", "/actions")
    drills = Incident.objects.filter(is_drill=True, is_private=False, created_at__gt=now - DRILL_EVERY).count()
    said = f"{drills} in the last 90 days." if drills else "None in the last 90 days."
    yield Check("Drills", bool(drills), said, "/declare?drill=1")


def _all(what: str, good: str, lacking: list[str], lacks: str, path: str, some: bool) -> Check:
    if not some:
        return Check(what, False, "There is no service yet.", "/services")
    more = f" and {len(lacking) - 1} more" if len(lacking) > 1 else ""
    return Check(what, not lacking, f"{lacking[0]}{more} {lacks}." if lacking else good, path)
