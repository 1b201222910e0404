"""`incident offer-role` and its answers; the roles and their duties."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tocsin.cli.remote.client import Remote
from tocsin.cli.remote.command import Key
from tocsin.cli.remote.declare import fields, instant, line, table, verb
from tocsin.cli.remote.linking import incident

Offer = Annotated[str, typer.Argument(metavar="OFFER", help="Id of the offer.", show_default=False)]

_offer = line("{role} is offered to {person} ({state}), {id}")


@verb(incident, "roles", table("role", "name", "duties"))
def list_roles(api: Remote) -> Any:
    """The roles that every incident knows, and what each asks."""
    return {"items": api.get("incident-roles"), "next": None}


@verb(incident, "offers", table("id", "role", "about", "person", "offered_by", "offered_at"))
def list_offers(api: Remote, wanted: Key) -> Any:
    """Roles that wait for somebody's answer."""
    return api.listed("incidents", wanted, "offers", limit=1000)


@verb(incident, "offer-role", _offer)
def offer_role(
    api: Remote,
    wanted: Key,
    person: Annotated[str, typer.Option("--person", help="Mail address or id.")],
    role: Annotated[str, typer.Option("--role", help="As `incident roles` lists them, or words of your own.")] = "incident_manager",
    about: Annotated[str, typer.Option("--about", help="The stream of work of a tech lead.")] = "",
    work: Annotated[str, typer.Option("--work", help="Hand-over: theories and streams of work.")] = "",
    next_at: Annotated[str, typer.Option("--next-at", help="Hand-over: when the next one is, such as 8h.")] = "",
    next_to: Annotated[str, typer.Option("--next-to", help="Hand-over: to whom the next one is.")] = "",
    called: Annotated[bool, typer.Option("--called", help="Hand-over: you spoke one to one.")] = False,
) -> Any:
    """Ask somebody to take a role; it is theirs when they accept. The incident manager hands over with this."""
    brief = {"work": work, "next_at": instant(next_at, "--next-at"), "next_to": next_to, "called": called}
    given = {"brief": brief} if any(brief.values()) else {}
    return api.post("incidents", wanted, "offer-role", role=role, person=person, about=about, **given)


@verb(incident, "accept-offer", line("{key} {state}, Sev {severity}: {summary}"))
def accept_offer(api: Remote, wanted: Key, offer: Offer) -> Any:
    """Take the role that was offered to you."""
    return api.post("incidents", wanted, "offers", offer, "accept")


@verb(incident, "decline-offer", _offer)
def decline_offer(api: Remote, wanted: Key, offer: Offer) -> Any:
    """Decline a role."""
    return api.post("incidents", wanted, "offers", offer, "decline")


@verb(incident, "withdraw-offer", _offer)
def withdraw_offer(api: Remote, wanted: Key, offer: Offer) -> Any:
    """Do not offer a role any more."""
    return api.post("incidents", wanted, "offers", offer, "withdraw")


@verb(incident, "ask-about-offer", fields)
def ask_about_offer(api: Remote, wanted: Key, offer: Offer, text: Annotated[str, typer.Argument(show_default=False)]) -> Any:
    """Ask or answer about a role that is offered."""
    return api.post("incidents", wanted, "offers", offer, "ask", text=text)


_RESPONDERS = table("person", "paged_at", "acknowledged_at", "joined_at", "released_at", "delay_seconds")


@verb(incident, "responders", _RESPONDERS)
def list_responders(api: Remote, wanted: Key) -> Any:
    """Who was called in, and how long each took."""
    return {"items": api.get("incidents", wanted, "responders"), "next": None}


@verb(incident, "release-responder", _RESPONDERS)
def release_responder(
    api: Remote, wanted: Key, person: Annotated[str, typer.Option("--person", help="Mail address or id.")]
) -> Any:
    """Somebody who was called in is not needed. Nothing is counted against them."""
    return {"items": api.post("incidents", wanted, "release-responder", person=person), "next": None}
