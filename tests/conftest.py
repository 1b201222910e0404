"""What every test may use: the database of the chosen store, a clock to move, and tests that name the program they need."""

from __future__ import annotations

import datetime as dt
import gc
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core import serializers
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.models import Model
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis
from pytest_django.plugin import blocking_manager_key

from tests import tables
from tests.environment import STORE
from tests.programs import missing
from tests.rooms import DOORS, PROCESSES
from tests.waiting import at_most

NOW = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)
_FIRST_ROWS = pytest.StashKey[dict[type[Model], list[Model]]]()
PARTS = ("rules", "database", "doors", "acceptance", "browser")
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup"}


hypothesis.register_profile("tocsin", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis.load_profile("tocsin")
"""A busy machine is not a fault of the code under test."""


def pytest_configure() -> None:
    """Passwords of tests need no protection, and the real hash is slow on purpose."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    connection_created.connect(_reverse_what_has_no_order)


def _reverse_what_has_no_order(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Rows that a question gives no order come in any order on PostgreSQL; on SQLite they come backwards here, every time."""
    if connection.vendor == "sqlite":
        connection.connection.execute("PRAGMA reverse_unordered_selects = ON").close()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="run the wide and long tests too")
    parser.addoption("--part", metavar="NAMES", default="", help=f"run these parts of the whole: {', '.join(PARTS)}")
    parser.addoption("--pictures", metavar="FOLDER", help="let the walk in the browser write the documentation's pictures")
    parser.addoption("--summary", metavar="FILE", help="write totals and what was left out as JSON")


def part_of(item: pytest.Item) -> str:
    """Which part of `make test` runs this test."""
    room = item.path.relative_to(Path(__file__).parent).parts[0]
    if room in PROCESSES:
        return room
    if room in DOORS:
        return "doors"
    marked = item.get_closest_marker("django_db") is not None
    return "database" if marked or DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())) else "rules"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    wanted = config.getoption("--part").split(",") if config.getoption("--part") else PARTS
    if unknown := set(wanted) - set(PARTS):
        raise pytest.UsageError(f"--part: {', '.join(sorted(unknown))} is none of {', '.join(PARTS)}")
    chosen, dropped = [], []
    for item in items:
        _keep_seeds(item)
        soaking = item.get_closest_marker("soak") is None or config.getoption("--soak")
        here = _is_for_this_store(item, soaking=config.getoption("--soak"))
        (chosen if soaking and here and part_of(item) in wanted else dropped).append(item)
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = chosen


def _is_for_this_store(item: pytest.Item, *, soaking: bool) -> bool:
    """What runs a whole process runs on both stores in the soak, else on PostgreSQL only where that matters."""
    named = [marker.args for marker in item.iter_markers("store")]
    if named:
        return all(STORE in stores for stores in named)
    wide = part_of(item) in PROCESSES and not soaking
    return STORE == "sqlite" or not wide or item.get_closest_marker("everywhere") is not None


def _keep_seeds(item: pytest.Item) -> None:
    """A transactional test empties every table afterwards; rows that migrations made are kept, to be there for the next one."""
    marker = item.get_closest_marker("django_db")
    if marker and marker.kwargs.get("transaction") and not marker.kwargs.get("serialized_rollback"):
        item.add_marker(pytest.mark.django_db(**{**marker.kwargs, "serialized_rollback": True}), append=False)


def pytest_collection_finish() -> None:
    """What a worker has read stays for ever: to look through it for garbage again and again takes a tenth of all tests' time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[Any]:
    """No test runs for ever: one that hangs fails with the place where it hung."""

    seconds = 1800 if item.get_closest_marker("soak") else 300
    with at_most(seconds, lambda: pytest.fail(f"no end after {seconds} s", pytrace=True)):
        return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[Any]:
    """A transactional test leaves every table empty. Workers take tests from each other, so any test may come next."""
    done = yield
    marker = item.get_closest_marker("django_db")
    if marker is not None and marker.kwargs.get("transaction"):
        with item.config.stash[blocking_manager_key].unblock(), transaction.atomic():
            for model, rows in _first_rows(item.config).items():
                model._base_manager.bulk_create(rows)
    return done


def _first_rows(config: pytest.Config) -> dict[type[Model], list[Model]]:
    """What migrations put into the tables. Django would put it there again before the next test, row by row."""
    if _FIRST_ROWS not in config.stash:
        found: dict[type[Model], list[Model]] = {}
        for row in serializers.deserialize("json", connection._test_serialized_contents):
            assert not row.m2m_data, "first rows have no links of their own"
            found.setdefault(type(row.object), []).append(row.object)
        config.stash[_FIRST_ROWS] = found
        connection._test_serialized_contents = "[]"
    return config.stash[_FIRST_ROWS]


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker in item.iter_markers("needs"):
        for program in marker.args:
            install = missing(program)
            if install and os.environ.get("TOCSIN_TEST_ALL") == "1":
                pytest.fail(f"needs {program}: {install}", pytrace=False)
            if install:
                pytest.skip(f"needs {program}: {install}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    target = config.getoption("--summary")
    if not target:
        return
    stats = terminalreporter.stats
    left_out = [_why(report) for report in stats.get("skipped", [])]
    totals = {name: len(stats.get(name, [])) for name in ("passed", "failed", "error", "skipped")}
    failures = [report.nodeid for name in ("failed", "error") for report in stats.get(name, [])]
    Path(target).write_text(json.dumps({**totals, "left_out": left_out, "failures": failures}))


def _why(report: pytest.TestReport) -> dict[str, str]:
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return {"test": report.nodeid, "reason": reason.removeprefix("Skipped: ")}


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """The tables are there before the first test; see `django_db_modify_db_settings`."""
    return True


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Each worker has a copy of the ready tables. SQLite tests run on a file, so that threads of one test see one database."""
    test = settings.DATABASES["default"].setdefault("TEST", {})
    if STORE == "sqlite":
        test["NAME"] = str(settings.TOCSIN.data / "test.sqlite3")
    else:
        test["NAME"] = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}_{os.getpid()}"
    tables.lay_out(test["NAME"])


@pytest.fixture
def now() -> dt.datetime:
    """The instant at which most tests happen: a Friday, 09:00 UTC."""
    return NOW


class MovedClock:
    """The offset file that `tocsin.core.clock` reads in test mode."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0.0
        self._write()

    def forward(self, **distance: float) -> None:
        """Move on by a distance: `forward(minutes=5)`."""
        self._offset += dt.timedelta(**distance).total_seconds()
        self._write()

    def _write(self) -> None:
        fresh = self._path.with_suffix(".new")
        fresh.write_text(str(self._offset))
        fresh.replace(self._path)


@pytest.fixture
def moved_clock() -> Iterator[MovedClock]:
    """The clock of this process, to be moved; put back afterwards. For doors, which ask the time themselves."""
    path = Path(os.environ["TOCSIN_TEST_CLOCK"])
    path.parent.mkdir(parents=True, exist_ok=True)
    yield MovedClock(path)
    path.unlink(missing_ok=True)


@pytest.fixture
def data_folder(tmp_path: Path) -> Iterator[Path]:
    """An empty data folder for a process of its own."""
    folder = tmp_path / "data"
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
