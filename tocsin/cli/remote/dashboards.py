"""`dashboard`: saved views of incidents in progress, and secret addresses that show one on other pages."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tocsin.cli.answers import say, show_table
from tocsin.cli.remote.client import Remote
from tocsin.cli.remote.declare import Limit, fields, line, noun, table, verb

dashboard = noun("dashboard", "Dashboards: incidents in progress as one team needs to see them.")

Wanted = Annotated[str, typer.Argument(metavar="DASHBOARD", help="Slug or id.", show_default=False)]
Embed = Annotated[str, typer.Argument(metavar="ADDRESS", help="emb_… as `dashboard embeds` shows it.", show_default=False)]
Service = Annotated[list[str] | None, typer.Option("--service", help="Slug of a faulty service; may be repeated.")]
Product = Annotated[list[str] | None, typer.Option("--product", help="Slug of a product; may be repeated.")]
Owner = Annotated[list[str] | None, typer.Option("--of-team", help="Slug of a team that owns the faulty service; may be repeated.")]
Severity = Annotated[list[int] | None, typer.Option("--severity", "--sev", min=1, max=3, help="May be repeated.")]
State = Annotated[list[str] | None, typer.Option("--state", help="pending or fixing; may be repeated.")]

_one = line("{name}: {url}")


@verb(dashboard, "list", table("slug", "name", "team", "url"))
def list_dashboards(api: Remote, limit: Limit = 200) -> Any:
    """List dashboards."""
    return api.listed("dashboards", limit=limit)


@verb(dashboard, "show", fields)
def show_dashboard(api: Remote, wanted: Wanted) -> Any:
    """Show one dashboard and its filters."""
    return api.get("dashboards", wanted)


def _board(answer: Any) -> None:
    columns = ("key", "severity", "state", "summary", "created_at")
    show_table(columns, [[str(one[column]) for column in columns] for one in answer["incidents"]])
    if answer["elsewhere"]:
        say(f"{answer['elsewhere']} more in progress that this view leaves out.")


@verb(dashboard, "incidents", _board)
def dashboard_incidents(api: Remote, wanted: Wanted) -> Any:
    """List what a dashboard shows now, most severe first."""
    return api.get("dashboards", wanted, "incidents")


@verb(dashboard, "create", _one)
def create_dashboard(
    api: Remote,
    name: Annotated[str, typer.Argument(metavar="NAME", show_default=False)],
    team: Annotated[str, typer.Option("--team", help="Slug of the team that keeps it.")],
    slug: Annotated[str, typer.Option("--slug", help="What follows /dash/; it never changes.")] = "",
    service: Service = None,
    product: Product = None,
    of_team: Owner = None,
    severity: Severity = None,
    state: State = None,
) -> Any:
    """Add a dashboard; what is left out filters nothing."""
    filters = _filters(service, product, of_team, severity, state)
    return api.post("dashboards", name=name, team=team, slug=slug, **filters)


@verb(dashboard, "change", _one)
def change_dashboard(
    api: Remote,
    wanted: Wanted,
    name: Annotated[str | None, typer.Option("--name")] = None,
    service: Service = None,
    product: Product = None,
    of_team: Owner = None,
    severity: Severity = None,
    state: State = None,
    clear: Annotated[
        list[str] | None, typer.Option("--clear", help="A filter to empty, such as services; may be repeated.")
    ] = None,
) -> Any:
    """Change name or filters; what is left out stays, and the address stays in any case."""
    emptied: dict[str, Any] = {filter: [] for filter in clear or []}
    return api.change("dashboards", wanted, **{"name": name, **_filters(service, product, of_team, severity, state), **emptied})


@verb(dashboard, "remove", lambda answer: say("Removed. Its address leads nowhere now."))
def remove_dashboard(api: Remote, wanted: Wanted) -> Any:
    """Remove a dashboard and its secret addresses."""
    return api.post("dashboards", wanted, "remove")


@verb(dashboard, "embeds", lambda answer: table("id", "hint", "origins", "created_at", "last_used_at")({"items": answer}))
def list_embeds(api: Remote, wanted: Wanted) -> Any:
    """List the secret addresses that are open."""
    return api.get("dashboards", wanted, "embeds")


@verb(dashboard, "create-embed", line("{address}"))
def create_embed(
    api: Remote,
    wanted: Wanted,
    origin: Annotated[
        list[str] | None, typer.Option("--origin", help="Whose pages may frame it: https://wiki.example.com; may be repeated.")
    ] = None,
) -> Any:
    """Make a secret address for other pages; prints it this once. `.json` behind it is for programs."""
    return api.post("dashboards", wanted, "embeds", origins=origin or [])


@verb(dashboard, "revoke-embed", line("The address that ends in {hint} is closed."))
def revoke_embed(api: Remote, wanted: Wanted, embed: Embed) -> Any:
    """Close a secret address for good."""
    return api.post("dashboards", wanted, "embeds", embed, "revoke")


def _filters(
    service: list[str] | None,
    product: list[str] | None,
    of_team: list[str] | None,
    severity: list[int] | None,
    state: list[str] | None,
) -> dict[str, Any]:
    """What was said of the filters. Nothing said of one: it is left out, because an empty list would empty it."""
    given = {"services": service, "products": product, "teams": of_team, "severities": severity, "states": state}
    return {name: value for name, value in given.items() if value}
