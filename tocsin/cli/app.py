"""The `tocsin` command: every verb on one page of help."""

from __future__ import annotations

import typer

from tocsin import __version__
from tocsin.cli import local
from tocsin.cli.answers import say

app = typer.Typer(
    name="tocsin",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        say(f"tocsin {__version__}")
        raise typer.Exit


@app.callback()
def _root(version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version.")) -> None:
    """Tocsin: alerts, on-call, paging, incidents, status pages, postmortems. One process, one data folder.

    Verbs that work on a data folder take --data. Verbs that speak to a running Tocsin are a noun and a verb
    (`tocsin alert acknowledge 4821`) and take --url and --token, or TOCSIN_URL and TOCSIN_TOKEN.

    Exit codes: 0 done; 1 the answer is "no"; 2 wrong usage or settings; 3 locked or in conflict; 4 not reachable;
    5 not allowed.
    """


local.register(app)


def main() -> None:
    """Entry point."""
    app(prog_name="tocsin")
