"""Lists with whom they reach, what an incident's lists were told, and which are told next. Fixed numbers of queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet

from tocsin.core.actor import Actor
from tocsin.core.errors import Invalid, NotFound
from tocsin.core.models import OutboxMail
from tocsin.core.store.prepared import Prepared
from tocsin.directory.models import Person
from tocsin.incidents import permissions as incidents
from tocsin.incidents.models import Incident
from tocsin.statuspages.lists import permissions, rules
from tocsin.statuspages.lists.models import DistributionList, ListLetter, ListMember, ListThread


@dataclass(frozen=True, slots=True)
class Copy:
    """One mail of a letter: to whom, and how that went. `state` is a word of the outbox; `answer` the server's last one."""

    to: str
    state: str
    answer: str


@dataclass(frozen=True, slots=True)
class Mailed:
    """One letter with its copies."""

    letter: ListLetter
    copies: tuple[Copy, ...]


def lists() -> QuerySet[DistributionList]:
    """Lists in use by name, with their members."""
    members = Prefetch("members", ListMember.objects.select_related("person"))
    return DistributionList.objects.filter(removed_at=None).prefetch_related(members)


def for_updates() -> QuerySet[DistributionList]:
    """Those that hear of incidents: all but the ones that the house keeps for something else."""
    return lists().filter(stands_for="")


def list_called(wanted: str) -> DistributionList:
    """By id or short name. Raises NotFound."""
    found = lists().filter(Q(pk=wanted) | Q(slug=wanted)).first()
    if found is None:
        raise NotFound("There is no such list.")
    return found


def member_of(chosen: DistributionList, wanted: str) -> ListMember:
    """By its id, or the address or id of a person. Raises NotFound."""
    for one in chosen.members.all():
        if wanted and wanted.lower() in {one.pk, one.mail, one.person_id}:
            return one
    raise NotFound(f"Nobody like that is on {chosen.name}.")


def subscribed(actor: Actor) -> set[str]:
    """The ids of the lists that the actor is on."""
    return set(ListMember.objects.filter(person=actor.id).values_list("list_id", flat=True))


def members_shown(actor: Actor, chosen: DistributionList) -> list[ListMember]:
    """Who is on a list: all of them for whoever may see how colleagues are reached, else oneself."""
    everybody = list(chosen.members.all())
    return everybody if permissions.sees_members(actor) else [one for one in everybody if one.person_id == actor.id]


def defaults(incident: Incident) -> list[DistributionList]:
    """The lists that are told of an incident unless somebody chooses otherwise. None of a private one, none of a drill."""
    if incident.is_private or incident.is_drill:
        return []
    before = set(ListThread.objects.filter(incident=incident).values_list("list_id", flat=True))
    return [one for one in for_updates() if rules.is_told_of(one.severities, incident.severity, heard_before=one.pk in before)]


def chosen(names: Sequence[str]) -> list[DistributionList]:
    """The lists with these short names or ids. Raises Invalid for `lists` at the first that does not hear of incidents."""
    known = {name: one for one in for_updates() for name in (one.pk, one.slug)}
    for name in names:
        if name not in known:
            raise Invalid(f"There is no list called {name[:60]!r}.", field="lists")
    return list({known[name].pk: known[name] for name in names}.values())


def mailed(actor: Actor, incident: Incident) -> list[Mailed]:
    """Every letter about an incident, oldest first, with its copies: the log of what went out. Three queries."""
    incidents.require_seer(actor, incident)
    letters = list(ListLetter.objects.filter(thread__incident=incident).select_related("thread__list", "update"))
    return _with_copies(letters)


_told = Prepared(
    lambda incident: ListThread.objects.filter(incident=incident).order_by("list__name").values_list("list__name", flat=True)
)


def told_lists(incident: Incident) -> list[str]:
    """The names of the lists that have heard of an incident."""
    return _told(incident.id)


def latest(chosen: DistributionList, limit: int = 10) -> list[Mailed]:
    """What a list was told last, newest first."""
    rows = ListLetter.objects.filter(thread__list=chosen, thread__incident__is_private=False)
    return _with_copies(list(rows.select_related("thread__list", "thread__incident", "update").order_by("-at", "-id")[:limit]))


def _with_copies(letters: list[ListLetter]) -> list[Mailed]:
    copies: dict[str, list[Copy]] = {one.message_id: [] for one in letters}
    for row in OutboxMail.objects.filter(letter_id__in=copies).order_by("to"):
        copies[row.letter_id].append(Copy(row.to, row.work_state, row.last_error))
    return [Mailed(one, tuple(copies[one.message_id])) for one in letters]


def told_addresses(update: str) -> set[str]:
    """The addresses that heard of the update with this id through a list."""
    letters = ListLetter.objects.filter(update=update).values("message_id")
    return {to.lower() for to in OutboxMail.objects.filter(letter_id__in=letters).values_list("to", flat=True)}


def threads_named(message_ids: Iterable[str]) -> list[ListThread]:
    """The threads whose mails have one of these Message-IDs."""
    letters = ListLetter.objects.filter(message_id__in=list(message_ids)[:200])
    return list({one.thread_id: one.thread for one in letters.select_related("thread__incident", "thread__list")}.values())


def knows(address: str) -> tuple[Person | None, ListMember | None]:
    """Who writes from this address: a person of the house, or a plain address on a list."""
    person = Person.objects.filter(email__iexact=address, is_active=True).first() if address else None
    member = ListMember.objects.filter(address=address.lower()).first() if address and not person else None
    return person, member
