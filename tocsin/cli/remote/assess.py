"""`incident assess` and the support cases of an incident."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tocsin.cli.remote.client import Remote
from tocsin.cli.remote.command import Key, incident
from tocsin.cli.remote.declare import fields, line, table, verb

Case = Annotated[str, typer.Argument(metavar="CASE", help="Its reference at the support desk.", show_default=False)]
Change = Annotated[str, typer.Argument(metavar="CHANGE", help="Its id, as near-changes lists it.", show_default=False)]

_case = line("{reference} belongs to the incident")


@verb(incident, "assessment", fields)
def show_assessment(api: Remote, wanted: Key) -> Any:
    """What is known of the impact, and which severity that speaks for."""
    return api.get("incidents", wanted, "assessment")


@verb(incident, "assess", fields)
def assess(
    api: Remote,
    wanted: Key,
    customers: Annotated[str | None, typer.Option("--customers", help="external, internal, both or none.")] = None,
    seen: Annotated[str | None, typer.Option("--seen", help="What customers see, in their words.")] = None,
    external: Annotated[str | None, typer.Option("--external", help="How many customers: none, some or all.")] = None,
    external_figure: Annotated[str | None, typer.Option("--external-figure", help="40, or 12 %.")] = None,
    internal: Annotated[str | None, typer.Option("--internal", help="How many colleagues: none, some or all.")] = None,
    internal_figure: Annotated[str | None, typer.Option("--internal-figure", help="40, or 12 %.")] = None,
    factor: Annotated[list[str] | None, typer.Option("--factor", help="public, security, data_loss; may be repeated.")] = None,
    other: Annotated[str | None, typer.Option("--other", help="What else there is.")] = None,
    no_change: Annotated[bool, typer.Option("--no-change", help="It began with no change that we know of.")] = False,
) -> Any:
    """Answer what is known of the impact; what is left out stays."""
    given = {"customers": customers, "seen": seen, "external_extent": external, "external_figure": external_figure}
    given |= {"internal_extent": internal, "internal_figure": internal_figure, "other": other}
    answers: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    answers |= {"coincides": "no"} if no_change else {}
    return api.post("incidents", wanted, "assess", **answers, **({"factors": factor} if factor else {}))


@verb(incident, "confirm-assessment", line("{key} {state}, Sev {severity}: {summary}"))
def confirm_assessment(
    api: Remote,
    wanted: Key,
    severity: Annotated[int, typer.Option("--severity", "--sev", min=1, max=3)],
    product: Annotated[list[str] | None, typer.Option("--product", help="Slug of a product that is hit; may be repeated.")] = None,
) -> Any:
    """Confirm severity and affected products; the room hears of it. Without --product those stay."""
    return api.post("incidents", wanted, "confirm-assessment", severity=severity, products=product)


@verb(incident, "near-changes", table("change", "minutes_before", "what", "service", "who", "suspected"))
def near_changes(api: Remote, wanted: Key) -> Any:
    """Changes near the start of the impact, nearest first."""
    return api.get("incidents", wanted, "near-changes")


@verb(incident, "suspect-change", fields)
def suspect_change(
    api: Remote,
    wanted: Key,
    change: Change,
    rollback: Annotated[str, typer.Option("--rollback", help="How it is rolled back.")] = "",
) -> Any:
    """A change may be the cause; the way back is shown where people fix."""
    return api.post("incidents", wanted, "suspect-change", change=change, rollback=rollback)


@verb(incident, "clear-suspect", fields)
def clear_suspect(api: Remote, wanted: Key, change: Change) -> Any:
    """A change is not the cause after all."""
    return api.post("incidents", wanted, "clear-suspect", change=change)


@verb(incident, "cases", table("reference", "customer", "labelled_at", "followed_up_at", "url"))
def list_cases(api: Remote, wanted: Key) -> Any:
    """The support cases that are labelled with the incident."""
    return api.listed("incidents", wanted, "cases", limit=1000)


@verb(incident, "label-case", _case)
def label_case(
    api: Remote,
    wanted: Key,
    case: Case,
    address: Annotated[str, typer.Option("--address", help="Where the case is, https://.")] = "",
    customer: Annotated[str, typer.Option("--customer")] = "",
) -> Any:
    """Label a support case with the incident."""
    return api.post("incidents", wanted, "label-case", reference=case, url=address, customer=customer)


@verb(incident, "follow-up-case", line("{reference}: its customer has heard"))
def follow_up_case(api: Remote, wanted: Key, case: Case) -> Any:
    """The customer behind a case has heard how it ended."""
    return api.post("incidents", wanted, "cases", case, "follow-up")


@verb(incident, "unlabel-case", line("the case does not belong there any more"))
def unlabel_case(api: Remote, wanted: Key, case: Case) -> Any:
    """A case does not belong to the incident after all."""
    return api.post("incidents", wanted, "cases", case, "unlabel")
