"""`vendor` and `link`; and of `person` and `service` the verbs that look something up: colleagues, coverage."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from tocsin.cli.answers import say, show_table
from tocsin.cli.remote.client import Remote
from tocsin.cli.remote.declare import Limit, fields, line, noun, table, verb
from tocsin.cli.remote.house import Name, PersonName, person, service

vendor = noun("vendor", "Vendors: whom outside the house to call, and what to say.")
link = noun("link", "Short links: names below /go/.")

VendorName = Annotated[str, typer.Argument(metavar="VENDOR", help="Slug or id.", show_default=False)]
LinkName = Annotated[str, typer.Argument(metavar="NAME", help="As in go/NAME.", show_default=False)]
Words = Annotated[str, typer.Argument(metavar="WORDS", help="Of a name, an address, a team or a qualification.")]
Procedure = Annotated[str | None, typer.Option("--procedure", help="What to do; @FILE reads it from a file.")]
Feed = Annotated[
    str | None, typer.Option("--status-feed", help="Their status page, or its JSON, Atom or RSS address.", show_default=False)
]
Day = "A day: 2026-11-30."

_link = line("go/{name} leads to {target}")
_vendor = line("{slug}: {name}")


def _cards(answer: Any) -> None:
    rows = [
        [
            one["person"]["name"],
            _ways(one),
            ", ".join(one["teams"]),
            "; ".join(_place(place) for place in one["rosters"]),
            _able(one),
        ]
        for one in answer["items"]
    ]
    show_table(("name", "reached by", "teams", "rosters", "can do"), rows)


def _ways(card: Any) -> str:
    return ", ".join(way["address"] or f"{way['name']} by a page" for way in card["contact_methods"]) or card["email"]


def _place(place: Any) -> str:
    if place["on_call"]:
        return f"{place['schedule']} now" + (f" until {place['until']}" if place["until"] else "")
    return f"{place['schedule']} " + (f"from {place['since']}" if place["since"] else "not in eight weeks")


def _able(card: Any) -> str:
    return ", ".join(one["name"] if one["counts"] else f"{one['name']} (expired)" for one in card["qualifications"])


@verb(person, "find", _cards)
def find_colleagues(
    api: Remote,
    words: Words = "",
    team: Annotated[str, typer.Option("--team", help="Slug.")] = "",
    qualification: Annotated[str, typer.Option("--can", help="A whole qualification that counts today.")] = "",
    limit: Limit = 50,
) -> Any:
    """Find a colleague: how to reach them, their teams, where they are on call, what they can do."""
    return api.listed("directory", limit=limit, q=words, team=team, qualification=qualification)


@verb(person, "qualifications", lambda answer: table("name", "people")({"items": answer}))
def list_qualifications(api: Remote) -> Any:
    """List what people can do, the commonest first."""
    return api.get("directory", "qualifications")


@verb(person, "qualify", line("{name}"))
def set_qualification(
    api: Remote,
    wanted: PersonName,
    name: Annotated[str, typer.Argument(metavar="QUALIFICATION", help="Such as database.", show_default=False)],
    trained_on: Annotated[str | None, typer.Option("--trained-on", help=Day)] = None,
    expires_on: Annotated[str | None, typer.Option("--expires-on", help=f"{Day} The last on which it counts.")] = None,
) -> Any:
    """Say what a person can do, or set the days of what they could already."""
    return api.post("people", wanted, "set-qualification", name=name, trained_on=trained_on, expires_on=expires_on)


@verb(person, "disqualify", lambda answer: _cards({"items": [answer]}))
def remove_qualification(
    api: Remote, wanted: PersonName, name: Annotated[str, typer.Argument(metavar="QUALIFICATION", show_default=False)]
) -> Any:
    """Take a qualification away."""
    return api.post("people", wanted, "qualifications", name, "remove")


def _coverage(answer: Any) -> None:
    for one in answer["services"]:
        for lack in one["missing"]:
            say(f"MISSING  {one['service']}  {lack['part']}: {lack['words']}")
        for words in one["cautions"]:
            say(f"caution  {one['service']}  {words}")
    lacking = sum(not one["complete"] for one in answer["services"])
    total = f"{len(answer['services'])} service{'' if len(answer['services']) == 1 else 's'}"
    say(f"{total}: {f'{lacking} lack something' if lacking > 1 else '1 lacks something' if lacking else 'all are covered'}.")


@verb(service, "coverage", _coverage, refuses=lambda answer: not answer["complete"])
def coverage(api: Remote) -> Any:
    """Which services lack monitoring, on-call alerting or incident managers. Leaves with 1 when one does."""
    return api.get("coverage")


@verb(vendor, "list", table("slug", "name", "phone", "support_url", "services"))
def list_vendors(api: Remote, limit: Limit = 200) -> Any:
    """List vendors."""
    return api.listed("vendors", limit=limit)


def _reported(answer: Any) -> None:
    said = answer["status"]
    fields(answer | {"status": f"{said['words']} As of {said['as_of'] or 'never'}. {said['fault']}".rstrip() if said else None})


@verb(vendor, "show", _reported)
def show_vendor(api: Remote, wanted: VendorName) -> Any:
    """Show one vendor, with what to do."""
    return api.get("vendors", wanted)


@verb(vendor, "create", _vendor)
def create_vendor(
    api: Remote,
    name: Name,
    phone: Annotated[str, typer.Option("--phone")] = "",
    support_url: Annotated[str, typer.Option("--support-url", help="Where a case is opened.")] = "",
    procedure: Procedure = "",
    status_feed: Feed = "",
) -> Any:
    """Add a vendor."""
    given = {"name": name, "phone": phone, "support_url": support_url, "status_feed": status_feed}
    return api.post("vendors", **given, procedure=_written(procedure))


@verb(vendor, "change", _vendor)
def change_vendor(
    api: Remote,
    wanted: VendorName,
    name: Annotated[str | None, typer.Option("--name")] = None,
    phone: Annotated[str | None, typer.Option("--phone")] = None,
    support_url: Annotated[str | None, typer.Option("--support-url")] = None,
    procedure: Procedure = None,
    status_feed: Feed = None,
) -> Any:
    """Change a vendor; what is left out stays."""
    given = {"name": name, "phone": phone, "support_url": support_url, "status_feed": status_feed}
    return api.change("vendors", wanted, **given, procedure=_written(procedure))


@verb(link, "list", table("name", "target", "note", "hits"))
def list_links(api: Remote, limit: Limit = 1000) -> Any:
    """List short links."""
    return api.listed("short-links", limit=limit)


@verb(link, "show", fields)
def show_link(api: Remote, wanted: LinkName) -> Any:
    """Show one short link."""
    return api.get("short-links", wanted)


@verb(link, "create", _link)
def create_link(
    api: Remote,
    name: LinkName,
    target: Annotated[str, typer.Argument(metavar="TARGET", help="A path such as /oncall, or an address.", show_default=False)],
    note: Annotated[str, typer.Option("--note", help="What it is.")] = "",
) -> Any:
    """Make a short link. A name that is taken is refused."""
    return api.post("short-links", name=name, target=target, note=note)


@verb(link, "change", _link)
def change_link(
    api: Remote,
    wanted: LinkName,
    target: Annotated[str | None, typer.Option("--target")] = None,
    note: Annotated[str | None, typer.Option("--note")] = None,
) -> Any:
    """Point a short link elsewhere; what is left out stays."""
    return api.change("short-links", wanted, target=target, note=note)


@verb(link, "remove", line("go/{name} leads nowhere any more."))
def remove_link(api: Remote, wanted: LinkName) -> Any:
    """Take a short link away."""
    return api.post("short-links", wanted, "remove")


def _written(text: str | None) -> str | None:
    return Path(text[1:]).read_text() if text and text.startswith("@") else text
