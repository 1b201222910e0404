"""`policy`, `product`, `severity`, `gateway` and `contact`: how people are reached, and the words of the house."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from tocsin.cli.answers import USAGE, fail, say, show_table
from tocsin.cli.remote.client import Remote
from tocsin.cli.remote.declare import Limit, fields, line, noun, table, verb

policy = noun("policy", "Escalation policies: whom to page, in which order, how long to wait.")
product = noun("product", "Products: what customers know by name.")
severity = noun("severity", "The three severities and what they mean.")
gateway = noun("gateway", "Gateways: templated HTTP calls that reach phones and chats.")
contact = noun("contact", "Ways to reach a person, and in which order.")

Name = Annotated[str, typer.Argument(metavar="NAME", show_default=False)]
Person = Annotated[str, typer.Option("--person", help="Mail address or id; left out: you.")]
Method = Annotated[str, typer.Argument(metavar="METHOD", help="cmt_… as `contact list` shows it.", show_default=False)]
Step = Annotated[
    list[str],
    typer.Option("--step", help="`payments,ana@example.com,team=db,webhook=chat:5`: whom, then minutes; repeat in order."),
]

_named = line("{slug}: {name}")


@verb(policy, "list", table("slug", "name", "team", "repeats"))
def list_policies(api: Remote, limit: Limit = 200) -> Any:
    """List escalation policies."""
    return api.listed("policies", limit=limit)


@verb(policy, "show", fields)
def show_policy(api: Remote, wanted: Annotated[str, typer.Argument(metavar="POLICY", help="Slug or id.")]) -> Any:
    """Show one escalation policy."""
    return api.get("policies", wanted)


@verb(policy, "create", _named)
def create_policy(
    api: Remote,
    name: Name,
    team: Annotated[str, typer.Option("--team", help="Slug of the team.")],
    step: Step,
    repeats: Annotated[int, typer.Option("--repeats", min=0, help="How often the steps are walked again.")] = 1,
) -> Any:
    """Add an escalation policy. After its steps the last resort is asked."""
    return api.post("policies", name=name, team=team, steps=[_step(text) for text in step], repeats=repeats)


@verb(policy, "change", _named)
def change_policy(
    api: Remote,
    wanted: Annotated[str, typer.Argument(metavar="POLICY", help="Slug or id.")],
    name: Annotated[str | None, typer.Option("--name")] = None,
    step: Annotated[list[str] | None, typer.Option("--step", help="As for create; replaces all steps.")] = None,
    repeats: Annotated[int | None, typer.Option("--repeats", min=0)] = None,
) -> Any:
    """Change an escalation policy; what is left out stays."""
    return api.change("policies", wanted, name=name, steps=[_step(text) for text in step] if step else None, repeats=repeats)


@verb(product, "list", table("slug", "name", "services"))
def list_products(api: Remote, limit: Limit = 200) -> Any:
    """List products."""
    return api.listed("products", limit=limit)


@verb(product, "create", _named)
def create_product(api: Remote, name: Name) -> Any:
    """Add a product."""
    return api.post("products", name=name)


@verb(product, "change", _named)
def change_product(
    api: Remote,
    wanted: Annotated[str, typer.Argument(metavar="PRODUCT", help="Slug or id.")],
    name: Annotated[str, typer.Option("--name")],
) -> Any:
    """Rename a product."""
    return api.change("products", wanted, name=name)


@verb(severity, "list", table("number", "is_major", "name", "meaning"))
def list_severities(api: Remote) -> Any:
    """List the severities."""
    return api.get("severities")


@verb(severity, "set-meaning", line("Sev {number} {name}: {meaning}"))
def set_meaning(
    api: Remote,
    number: Annotated[int, typer.Argument(metavar="NUMBER", min=1, max=3)],
    name: Annotated[str, typer.Option("--name")],
    meaning: Annotated[str, typer.Option("--meaning", help="A sentence.")],
    examples: Annotated[str | None, typer.Option("--examples", help="One a line; left out they stay.")] = None,
) -> Any:
    """Name a severity and say what it means. Teams sign the new version anew."""
    return api.post("severities", str(number), "set-meaning", name=name, meaning=meaning, examples=examples)


def _agreement(answer: Any) -> None:
    say(f"Version {answer['version']}, {answer['changed_at'] or 'as it came'}.")
    show_table(("team", "version", "at"), [[one["team"], str(one["version"]), one["at"]] for one in answer["signed"]])
    say(f"Still to sign: {', '.join(answer['waiting']) or 'nobody'}.")


@verb(severity, "agreement", _agreement)
def agreement(api: Remote) -> Any:
    """Which version of the severities is in force, and which teams agree to it."""
    return api.get("severities", "agreement")


@verb(severity, "sign", _agreement)
def sign(
    api: Remote,
    team: Annotated[str, typer.Argument(metavar="TEAM", help="Slug or id.", show_default=False)],
    version: Annotated[int | None, typer.Option("--version", help="The version that was read.")] = None,
) -> Any:
    """A team agrees to what the severities mean."""
    return api.post("severities", "sign", team=team, version=version)


@verb(gateway, "list", table("id", "name", "method"))
def list_gateways(api: Remote) -> Any:
    """List gateways."""
    return api.get("gateways")


@verb(gateway, "create", line("{name}"))
def create_gateway(
    api: Remote,
    name: Name,
    to: Annotated[str, typer.Option("--to", help="Address to call; may use {{ to }}.")],
    method: Annotated[str, typer.Option("--method", help="POST, PUT, PATCH or GET.")] = "POST",
    header: Annotated[list[str] | None, typer.Option("--header", help="`Name: value`; may be repeated; kept encrypted.")] = None,
    body: Annotated[str, typer.Option("--body", help="May use {{ to }} {{ text }} {{ link }}; @FILE reads it from a file.")] = "",
) -> Any:
    """Add a gateway: ntfy, Gotify, any SMS or voice service with an HTTP interface."""
    headers = {}
    for text in header or []:
        head, colon, value = text.partition(":")
        if not colon:
            fail(USAGE, f"--header takes `Name: value`, not {text!r}")
        headers[head.strip()] = value.strip()
    written = Path(body[1:]).read_text() if body.startswith("@") else body
    return api.post("gateways", name=name, method=method, url=to, headers=headers, body=written)


@verb(contact, "list", table("id", "kind", "gateway", "address", "verified_at", "broken_reason"))
def list_methods(api: Remote, person: Person = "me") -> Any:
    """List ways to reach a person."""
    return api.get("people", person, "contact-methods")


@verb(contact, "add", line("{id} {kind} {address}: a code is on its way"))
def add_method(
    api: Remote,
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="Mail address, or the address at a gateway.")],
    gateway: Annotated[str | None, typer.Option("--gateway", help="Name of a gateway; left out: mail.")] = None,
    person: Person = "me",
) -> Any:
    """Add a way; a code is sent there."""
    kind = "gateway" if gateway else "email"
    return api.post("people", person, "contact-methods", kind=kind, address=address, gateway=gateway)


@verb(contact, "verify", line("{address} is verified."))
def verify_method(api: Remote, method: Method, code: Annotated[str, typer.Argument(metavar="CODE")], person: Person = "me") -> Any:
    """Prove a way with the code that was sent there."""
    return api.post("people", person, "contact-methods", method, "verify", code=code)


@verb(contact, "send-code", line("{address}: another code is on its way."))
def send_code(api: Remote, method: Method, person: Person = "me") -> Any:
    """Send another code."""
    return api.post("people", person, "contact-methods", method, "send-code")


@verb(contact, "remove", fields)
def remove_method(api: Remote, method: Method, person: Person = "me") -> Any:
    """Remove a way; prints what is left of the order."""
    return api.post("people", person, "contact-methods", method, "remove")


@verb(contact, "set-notify-steps", fields)
def set_order(
    api: Remote,
    step: Annotated[list[str], typer.Argument(metavar="METHOD:MINUTES", help="In order: cmt_…:0 cmt_…:5", show_default=False)],
    urgency: Annotated[str, typer.Option("--urgency", help="high or low.")] = "high",
    person: Person = "me",
) -> Any:
    """Set by which ways a person is paged, and after how many minutes each."""
    steps = [
        {"method": name, "delay_minutes": _minutes(minutes, text)} for text in step for name, _, minutes in [text.rpartition(":")]
    ]
    return api.post("people", person, "set-notify-steps", urgency=urgency, steps=steps)


def _step(text: str) -> dict[str, Any]:
    names, _, minutes = text.rpartition(":") if ":" in text else (text, "", "5")
    return {"wait_minutes": _minutes(minutes, text), "targets": [_target(name) for name in names.split(",") if name]}


def _target(name: str) -> dict[str, str]:
    kind, equals, slug = name.partition("=")
    if equals and kind in {"team", "webhook", "schedule", "person", "policy"}:
        return {kind: slug}
    return {"person": name} if "@" in name else {"schedule": name}


def _minutes(text: str, whole: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        fail(USAGE, f"{whole!r} ends with minutes, as in `payments:5`")
    return int(text)
