"""Which folders of tests belong to which part of `make test`."""

from __future__ import annotations

DOORS = {"web", "api", "cli", "intake", "accounts"}
PROCESSES = {"acceptance", "browser"}
