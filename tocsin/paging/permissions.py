"""Who may answer and steer pages. Whoever holds the link of a page acts as the person it was sent to, for that page only."""

from __future__ import annotations

import dataclasses

from tocsin.core.actor import Actor
from tocsin.core.errors import NotAllowed
from tocsin.directory import permissions
from tocsin.directory.models import Person
from tocsin.directory.queries import actor_for
from tocsin.directory.rules import RESPOND
from tocsin.paging.models import Page


def require_steer(actor: Actor) -> None:
    """May start, hurry and stop escalations: every responder."""
    permissions.require_responder(actor)


def require_release(actor: Actor) -> None:
    permissions.require_administrator(actor)


def answering(actor: Actor | None, page: Page, via: str) -> Actor:
    """Who answers a page: the actor at the door, or with the link alone the person that was paged."""
    if actor is not None:
        if actor.id == page.person_id:
            permissions.require_scope(actor, RESPOND)
        else:
            permissions.require_responder(actor)
        return dataclasses.replace(actor, via=via)
    if not page.person.is_active:
        raise NotAllowed(f"{page.person.name} is deactivated; this link no longer answers for them.")
    person = actor_for(page.person, via=via)
    return dataclasses.replace(person, roles=person.roles | {Person.RESPONDER})
