"""`mirror`: pages elsewhere that repeat ours; of `incident` and `maintenance` what came of telling them, and Retry."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tocsin.cli.answers import say
from tocsin.cli.remote.client import Remote
from tocsin.cli.remote.command import Key
from tocsin.cli.remote.declare import Limit, fields, line, noun, table, verb
from tocsin.cli.remote.following import incident
from tocsin.cli.remote.planning import Wanted as Work
from tocsin.cli.remote.planning import maintenance

mirror = noun("mirror", "Pages elsewhere that repeat what the status pages here say.")

Wanted = Annotated[str, typer.Argument(metavar="MIRROR", help="Short name or id.", show_default=False)]
Part = Annotated[
    list[str] | None,
    typer.Option("--part", help="OURS=THEIRS: a part here, by name or id, and its name or id there; may be repeated."),
]
Notifies = Annotated[bool | None, typer.Option("--notify/--no-notify", help="Whether the other side mails its subscribers.")]
Copy = Annotated[str, typer.Argument(metavar="COPY", show_default=False)]
KeyOption = Annotated[str, typer.Option("--key", envvar="TOCSIN_MIRROR_KEY", help="API key of a hosted page.")]


def _parts(given: list[str] | None) -> dict[str, str] | None:
    if not given:
        return None
    pairs = [one.partition("=") for one in given]
    wrong = next((ours for ours, equals, theirs in pairs if not (ours and equals and theirs)), None)
    if wrong is not None:
        raise typer.BadParameter('--part is OURS=THEIRS, such as Checkout="Web shop".')
    return {ours: theirs for ours, _, theirs in pairs}


@verb(mirror, "list", table("slug", "name", "audience", "kind", "paused_at", "last_ok_at", "fault"))
def list_mirrors(api: Remote) -> Any:
    """List the pages elsewhere."""
    return api.get("mirrors")


@verb(mirror, "show", fields)
def show_mirror(api: Remote, wanted: Wanted) -> Any:
    """Show one page elsewhere."""
    return api.get("mirrors", wanted)


def _made(answer: Any) -> None:
    say(f"{answer['slug']}: {answer['name']}" + (f", secret {answer['secret']}" if answer.get("secret") else ""))


@verb(mirror, "create", _made)
def create_mirror(
    api: Remote,
    name: Annotated[str, typer.Argument(metavar="NAME", show_default=False)],
    kind: Annotated[str, typer.Option("--kind", help="statuspage or signed.")],
    address: Annotated[str, typer.Option("--address", help="Base of the API, or where the call goes.")],
    audience: Annotated[str, typer.Option("--audience", help="external or internal.")] = "external",
    repeats: Annotated[str, typer.Option("--repeats", help="Short name of the page here; left out: the first.")] = "",
    remote_page: Annotated[str, typer.Option("--page", help="Id of the hosted page.")] = "",
    key: KeyOption = "",
    part: Part = None,
    notifies: Notifies = True,
) -> Any:
    """Register a page elsewhere; prints the secret of a signed call this once."""
    more = {"remote_page": remote_page, "key": key, "parts": _parts(part) or {}, "notifies": notifies}
    return api.post("mirrors", name=name, kind=kind, audience=audience, page=repeats, address=address, **more)


@verb(mirror, "change", line("{slug}: {name}"))
def change_mirror(
    api: Remote,
    wanted: Wanted,
    name: Annotated[str | None, typer.Option("--name")] = None,
    address: Annotated[str | None, typer.Option("--address")] = None,
    remote_page: Annotated[str | None, typer.Option("--page", help="Id of the hosted page.")] = None,
    key: KeyOption = "",
    part: Part = None,
    notifies: Notifies = None,
) -> Any:
    """Change a page elsewhere; what is left out stays, --part replaces all parts."""
    more = {"remote_page": remote_page, "key": key or None, "parts": _parts(part), "notifies": notifies}
    return api.change("mirrors", wanted, name=name, address=address, **more)


@verb(mirror, "renew-secret", line("{secret}"))
def renew_secret(api: Remote, wanted: Wanted) -> Any:
    """Make another secret of a signed call and print it this once."""
    return api.post("mirrors", wanted, "renew-secret")


@verb(mirror, "try", line("{id}: a test is on its way; `mirror copies` shows what came of it."))
def try_mirror(api: Remote, wanted: Wanted) -> Any:
    """Ask whether address and key are right; nothing is published."""
    return api.post("mirrors", wanted, "try")


@verb(mirror, "pause", line("{slug} is told nothing"))
def pause_mirror(api: Remote, wanted: Wanted) -> Any:
    """Switch a page elsewhere off; what it would be told is written down."""
    return api.post("mirrors", wanted, "pause")


@verb(mirror, "resume", line("{slug} is told again"))
def resume_mirror(api: Remote, wanted: Wanted) -> Any:
    """Switch a page elsewhere on."""
    return api.post("mirrors", wanted, "resume")


@verb(mirror, "remove", line("it is told nothing any more"))
def remove_mirror(api: Remote, wanted: Wanted) -> Any:
    """Use a page elsewhere no more."""
    api.post("mirrors", wanted, "remove")
    return {}


@verb(mirror, "copies", table("id", "created_at", "update", "state", "tries", "answer"))
def list_copies(api: Remote, wanted: Wanted, limit: Limit = 50) -> Any:
    """What a page elsewhere was told, newest first."""
    return api.listed(f"mirrors/{wanted}/copies", limit=limit)


def _mirrored(answer: Any) -> None:
    for one in answer["results"]:
        counted = ((one["done"], "done"), (one["failed"], "failed"), (one["unsent"], "not sent"), (one["waiting"], "on the way"))
        say(f"{one['at']} {one['page']} {one['status']}: " + ", ".join(f"{number} {word}" for number, word in counted if number))
        for copy in one["copies"]:
            say(f"  {copy['id']} {copy['mirror']} {copy['state']}: {copy['answer']}")
    for one in answer["there"]:
        say(f"{one['id']} {one['mirror']} {'closed' if one['closed_at'] else one['status']} {one['address']}")
    if not answer["results"]:
        say("no page elsewhere was told of it")


@verb(incident, "mirrored", _mirrored)
def show_mirrored(api: Remote, wanted: Key) -> Any:
    """What came of telling pages elsewhere, update by update."""
    return api.get("incidents", wanted, "mirrored")


@verb(incident, "retry-mirror", line("{mirror} is told again; `incident mirrored` shows what came of it."))
def retry(api: Remote, wanted: Key, copy: Copy) -> Any:
    """Tell a page elsewhere again what it did not take."""
    return api.post("incidents", wanted, "mirrored", copy, "retry")


@verb(incident, "mirror-closed", line("{mirror} says nothing of it any more"))
def say_closed(api: Remote, wanted: Key, there: Annotated[str, typer.Argument(metavar="THERE", show_default=False)]) -> Any:
    """An entry elsewhere was closed there by hand."""
    return api.post("incidents", wanted, "mirrored", there, "closed")


@verb(maintenance, "mirrored", table("id", "created_at", "mirror", "update", "state", "tries", "answer"))
def show_mirrored_work(api: Remote, wanted: Work) -> Any:
    """What pages elsewhere were told of planned work, newest first."""
    return api.get("maintenances", wanted, "mirrored")


@verb(maintenance, "retry-mirror", line("{mirror} is told again; `maintenance mirrored` shows what came of it."))
def retry_work(api: Remote, wanted: Work, copy: Copy) -> Any:
    """Tell a page elsewhere again what it did not take."""
    return api.post("maintenances", wanted, "mirrored", copy, "retry")
