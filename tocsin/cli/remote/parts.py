"""Of `status` the verbs that set a page up: its name, its parts, how each part is."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tocsin.cli.remote.client import Remote
from tocsin.cli.remote.declare import line, verb
from tocsin.cli.remote.learning import status

PageName = Annotated[str, typer.Argument(metavar="PAGE", help="external or internal.", show_default=False)]
PartName = Annotated[str, typer.Argument(metavar="PART", help="cmp_…, as `status show` lists them.", show_default=False)]
States = "operational, degraded_performance, partial_outage or major_outage."

_part = line("{id} on {page}: {name}, {state}")


@verb(status, "rename", line("{slug}: {name}"))
def rename_page(api: Remote, wanted: PageName, name: Annotated[str, typer.Argument(metavar="NAME", show_default=False)]) -> Any:
    """Give a page the name that its readers see."""
    return api.post("status-pages", wanted, "rename", name=name)


@verb(status, "add-part", _part)
def add_part(
    api: Remote,
    wanted: PageName,
    name: Annotated[str, typer.Argument(metavar="NAME", show_default=False)],
    product: Annotated[str, typer.Option("--product", help="Slug of the product that it stands for.")] = "",
    position: Annotated[int, typer.Option("--position", help="Small numbers come first.")] = 0,
) -> Any:
    """Add a part that readers of a page recognise."""
    return api.post("status-pages", wanted, "components", name=name, product=product, position=position)


@verb(status, "set-part", _part)
def set_part(api: Remote, wanted: PartName, state: Annotated[str, typer.Argument(metavar="STATE", help=States)]) -> Any:
    """Say by hand how a part is."""
    return api.post("status-pages", "components", wanted, "set-state", state=state)


@verb(status, "remove-part", line("{name} is off {page}."))
def remove_part(api: Remote, wanted: PartName) -> Any:
    """Take a part off its page; what was said about it stays."""
    return api.post("status-pages", "components", wanted, "remove")
