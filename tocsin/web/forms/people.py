"""People as typed or chosen in a form, however many a company has: the nearest in a list, anybody by name or e-mail address."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tocsin.core.errors import Invalid, Refused
from tocsin.core.ids import is_id
from tocsin.directory.models import Membership, Person
from tocsin.web.forms.typed import Typed

LISTED = 60
"""More in a list nobody reads; and each page would carry all of them in each of its lists."""
NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Nearest:
    """Whom a form offers: `people` by name, those who are near first. `more`: there are others, to be named."""

    people: list[Person]
    more: bool


def nearest(*teams: str, also: Iterable[str] = ()) -> Nearest:
    """Who may be on call, active and no stakeholder: `also` (ids) and members of these teams (ids) first. Three queries at most."""
    able = Person.objects.filter(is_active=True).exclude(role=Person.STAKEHOLDER).order_by("name", "id").only("id", "name")
    some = list(able[: LISTED + 1])
    mates = set(Membership.objects.filter(team__in=teams).values_list("person", flat=True))
    if len(some) <= LISTED:
        return Nearest(sorted(some, key=lambda one: one.id not in mates), more=False)
    wanted = set(also)
    near = sorted(able.filter(id__in=wanted | mates), key=lambda one: one.id not in wanted)[: max(LISTED, len(wanted))]
    return Nearest(near or some[:LISTED], more=True)


def named(words: str, field: str = "") -> Person:
    """Who is meant by a name, an e-mail address or an id. Raises Invalid that says what to write instead."""
    by = {"pk": words} if is_id(words, "per") else {"email__iexact": words} if "@" in words else {"name__iexact": words}
    found = list(Person.objects.filter(**by).order_by("-is_active", "id")[:3])
    active = [one for one in found if one.is_active] or found
    if len(active) > 1:
        raise Invalid(f"Several people are called {words}: write the e-mail address.", field=field)
    if not active:
        raise Invalid(f"Nobody here is called {words}; write the name in full or the e-mail address.", field=field)
    return active[0]


def read_person(form: Typed, field: str) -> Person | None:
    """Whoever is named in `<field>_named`, otherwise chosen in `<field>`; None when neither is."""
    words = form.text(f"{field}_named", longest=250)
    chosen = words or form.text(field, longest=40)
    if not chosen:
        return None
    try:
        return named(chosen)
    except Refused as refused:
        form.errors[f"{field}_named" if words else field] = refused.detail
        return None


def read_turns(form: Typed, field: str) -> list[list[Person]]:
    """One turn for each line that is not empty: names joined by `+`, or `nobody`. What cannot be read is noted in the form."""
    turns = []
    for line in form.many(field):
        names = [name.strip() for name in line.split("+") if name.strip()]
        try:
            if names:
                turns.append([] if line.lower() == NOBODY else [named(name) for name in names])
        except Refused as refused:
            form.errors[field] = refused.detail
    return turns


def as_typed(turn: Iterable[Person]) -> str:
    """A turn as its line shows it; people who share a name with somebody by their address."""
    names = [one.name if _alone(one) else one.email for one in turn]
    return " + ".join(names) or NOBODY


def _alone(person: Person) -> bool:
    plain = "+" not in person.name and "@" not in person.name and person.name.lower() != NOBODY
    return plain and not Person.objects.filter(name__iexact=person.name).exclude(pk=person.pk).exists()
