"""The lock of a data folder: one writer at a time on SQLite."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from tocsin.cli.answers import LOCKED, USAGE, fail


class Locked(Exception):
    """Another process holds the folder."""


@contextlib.contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Hold `folder/lock` for as long as the block runs. Raises Locked at once while another process holds it."""
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Locked(_holder(handle)) from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)


@contextlib.contextmanager
def or_leave(folder: Path) -> Iterator[None]:
    """Hold the folder; leaves with code 3 while somebody else does."""
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(hold(folder))
        except Locked as holder:
            fail(LOCKED, f"{folder} is in use by {holder}; stop it first")
        except OSError as error:
            fail(USAGE, f"{folder} cannot be used as a data folder: {error.strerror}")
        yield


def is_held(folder: Path) -> bool:
    """Whether some process holds the folder at this moment. Changes nothing, makes nothing."""
    try:
        handle = os.open(folder / "lock", os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    else:
        return False
    finally:
        os.close(handle)


def _holder(handle: int) -> str:
    pid = os.pread(handle, 32, 0).decode(errors="replace").strip()
    return f"process {pid}" if pid.isdigit() else "another process"
