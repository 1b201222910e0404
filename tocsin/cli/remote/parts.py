"""Of `status` the verbs that set pages up: each page, its groups, its parts, how each part is."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tocsin.cli.answers import USAGE, fail
from tocsin.cli.remote.client import Remote
from tocsin.cli.remote.declare import line, verb
from tocsin.cli.remote.learning import status

PageName = Annotated[str, typer.Argument(metavar="PAGE", help="Short name of the page, such as external.", show_default=False)]
PartName = Annotated[str, typer.Argument(metavar="PART", help="cmp_…, as `status show` lists them.", show_default=False)]
GroupName = Annotated[str, typer.Argument(metavar="GROUP", help="cgr_….", show_default=False)]
Name = Annotated[str, typer.Argument(metavar="NAME", show_default=False)]
NewName = Annotated[str | None, typer.Option("--name")]
Position = Annotated[int | None, typer.Option("--position", help="Small numbers come first.")]
Language = Annotated[str | None, typer.Option("--language", help="en, de or fr: of the page's own words.")]
Zone = Annotated[str | None, typer.Option("--zone", help="Such as Europe/Vienna.")]
Host = Annotated[str | None, typer.Option("--host", help="Of its own, such as status.example.com; empty for none.")]
Texts = Annotated[
    str | None, typer.Option("--texts", help="Gateway that carries texts to subscribers, by name or id; empty for none.")
]
Secret = Annotated[bool | None, typer.Option("--secret/--public", help="Read by those alone who know its address.")]
Colour = Annotated[
    list[str] | None,
    typer.Option("--colour", metavar="NAME=#RRGGBB", help="ink, muted, accent, alarm or warn, also with _dark; replaces all."),
]
States = "operational, degraded_performance, partial_outage or major_outage."

_page = line("{slug}: {name}, {url}")
_part = line("{id} on {page}: {name}, {state}")
_group = line("{id} on {page}: {name}")


def _theme(given: list[str] | None) -> dict[str, str] | None:
    """None where nothing was said; `--colour none` is as in the house."""
    if given is None or given == ["none"]:
        return None if given is None else {}
    pairs = [one.partition("=") for one in given]
    if not all(name and colour for name, _, colour in pairs):
        fail(USAGE, "write colours as NAME=#RRGGBB, such as accent=#0a5a63")
    return {name: colour for name, _, colour in pairs}


@verb(status, "create", _page)
def create_page(
    api: Remote,
    name: Name,
    slug: Annotated[str, typer.Option("--slug", help="In its address; left out: made from the name.")] = "",
    language: Language = None,
    zone: Zone = None,
    host: Host = None,
    secret: Secret = None,
    colour: Colour = None,
    texts: Texts = None,
    position: Position = None,
) -> Any:
    """Make a further page for customers, with parts of its own."""
    looks = {"language": language, "zone": zone, "host": host, "is_secret": secret, "theme": _theme(colour), "position": position}
    looks["text_gateway"] = texts
    return api.post("status-pages", name=name, slug=slug, **looks)


@verb(status, "change", _page)
def change_page(
    api: Remote,
    wanted: PageName,
    name: NewName = None,
    language: Language = None,
    zone: Zone = None,
    host: Host = None,
    secret: Secret = None,
    colour: Colour = None,
    texts: Texts = None,
    position: Position = None,
) -> Any:
    """Change a page; what is left out stays."""
    looks = {"language": language, "zone": zone, "host": host, "is_secret": secret, "theme": _theme(colour), "position": position}
    looks["text_gateway"] = texts
    return api.change("status-pages", wanted, name=name, **looks)


@verb(status, "renew-address", _page)
def renew_address(api: Remote, wanted: PageName) -> Any:
    """Make another secret address; the one before leads nowhere."""
    return api.post("status-pages", wanted, "renew-address")


@verb(status, "archive", line("{slug} is read by nobody any more"))
def archive_page(api: Remote, wanted: PageName) -> Any:
    """Take a page away from its readers; what it said stays."""
    return api.post("status-pages", wanted, "archive")


@verb(status, "restore", _page)
def restore_page(api: Remote, wanted: PageName) -> Any:
    """Let an archived page be read again."""
    return api.post("status-pages", wanted, "restore")


@verb(status, "rename", line("{slug}: {name}"))
def rename_page(api: Remote, wanted: PageName, name: Name) -> Any:
    """Give a page the name that its readers see."""
    return api.post("status-pages", wanted, "rename", name=name)


@verb(status, "add-group", _group)
def add_group(api: Remote, wanted: PageName, name: Name, position: Position = None) -> Any:
    """Add a heading under which parts of a page stand."""
    return api.post("status-pages", wanted, "groups", name=name, position=position)


@verb(status, "change-group", _group)
def change_group(
    api: Remote,
    wanted: GroupName,
    name: NewName = None,
    state: Annotated[str | None, typer.Option("--state", help=f"By hand: {States} `automatic`: as its parts.")] = None,
    position: Position = None,
) -> Any:
    """Change a group, or say by hand how it is."""
    said = "" if state == "automatic" else state
    return api.post("status-pages", "groups", wanted, "change", name=name, state=said, position=position)


@verb(status, "remove-group", line("{name} is off {page}; its parts stay."))
def remove_group(api: Remote, wanted: GroupName) -> Any:
    """Take a group away; its parts stay on the page."""
    return api.post("status-pages", "groups", wanted, "remove")


@verb(status, "add-part", _part)
def add_part(
    api: Remote,
    wanted: PageName,
    name: Name,
    product: Annotated[str, typer.Option("--product", help="Slug of the product that it stands for.")] = "",
    position: Annotated[int, typer.Option("--position", help="Small numbers come first.")] = 0,
) -> Any:
    """Add a part that readers of a page recognise."""
    return api.post("status-pages", wanted, "components", name=name, product=product, position=position)


@verb(status, "change-part", _part)
def change_part(
    api: Remote,
    wanted: PartName,
    name: NewName = None,
    product: Annotated[str | None, typer.Option("--product", help="Slug of a product; empty for none.")] = None,
    group: Annotated[str | None, typer.Option("--group", help="Id or name of a group; empty for none.")] = None,
    position: Position = None,
) -> Any:
    """Change a part; what is left out stays."""
    fields = {"name": name, "product": product, "group": group, "position": position}
    return api.post("status-pages", "components", wanted, "change", **fields)


@verb(status, "set-part", _part)
def set_part(api: Remote, wanted: PartName, state: Annotated[str, typer.Argument(metavar="STATE", help=States)]) -> Any:
    """Say by hand how a part is."""
    return api.post("status-pages", "components", wanted, "set-state", state=state)


@verb(status, "remove-part", line("{name} is off {page}."))
def remove_part(api: Remote, wanted: PartName) -> Any:
    """Take a part off its page; what was said about it stays."""
    return api.post("status-pages", "components", wanted, "remove")
