"""The engine's threads outlive what their modules do to them, and a module that does not come round is noticed."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from django.db import OperationalError
from structlog.testing import capture_logs

from tests.waiting import until
from tocsin.core.work import engine
from tocsin.core.work.engine import Engine, Module

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_module_that_fails_is_called_again_even_when_its_connection_cannot_be_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[dt.datetime] = []

    def tick(now: dt.datetime) -> int:
        calls.append(now)
        if len(calls) < 3:
            raise RuntimeError("a fault of ours")
        return 0

    def close() -> None:
        if len(calls) < 3:
            raise OSError("the connection is in a bad way")

    monkeypatch.setattr(engine, "connection", SimpleNamespace(close=close))
    running = Engine([Module("faulty", tick, "faulty", every=0.01)])
    assert running.stale() == ["faulty"], "nothing is proven before the first turn"
    running.start()
    until(lambda: running.stale() == [], within=10, what="the module never came round")
    running.stop()
    assert len(calls) >= 3


def test_a_module_that_only_fails_is_named() -> None:
    calls: list[dt.datetime] = []

    def tick(now: dt.datetime) -> int:
        calls.append(now)
        raise RuntimeError("a fault of ours")

    running = Engine([Module("broken", tick, "broken", every=0.01), Module("fine", lambda now: 0, "fine", every=0.01)])
    running.start()
    until(lambda: len(calls) > 3 and "fine" in running.last_ok, within=10, what="the modules do not turn")
    running.stop()
    assert running.stale() == ["broken"]


@pytest.mark.req("R26")
@pytest.mark.parametrize(("error", "told"), [(OperationalError("gone"), ["warning"]), (RuntimeError("a fault of ours"), ["error"])])
def test_a_store_that_is_away_is_a_line_a_module_and_a_fault_has_its_traceback(error: Exception, told: list[str]) -> None:
    def tick(now: dt.datetime) -> int:
        raise error

    running = Engine([Module("away", tick, "away")])
    with capture_logs() as lines:
        running._tick(running.modules[0])
    assert [line["log_level"] for line in lines] == told
    assert ["exc_info" in line for line in lines] == [told == ["error"]]
    assert running.stale() == ["away"]
