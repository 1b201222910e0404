"""`document`: the state document of an incident."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from tocsin.cli.answers import USAGE, fail, say
from tocsin.cli.remote.client import Remote
from tocsin.cli.remote.declare import Limit, line, noun, table, verb

document = noun("document", "State documents: what is known, tried and changed.")

Key = Annotated[str, typer.Argument(metavar="INCIDENT", help="Key or id: HOT-12.", show_default=False)]
SectionName = Annotated[str, typer.Argument(metavar="SECTION", help="customers_see, we_know, we_try, decisions or open_questions.")]
Cell = Annotated[list[str], typer.Option("--cell", help="COLUMN=TEXT of when, what and who, such as who=Ana; may be repeated.")]
Kind = Annotated[str, typer.Option("--format", help="markdown or html.")]

_section = line("{heading}, version {version}")
_row = line("{table} {id}")


def _whole(answer: Any) -> None:
    for section in answer["sections"]:
        say(f"{section['heading']}\n{section['text'] or '(empty)'}\n")
    for change in answer["changes"]:
        said = ", ".join(f"{name} {change[name]}" for name in ("who", "at", "how", "why") if change[name])
        say(f"change {change['number']}: {change['what']} ({said}); revert: {change['revert'] or 'not said'}")
    for stream in answer["streams"]:
        lead = f", {stream['lead']['name']}" if stream["lead"] else ""
        say(f"stream {stream['number']}: {stream['title']}{lead}, {stream['state']}: {stream['step']}")
    for row in answer["rows"]:
        say(f"{row['table']} {row['id']}: " + ", ".join(f"{name} {text}" for name, text in row["cells"].items() if text))


def _file(answer: Any) -> None:
    sys.stdout.write(answer["text"])


def _cells(given: list[str]) -> dict[str, str]:
    pairs = [one.partition("=") for one in given]
    if any(not sign for _, sign, _ in pairs):
        fail(USAGE, "--cell takes COLUMN=TEXT, such as --cell who=Ana")
    return {name.strip(): text for name, _, text in pairs}


def _typed(text: str) -> str:
    return Path(text[1:]).read_text() if text.startswith("@") else text


@verb(document, "show", _whole)
def show_document(api: Remote, wanted: Key) -> Any:
    """Show the state document of an incident."""
    return api.get("incidents", wanted, "document")


@verb(document, "write", _section)
def write(
    api: Remote,
    wanted: Key,
    section: SectionName,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The new text, or @FILE to read it from a file.")],
) -> Any:
    """Write a section. Somebody's change in between is a conflict (3)."""
    return api.change("incidents", wanted, "document", "sections", section, text=_typed(text))


@verb(document, "versions", table("version", "at", "text"))
def versions(api: Remote, wanted: Key, section: SectionName, limit: Limit = 50) -> Any:
    """List every version of a section, newest first."""
    return api.listed("incidents", wanted, "document", "sections", section, "versions", limit=limit)


@verb(document, "restore", _section)
def restore(
    api: Remote, wanted: Key, section: SectionName, version: Annotated[int, typer.Argument(metavar="VERSION", min=2)]
) -> Any:
    """Let a section say again what it said at a version."""
    return api.post("incidents", wanted, "document", "sections", section, "restore", version=version)


@verb(document, "add-row", _row)
def add_row(api: Remote, wanted: Key, cell: Cell) -> Any:
    """Add a row to the extended timeline."""
    return api.post("incidents", wanted, "document", "rows", cells=_cells(cell))


@verb(document, "change-row", _row)
def change_row(
    api: Remote, wanted: Key, row: Annotated[str, typer.Argument(metavar="ROW", help="row_…", show_default=False)], cell: Cell
) -> Any:
    """Change columns of a row."""
    return api.change("incidents", wanted, "document", "rows", row, cells=_cells(cell))


@verb(document, "export", _file)
def export(api: Remote, wanted: Key, format: Kind = "markdown") -> Any:
    """Write the document to standard output as a file."""
    return api.get("incidents", wanted, "document", "export", format=format)


@verb(
    document,
    "import",
    line("{sections} sections with a new version, {rows_added} rows added, {rows_changed} rows changed."),
)
def import_file(
    api: Remote,
    wanted: Key,
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, show_default=False)],
    format: Annotated[str, typer.Option("--format", help="markdown or html; left out: by the name of the file.")] = "",
) -> Any:
    """Bring a file back in: texts become new versions, rows are changed or added, none is taken away."""
    kind = format or ("html" if file.suffix in {".html", ".htm"} else "markdown")
    return api.post("incidents", wanted, "document", "import", format=kind, text=file.read_text())
