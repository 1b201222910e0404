"""`service`, `team` and `person`: who answers for what."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tocsin.cli.answers import say
from tocsin.cli.remote.client import NULL, Remote
from tocsin.cli.remote.declare import Limit, fields, line, noun, plain_verbs, table, verb

service = noun("service", "Services: what can break, and which team owns it.")
team = noun("team", "Teams.")
person = noun("person", "People.")

ServiceName = Annotated[str, typer.Argument(metavar="SERVICE", help="Slug or id.", show_default=False)]
TeamName = Annotated[str, typer.Argument(metavar="TEAM", help="Slug or id.", show_default=False)]
PersonName = Annotated[str, typer.Argument(metavar="PERSON", help="Mail address or id.", show_default=False)]
Name = Annotated[str, typer.Argument(metavar="NAME", show_default=False)]
Owner = Annotated[str | None, typer.Option("--owner", help="Mail address of who answers for it and approves postmortems.")]
Needs = Annotated[list[str] | None, typer.Option("--needs", help="Slug of a service it cannot do without; repeat.")]
Vendors = Annotated[list[str] | None, typer.Option("--vendor", help="Slug of a vendor whose part it needs; repeat.")]

_named = line("{slug}: {name}")
_person = line("{name} ({email}), {role}")

_GUIDANCE = "What tells its Sev 1 from its Sev 2."


@verb(service, "list", table("slug", "name", "team", "owner", "policy", "roster"))
def list_services(api: Remote, limit: Limit = 200) -> Any:
    """List services."""
    return api.listed("services", limit=limit)


@verb(service, "show", fields)
def show_service(api: Remote, wanted: ServiceName) -> Any:
    """Show one service."""
    return api.get("services", wanted)


@verb(service, "create", _named)
def create_service(
    api: Remote,
    name: Name,
    team: Annotated[str, typer.Option("--team", help="Slug of the team that owns it.")],
    slug: Annotated[str, typer.Option("--slug")] = "",
    description: Annotated[str, typer.Option("--description")] = "",
    runbook_url: Annotated[str, typer.Option("--runbook-url")] = "",
    policy: Annotated[str | None, typer.Option("--policy", help="Slug of the escalation policy.")] = None,
    roster: Annotated[str | None, typer.Option("--roster", help="Slug of the schedule of incident managers.")] = None,
    owner: Owner = None,
    needs: Needs = None,
    vendor: Vendors = None,
    severity_guidance: Annotated[str, typer.Option("--severity-guidance", help=_GUIDANCE)] = "",
) -> Any:
    """Add a service."""
    given = {"name": name, "team": team, "slug": slug, "description": description, "runbook_url": runbook_url}
    given["severity_guidance"] = severity_guidance
    return api.post("services", **given, policy=policy, roster=roster, owner=owner, needs=needs, vendors=vendor)


@verb(service, "change", _named)
def change_service(
    api: Remote,
    wanted: ServiceName,
    name: Annotated[str | None, typer.Option("--name")] = None,
    team: Annotated[str | None, typer.Option("--team")] = None,
    description: Annotated[str | None, typer.Option("--description")] = None,
    runbook_url: Annotated[str | None, typer.Option("--runbook-url")] = None,
    policy: Annotated[str | None, typer.Option("--policy")] = None,
    roster: Annotated[str | None, typer.Option("--roster")] = None,
    owner: Owner = None,
    needs: Needs = None,
    vendor: Vendors = None,
    severity_guidance: Annotated[str | None, typer.Option("--severity-guidance", help=_GUIDANCE)] = None,
    without: Annotated[list[str] | None, typer.Option("--without", help="policy, roster or owner: take it away; repeat.")] = None,
) -> Any:
    """Change a service; what is left out stays."""
    given = {"name": name, "team": team, "description": description, "runbook_url": runbook_url}
    given["severity_guidance"] = severity_guidance
    links: dict[str, Any] = {"policy": policy, "roster": roster, "owner": owner, "needs": needs, "vendors": vendor}
    return api.change("services", wanted, **given, **links | dict.fromkeys(without or (), NULL))


@verb(service, "keys", table("id", "kind", "name", "hint", "last_event_at", "revoked_at"))
def list_keys(api: Remote, wanted: ServiceName) -> Any:
    """List the integration keys of a service."""
    return api.get("services", wanted, "keys")


@verb(service, "create-key", line("{path}"))
def create_key(
    api: Remote,
    wanted: ServiceName,
    kind: Annotated[str, typer.Option("--kind", help="alertmanager or generic.")],
    name: Annotated[str, typer.Option("--name", help="What will send with it.")],
) -> Any:
    """Make an integration key; prints its path this once."""
    return api.post("services", wanted, "keys", kind=kind, name=name)


@verb(service, "revoke-key", line("{name} is closed."))
def revoke_key(api: Remote, wanted: ServiceName, key: Annotated[str, typer.Argument(metavar="KEY", help="key_…")]) -> Any:
    """Close a key's door for good."""
    return api.post("services", wanted, "keys", key, "revoke")


