"""An empty store gets its tables at once; a store with a history goes through it: both end with the same tables and first rows."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests import tables
from tests.environment import STORE

THE_LONG_WAY = (
    "import django; django.setup(); from django.core.management import call_command; call_command('migrate', verbosity=0)"
)
COLUMNS = """SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default, is_identity
    FROM information_schema.columns WHERE table_schema = 'public'"""
RULES = """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace"""
INDEXES = "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
OF_DJANGO = {f"('auth_group_permissions', 'id', '{kind}', None, 'NO', None, 'YES')" for kind in ("integer", "bigint")}
"""Its history forgets the width that it asks for; nobody keeps anything in this table."""
OF_ITS_TIME = re.compile(r"[a-z]{3}_[0-9a-hjkmnp-tv-z]{26}|\d{4}-\d\d-\d\d[ T][\d:.]+(\+00:?00)?|'(id|content_type_id)'[:,] \d+")
"""Ids, instants and numbers of rows differ from one store to the next."""


@pytest.mark.everywhere
def test_tables_made_at_once_are_those_of_the_whole_history(tmp_path: Path) -> None:
    at_once, long_way = _read(tmp_path / "at-once", ("-m", "tocsin", "migrate")), _read(tmp_path / "long", ("-c", THE_LONG_WAY))
    assert set(at_once[0]) ^ set(long_way[0]) <= OF_DJANGO
    assert {name: rows for name, rows in at_once[1].items() if rows != long_way[1][name]} == {}


def _read(folder: Path, command: tuple[str, ...]) -> tuple[list[str], dict[str, list[str]]]:
    """What a store consists of once this has run on an empty one: its definitions and its rows, in no order."""
    folder.mkdir()
    mine = {name: value for name, value in os.environ.items() if not name.startswith("TOCSIN_")}
    mine |= {"TOCSIN_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "tocsin.settings", "PYTHONPATH": str(tables.ROOT)}
    url = tables.make_database(f"schema_{folder.name}_{os.getpid()}") if STORE == "postgresql" else ""
    if url:
        mine["TOCSIN_DATABASE_URL"] = url
    done = subprocess.run([sys.executable, *command], env=mine, cwd=tables.ROOT, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr[-3000:]
    return _of_postgresql(url) if url else _of_sqlite(folder / "tocsin.sqlite3")


def _of_postgresql(url: str) -> tuple[list[str], dict[str, list[str]]]:
    with psycopg.connect(url) as connection:
        definitions = sorted(str(row) for query in (COLUMNS, RULES, INDEXES) for row in connection.execute(query))
        names = [str(name) for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        rows = {name: _plain(connection.execute(f'SELECT to_jsonb(t) FROM "{name}" t').fetchall()) for name in names}
    return definitions, rows


def _of_sqlite(file: Path) -> tuple[list[str], dict[str, list[str]]]:
    with sqlite3.connect(file) as connection:
        connection.row_factory = sqlite3.Row
        made = connection.execute("SELECT name, type, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'").fetchall()
        definitions = sorted(f"{one['name']}: {part}" for one in made for part in _parts(str(one["sql"])))
        names = [str(one["name"]) for one in made if one["type"] == "table"]
        rows = {name: _plain([dict(row) for row in connection.execute(f'SELECT * FROM "{name}"')]) for name in names}
    return definitions, rows


def _parts(sql: str) -> list[str]:
    """Columns and constraints of a definition, which stand in the order in which they came."""
    head, _, inside = sql.partition("(")
    parts, depth = [""], 0
    for letter in inside:
        depth += {"(": 1, ")": -1}.get(letter, 0)
        parts = [*parts, ""] if letter == "," and not depth else [*parts[:-1], parts[-1] + letter]
    return [head.strip(), *(part.strip().removesuffix(")") if part is parts[-1] else part.strip() for part in parts)]


def _plain(rows: list[Any]) -> list[str]:
    return sorted(OF_ITS_TIME.sub("…", str(sorted(row.items()) if isinstance(row, dict) else row)) for row in rows)
