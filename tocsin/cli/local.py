"""The local verbs, declared: options and help. Their bodies are in `cli/inside` and loaded only when one is run."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer

from tocsin.cli.answers import NO, USAGE, fail, first_sentence, show_json

Data = Annotated[
    Path | None, typer.Option("--data", metavar="DIR", help="The data folder. Default: $TOCSIN_DATA, then ./tocsin-data.")
]
Json = Annotated[bool, typer.Option("--json", help="Answer with one JSON document.")]
Host = Annotated[str, typer.Option("--host", help="Address to listen on; 0.0.0.0 is every interface.")]
Port = Annotated[int, typer.Option("--port", min=1, max=65535, help="Port to listen on.")]
BackupFile = Annotated[Path, typer.Argument(metavar="FILE", help="The backup, such as tocsin-2026-11-20.tar.gz.")]
Email = Annotated[str, typer.Argument(metavar="EMAIL", help="Their mail address.")]
Service = Annotated[str, typer.Option("--service", help="Slug or id of the service.")]


def _group(name: str, words: str) -> typer.Typer:
    return typer.Typer(name=name, help=words, short_help=words, no_args_is_help=True, rich_markup_mode=None)


backup = _group("backup", "Copy an SQLite installation into one file and back. On PostgreSQL use pg_dump.")
user = _group("user", "People, where the browser is no help: the first administrator, a lost password.")
token = _group("token", "API tokens. Each acts for one person, limited by scopes.")
key = _group("key", "Integration keys, by which monitoring systems send alerts for one service.")


def _load(module: str, data: Path | None) -> ModuleType:
    if data is not None:
        os.environ["TOCSIN_DATA"] = str(data)
    return importlib.import_module(f"tocsin.cli.{module}")


def _load_server(module: str, data: Path | None, port: int) -> ModuleType:
    """Without a base URL people type the address that is served."""
    if not os.environ.get("TOCSIN_BASE_URL"):
        os.environ["TOCSIN_BASE_URL"] = f"http://localhost:{port}"
    return _load(module, data)


def _require_postgresql(verb: str) -> None:
    if not os.environ.get("TOCSIN_DATABASE_URL"):
        fail(USAGE, f"`tocsin {verb}` needs TOCSIN_DATABASE_URL; on SQLite `tocsin serve` runs everything in one process")


def serve(data: Data = None, host: Host = "127.0.0.1", port: Port = 8000) -> None:
    """Run everything: pages, API, alert intake, live streams and the paging engine.

    On a new folder it makes the database and prints a one-time link; open it and the browser leads through the rest.
    Ctrl-C or SIGTERM stops it within 10 seconds. Leaves with 3 while another process serves the same folder.
    """
    _load_server("serving", data, port).serve(host, port)


def web(data: Data = None, host: Host = "127.0.0.1", port: Port = 8000) -> None:
    """Run the doors without the engine (PostgreSQL only).

    Start it on as many machines as you like, and `tocsin engine` on at least one. On SQLite use `tocsin serve`.
    """
    _require_postgresql("web")
    _load_server("serving", data, port).web(host, port)


def engine(data: Data = None) -> None:
    """Run the paging engine without the doors (PostgreSQL only).

    Several may run: each piece of work is leased to one of them, and taken over when that one dies.
    """
    _require_postgresql("engine")
    _load("inside.serve", data).engine()


def migrate(data: Data = None, json: Json = False) -> None:
    """Bring the tables up to date and stop. `serve` does the same when it starts."""
    _load("inside.serve", data).migrate(json)


def demo(
    data: Data = None,
    json: Json = False,
    remove: Annotated[bool, typer.Option("--remove", help="Delete exactly the demo's objects.")] = False,
    serve: Annotated[bool, typer.Option("--serve", help="Then serve it, and say what to try.")] = False,
    host: Host = "127.0.0.1",
    port: Port = 8000,
) -> None:
    """Fill an empty installation with a demo company: six months of services, alerts, incidents and postmortems.

    On one that holds the demo it changes nothing but makes a fresh administrator password, token and keys. On one with
    other data it does nothing and leaves with 3.
    """
    _load_server("inside.demo", data, port).run(as_json=json, remove=remove, serve=serve, host=host, port=port)


def doctor(data: Data = None, json: Json = False) -> None:
    """Say in words what works, what is missing and what is wrong. Leaves with 1 while something is red.

    Changes nothing; may be run beside a running server.
    """
    folder = data or Path(os.environ.get("TOCSIN_DATA") or "./tocsin-data")
    if not os.environ.get("TOCSIN_DATABASE_URL") and not (folder / "tocsin.sqlite3").exists():
        nothing = f"{folder} holds no installation; `tocsin serve` makes one"
        if json:
            show_json({"ok": False, "findings": [{"subject": "data folder", "state": "red", "words": nothing}]})
        fail(NO, nothing)
    _load("inside.doctor", data).run(as_json=json)


def release(data: Data = None, json: Json = False) -> None:
    """Let a restored installation page again. While a server runs, use the button on its first page."""
    _load("inside.accounts", data).release(json)


def backup_create(file: BackupFile, data: Data = None, json: Json = False) -> None:
    """Write database, uploads and secret into FILE. The server may run meanwhile.

    The file holds the key to everything: keep it as you keep passwords.
    """
    _load("backups", data).create(file, json)


def backup_verify(file: BackupFile, json: Json = False) -> None:
    """Read FILE to its end; check every checksum and the database. Leaves with 1 when something is wrong."""
    _load("backups", None).verify(file, json)


def backup_restore(file: BackupFile, data: Data = None, json: Json = False) -> None:
    """Put FILE into an empty folder.

    The restored installation starts on hold: it shows what it would page and pages nobody until `tocsin release` or the
    button. What was open when the backup was made may be long over.
    """
    _load("backups", data).restore(file, json)


def user_create(
    email: Email,
    name: Annotated[str, typer.Option("--name", help="How others see them; guessed from the address when left out.")] = "",
    role: Annotated[str, typer.Option("--role", help="administrator, responder or stakeholder.")] = "administrator",
    zone: Annotated[str, typer.Option("--zone", help="Their time zone, such as Europe/Vienna.")] = "UTC",
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")] = False,
    data: Data = None,
    json: Json = False,
) -> None:
    """Add a person and print a one-time link by which they set a password (no link with --password-stdin)."""
    _load("inside.accounts", data).create_user(email, name, role, zone, password_stdin, json)


def user_reset_password(email: Email, data: Data = None, json: Json = False) -> None:
    """Print a one-time link by which a person sets a new password."""
    _load("inside.accounts", data).reset_password(email, json)


def user_reset_second_factor(email: Email, data: Data = None, json: Json = False) -> None:
    """Take away codes and passkeys of somebody who lost them; the password alone signs in until new ones are set up."""
    _load("inside.accounts", data).reset_second_factor(email, json)


def user_list(data: Data = None, json: Json = False) -> None:
    """List people: address, name, role, whether active."""
    _load("inside.accounts", data).list_users(json)


def token_create(
    email: Email,
    name: Annotated[str, typer.Option("--name", help="What it is for.")] = "command line",
    scope: Annotated[list[str] | None, typer.Option("--scope", help="read, respond or configure; may be repeated.")] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Make a token that acts for a person, and print it this once. Without --scope it has all scopes."""
    _load("inside.accounts", data).create_token(email, name, scope or [], json)


