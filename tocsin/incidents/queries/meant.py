"""Whom people mean by the names they type: `@ana`, `/page checkout`."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from tocsin.collab import rules
from tocsin.core.actor import Actor
from tocsin.core.errors import Invalid
from tocsin.directory import queries as directory
from tocsin.directory.models import Person, Service, Team
from tocsin.incidents import permissions
from tocsin.incidents.models import Incident
from tocsin.incidents.rules import joined
from tocsin.oncall import queries as oncall
from tocsin.oncall.models import Policy, Schedule

Target = Team | Schedule | Policy | Person


def people_mentioned(actor: Actor, incident: Incident, text: str) -> list[Person]:
    """The people whom a message mentions, the speaker left out.

    Raises Invalid with the field `text` for a name that nobody or more than one person has, and for somebody who may not see
    this incident: a mention would tell them of it.
    """
    words = rules.mentioned(text)
    if not words:
        return []
    everybody = list(directory.people(active=True))
    found = {one.pk: one for one in (_one(everybody, word) for word in words)}
    found.pop(actor.id, None)
    for person in found.values():
        if not permissions.may_see(directory.actor_for(person), incident):
            raise Invalid(f"{person.name} may not see this private incident. /invite them first.", field="text")
    return list(found.values())


def person_called(word: str) -> Person:
    """The active person of a name, with or without `@`. Raises Invalid with the field `text`."""
    return _one(list(directory.people(active=True)), word.strip().removeprefix("@"))


def person_by_id(person_id: str) -> Person:
    """The person of an id. Raises NotFound."""
    return directory.person(person_id)


def target_called(actor: Actor, words: str) -> Target:
    """Whom `/page` shall wake: a team, a schedule, a service (by its policy) or a person, by name. Raises Invalid."""
    wanted = rules.handle(words.strip().removeprefix("@"))
    if not wanted:
        raise Invalid("Say whom: a team, a schedule, a service or a person.", field="text")
    known = _targets(actor)
    target = known.get(wanted)
    if isinstance(target, Service):
        return _policy_of(target)
    if target is not None:
        return target
    people = list(directory.people(active=True))
    near = rules.one_of(_called(people), words.strip().removeprefix("@"))
    if len(near) == 1:
        return next(one for one in people if one.pk == near[0])
    names = [*known, *(rules.handle(one.name) for one in people)]
    raise Invalid(_nobody(words, near, people, names), field="text")


def _targets(actor: Actor) -> dict[str, Team | Schedule | Service]:
    """What can be paged by its name or slug; a team goes before a schedule, a schedule before a service."""
    found: dict[str, Team | Schedule | Service] = {}
    rows: list[Team | Schedule | Service] = [*directory.teams(actor), *oncall.schedules(actor), *directory.services(actor)]
    for row in rows:
        found.setdefault(row.slug, row)
        found.setdefault(rules.handle(row.name), row)
    return found


def _policy_of(service: Service) -> Policy:
    policy = oncall.policy_for(service)
    if policy is None:
        raise Invalid(f"{service.name} has no escalation policy. Page a team or a person.", field="text")
    return policy


def _one(everybody: list[Person], word: str) -> Person:
    near = rules.one_of(_called(everybody), word)
    if len(near) != 1:
        raise Invalid(_nobody(f"@{word}", near, everybody, [rules.handle(one.name) for one in everybody]), field="text")
    return next(one for one in everybody if one.pk == near[0])


def _called(people: Iterable[Person]) -> list[tuple[str, str, str]]:
    return [(one.pk, one.name, one.email) for one in people]


def _nobody(word: str, near: list[str], people: list[Person], names: list[str]) -> str:
    """Why a name means nobody, with the nearest ones. Names in code, in `backticks`, mention nobody."""
    if near:
        which = joined([f"@{rules.handle(one.name)}" for one in people if one.pk in near][:4])
        return f"{word.strip()} may mean {which}. Write which."
    close = difflib.get_close_matches(rules.handle(word), names, n=1, cutoff=0.5)
    nearest = f" The nearest name is {close[0]}." if close else ""
    return f"Nobody is called {word.strip()[:40]}.{nearest} Put it in `backticks` if it is not a name."