@verb(team, "list", table("slug", "name", "zone", "members", "services"))
def list_teams(api: Remote, limit: Limit = 200) -> Any:
    """List teams."""
    return api.listed("teams", limit=limit)


@verb(team, "show", fields)
def show_team(api: Remote, wanted: TeamName) -> Any:
    """Show one team."""
    return api.get("teams", wanted)


@verb(team, "create", _named)
def create_team(
    api: Remote,
    name: Name,
    zone: Annotated[str, typer.Option("--zone", help="Such as Europe/Vienna.")] = "UTC",
    slug: Annotated[str, typer.Option("--slug")] = "",
) -> Any:
    """Add a team."""
    return api.post("teams", name=name, zone=zone, slug=slug)


@verb(team, "change", _named)
def change_team(
    api: Remote,
    wanted: TeamName,
    name: Annotated[str | None, typer.Option("--name")] = None,
    zone: Annotated[str | None, typer.Option("--zone")] = None,
) -> Any:
    """Change a team; what is left out stays."""
    return api.change("teams", wanted, name=name, zone=zone)


@verb(team, "add-member", _named)
def add_member(
    api: Remote,
    wanted: TeamName,
    person: PersonName,
    manager: Annotated[bool, typer.Option("--manager", help="May edit the team's schedules, policies and services.")] = False,
) -> Any:
    """Add a person to a team."""
    return api.post("teams", wanted, "add-member", person=person, is_manager=manager)


@verb(team, "remove-member", _named)
def remove_member(api: Remote, wanted: TeamName, person: PersonName) -> Any:
    """Take a person out of a team."""
    return api.post("teams", wanted, "remove-member", person=person)


@verb(person, "list", table("email", "name", "role", "zone", "active", "teams"))
def list_people(
    api: Remote, q: Annotated[str, typer.Option("--search", help="Part of a name or address.")] = "", limit: Limit = 200
) -> Any:
    """List people."""
    return api.listed("people", limit=limit, q=q)


@verb(person, "show", fields)
def show_person(api: Remote, wanted: PersonName) -> Any:
    """Show one person; `me` is whoever the token acts for."""
    return api.get("people", wanted)


@verb(person, "create", _person)
def create_person(
    api: Remote,
    email: Annotated[str, typer.Argument(metavar="EMAIL", show_default=False)],
    name: Annotated[str, typer.Option("--name")] = "",
    role: Annotated[str, typer.Option("--role", help="administrator, responder or stakeholder.")] = "responder",
    zone: Annotated[str, typer.Option("--zone")] = "UTC",
) -> Any:
    """Add a person; invite them afterwards."""
    return api.post("people", email=email, name=name, role=role, zone=zone)


@verb(person, "change", _person)
def change_person(
    api: Remote,
    wanted: PersonName,
    name: Annotated[str | None, typer.Option("--name")] = None,
    role: Annotated[str | None, typer.Option("--role")] = None,
    zone: Annotated[str | None, typer.Option("--zone")] = None,
) -> Any:
    """Change a person; what is left out stays."""
    return api.change("people", wanted, name=name, role=role, zone=zone)


@verb(person, "invite", lambda answer: say(answer["link"]))
def invite(
    api: Remote, wanted: PersonName, by_mail: Annotated[bool, typer.Option("--by-mail", help="Mail it to them too.")] = False
) -> Any:
    """Print a one-time link by which a person sets a password."""
    return api.post("people", wanted, "invite", by_mail=by_mail)


plain_verbs(
    person,
    "people",
    "PERSON",
    _person,
    {
        "reset-second-factor": "Take away codes and passkeys of somebody who lost them.",
        "deactivate": "Deactivate a person at once; nothing of theirs is deleted.",
        "reactivate": "Let a person in again.",
    },
)