def token_list(data: Data = None, json: Json = False) -> None:
    """List live tokens: id, person, name, scopes, last use."""
    _load("inside.accounts", data).list_tokens(json)


def token_revoke(
    token_id: Annotated[str, typer.Argument(metavar="ID", help="tok_… as `token list` shows it.")],
    data: Data = None,
    json: Json = False,
) -> None:
    """Stop a token at once."""
    _load("inside.accounts", data).revoke_token(token_id, json)


def key_create(
    service: Service,
    kind: Annotated[str, typer.Option("--kind", help="Who will send: alertmanager or generic.")],
    name: Annotated[str, typer.Option("--name", help="What will send with it.")] = "",
    data: Data = None,
    json: Json = False,
) -> None:
    """Make an integration key and print it this once, with the address to send to."""
    _load("inside.keys", data).create(service, kind, name or kind, json)


def key_list(service: Service, data: Data = None, json: Json = False) -> None:
    """List the keys of a service and when each last sent something."""
    _load("inside.keys", data).show(service, json)


def key_revoke(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="key_… as `key list` shows it.")],
    data: Data = None,
    json: Json = False,
) -> None:
    """Close a key's door for good."""
    _load("inside.keys", data).revoke(key_id, json)


def status_export(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the files go; what else lies there is left alone.")],
    page: Annotated[str, typer.Option("--page", help="Short name of the page.")] = "external",
    data: Data = None,
    json: Json = False,
) -> None:
    """Write a status page for customers as plain files that open from disk and from any web server.

    Needs no running server. While the store is away it writes the last page that was good, and says of when that is.
    """
    _load("inside.pages", data).export(folder, page, json)


GROUPS: dict[typer.Typer, tuple[Callable[..., None], ...]] = {
    backup: (backup_create, backup_verify, backup_restore),
    user: (user_create, user_reset_password, user_reset_second_factor, user_list),
    token: (token_create, token_list, token_revoke),
    key: (key_create, key_list, key_revoke),
}


def register(app: typer.Typer) -> None:
    """Put every local verb on the command line."""
    for verb in (serve, web, engine, demo, doctor):
        app.command(short_help=first_sentence(verb))(verb)
    for group, verbs in GROUPS.items():
        for verb in verbs:
            name = verb.__name__.partition("_")[2].replace("_", "-")
            group.command(name, short_help=first_sentence(verb))(verb)
        app.add_typer(group)
    for verb in (migrate, release):
        app.command(short_help=first_sentence(verb))(verb)
