"""Finding a colleague: by name, address, team or what they can do; and how they are reached, as far as one may know."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from tocsin.core.actor import Actor
from tocsin.core.errors import NotFound
from tocsin.directory import permissions, queries, rules
from tocsin.directory.models import ContactMethod, Membership, Person, Qualification

_WORDS = 8


@dataclass(frozen=True, slots=True)
class Way:
    """One way to reach a person. Without an address it is one that only pages go by. `proven`: verified and not broken."""

    name: str
    kind: str
    address: str
    proven: bool

    @property
    def link(self) -> str:
        """What a telephone or a mail program opens, empty when there is no such thing."""
        if self.kind == ContactMethod.EMAIL:
            return f"mailto:{self.address}"
        return "tel:" + "".join(char for char in self.address if char in "+0123456789") if self.address else ""


def find(
    actor: Actor, now: dt.datetime, *, q: str = "", team: str = "", qualification: str = "", active: bool = True
) -> QuerySet[Person]:
    """People by name. Each word of `q` is in a name, an address, the name of a team, or a qualification that counts today.

    `team` is a short name, `qualification` a whole name that counts today.
    """
    found = queries.people(actor, active=active)
    for word in q.replace("\x00", "").split()[:_WORDS]:
        teams = Membership.objects.filter(team__name__icontains=word).values("person")
        able = _counting(now).filter(name__icontains=word).values("person")
        found = found.filter(Q(name__icontains=word) | Q(email__icontains=word) | Q(pk__in=teams) | Q(pk__in=able))
    if team:
        found = found.filter(pk__in=Membership.objects.filter(team__slug=team).values("person"))
    if qualification:
        found = found.filter(pk__in=_counting(now).filter(name__iexact=qualification).values("person"))
    return found


def _counting(now: dt.datetime) -> QuerySet[Qualification]:
    return Qualification.objects.filter(Q(expires_on=None) | Q(expires_on__gte=now.date()))


def qualifications(person: Person) -> list[Qualification]:
    """By name, those that no longer count as well."""
    return list(person.qualifications.order_by("name"))


def qualification_of(person: Person, wanted: str) -> Qualification:
    """By id, or by name in any case. Raises NotFound for one that is not this person's."""
    found = person.qualifications.select_related("person").filter(Q(pk=wanted) | Q(name__iexact=wanted)).first()
    if found is None:
        raise NotFound(f"{person.name} has no such qualification.")
    return found


def qualifications_of(people: Iterable[Person]) -> dict[str, list[Qualification]]:
    """The same of many people, by their ids. One query."""
    found: dict[str, list[Qualification]] = defaultdict(list)
    for one in Qualification.objects.filter(person__in=[person.pk for person in people]).order_by("name"):
        found[one.person_id].append(one)
    return found


def known_qualifications() -> list[tuple[str, int]]:
    """Each name once, with how many people of the house have it, the commonest first."""
    rows = Qualification.objects.filter(person__is_active=True).values("name").annotate(people=Count("id"))
    return [(row["name"], row["people"]) for row in rows.order_by("-people", "name")]


def ways_of(actor: Actor, people: Iterable[Person]) -> dict[str, list[Way]]:
    """How colleagues are reached, by their ids: what is proven to work, oldest first. Nothing for whoever only reads. One query.

    Mail addresses and telephone numbers are shown. Other addresses at a gateway are keys: whoever knows one can use it.
    """
    if not permissions.sees_contact_methods(actor):
        return {}
    found: dict[str, list[Way]] = defaultdict(list)
    rows = ContactMethod.objects.filter(person__in=[person.pk for person in people], broken_at=None, verified_at__isnull=False)
    for row in rows.select_related("gateway").order_by("created_at", "id"):
        open_to_all = row.gateway is None or rules.is_telephone(row.address)
        name = row.gateway.name if row.gateway else "Mail"
        found[row.person_id].append(Way(name, row.kind, row.address if open_to_all else "", proven=True))
    return found
