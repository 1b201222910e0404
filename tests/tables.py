"""What a new installation and the demo company are made of, made once for a whole run and copied to whoever needs them.

To migrate from nothing takes ten seconds of a processor, to make the demo as many again; `python -m tests.tables migrate demo`
does so ahead of those who would wait for it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parents[1]
STORE, FOLDER, SERVER = "TOCSIN_TEST_STORE", "PYTEST_TABLES_FOLDER", "PYTEST_POSTGRES_FOLDER"
"""Variables that a run gives to its workers: the store, where ready tables lie, where the database server has its data."""
EMPTY, DEMO = "migrate", "demo"
"""The verbs that make a store: tables alone, or with the demo company, whose keys are in `said`."""
_ARGUMENTS = {EMPTY: ("migrate",), DEMO: ("demo", "--json")}


def on_postgresql() -> bool:
    return os.environ.get(STORE) == "postgresql"


def fill(data: Path, kind: str, database: str) -> tuple[str, str]:
    """A ready store under a data folder, and on PostgreSQL in a new database of this name: its URL, and what its maker printed."""
    source = _ready(kind)
    shutil.copytree(source / "data", data, dirs_exist_ok=True)
    url = make_database(database, f"ready_{kind}") if on_postgresql() else ""
    return url, (source / "said").read_text()


def lay_out(name: str) -> None:
    """Empty tables under a name of the caller: a file on SQLite, a database on PostgreSQL."""
    source = _ready(EMPTY)
    if on_postgresql():
        make_database(name, f"ready_{EMPTY}")
    else:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / "data" / "tocsin.sqlite3", name)


def make_database(name: str, template: str = "template1") -> str:
    """A database on the run's own server; its URL."""
    folder = os.environ[SERVER]
    with psycopg.connect(f"host={folder} user=postgres dbname=postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return f"postgresql://postgres@/{name}?host={folder}"


def _ready(kind: str) -> Path:
    """The folder with `data` and `said`; whoever comes first makes it, the others wait."""
    folder = Path(os.environ[FOLDER]) / os.environ.get(STORE, "sqlite") / kind
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "said").exists():
            if kind != EMPTY:
                shutil.copytree(_ready(EMPTY) / "data", folder / "data")
            _make(folder, kind)
    return folder


def _make(folder: Path, kind: str) -> None:
    mine = {name: value for name, value in os.environ.items() if not name.startswith("TOCSIN_")}
    mine |= {"TOCSIN_DATA": str(folder / "data"), "TOCSIN_LOG": "warning", "PYTHONPATH": str(ROOT)}
    if on_postgresql():
        mine["TOCSIN_DATABASE_URL"] = make_database(f"ready_{kind}", "template1" if kind == EMPTY else f"ready_{EMPTY}")
    command = [sys.executable, "-m", "tocsin", *_ARGUMENTS[kind]]
    done = subprocess.run(command, env=mine, cwd=ROOT, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stderr[-3000:]
    (folder / "said").write_text(done.stdout)


if __name__ == "__main__":
    for wanted in sys.argv[1:]:
        _ready(wanted)
