"""`make docs`: the pages that are made from the code, and the pictures that the browser tests take.

python docs/build.py            write the pages and take the pictures
python docs/build.py --pages    the pages alone
python docs/build.py --check    exit 1 when a page is not what the code says
"""

from __future__ import annotations

import argparse
import ast
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
MADE = "<!-- Made by `make docs` from the code. Change the code, not this page. -->\n"


def settings_page() -> str:
    from tocsin.core.settings import Settings

    lines = [
        MADE,
        "# Settings\n",
        "Read once from the environment at the start. An unknown `TOCSIN_*` name stops the start and names the nearest one.\n",
    ]
    lines += ["| variable | default | meaning |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = "" if field.default in ("", None, False) else f"`{field.default}`"
        lines.append(f"| `TOCSIN_{name.upper()}` | {default} | {field.description} |")
    lines += ["", "The command line reads `TOCSIN_URL` and `TOCSIN_TOKEN`; the tests read `TOCSIN_TEST_ALL`."]
    return "\n".join(lines) + "\n"


def events_page() -> str:
    lines = [
        MADE,
        "# Events\n",
        "Every change is one event, written in the transaction of that change. Readers go by `position`, which has no gaps.\n",
    ]
    for path in sorted((ROOT / "tocsin").glob("*/events.py")):
        tree = ast.parse(path.read_text())
        rows = list(_constants(tree))
        if not rows:
            continue
        lines += [f"## {path.parent.name}\n", (ast.get_docstring(tree) or "").strip() + "\n", "| event | carries |", "|---|---|"]
        lines += [f"| `{name}` | {note} |" for name, note in rows] + [""]
    return "\n".join(lines)


def _constants(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Event names with the text that stands under them, if any."""
    for place, node in enumerate(tree.body):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(value))) if name.isupper() and "." in value:
                after = tree.body[place + 1] if place + 1 < len(tree.body) else None
                note = after.value.value if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) else ""
                yield value, " ".join(str(note).removeprefix("data: ").split())


def cli_page() -> str:
    import typer

    from tocsin.cli.app import app

    lines = [MADE, "# Command line\n", "`tocsin --help` says the same. Every verb takes `--json`.\n"]
    lines += _verbs(typer.main.get_command(app), "tocsin")
    return "\n".join(lines) + "\n"


def _verbs(command: Any, path: str) -> Iterator[str]:
    if getattr(command, "commands", None):
        for name in sorted(command.commands):
            yield from _verbs(command.commands[name], f"{path} {name}")
        return
    takes = " ".join(_shown(parameter) for parameter in command.params if parameter.name != "help")
    yield f"## `{path}`\n"
    yield f"    {path} {takes}\n"
    yield (command.help or "").strip() + "\n"


def _shown(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return parameter.name.upper()
    text = parameter.opts[0] if parameter.is_flag else f"{parameter.opts[0]} {parameter.name.upper()}"
    return text if parameter.required else f"[{text}]"


def api_page() -> str:
    import django

    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("TOCSIN_DATA", folder)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tocsin.settings")
        django.setup()
        from tocsin.web.api.urls import api

        paths = api.get_openapi_schema(path_prefix="/api/v1/")["paths"]
    lines = [MADE, "# API\n", (DOCS / "developers" / "_api_intro.md").read_text(), "| call | what it does |", "|---|---|"]
    for path, calls in sorted(paths.items()):
        for method, call in calls.items():
            says = (call.get("description") or call.get("summary") or "").strip().splitlines()
            lines.append(f"| `{method.upper()} {path}` | {says[0] if says else ''} |")
    return "\n".join(lines) + "\n"


def time_rules_page() -> str:
    sys.path.insert(0, str(ROOT))
    from tests.oncall.clock_cases import tables
    from tests.oncall.clock_table import TABLE

    return "\n".join([MADE, (DOCS / "users" / "_time_rules_intro.md").read_text(), tables(TABLE)])


def glossary_page() -> str:
    from tocsin.directory.glossary import TERMS

    lines = [MADE, "# Glossary\n", "One term per thing, spelled the same in code, API, pages and command line.\n"]
    lines += ["| term | also called | meaning |", "|---|---|---|"]
    lines += [f"| {term.name} | {', '.join(term.aliases)} | {term.meaning} |" for term in TERMS]
    return "\n".join(lines) + "\n"


PAGES = {
    "glossary.md": glossary_page,
    "settings.md": settings_page,
    "events.md": events_page,
    "developers/cli.md": cli_page,
    "developers/api.md": api_page,
    "users/time-rules.md": time_rules_page,
}


PHOTOGRAPHED = "photographed or (walk_of_the_readme and with-script)"
"""The tests that take pictures and no others, so that the company they show is the demo as users find it."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="say which pages are not what the code says, change nothing")
    parser.add_argument("--pages", action="store_true", help="write the pages, take no pictures")
    options = parser.parse_args()
    stale = []
    for name, page in PAGES.items():
        text, path = page(), DOCS / name
        if path.exists() and path.read_text() == text:
            continue
        stale.append(name)
        if not options.check:
            path.write_text(text)
            print(f"docs/{name}")
    if options.check:
        print("\n".join(f"docs/{name} is not what the code says; run make docs" for name in stale))
        return 1 if stale else 0
    if options.pages:
        return 0
    pictures = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n",
        "0",
        "--part",
        "browser",
        "--pictures",
        str(DOCS / "pictures"),
        "-k",
        PHOTOGRAPHED,
        "tests/browser/test_walk.py",
        "tests/browser",
    ]
    return subprocess.run(pictures, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
