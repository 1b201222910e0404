"""What a start costs: who imports what."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = ("django", "ninja", "pydantic", "allauth", "rich", "structlog", "psycopg", "uvicorn", "httpx2", "cryptography")


def pulled_in(module: str) -> set[str]:
    """The top-level packages, and our own modules, that importing this module loads into a fresh interpreter."""
    code = f"import sys, json; before = set(sys.modules); import {module}; print(json.dumps(sorted(set(sys.modules) - before)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    names = json.loads(done.stdout)
    return {name if name.startswith("tocsin") else name.partition(".")[0] for name in names} - set(sys.stdlib_module_names)


def test_asgi_pulls_in_nothing_but_itself() -> None:
    assert pulled_in("tocsin.asgi") == {"tocsin", "tocsin.asgi", "tocsin.web", "tocsin.web.plain"}


@pytest.mark.parametrize("module", ["tocsin.cli.app", "tocsin.cli.remote.client"])
def test_help_and_remote_verbs_start_without_the_house(module: str) -> None:
    assert not pulled_in(module) & set(HEAVY)


def test_what_answers_healthz_reads_settings_and_listens() -> None:
    assert pulled_in("tocsin.cli.serving") & set(HEAVY) == {"pydantic", "uvicorn"}
