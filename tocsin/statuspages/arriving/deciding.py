"""What a mail that arrived is for: a question, a support case, a refusal, nothing, or a matter for a person.

A mail is never a command: whoever writes one asks, and who they claim to be decides only whether somebody looks first.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings

from tocsin.core.actor import Actor
from tocsin.core.errors import Refused
from tocsin.directory.models import Person
from tocsin.incidents import permissions
from tocsin.incidents.commands import label_case
from tocsin.incidents.models import Incident
from tocsin.statuspages.arriving import rules
from tocsin.statuspages.arriving.models import IncomingMail
from tocsin.statuspages.arriving.reading import Letter
from tocsin.statuspages.lists import addresses, queries
from tocsin.statuspages.lists import commands as lists
from tocsin.statuspages.lists import rules as refusals
from tocsin.statuspages.lists.models import ListMember, ListThread
from tocsin.statuspages.questions.commands import Asked, ask
from tocsin.statuspages.subscribers import commands as subscribers
from tocsin.statuspages.subscribers import tokens


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a mail, why, and the id of what it led to."""

    outcome: str
    reason: str = ""
    became: str = ""
    incident: Incident | None = None


def decide(row: IncomingMail, letter: Letter, message_id: str, *, now: dt.datetime) -> Fate:
    """Do what the mail is for. Inside a transaction; whatever a command refuses is held, with the refusal as its reason."""
    meant = [found for one in row.envelope_to if (found := addresses.read(one))]
    member = next((one.member for one in meant if one.member), "")
    if letter.bounce or member:
        return _refused(letter, member, now)
    try:
        if any(addresses.is_support(one) for one in row.envelope_to):
            return _case(row, letter, now)
        return _question(letter, message_id, meant, now)
    except Refused as refusal:
        return Fate(IncomingMail.HELD, refusal.detail)


def _refused(letter: Letter, member_id: str, now: dt.datetime) -> Fate:
    """Somebody on a list could not be reached. Without our own return address it only marks them: anybody could have written it."""
    said = letter.bounce.said if letter.bounce else letter.text[:2_000]
    if letter.bounce and letter.bounce.delayed:
        return Fate(IncomingMail.IGNORED, "A mail is still on its way, its server says.")
    if member_id and not letter.automatic:
        return Fate(IncomingMail.HELD, "It came to the address for refusals, and a person wrote it.")
    found = member_id or _named_by(letter)
    reason = rules.first_line(said, "The mail server does not say why.")
    refuse = subscribers.refused if found.startswith(tokens.PREFIX) else lists.refused
    marked = refuse(found, reason, final=bool(member_id) and refusals.is_final(said), now=now) if found else None
    if marked is None:
        return Fate(IncomingMail.IGNORED, f"A mail to nobody on a list could not be delivered. {reason}")
    return Fate(IncomingMail.BOUNCE, reason, marked.pk)


def _named_by(letter: Letter) -> str:
    """The member whom a report names by the mail that came back and the address that refused it."""
    if not letter.bounce or not letter.bounce.address:
        return ""
    for thread in queries.threads_named([letter.bounce.of]):
        for one in ListMember.objects.filter(list=thread.list_id).select_related("person"):
            if one.mail == letter.bounce.address:
                return one.pk
    return ""


def _case(row: IncomingMail, letter: Letter, now: dt.datetime) -> Fate:
    if row.envelope_from == "" or "auto-replied" in letter.automatic:
        return Fate(IncomingMail.IGNORED, letter.automatic)
    keys = rules.keys_in(letter.subject)
    incident = next((one for key in keys if (one := Incident.objects.filter(key=key).first())), None)
    if incident is None:
        return Fate(IncomingMail.HELD, "Its subject names no incident.")
    person, _ = queries.knows(letter.sender)
    if person is None and not rules.may_label(letter.sender, settings.TOCSIN.mail_support_senders):
        return Fate(IncomingMail.HELD, f"{letter.sender or 'Its sender'} is not known here.", incident=incident)
    if incident.is_private and not _may_see(person, incident):
        return Fate(IncomingMail.HELD, f"{incident.key} is private, and its sender may not know of it.", incident=incident)
    by = _as_actor(person) if person else Actor(id="system", name=f"Mail from {letter.sender}", via="mail")
    reference = rules.case_reference(letter.subject, incident.key)
    if not reference:
        return Fate(IncomingMail.HELD, "Its subject has no number of a case, and no other words.", incident=incident)
    case = label_case(by, incident, reference, customer="" if person else letter.name, now=now)
    return Fate(IncomingMail.CASE, f"{reference} of {incident.key}", case.pk, incident)


def _question(letter: Letter, message_id: str, meant: list[addresses.Meant], now: dt.datetime) -> Fate:
    if letter.automatic:
        return Fate(IncomingMail.IGNORED, letter.automatic)
    thread, incident = _belongs(letter, meant)
    if incident is None:
        forged = any(one.is_signed_wrong for one in meant)
        why = "The address it was sent to was not given out by this house." if forged else "It answers no mail of an incident."
        return Fate(IncomingMail.HELD, why)
    person, member = queries.knows(letter.sender)
    why = _objection(letter, incident, person, member)
    if why:
        return Fate(IncomingMail.HELD, why, incident=incident)
    name = person.name if person else letter.name or (member.called if member else "")
    asked = Asked(name, letter.sender, letter.text, letter.subject, message_id, letter.references, person, thread)
    question, is_new = ask(incident, asked, now=now)
    return Fate(IncomingMail.QUESTION if is_new else IncomingMail.REPEATED, "", question.pk, incident)


def _belongs(letter: Letter, meant: list[addresses.Meant]) -> tuple[ListThread | None, Incident | None]:
    """The thread that a mail answers and its incident; by a signed address the incident alone."""
    threads = queries.threads_named(letter.references)
    if threads:
        return threads[0], threads[0].incident
    key = next((one.incident for one in meant if one.incident), "")
    return None, Incident.objects.filter(key=key).first() if key else None


def _objection(letter: Letter, incident: Incident, person: Person | None, member: ListMember | None) -> str:
    """Why a person looks at a question first, empty when nobody needs to."""
    if person is None and member is None:
        return f"{letter.sender or 'Its sender'} is not known here."
    if incident.is_private and not _may_see(person, incident):
        return f"{incident.key} is private, and its sender may not know of it."
    return "" if letter.text else "Nothing new is written in it."


def _may_see(person: Person | None, incident: Incident) -> bool:
    return person is not None and permissions.may_see(_as_actor(person), incident)


def _as_actor(person: Person) -> Actor:
    return Actor(id=person.pk, name=person.name, roles=frozenset({person.role}), via="mail")
