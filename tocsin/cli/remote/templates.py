"""`template`: what a team has prepared for its incidents. `incident declare --template` begins with one."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tocsin.cli.answers import USAGE, fail, say
from tocsin.cli.remote.client import NULL, Remote
from tocsin.cli.remote.command import Key
from tocsin.cli.remote.declare import Limit, fields, line, noun, table, verb
from tocsin.cli.remote.iterate import incident

template = noun("template", "Incident templates: what a team has prepared, to declare from.")

Wanted = Annotated[str, typer.Argument(metavar="TEMPLATE", help="Slug or id.", show_default=False)]
Service = Annotated[str | None, typer.Option("--service", help="Slug of a service of the team.")]
Summary = Annotated[str | None, typer.Option("--summary")]
Description = Annotated[str | None, typer.Option("--description")]
Severity = Annotated[int | None, typer.Option("--severity", "--sev", min=1, max=3)]
Product = Annotated[list[str] | None, typer.Option("--product", help="Slug; may be repeated.")]
Private = Annotated[bool | None, typer.Option("--private/--open", help="Only for those who work on it.")]
Pages = Annotated[
    list[str] | None, typer.Option("--page", help="team:SLUG, schedule:SLUG, policy:SLUG or person:MAIL; may be repeated.")
]
Offers = Annotated[
    list[str] | None,
    typer.Option("--offer", help="ROLE=person:MAIL, or ROLE=schedule:SLUG for whoever is on call; may be repeated."),
]
Told = Annotated[list[str] | None, typer.Option("--tell", help="person:MAIL or team:SLUG; may be repeated.")]
Internal = Annotated[str | None, typer.Option("--internal", help="First words for the company.")]
External = Annotated[str | None, typer.Option("--external", help="First words for customers.")]
Audience = Annotated[list[str] | None, typer.Option("--for", help="internal or external: whom the first words are for.")]

_one = line("{slug}: {name}, {url}")


@verb(template, "list", table("slug", "name", "team", "service", "severity", "summary"))
def list_templates(api: Remote, limit: Limit = 200) -> Any:
    """List incident templates."""
    return api.listed("incident-templates", limit=limit)


@verb(template, "show", fields)
def show_template(api: Remote, wanted: Wanted) -> Any:
    """Show one template with everything that it presets."""
    return api.get("incident-templates", wanted)


@verb(template, "create", _one)
def create_template(
    api: Remote,
    name: Annotated[str, typer.Argument(metavar="NAME", show_default=False)],
    team: Annotated[str, typer.Option("--team", help="Slug of the team that keeps it.")],
    slug: Annotated[str, typer.Option("--slug")] = "",
    service: Service = None,
    summary: Summary = None,
    description: Description = None,
    severity: Severity = None,
    product: Product = None,
    private: Private = None,
    page: Pages = None,
    offer: Offers = None,
    tell: Told = None,
    internal: Internal = None,
    external: External = None,
    audience: Audience = None,
) -> Any:
    """Add a template of a team."""
    preset = _preset(product, page, offer, tell, audience)
    words = {"summary": summary, "description": description, "internal": internal, "external": external}
    plain = {"service": service, "severity": severity, "private": private}
    return api.post("incident-templates", name=name, team=team, slug=slug, **plain, **words, **preset)


@verb(template, "change", _one)
def change_template(
    api: Remote,
    wanted: Wanted,
    name: Annotated[str | None, typer.Option("--name")] = None,
    service: Service = None,
    summary: Summary = None,
    description: Description = None,
    severity: Severity = None,
    product: Product = None,
    private: Private = None,
    page: Pages = None,
    offer: Offers = None,
    tell: Told = None,
    internal: Internal = None,
    external: External = None,
    audience: Audience = None,
    clear: Annotated[
        list[str] | None, typer.Option("--clear", help="What to empty: pages, offers, told, products, service; may be repeated.")
    ] = None,
) -> Any:
    """Change a template; what is left out stays. Incidents that were declared from it keep what they took."""
    preset = _preset(product, page, offer, tell, audience)
    words = {"summary": summary, "description": description, "internal": internal, "external": external}
    plain = {"name": name, "service": service, "severity": severity, "private": private}
    emptied = {one: NULL if one == "service" else [] for one in clear or []}
    return api.change("incident-templates", wanted, **{**plain, **words, **preset, **emptied})


@verb(template, "remove", lambda answer: say("Removed. Incidents that were declared from it keep what they took."))
def remove_template(api: Remote, wanted: Wanted) -> Any:
    """Remove a template."""
    return api.post("incident-templates", wanted, "remove")


@verb(incident, "plan", fields)
def show_plan(api: Remote, wanted: Key) -> Any:
    """Show what an incident took from its template, and who is told of it."""
    return api.get("incidents", wanted, "plan")


def _preset(
    product: list[str] | None, page: list[str] | None, offer: list[str] | None, tell: list[str] | None, audience: list[str] | None
) -> dict[str, Any]:
    """The lists that were given, as the API takes them."""
    given: dict[str, Any] = {"products": product or None, "audiences": audience or None}
    given["pages"] = [_whom(one, "--page") for one in page] if page else None
    given["told"] = [_whom(one, "--tell") for one in tell] if tell else None
    given["offers"] = [_offer(one) for one in offer] if offer else None
    return given


def _offer(text: str) -> dict[str, str]:
    role, found, whom = text.partition("=")
    if not found:
        fail(USAGE, f"--offer takes ROLE=person:MAIL or ROLE=schedule:SLUG; not {text!r}")
    return {"role": role, **_whom(whom, "--offer")}


def _whom(text: str, option: str) -> dict[str, str]:
    kind, found, name = text.partition(":")
    if not found or kind not in {"team", "schedule", "policy", "person"}:
        fail(USAGE, f"{option} takes team:…, schedule:…, policy:… or person:…; not {text!r}")
    return {kind: name}
