"""The environment of a test run, made before Django reads its settings. Loaded as a pytest plugin (`-p tests.environment`).

`TOCSIN_TEST_STORE` chooses the store: `sqlite` (default) or `postgresql`, which starts a server once per run; workers of xdist
find it in their environment and use a database each.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from tests.postgres import Postgres
from tests.tables import FOLDER, SERVER

STORE = os.environ.get("TOCSIN_TEST_STORE", "sqlite")


def _temporary_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="tocsin-test-"))
    atexit.register(shutil.rmtree, folder, True)
    return folder


def _database_url() -> str:
    if SERVER not in os.environ:
        server = Postgres().start()
        atexit.register(server.stop)
        os.environ[SERVER] = str(server.data)
        server.url("tocsin")
    return f"postgresql://postgres@/tocsin?host={os.environ[SERVER]}"


def prepare() -> None:
    """Set every `TOCSIN_*` variable of this process; nothing of the caller's own installation leaks in."""
    if STORE not in {"sqlite", "postgresql"}:
        raise SystemExit(f"TOCSIN_TEST_STORE is {STORE!r}; it takes sqlite or postgresql")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # a hundred processes are started; compiling for each costs seconds
    keep = {"TOCSIN_TEST_ALL", "TOCSIN_TEST_STORE"}
    for name in [name for name in os.environ if name.startswith("TOCSIN_") and name not in keep]:
        del os.environ[name]
    folder = _temporary_folder()
    os.environ["TOCSIN_DATA"] = str(folder / "data")
    os.environ["TOCSIN_TEST"] = "1"
    os.environ["TOCSIN_HOLD_SECONDS"] = "0"
    os.environ["TOCSIN_TEST_CLOCK"] = str(folder / "clock")
    os.environ["TOCSIN_LOG"] = "warning"
    if FOLDER not in os.environ:
        os.environ[FOLDER] = str(folder / "tables")
    if STORE == "postgresql":
        os.environ["TOCSIN_DATABASE_URL"] = _database_url()


prepare()
