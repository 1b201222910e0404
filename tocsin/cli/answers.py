"""How the command line answers: exit codes, one line for an error, JSON or tables for results."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

import typer

DONE, NO, USAGE, LOCKED, UNREACHABLE, NOT_ALLOWED = 0, 1, 2, 3, 4, 5


def first_sentence(documented: Any) -> str:
    """What a list of verbs says of one: its first line of help, whole."""
    return (documented.__doc__ or "").strip().partition("\n")[0]


def fail(code: int, sentence: str) -> NoReturn:
    """Say why in one line on standard error and leave with this exit code."""
    sys.stderr.write(f"tocsin: {sentence}\n")
    raise typer.Exit(code)


def say(text: str = "") -> None:
    """One line on standard output."""
    sys.stdout.write(text + "\n")


def show_json(value: Any) -> None:
    """One JSON document on standard output, and nothing else."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2 if sys.stdout.isatty() else None) + "\n")


def tell(as_json: bool, document: Any, words: str) -> None:
    """The document when JSON was asked for, the words otherwise."""
    if as_json:
        show_json(document)
    else:
        say(words)


def show_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table for people, `None.` when it is empty; tab-separated without colour, frame or headings when the output is piped."""
    if not sys.stdout.isatty():
        for row in rows:
            say("\t".join(str(cell).replace("\t", " ").replace("\n", " ") for cell in row))
        return
    shown = list(rows)
    if not shown:
        say("None.")
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in shown:
        table.add_row(*(Text(str(cell)) for cell in row))
    Console().print(table)


def show_fields(pairs: Iterable[tuple[str, Any]]) -> None:
    """`name  value` lines, names aligned."""
    known = [(name, "" if value is None else str(value)) for name, value in pairs]
    width = max((len(name) for name, _ in known), default=0)
    for name, value in known:
        say(f"{name.ljust(width)}  {value}")
