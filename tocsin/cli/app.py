"""The `tocsin` command: every verb on one page of help."""

from __future__ import annotations

import typer

from tocsin import __version__
from tocsin.cli import local
from tocsin.cli.answers import first_sentence, say
from tocsin.cli.remote import (
    answering,
    attention,
    blogging,
    calendars,
    catalogue,
    dashboards,
    documents,
    house,
    layers,
    learning,
    mailing,
    messages,
    mirroring,
    outside,
    parts,
    planning,
    prepared,
    reach,
    reviewing,
    sheet,
    speaking,
    subscribing,
    templates,
)

app = typer.Typer(
    name="tocsin",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

REMOTE = (
    answering.alert,
    attention.incident,
    documents.document,
    answering.page,
    answering.oncall,
    calendars.calendar,
    speaking.update,
    blogging.blog,
    mailing.lists,
    mailing.mail,
    subscribing.subscribers,
    mirroring.mirror,
    templates.template,
    messages.messages,
    dashboards.dashboard,
    learning.postmortem,
    learning.action,
    reviewing.reviews,
    house.service,
    house.team,
    house.person,
    layers.schedule,
    reach.policy,
    outside.webhook,
    reach.contact,
    reach.gateway,
    reach.product,
    catalogue.vendor,
    catalogue.link,
    reach.severity,
    parts.status,
    planning.maintenance,
    sheet.sheet,
    prepared.value,
    prepared.organisation,
    prepared.backup_system,
    prepared.change,
    prepared.kit,
    prepared.readiness,
    prepared.glossary,
    prepared.security,
    outside.event,
)


def _version(wanted: bool) -> None:
    if wanted:
        say(f"tocsin {__version__}")
        raise typer.Exit


@app.callback()
def _root(version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version.")) -> None:
    """Tocsin: alerts, on-call, paging, incidents, status pages, postmortems. One process, one data folder.

    `serve` to `release` work on a data folder (--data). The rest speak to a running Tocsin: a noun, then a verb, as in
    `tocsin alert acknowledge 4821`; they take --url and --token, or TOCSIN_URL and TOCSIN_TOKEN, and --json.

    Exit codes: 0 done; 1 the answer is "no"; 2 wrong usage or settings; 3 locked or in conflict; 4 not reachable;
    5 not allowed.
    """


local.register(app)
parts.status.command("export", short_help=first_sentence(local.status_export))(local.status_export)
for noun in REMOTE:
    app.add_typer(noun)


def main() -> None:
    """Entry point."""
    app(prog_name="tocsin")
